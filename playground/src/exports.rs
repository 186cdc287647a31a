//! What the page calls. One thread, one simulation.

use crate::settings::{Key, Settings};
use crate::simulation::{Action, Simulation};
use core::cell::RefCell;
use lol_alloc::{AssumeSingleThreaded, FreeListAllocator};

#[global_allocator]
// SAFETY: this wasm has no threads.
static ALLOCATOR: AssumeSingleThreaded<FreeListAllocator> =
    unsafe { AssumeSingleThreaded::new(FreeListAllocator::new()) };

#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    core::arch::wasm32::unreachable()
}

struct Page(RefCell<Option<(Settings, Option<Simulation>)>>);

// SAFETY: this wasm has no threads.
unsafe impl Sync for Page {}

static PAGE: Page = Page(RefCell::new(None));

fn with<O>(look: impl FnOnce(&mut Settings, &mut Option<Simulation>) -> O) -> O {
    let mut page = PAGE.0.borrow_mut();
    let (settings, simulation) = page.get_or_insert_with(Default::default);
    look(settings, simulation)
}

/// Changes a setting, also of the run that is under way, if it can change there.
#[unsafe(no_mangle)]
extern "C" fn set(key: u32, value: u32) {
    with(|settings, simulation| {
        if let Some(&key) = Key::ALL.get(key as usize) {
            settings.set(key, value);
            if let Some(simulation) = simulation {
                simulation.set(key, value);
            }
        }
    });
}

/// Begins anew with a new queue. Returns whether the settings go together.
#[unsafe(no_mangle)]
extern "C" fn start() -> bool {
    with(|settings, simulation| {
        *simulation = None; // its memory first
        *simulation = Simulation::new(settings);
        simulation.is_some()
    })
}

#[unsafe(no_mangle)]
extern "C" fn act(action: u32, worker: u32) {
    with(|_, simulation| {
        if let (Some(&action), Some(simulation)) = (Action::ALL.get(action as usize), simulation) {
            simulation.act(action, worker as usize);
        }
    });
}

#[unsafe(no_mangle)]
extern "C" fn advance(micros: u32) {
    with(|_, simulation| {
        if let Some(simulation) = simulation {
            simulation.advance(micros.into());
        }
    });
}

/// Where the view lies until the next call; `view_len` says how many numbers it has.
#[unsafe(no_mangle)]
extern "C" fn view() -> *const u32 {
    with(|_, simulation| match simulation {
        Some(simulation) => simulation.view().as_ptr(),
        None => core::ptr::null(),
    })
}

#[unsafe(no_mangle)]
extern "C" fn view_len() -> usize {
    with(|_, simulation| simulation.as_mut().map_or(0, |simulation| simulation.view().len()))
}
