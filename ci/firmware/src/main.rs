//! An interrupt handler sends numbers, the main loop sends each back, and the handler checks what
//! returns. So the handler meets both channels at any instruction of a `send` and of a `recv`, and
//! nothing but a wakeup that it caused lets the main loop go on.
//!
//! The emulator's exit status is 0 if all came back in order; a lost wakeup, or a handler that
//! waits for the code which it interrupted, is a hang.
#![no_std]
#![no_main]

extern crate alloc;

use core::cell::RefCell;
use core::panic::PanicInfo;
use core::pin::pin;
use core::sync::atomic::Ordering;
use core::task::{Context, Waker};

use cortex_m::peripheral::SYST;
use cortex_m::peripheral::syst::SystClkSource;
use cortex_m_rt::{entry, exception};
use cortex_m_semihosting::{debug, hprintln};
use critical_section::Mutex;
use embedded_alloc::LlffHeap;
use forebay::{Receiver, Sender, TrySendError};
use portable_atomic::AtomicBool;
use portable_atomic_util::{Arc, task::Wake};

const MESSAGES: u32 = 20_000;
const CAPACITY: usize = 2;
/// What two channels, a task and its places to wait need is far less; the M0 has 16 KiB in all.
const HEAP_BYTES: usize = if cfg!(feature = "cortex-m0") { 4 } else { 64 } * 1024;

#[global_allocator]
static HEAP: LlffHeap = LlffHeap::empty();

/// On its way from `main` to the handler, which keeps it.
static LINE: Mutex<RefCell<Option<Line>>> = Mutex::new(RefCell::new(None));

/// Whether the main loop is inside a `send` or a `recv`.
static BUSY: AtomicBool = AtomicBool::new(false);

/// The handler's ends of the two channels, and its timer.
struct Line {
    there: Sender<u32>,
    back: Receiver<u32>,
    timer: SYST,
    sent: u32,
    returned: u32,
    interrupts: u32,
    /// Those that came while the main loop was inside a `send` or a `recv`.
    inside: u32,
}

impl Line {
    fn tick(&mut self) {
        self.timer.disable_counter();
        self.interrupts += 1;
        self.inside += u32::from(BUSY.load(Ordering::Relaxed));

        if self.sent < MESSAGES {
            match self.there.try_send(self.sent) {
                Ok(()) => self.sent += 1,
                Err(TrySendError::Full(_)) => {}
                Err(TrySendError::Closed(_)) => panic!("closed"),
            }
        }
        if let Ok(message) = self.back.try_recv() {
            assert_eq!(message, self.returned, "out of order");
            self.returned += 1;
        }
        if self.returned == MESSAGES {
            self.report();
        }

        // Counted from here, so that the main loop always gets on; ever another time, so that the
        // interruptions wander over all its instructions.
        self.timer.set_reload(5 + self.interrupts * 37 % 1999);
        self.timer.clear_current();
        self.timer.enable_counter();
    }

    fn report(&self) {
        let Self { returned, interrupts, inside, .. } = self;
        hprintln!(
            "{} of {} in order; {} interrupts, {} of them inside a send or a recv",
            returned,
            MESSAGES,
            interrupts,
            inside
        );
        debug::exit(if (MESSAGES / 10..interrupts - MESSAGES / 10).contains(inside) {
            debug::EXIT_SUCCESS
        } else {
            debug::EXIT_FAILURE
        });
    }
}

#[exception]
fn SysTick() {
    static mut KEPT: Option<Line> = None;
    KEPT.get_or_insert_with(|| {
        critical_section::with(|cs| LINE.take(cs)).expect("main has left it here")
    })
    .tick();
}

#[entry]
fn main() -> ! {
    // SAFETY: called once, before anything is allocated.
    unsafe {
        embedded_alloc::init!(HEAP, HEAP_BYTES);
    }
    let (there, inbox) = forebay::bounded(CAPACITY);
    let (outbox, back) = forebay::bounded(CAPACITY);

    let mut timer = cortex_m::Peripherals::take().expect("taken once").SYST;
    timer.set_clock_source(SystClkSource::Core);
    timer.set_reload(1_000);
    timer.clear_current();
    timer.enable_interrupt();
    critical_section::with(|cs| {
        timer.enable_counter();
        let line = Line { there, back, timer, sent: 0, returned: 0, interrupts: 0, inside: 0 };
        LINE.replace(cs, Some(line));
    });

    run(async {
        while let Ok(message) = inbox.recv().await {
            outbox.send(message).await.expect("the handler keeps its end");
        }
    });
    panic!("closed");
}

/// Polls only after a wakeup.
fn run(future: impl Future<Output = ()>) {
    struct Woken(AtomicBool);
    impl Wake for Woken {
        fn wake(this: Arc<Self>) {
            this.0.store(true, Ordering::Release);
        }
    }

    let woken = Arc::new(Woken(AtomicBool::new(true)));
    let waker = Waker::from(Arc::clone(&woken));
    let mut context = Context::from_waker(&waker);
    let mut future = pin!(future);
    loop {
        if woken.0.swap(false, Ordering::Acquire) {
            BUSY.store(true, Ordering::Relaxed);
            let poll = future.as_mut().poll(&mut context);
            BUSY.store(false, Ordering::Relaxed);
            if poll.is_ready() {
                return;
            }
        }
    }
}

#[panic_handler]
fn panic(info: &PanicInfo<'_>) -> ! {
    hprintln!("{}", info);
    loop {
        debug::exit(debug::EXIT_FAILURE);
    }
}
