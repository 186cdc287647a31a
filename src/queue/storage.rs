//! Where the items lie: in a channel, or where their order needs a lock.

use super::fifo::Fifo;
#[cfg(feature = "std")]
use super::locked::Locked;
use super::store::{Origin, Store};
use super::unfinished::Unfinished;

#[derive(Debug)]
#[allow(
    clippy::large_enum_variant,
    reason = "one for each queue; a box would cost every operation a load"
)]
pub(super) enum Storage<T> {
    Fifo(Fifo<T>),
    #[cfg(feature = "std")]
    Locked(Locked<T>),
}

impl<T> Storage<T> {
    /// Either kind. Only the fast path knows which.
    #[inline]
    pub(super) fn store(&self) -> &(dyn Store<T> + '_) {
        match self {
            Self::Fifo(fifo) => fifo,
            #[cfg(feature = "std")]
            Self::Locked(locked) => locked,
        }
    }

    /// Whether it is worth to ask [`put_fast`](Self::put_fast) and [`get_fast`](Self::get_fast):
    /// not where an item is so large that to copy it costs more. Inlined, the fast paths would
    /// take several times its size on the stack.
    #[inline]
    pub(super) fn has_fast_path(&self) -> bool {
        const LARGE: usize = 4096;

        size_of::<T>() < LARGE && matches!(self, Self::Fifo(_))
    }

    /// Puts the item where that takes a few instructions; otherwise it comes back, and
    /// [`put`](Store::put) must be asked.
    #[inline]
    pub(super) fn put_fast(
        &self,
        item: T,
        unfinished: &Unfinished,
        origin: Origin,
        in_turn: bool,
    ) -> Result<(), T> {
        match self {
            Self::Fifo(fifo) => fifo.put_fast(item, unfinished, origin, in_turn),
            #[cfg(feature = "std")]
            Self::Locked(_) => Err(item),
        }
    }

    /// Takes out an item that was never out before, where that takes a few instructions, and
    /// nothing must follow; otherwise [`get`](Store::get) must be asked.
    #[inline]
    pub(super) fn get_fast(&self, unfinished: &Unfinished, in_turn: bool) -> Option<T> {
        match self {
            Self::Fifo(fifo) => fifo.get_fast(unfinished, in_turn),
            #[cfg(feature = "std")]
            Self::Locked(_) => None,
        }
    }
}
