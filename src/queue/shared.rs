//! What all handles of a queue share, and the attempts that are made on it.

use super::error::{GetError, PutError, TryGetError, TryPutError};
use super::job::Job;
use super::storage::{Put, Seen, Side, Storage, Taken};
use super::unfinished::Unfinished;
use crate::gate::Gate;
use crate::sync::{Arc, Backoff};
use crate::wait::{Attempt, Outcome};

#[derive(Debug)]
pub(super) struct Shared<T> {
    pub(super) storage: Storage<T>,
    pub(super) unfinished: Unfinished,
}

impl<T> Shared<T> {
    #[inline]
    pub(super) fn put(&self, item: &mut Option<T>, how: Put) -> Outcome<Result<(), T>, Seen> {
        self.storage.put(item, &self.unfinished, how)
    }

    #[inline]
    pub(super) fn try_put(&self, item: T, how: Put) -> Result<(), TryPutError<T>> {
        let mut item = Some(item);
        let mut backoff = Backoff::default();
        loop {
            match self.put(&mut item, how) {
                Outcome::Done(Ok(())) => return Ok(()),
                Outcome::Done(Err(item)) => return Err(TryPutError::ShutDown(item)),
                Outcome::Blocked(_) => {
                    return Err(TryPutError::Full(item.expect("what is not put stays")));
                }
                Outcome::Busy => backoff.wait(),
            }
        }
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

    #[inline]
    pub(super) fn try_get(this: &Arc<Self>) -> Result<Job<'_, T>, TryGetError> {
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
        match self.shared.put(&mut self.item, Put::New) {
            Outcome::Done(put) => Outcome::Done(put.map_err(PutError)),
            Outcome::Blocked(seen) => Outcome::Blocked(seen),
            Outcome::Busy => Outcome::Busy,
        }
    }

    fn gate(&self) -> &Gate {
        self.shared.storage.gate(Side::Vacancies)
    }

    fn raise(&self, seen: Seen) -> bool {
        self.shared.storage.raise(Side::Vacancies, seen)
    }

    fn hand_on(&self) {
        self.shared.storage.hand_on(Side::Vacancies);
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
        let job = self.job.as_mut().expect("`Requeue` polled after completion");
        let Taken { item, attempt } = job.taken.take().expect("a job has its item");
        let mut item = Some(item);
        match self.link.get().put(&mut item, Put::Again(attempt)) {
            Outcome::Done(Ok(())) => {
                self.job = None;
                Outcome::Done(Ok(()))
            }
            Outcome::Done(Err(item)) => {
                job.taken = Some(Taken { item, attempt });
                Outcome::Done(Err(PutError(self.job.take().expect("it is here"))))
            }
            Outcome::Blocked(seen) => {
                job.taken = item.map(|item| Taken { item, attempt });
                Outcome::Blocked(seen)
            }
            Outcome::Busy => {
                job.taken = item.map(|item| Taken { item, attempt });
                Outcome::Busy
            }
        }
    }

    fn gate(&self) -> &Gate {
        self.link.get().storage.gate(Side::Vacancies)
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

    fn gate(&self) -> &Gate {
        self.shared.storage.gate(self.side)
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
}

impl<T> Clone for Link<'_, T> {
    fn clone(&self) -> Self {
        match self {
            Self::Borrowed(shared) => Self::Borrowed(shared),
            Self::Owned(shared) => Self::Owned(Arc::clone(shared)),
        }
    }
}
