//! A channel at a glance.

use core::fmt;

/// A channel or queue at one moment: what is inside, what went through, and who is there.
///
/// Made by `stats` of [`Sender`](crate::Sender::stats), [`Receiver`](crate::Receiver::stats) and
/// [`Queue`](crate::queue::Queue::stats). It costs a few loads; with `std` also the locks of the
/// waiting lists, for an instant each.
///
/// # How far it is consistent
/// `len`, `sent` and `received` belong to one moment during the call, and `len` is their
/// difference. Everything else is read on its own, before or after: while others are at work, a
/// message may be inside already for which `deepest` is not updated yet.
///
/// # Range
/// `sent` and `received` count from zero and wrap around to it, together with the positions that
/// they are. In a bounded channel that is after 2^49 messages on a 64-bit machine where the
/// capacity is a power of two, and never before half as many: at a million a second, after 17
/// years. On a 32-bit machine it is after 2^25, or 33 million. In an unbounded channel it is after
/// 10^18, and 528 million.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub struct Stats {
    /// How many messages are inside.
    pub len: usize,
    /// How many it can hold; `None` if there is no limit.
    pub capacity: Option<usize>,
    /// For how many more room is reserved, by [permits](crate::Permit) that are not used yet. They
    /// are not inside. Zero without a limit: such permits take up no room, and are not counted.
    pub reserved: usize,
    /// What the messages inside weigh; `None` if they are not [weighed](crate::Builder::weight).
    pub weight: Option<usize>,
    /// How much they may weigh; `None` if they are not weighed.
    pub weight_limit: Option<usize>,
    /// How many went in.
    pub sent: usize,
    /// How many came out at the other end: received, displaced by a later one, or dropped with the
    /// last receiver.
    pub received: usize,
    /// How many senders there are. Of a queue, which has no sides: how many handles.
    pub senders: usize,
    /// How many receivers there are. Of a queue: as many as `senders`.
    pub receivers: usize,
    /// How many sends wait for room, those included that have just been woken.
    #[cfg(feature = "std")]
    pub waiting_senders: usize,
    /// How many receives wait for a message, those included that have just been woken, and the
    /// streams that were left waiting.
    #[cfg(feature = "std")]
    pub waiting_receivers: usize,
    /// The greatest length so far. With [`tracking`](crate::Builder::tracking) only.
    ///
    /// Every push looks once how many are inside: a peak that is gone before that may be missed.
    pub deepest: Option<usize>,
    /// How many messages were given back for want of room: at once, or because a time limit was
    /// over. Those of a batch count each, if its iterator knows how many are left; otherwise as
    /// one. One that its sender takes back by dropping a future or by `into_inner` is not among
    /// them. With [`tracking`](crate::Builder::tracking) only.
    pub refused: Option<usize>,
    /// How many messages were displaced for want of room: the oldest inside, or the newest under
    /// [`DropNewest`](crate::Overflow::DropNewest) and where there is no oldest to make room. With
    /// [`tracking`](crate::Builder::tracking) only.
    pub displaced: Option<usize>,
}

/// On one line:
/// `3 of 10 inside (deepest 9), 120 sent, 117 received, 2 senders (1 waiting), 3 receivers (0 waiting), 4 refused, 0 displaced`.
impl fmt::Display for Stats {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.len)?;
        if let Some(capacity) = self.capacity {
            write!(f, " of {capacity}")?;
        }
        f.write_str(" inside")?;
        if let (Some(weight), Some(limit)) = (self.weight, self.weight_limit) {
            write!(f, ", weighing {weight} of {limit}")?;
        }
        if self.reserved > 0 {
            write!(f, " and {} reserved", self.reserved)?;
        }
        if let Some(deepest) = self.deepest {
            write!(f, " (deepest {deepest})")?;
        }
        write!(f, ", {} sent, {} received", self.sent, self.received)?;
        write!(f, ", {} senders", self.senders)?;
        #[cfg(feature = "std")]
        write!(f, " ({} waiting)", self.waiting_senders)?;
        write!(f, ", {} receivers", self.receivers)?;
        #[cfg(feature = "std")]
        write!(f, " ({} waiting)", self.waiting_receivers)?;
        if let Some(refused) = self.refused {
            write!(f, ", {refused} refused")?;
        }
        if let Some(displaced) = self.displaced {
            write!(f, ", {displaced} displaced")?;
        }
        Ok(())
    }
}
