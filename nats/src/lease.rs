//! Signs of life for the jobs that this process has.

use crate::core::Core;
use crate::nats::{ANSWER, Nats};
use async_nats::Subject;
use futures_util::StreamExt;
use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::{Duration, Instant};
use tokio::time::MissedTickBehavior;

type Map = Arc<Mutex<HashMap<u64, Arc<Lease>>>>;

/// The jobs that are here, in hand or waiting for a worker.
#[derive(Debug, Default)]
pub(crate) struct Leases {
    held: Map,
    next: std::sync::atomic::AtomicU64,
}

/// What the server was last told of one of them.
#[derive(Debug)]
struct Lease {
    reply: Subject,
    length: Duration,
    /// When the last sign of life was sent that the server has confirmed.
    confirmed: Mutex<Instant>,
    lost: AtomicBool,
}

impl Lease {
    fn is_lost(&self) -> bool {
        if !self.lost.load(Ordering::Relaxed) {
            let confirmed = *self.confirmed.lock().unwrap_or_else(PoisonError::into_inner);
            if confirmed.elapsed() < self.length {
                return false;
            }
            // For good: the server may have handed the job to another worker.
            self.lost.store(true, Ordering::Relaxed);
        }
        true
    }

    async fn renew(self: Arc<Self>, nats: Nats) {
        if self.is_lost() {
            return;
        }
        let sent = Instant::now();
        // Two attempts fit into a lease, also when the first one is not answered.
        let wait = ANSWER.min(self.length / 2);
        if nats.ask(self.reply.clone(), "+WPI", wait).await.is_ok() && !self.is_lost() {
            *self.confirmed.lock().unwrap_or_else(PoisonError::into_inner) = sent;
        }
    }
}

/// A job that is kept, until this goes.
#[derive(Debug)]
pub(crate) struct Held {
    map: Map,
    number: u64,
    lease: Arc<Lease>,
}

impl Held {
    /// Whether the server may have handed it to another worker, by the clock of this machine.
    pub(crate) fn is_lost(&self) -> bool {
        self.lease.is_lost()
    }

    /// Where its acks go.
    pub(crate) fn reply(&self) -> &Subject {
        &self.lease.reply
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.map.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.number);
    }
}

impl Leases {
    /// Keeps a job that has just come.
    pub(crate) fn hold(&self, reply: Subject, length: Duration) -> Held {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        let confirmed = Mutex::new(Instant::now());
        let lease = Arc::new(Lease { reply, length, confirmed, lost: AtomicBool::new(false) });
        let map = Arc::clone(&self.held);
        map.lock().unwrap_or_else(PoisonError::into_inner).insert(number, Arc::clone(&lease));
        Held { map, number, lease }
    }

    pub(crate) fn count(&self) -> usize {
        self.held.lock().unwrap_or_else(PoisonError::into_inner).len()
    }
}

/// Renews all leases every third of their length.
pub(crate) async fn run(core: Weak<Core>, length: Duration) {
    let mut tick = tokio::time::interval(length / 3);
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tick.tick().await;
        let Some(core) = core.upgrade() else { break };
        let held: Vec<_> = {
            let held = core.leases.held.lock().unwrap_or_else(PoisonError::into_inner);
            held.values().cloned().collect()
        };
        let nats = core.nats.clone();
        drop(core);
        let renewals = held.into_iter().map(|lease| lease.renew(nats.clone()));
        futures_util::stream::iter(renewals).for_each_concurrent(256, |renewal| renewal).await;
    }
}
