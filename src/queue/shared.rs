//! What all handles of a queue share, and the attempts that are made on it.

use super::books::Books;
use super::displaced::Displaced;
#[cfg(feature = "std")]
use super::letters::Letters;
use super::stats::Stats;
use super::storage::Storage;
use super::store::{Freed, Origin, PutOutcome, Refusal, ShutDown, Store, Tag};
use super::unfinished::Unfinished;
use super::workers::Workers;
use crate::gate::Gate;
use crate::overflow::Overflow;
use crate::pressure::{Pressure, Watched};
#[cfg(feature = "std")]
use crate::sync::Mutex;
use crate::sync::{Arc, AtomicUsize, Backoff, Defer, defer, for_each};
use crate::wait::Outcome;
#[cfg(feature = "std")]
use alloc::vec::Vec;

#[derive(Debug)]
pub(super) struct Shared<T> {
    pub(super) storage: Storage<T>,
    pub(super) unfinished: Unfinished,
    /// How often a job that was dropped comes back; `None`: dropped is done.
    #[cfg(feature = "std")]
    pub(super) retries: Option<u32>,
    pub(super) books: Books,
    /// Whether an offer is refused while the queue is full.
    pub(super) refuses: bool,
    pub(super) workers: Workers,
    /// How many guards of producers there are.
    pub(super) producers: AtomicUsize,
    #[cfg(feature = "std")]
    pub(super) letters: Letters<T>,
    /// Items that nothing will hand out, and nothing has named yet.
    #[cfg(feature = "std")]
    pub(super) leftovers: Mutex<Vec<T>>,
}

impl<T> Shared<T> {
    pub(super) fn new(
        storage: Storage<T>,
        #[cfg(feature = "std")] retries: Option<u32>,
        overflow: Overflow,
    ) -> Self {
        Self {
            storage,
            unfinished: Unfinished::new(),
            #[cfg(feature = "std")]
            retries,
            books: Books::new(overflow),
            refuses: overflow == Overflow::Refuse,
            workers: Workers::new(),
            producers: AtomicUsize::new(0),
            #[cfg(feature = "std")]
            letters: Letters::new(),
            #[cfg(feature = "std")]
            leftovers: Mutex::new(Vec::new()),
        }
    }

    /// The storage, of whatever kind.
    #[inline]
    pub(super) fn store(&self) -> &(dyn Store<T> + '_) {
        self.storage.store()
    }

    /// Whether what is busy stays so for as long as this waits for it.
    #[cfg_attr(not(feature = "std"), allow(clippy::unused_self, reason = "nothing is compared"))]
    pub(super) fn is_comparing(&self) -> bool {
        #[cfg(feature = "std")]
        return self.store().is_comparing();
        #[cfg(not(feature = "std"))]
        false
    }

    #[inline]
    pub(super) fn put(
        &self,
        item: &mut Option<T>,
        origin: Origin,
        displaced: &mut Displaced<'_, T>,
    ) -> PutOutcome {
        let counted = self.count_requeued(origin);
        let put = self.store().put(item, origin, displaced);
        if let Outcome::Done(Ok(())) = put {
            counted.cancel();
        }
        put
    }

    /// Counts a job that comes back, before it can be got: who finds all done finds it counted.
    /// Dropped, it is not counted after all.
    fn count_requeued(&self, origin: Origin) -> Defer<impl FnMut()> {
        let counts = origin != Origin::New;
        if counts {
            Books::count(&self.books.requeued);
        }
        defer(move || {
            if counts {
                Books::discount(&self.books.requeued);
            }
        })
    }

