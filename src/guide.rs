//! Guides: longer than the docs of an item, and compiled like them.
//!
//! | to read | when |
//! |---|---|
//! | [`backpressure`] | a queue gets full: what the four kinds are, how to choose, how large a queue should be |
//! | [`queue`] | work must not be lost: retries, dead letters, stopping within a deadline, restarting |
//! | [`migration`] | the program uses tokio's mpsc, flume, kanal or crossbeam-channel |
//! | [`async_channel`] | the program uses async-channel: one line of `Cargo.toml` |
//! | [`executors`] | which runtime, threads and tasks together, timeouts, select |
//! | [`embedded`] | there is no `std`: microcontrollers, interrupts, wasm |
//!
//! These modules are documentation only: no program has them.

/// A module that is a guide. Its examples need `std`, so without it they are shown and not run.
macro_rules! guides {
    ($($(#[$text:meta])* $name:ident: $file:literal;)*) => {$(
        $(#[$text])*
        #[cfg_attr(any(feature = "std", not(doctest)), doc = include_str!($file))]
        pub mod $name {}
    )*};
}

guides! {
    // The text names its pictures by their files. Here they are defined first, and the first
    // counts.
    #[cfg_attr(any(feature = "std", not(doctest)), doc = include_str!("guide/pictures.md"))]
    backpressure: "../docs/backpressure.md";
    queue: "../docs/queue.md";
    migration: "../docs/migration.md";
    async_channel: "../docs/async-channel.md";
    executors: "../docs/executors.md";
    embedded: "../docs/embedded.md";
}
