//! What all handles of a queue share, and the attempts that are made on it.

use super::displaced::Displaced;
use super::error::TryPutError;
use super::storage::Storage;
use super::store::{Origin, PutOutcome, Taken};
use super::unfinished::Unfinished;
use crate::gate::Gate;
use crate::pressure::{Pressure, Watched};
use crate::stats::Stats;
use crate::sync::{Arc, Backoff};
use crate::wait::Outcome;

#[derive(Debug)]
pub(super) struct Shared<T> {
    pub(super) storage: Storage<T>,
    pub(super) unfinished: Unfinished,
}

impl<T> Shared<T> {
    #[inline]
    pub(super) fn put(
        &self,
        item: &mut Option<T>,
        origin: Origin,
        displaced: &mut Displaced<'_, T>,
    ) -> PutOutcome<T> {
        self.storage.put(item, origin, displaced)
    }

    /// A place for what a put displaces.
    #[inline]
    pub(super) fn nothing_displaced(&self) -> Displaced<'_, T> {
        Displaced::nothing(&self.unfinished)
    }

    /// On the short way; otherwise the item comes back.
    #[inline]
    pub(super) fn put_fast(&self, item: T, origin: Origin) -> Result<(), T> {
        self.storage.put_fast(item, &self.unfinished, origin)
    }

    #[inline]
    pub(super) fn try_put(&self, item: T, origin: Origin) -> Result<(), TryPutError<T>> {
        self.put_fast(item, origin).or_else(|item| self.try_put_slow(item, origin))
    }

    /// The way round for an item that was not put at once.
    #[inline(never)]
    fn try_put_slow(&self, item: T, origin: Origin) -> Result<(), TryPutError<T>> {
        let mut item = Some(item);
        let mut displaced = self.nothing_displaced();
        let mut backoff = Backoff::default();
        loop {
            match self.put(&mut item, origin, &mut displaced) {
                Outcome::Done(put) => return put,
                Outcome::Blocked(_) => {
                    self.storage.count_refused();
                    return Err(TryPutError::Full(item.expect("what is not put stays")));
                }
                Outcome::Busy => backoff.wait(),
            }
        }
    }

    /// A job in hand is done.
    #[inline]
    pub(super) fn finish(&self) {
        self.storage.finish(&self.unfinished);
    }

    /// A job was dropped by somebody who is not done with it.
    #[inline]
    pub(super) fn abandon(&self, taken: Taken<T>) {
        self.storage.abandon(taken, &self.unfinished);
    }
}

impl<T> Shared<T> {
    pub(super) fn stats(this: &Arc<Self>) -> Stats {
        let handles = Arc::strong_count(this);
        Stats { senders: handles, receivers: handles, ..this.storage.stats() }
    }
}

impl<T> Watched for Shared<T> {
    fn pressure(&self) -> Pressure {
        self.storage.pressure()
    }

    fn is_over(&self) -> bool {
        self.storage.is_over()
    }

    fn levels(&self) -> &Gate {
        self.storage.levels()
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

    /// A job in hand is done, whose link this was.
    #[inline]
    pub(super) fn finish(self) {
        let Shared { storage, unfinished } = &**self.get();
        if !storage.finish_fast(unfinished) {
            self.finish_slow();
        }
    }

    #[cold]
    fn finish_slow(self) {
        self.get().finish();
    }

    pub(super) fn into_owned(self) -> Link<'static, T>
    where
        T: 'static,
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
