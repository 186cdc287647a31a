//! A gate is a place to wait until the other side opens it. It stores nothing: no permit, no level.
//!
//! There is one contract, and two implementations of it: the waiter [`line`], and event-listener's
//! list, which the line is held to by a test.
//! - [`enter`](Gate::enter) takes a place at the end. It counts from the return of the call on.
//! - [`draw`](Gate::draw) takes a ticket without a place. [`yield_first`](Gate::yield_first) does so
//!   without the lock where nobody waits, for one at a time. (Not in the reference.)
//! - [`reenter`](Gate::reenter) takes the place of a ticket that has none, because it was woken in
//!   vain or drawn: before all that came later. (In the reference before all that were not woken
//!   yet, and behind others that came back.)
//! - [`wake_one`](Gate::wake_one) wakes the first that is not woken yet, and tells whether there
//!   was one; [`wake`](Gate::wake) so many, and [`wake_all`](Gate::wake_all) all that are there.
//!   Two wakeups wake two waiters, even if the first of them has not run yet.
//! - [`notified`](Gate::notified) tells whether the wakeup has come, and if not, which waker is to
//!   be woken from here on.
//! - [`leave`](Gate::leave) gives the place up, and tells whether a wakeup had come, which is the
//!   caller's then. A woken ticket that needs no place any more is [`settle`](Gate::settle)d.
//! - [`has_waiters`](Gate::has_waiters) looks without the lock: who is certain to see a place by
//!   another order of events sees it here.
//! - Entering and waking happen under one lock, so one of them sees all that came before the other.

// The models include this folder, and have no proptest.
#[cfg(all(test, not(forebay_loom), feature = "std"))]
mod contract;
#[cfg(all(test, not(forebay_loom), feature = "std"))]
#[allow(
    dead_code,
    clippy::needless_pass_by_value,
    clippy::unused_self,
    reason = "it has the whole contract, and a ticket and a waker are used up"
)]
mod event;
#[allow(clippy::needless_pass_by_value, reason = "a ticket is used up")]
mod line;

pub(crate) use line::{Gate, Ticket};

use crate::sync::{both, for_each};
use core::cell::Cell;

/// Wakes `count` waiters, and does something else if there were fewer, also where a waker panics.
pub(crate) fn wake_or(gate: &Gate, count: usize, otherwise: impl FnOnce()) {
    if count == 1 {
        if !gate.wake_one() {
            otherwise();
        }
        return;
    }
    // Where one panics it is not known.
    let fewer = Cell::new(true);
    both(
        || fewer.set(gate.wake(count) < count),
        || {
            if fewer.get() {
                otherwise();
            }
        },
    );
}

/// Wakes all at every one of the `gates`, also where a waker panics.
pub(crate) fn sweep(gates: &[&Gate]) {
    for_each(gates.iter(), |gate| gate.wake_all());
}
