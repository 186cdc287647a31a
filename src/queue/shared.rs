//! What all handles of a queue share, and the attempts that are made on it.

use super::displaced::Displaced;
use super::error::{GetError, PutError, TryGetError, TryPutError};
use super::job::{InHand, Job};
use super::storage::{Put, PutOutcome, Seen, Side, Storage, Taken};
use super::unfinished::Unfinished;
use crate::gate::Gate;
use crate::patience::Patient;
use crate::pressure::{Pressure, Watched};
use crate::stats::Stats;
use crate::sync::{Arc, Backoff};
use crate::wait::{Attempt, Outcome};

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
        how: Put,
        displaced: &mut Displaced<'_, T>,
    ) -> PutOutcome<T> {
        self.storage.put(item, how, displaced)
    }

    /// A place for what a put displaces.
    #[inline]
    pub(super) fn nothing_displaced(&self) -> Displaced<'_, T> {
        Displaced::nothing(&self.unfinished)
    }

    /// On the short way; otherwise the item comes back.
    #[inline]
    fn put_at_once(&self, item: T, how: Put) -> Result<(), T> {
        self.storage.put_at_once(item, &self.unfinished, how)
    }

    #[inline]
    pub(super) fn try_put(&self, item: T, how: Put) -> Result<(), TryPutError<T>> {
        self.put_at_once(item, how).or_else(|item| self.try_put_after(item, how))
    }

    /// The way round for an item that was not put at once.
    #[inline(never)]
    fn try_put_after(&self, item: T, how: Put) -> Result<(), TryPutError<T>> {
        let mut item = Some(item);
        let mut displaced = self.nothing_displaced();
        let mut backoff = Backoff::default();
        loop {
            match self.put(&mut item, how, &mut displaced) {
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

    #[inline]
    fn get(this: &Arc<Self>) -> Outcome<Option<Job<'_, T>>, Seen> {
        match this.storage.get(&this.unfinished) {
            Outcome::Done(Some(taken)) => {
                // From here on the item is safe, whatever panics.
                let job = Job::new(this, taken);
                this.storage.freed();
                Outcome::Done(Some(job))
            }
            Outcome::Done(None) => Outcome::Done(None),
            Outcome::Blocked(seen) => Outcome::Blocked(seen),
            Outcome::Busy => Outcome::Busy,
        }
    }

    /// On the short way.
    #[inline]
    fn get_at_once(this: &Arc<Self>) -> Option<Job<'_, T>> {
        let taken = this.storage.get_at_once(&this.unfinished)?;
        Some(Job::new(this, taken))
    }

    #[inline]
    pub(super) fn try_get(this: &Arc<Self>) -> Result<Job<'_, T>, TryGetError> {
        match Self::get_at_once(this) {
            Some(job) => Ok(job),
            None => Self::try_get_after(this),
        }
    }

    /// The way round where nothing was got at once.
    #[inline(never)]
    fn try_get_after(this: &Arc<Self>) -> Result<Job<'_, T>, TryGetError> {
        let mut backoff = Backoff::default();
        loop {
            match Self::get(this) {
                Outcome::Done(job) => return job.ok_or(TryGetError::ShutDown),
                Outcome::Blocked(_) => return Err(TryGetError::Empty),
                Outcome::Busy => backoff.wait(),
            }
        }
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

/// An attempt to put the item in hand.
#[derive(Debug)]
pub(super) struct Putting<'a, T> {
    pub(super) shared: &'a Shared<T>,
    pub(super) item: Option<T>,
}

impl<T> Attempt for Putting<'_, T> {
    type Output = Result<(), PutError<T>>;
    type Seen = Seen;

    #[inline]
    fn attempt(&mut self) -> Outcome<Self::Output, Seen> {
        assert!(self.item.is_some(), "`Put` polled after completion");
        let put = self.shared.put(&mut self.item, Put::New, &mut self.shared.nothing_displaced());
        put.map(|put| put.map_err(|error| PutError(error.into_inner())))
    }

    #[inline]
    fn attempt_at_once(&mut self) -> Option<Self::Output> {
        match self.shared.put_at_once(self.item.take()?, Put::New) {
            Ok(()) => Some(Ok(())),
            Err(item) => {
                self.item = Some(item);
                None
            }
        }
    }

    fn gate(&self) -> &Gate {
        self.shared.storage.gate(Side::Vacancies)
    }

    fn patience(&self) -> Option<Patient<'_>> {
        self.shared.storage.patience(Side::Vacancies)
    }

    fn raise(&self, seen: Seen) -> bool {
        self.shared.storage.raise(Side::Vacancies, seen)
    }

    fn hand_on(&self) {
        self.shared.storage.hand_on(Side::Vacancies);
    }
}

