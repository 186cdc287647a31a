//! What a channel asks the heap for.

use crate::allocations::count;
use crate::capacity::Capacity;
use crate::load::parked::Driver;
use crate::peers::{Message, Peer, Receiver, Sender};

pub struct Footprint {
    /// Bytes of a channel with one slot, before and after each side has blocked once.
    pub fresh: usize,
    pub used: usize,
    /// Bytes that each further slot takes.
    pub slot: f64,
    /// Allocations, and bytes allocated, by one operation that blocks and is let through.
    pub recv: (f64, f64),
    pub send: (f64, f64),
}

const SLOTS: usize = 1024;
const REPEAT: u32 = 1000;

/// `None` for a peer without bounded channels.
pub fn footprint<P: Peer>() -> Option<Footprint> {
    let channel = |capacity| count(|| P::channel::<u64>(Capacity::Bounded(capacity)));
    let (large, large_heap) = channel(1 + SLOTS);
    drop(large);
    let (small, small_heap) = channel(1);
    let (mut sender, mut receiver) = small?;

    let driver = Driver::new();
    let ((), first_recv) = count(|| driver.recv(&mut sender, &mut receiver));
    let recv = repeated(|| driver.recv(&mut sender, &mut receiver));
    let ((), first_send) = count(|| {
        while sender.try_send(u64::numbered(1)) {}
        driver.send(&mut sender, &mut receiver);
    });
    let send = repeated(|| driver.send(&mut sender, &mut receiver));
    Some(Footprint {
        fresh: small_heap.kept(),
        used: small_heap.kept() + first_recv.kept() + first_send.kept(),
        slot: (large_heap.kept() as f64 - small_heap.kept() as f64) / SLOTS as f64,
        recv,
        send,
    })
}

fn repeated(mut work: impl FnMut()) -> (f64, f64) {
    let ((), heap) = count(|| (0..REPEAT).for_each(|_| work()));
    let each = |total: usize| total as f64 / f64::from(REPEAT);
    (each(heap.allocations), each(heap.allocated))
}

/// Bytes that an idle channel holds: as it was made, and after one message.
pub struct Held {
    pub new: usize,
    pub used: usize,
}

/// `None` for a peer without such a channel.
pub fn held<P: Peer, M: Message>(capacity: Capacity) -> Option<Held> {
    let (channel, new) = count(|| P::channel::<M>(capacity));
    let (mut sender, mut receiver) = channel?;
    let ((), message) = count(|| {
        assert!(sender.try_send(M::numbered(1)), "no room in a new channel");
        assert!(receiver.try_recv().is_some(), "nothing after a message");
    });
    Some(Held {
        new: new.kept(),
        used: new.kept() + message.kept(),
    })
}
