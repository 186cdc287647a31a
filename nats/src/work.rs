//! The traits of `forebay`: the same workers on one machine and on many.

use crate::codec::Codec;
use crate::error::{GetError, PutError};
use crate::job::Job;
use crate::queue::Queue;
use forebay::queue::{Work, WorkError, WorkQueue};

impl<T: Send + 'static, C: Codec<T>> WorkQueue<T> for Queue<T, C> {
    type Job = Job<T>;
    type GetError = GetError;
    type PutError = PutError<T>;

    async fn get(&self) -> Result<Job<T>, GetError> {
        Queue::get(self).await
    }

    async fn put(&self, item: T) -> Result<(), PutError<T>> {
        Queue::put(self, item).await
    }

    fn into_item(error: PutError<T>) -> T {
        error.into_inner()
    }
}

impl<T: Send + 'static> Work<T> for Job<T> {
    fn attempt(&self) -> u32 {
        Job::attempt(self)
    }

    fn done(self) {
        Job::done(self);
    }

    fn into_inner(self) -> T {
        Job::into_inner(self)
    }
}

impl WorkError for GetError {
    fn is_shut_down(&self) -> bool {
        GetError::is_shut_down(self)
    }
}