    /// A place for what a put displaces.
    #[inline]
    pub(super) fn nothing_displaced(&self) -> Displaced<'_, T> {
        Displaced { item: None, unfinished: &self.unfinished, books: &self.books }
    }

    /// On the fast path; otherwise the item comes back.
    #[inline]
    pub(super) fn put_fast(&self, item: T, origin: Origin, in_turn: bool) -> Result<(), T> {
        if origin == Origin::New {
            return self.storage.put_fast(item, &self.unfinished, origin, in_turn);
        }
        let counted = self.count_requeued(origin);
        self.storage.put_fast(item, &self.unfinished, origin, in_turn)?;
        counted.cancel();
        Ok(())
    }

    /// The slow path for an item that was not put at once. It stays where it is if it is not put.
    #[inline(never)]
    pub(super) fn try_put(&self, item: &mut Option<T>, origin: Origin) -> Result<(), Refusal> {
        let mut displaced = self.nothing_displaced();
        let mut backoff = Backoff::default();
        loop {
            match self.put(item, origin, &mut displaced) {
                Outcome::Done(put) => return put.map_err(|ShutDown| Refusal::ShutDown),
                Outcome::Busy if !self.is_comparing() => backoff.wait(),
                Outcome::Blocked(_) | Outcome::Busy => {
                    self.store().count_refused(1);
                    return Err(Refusal::Full);
                }
            }
        }
    }

    /// A job in hand is done.
    #[inline]
    pub(super) fn finish(&self) {
        self.unfinished.lower();
    }

    /// A job was dropped before it was done.
    #[inline]
    pub(super) fn abandon(&self, item: T, tag: Tag) {
        #[cfg(feature = "std")]
        if self.retries.is_some() {
            return self.fail(item, tag);
        }
        let _ = tag;
        let _done = defer(|| self.finish());
        drop(item);
    }

    /// The same, of a job whose item is elsewhere.
    pub(super) fn abandon_ticket(&self) {
        #[cfg(feature = "std")]
        if self.retries.is_some() {
            Books::count(&self.books.failed);
        }
        self.finish();
    }
}

impl<T> Shared<T> {
    pub(super) fn stats(this: &Arc<Self>) -> Stats {
        let handles = Arc::strong_count(this);
        let store = this.store();
        let traffic = crate::stats::Stats { senders: handles, receivers: handles, ..store.stats() };
        let stats = this.books.balance(traffic, this.unfinished.get(), store.waits());
        #[cfg(feature = "std")]
        let stats = Stats { dead_letters: this.letters.len(), ..stats };
        stats
    }
}

impl<T> Drop for Shared<T> {
    fn drop(&mut self) {
        let inside = core::iter::from_fn(|| {
            match self.store().get(&self.unfinished, &mut Freed::default()) {
                Outcome::Done(entry) => entry.map(|entry| entry.item),
                Outcome::Blocked(_) | Outcome::Busy => None,
            }
        });
        #[cfg(feature = "std")]
        let inside = {
            let letters = self.letters.take().into_iter().map(|letter| letter.item);
            inside.chain(self.take_leftovers()).chain(letters)
        };
        // One that panics when it is dropped takes no other with it.
        for_each(inside, drop);
    }
}

impl<T> Watched for Shared<T> {
    fn pressure(&self) -> Pressure {
        self.store().watched().pressure()
    }

    fn is_over(&self) -> bool {
        self.store().watched().is_over()
    }

    fn levels(&self) -> &Gate {
        self.store().watched().levels()
    }
}

/// A queue, borrowed or shared.
#[derive(Debug)]
pub(super) enum Link<'a, T> {
    Borrowed(&'a Arc<Shared<T>>),
    Owned(Arc<Shared<T>>),
}

impl<T> Link<'_, T> {
    #[inline]
    pub(super) fn get(&self) -> &Arc<Shared<T>> {
        match self {
            Self::Borrowed(shared) => shared,
            Self::Owned(shared) => shared,
        }
    }

    /// A link that borrows nothing.
    pub(super) fn into_owned<'b>(self) -> Link<'b, T>
    where
        T: 'b,
    {
        Link::Owned(match self {
            Self::Borrowed(shared) => Arc::clone(shared),
            Self::Owned(shared) => shared,
        })
    }
}

impl<T> Clone for Link<'_, T> {
    fn clone(&self) -> Self {
        match self {
            Self::Borrowed(shared) => Self::Borrowed(shared),
            Self::Owned(shared) => Self::Owned(Arc::clone(shared)),
        }
    }
}
