//! A timeout by polls.

use core::future::poll_fn;
use core::pin::Pin;
use core::task::Poll;

/// Cancels `future` once it was polled `polls` times without an answer. It wakes itself between
/// the polls: a timeout that needs no clock and no progress of others.
pub(crate) async fn give_up_after<F: Future + Unpin>(
    polls: usize,
    future: &mut F,
) -> Option<F::Output> {
    let mut left = polls;
    poll_fn(move |cx| {
        if left == 0 {
            return Poll::Ready(None);
        }
        left -= 1;
        let answer = Pin::new(&mut *future).poll(cx);
        if answer.is_pending() {
            cx.waker().wake_by_ref();
        }
        answer.map(Some)
    })
    .await
}
