//! Defines the panic handler, as every program without std must. A second one comes with std, so
//! the compiler answers E0152 (duplicate lang item) if the channel or any of its dependencies
//! reaches it; that a crate says `#![no_std]` of itself proves nothing about its dependencies.
#![no_std]

#[cfg(feature = "reach-std")]
pub use event_listener;
pub use forebay;

#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    loop {}
}
