//! Waiting for room.
//!
//! Each ack of a job is an event on the server. Processes that wait listen to them as one group, so
//! that one ack wakes one waiting put, wherever it is. An event can be missed, or come before the
//! room does: so the process looks by itself, more and more rarely, with one of its waiting puts at
//! a time.

use crate::core::{Core, Outlook, Refused};
use crate::fault::Fault;
use crate::stranded;
use bytes::Bytes;
use futures_util::StreamExt;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;
use tokio::sync::{Mutex, Notify};
use tokio::time::sleep;

/// How soon a process looks for room by itself, the first time, and how rarely at last.
const PACE: (Duration, Duration) = (Duration::from_millis(10), Duration::from_secs(1));

/// How soon a put looks again that was woken in vain, and how late it does so for the last time.
const VAIN: (Duration, Duration) = (Duration::from_millis(2), Duration::from_millis(64));

#[derive(Debug, Default)]
pub(crate) struct Room {
    made: Notify,
    waiting: AtomicUsize,
    /// Wakes the listener when the last put has stopped waiting.
    left: Notify,
    listening: Mutex<bool>,
    /// In milliseconds; zero means from the beginning.
    pace: AtomicU64,
}

/// Why an item is not inside.
pub(crate) enum Refusal {
    Full,
    ShutDown,
    Failed(Fault),
}

/// A put that waits.
struct Waiting<'a>(&'a Room);

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        if self.0.waiting.fetch_sub(1, Ordering::SeqCst) == 1 {
            self.0.left.notify_one();
        }
    }
}

/// Puts an item, and waits for room if it is told to.
pub(crate) async fn put(core: &Arc<Core>, payload: Bytes, wait: bool) -> Result<(), Refusal> {
    let room = &core.room;
    let id = core.next_id();
    let mut waiting = None;
    let mut vain: Option<Duration> = None;
    let mut patience = core.patience();
    loop {
        let mut made = pin!(room.made.notified());
        if waiting.is_some() {
            // Before the attempt: what is made during it counts.
            made.as_mut().enable();
        }
        match core.publish(&id, payload.clone()).await {
            Ok(()) => {
                if waiting.is_some() {
                    // There is life: look often again.
                    room.pace.store(0, Ordering::Relaxed);
                }
                return Ok(());
            }
            Err(Refused::Full) if !wait => return Err(Refusal::Full),
            Err(Refused::Full) => patience.renew(),
            Err(Refused::Failed(mut fault)) => {
                if matches!(fault, Fault::NoQuorum) {
                    // Nothing takes items: there is no leader, or the queue is shut down or gone.
                    match core.info().await {
                        Ok(info) if core.is_closed(&info) => return Err(Refusal::ShutDown),
                        Ok(_) => {}
                        Err(other) => fault = other,
                    }
                }
                patience.bear(fault).await.map_err(Refusal::Failed)?;
                continue;
            }
        }

        if waiting.is_none() {
            room.waiting.fetch_add(1, Ordering::SeqCst);
            waiting = Some(Waiting(room));
            listen(core).await;
            // Room that was made before we listened woke no put: try again on the same connection.
            continue;
        }
        tokio::select! {
            () = made => vain = Some(VAIN.0),
            () = sleep(vain.unwrap_or_default()), if vain.is_some() => {
                vain = vain.map(|vain| vain * 2).filter(|vain| *vain <= VAIN.1);
            }
        }
    }
}

/// Sees to it that acks are heard here while a put waits.
async fn listen(core: &Arc<Core>) {
    let mut listening = core.room.listening.lock().await;
    if *listening {
        return;
    }
    // A server that does not let us subscribe drops the subscription in silence.
    let acks = core.nats.client.queue_subscribe(core.acks(), "putters".to_owned()).await;
    let Ok(mut acks) = acks else { return };
    *listening = true;
    core.room.pace.store(0, Ordering::Relaxed);
    let core = Arc::clone(core);
    core.nats.runtime.clone().spawn(async move {
        let room = &core.room;
        let mut outlook = core.outlook.subscribe();
        loop {
            let pace = Duration::from_millis(room.pace.load(Ordering::Relaxed)).max(PACE.0);
            tokio::select! {
                Some(_) = acks.next() => {
                    room.pace.store(0, Ordering::Relaxed);
                    room.made.notify_one();
                }
                () = sleep(pace) => {
                    if pace == PACE.1 {
                        // If this fails, the next time will do.
                        let _ = stranded::remove(&core).await;
                    }
                    let next = u64::try_from((pace * 2).min(PACE.1).as_millis()).unwrap_or(0);
                    room.pace.store(next, Ordering::Relaxed);
                    room.made.notify_one();
                }
                Ok(()) = outlook.changed() => {
                    let outlook = &*outlook.borrow_and_update();
                    if !matches!(outlook, Outlook::Open | Outlook::Lost { .. }) {
                        room.made.notify_waiters();
                    }
                }
                () = room.left.notified() => {}
            }
            if room.waiting.load(Ordering::SeqCst) == 0 {
                let mut listening = room.listening.lock().await;
                if room.waiting.load(Ordering::SeqCst) == 0 {
                    *listening = false;
                    break;
                }
            }
        }
    });
}
