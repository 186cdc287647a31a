//! Who waits for the whole order: from outside nobody can tell when it began to wait.

use super::*;
use crate::builder::Options;
use std::thread;

#[test]
fn who_waits_for_the_order_is_the_next_to_have_it() {
    let locked = Locked::new(Order::priority(), None, Options::default());
    thread::scope(|scope| {
        let wait = |_: &mut Order<u8>| {
            scope.spawn(|| drop(locked.wait_for_sorter()));
            while locked.lock().reserved == 0 {
                thread::yield_now();
            }
        };
        let (state, ()) = locked.sort(locked.lock(), 0, wait);
        // Under the same lock, so it waits still.
        let state = locked.push(state, &mut Some(1), Tag::FIRST, None, || {});
        assert_eq!((state.items.len(), state.late.len()), (0, 1));
    });
    let state = locked.push(locked.lock(), &mut Some(0), Tag::FIRST, None, || {});
    assert_eq!((state.items.len(), state.late.len()), (2, 0));
}