/// An attempt to put the item in hand that returns what it displaces.
#[derive(Debug)]
pub(super) struct Offering<'a, T>(pub(super) Putting<'a, T>);

impl<T> Attempt for Offering<'_, T> {
    type Output = Result<Option<T>, TryPutError<T>>;
    type Seen = Seen;

    fn attempt(&mut self) -> Outcome<Self::Output, Seen> {
        let Putting { shared, item } = &mut self.0;
        assert!(item.is_some(), "`Offer` polled after completion");
        let mut displaced = shared.nothing_displaced();
        let put = shared.put(item, Put::New, &mut displaced);
        put.map(|put| put.map(|()| displaced.into_inner()))
    }

    fn gate(&self) -> &Gate {
        self.0.gate()
    }

    fn patience(&self) -> Option<Patient<'_>> {
        self.0.patience()
    }

    fn raise(&self, seen: Seen) -> bool {
        self.0.raise(seen)
    }

    fn hand_on(&self) {
        self.0.hand_on();
    }
}

/// An attempt to put a job back.
#[derive(Debug)]
pub(super) struct Requeueing<'a, T> {
    /// The queue, for as long as the job is, and after it.
    pub(super) link: Link<'a, T>,
    pub(super) job: Option<Job<'a, T>>,
}

impl<'a, T> Attempt for Requeueing<'a, T> {
    type Output = Result<(), PutError<Job<'a, T>>>;
    type Seen = Seen;

    fn attempt(&mut self) -> Outcome<Self::Output, Seen> {
        let job = self.job.take().expect("`Requeue` polled after completion");
        let InHand { taken: Taken { item, attempt }, link } = job.take();
        let mut item = Some(item);
        let shared = link.get();
        let outcome = shared.put(&mut item, Put::Again(attempt), &mut shared.nothing_displaced());
        let job = |item| InHand { taken: Taken { item, attempt }, link }.into_job();
        match outcome {
            Outcome::Done(Ok(())) => Outcome::Done(Ok(())),
            Outcome::Done(Err(error)) => Outcome::Done(Err(PutError(job(error.into_inner())))),
            Outcome::Blocked(seen) => {
                self.job = item.map(job);
                Outcome::Blocked(seen)
            }
            Outcome::Busy => {
                self.job = item.map(job);
                Outcome::Busy
            }
        }
    }

    fn attempt_at_once(&mut self) -> Option<Self::Output> {
        let InHand { taken: Taken { item, attempt }, link } = self.job.take()?.take();
        match link.get().put_at_once(item, Put::Again(attempt)) {
            Ok(()) => Some(Ok(())),
            Err(item) => {
                self.job = Some(InHand { taken: Taken { item, attempt }, link }.into_job());
                None
            }
        }
    }

    fn gate(&self) -> &Gate {
        self.link.get().storage.gate(Side::Vacancies)
    }

    fn patience(&self) -> Option<Patient<'_>> {
        self.link.get().storage.patience(Side::Vacancies)
    }

    fn raise(&self, seen: Seen) -> bool {
        self.link.get().storage.raise(Side::Vacancies, seen)
    }

    fn hand_on(&self) {
        self.link.get().storage.hand_on(Side::Vacancies);
    }
}

/// An attempt to get a job.
#[derive(Debug)]
pub(super) struct Getting<'a, T> {
    pub(super) shared: &'a Arc<Shared<T>>,
    pub(super) side: Side,
}

impl<'a, T> Attempt for Getting<'a, T> {
    type Output = Result<Job<'a, T>, GetError>;
    type Seen = Seen;

    #[inline]
    fn attempt(&mut self) -> Outcome<Self::Output, Seen> {
        match Shared::get(self.shared) {
            Outcome::Done(job) => Outcome::Done(job.ok_or(GetError)),
            Outcome::Blocked(seen) => Outcome::Blocked(seen),
            Outcome::Busy => Outcome::Busy,
        }
    }

    #[inline]
    fn attempt_at_once(&mut self) -> Option<Self::Output> {
        Shared::get_at_once(self.shared).map(Ok)
    }

    fn gate(&self) -> &Gate {
        self.shared.storage.gate(self.side)
    }

    fn patience(&self) -> Option<Patient<'_>> {
        self.shared.storage.patience(self.side)
    }

    fn raise(&self, seen: Seen) -> bool {
        self.shared.storage.raise(self.side, seen)
    }

    fn hand_on(&self) {
        self.shared.storage.hand_on(self.side);
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
        if !storage.finish_at_once(unfinished) {
            self.finish_after();
        }
    }

    #[cold]
    fn finish_after(self) {
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
