//! Many tasks at once, on every runtime: each item has exactly one fate, and the figures say how
//! many had which.

use super::{Item, Kind, Random, operations, seed};
use crate::common::{Runtime, give_up_after, on_every_runtime};
use forebay::queue::{Job, Queue, Shutdown};
use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Fate {
    Done,
    /// A ticket was dropped in a queue with retries.
    Failed,
    Dead,
    Left,
    /// Never put: returned, or cancelled.
    Back,
}

/// What became of every item that was offered.
#[derive(Default)]
struct Fates(Mutex<BTreeMap<usize, Fate>>);

impl Fates {
    fn enter(&self, item: Item, fate: Fate) {
        let other = self.0.lock().unwrap().insert(item.id, fate);
        assert_eq!(other, None, "{item:?} is {fate:?} too");
    }

    fn count(&self, fate: Fate) -> usize {
        self.0.lock().unwrap().values().filter(|other| **other == fate).count()
    }
}

struct Crowd {
    queue: Queue<Item>,
    kind: Kind,
    fates: Fates,
    ids: AtomicUsize,
    operations: AtomicUsize,
}

impl Crowd {
    fn count(&self) {
        self.operations.fetch_add(1, Ordering::Relaxed);
    }

    fn enter_all(&self, items: Vec<Item>, fate: Fate) {
        for item in items {
            self.fates.enter(item, fate);
        }
    }

    fn item(&self, random: &mut Random) -> Item {
        let id = self.ids.fetch_add(1, Ordering::Relaxed);
        Item { rank: u8::try_from(random.below(3)).unwrap(), id }
    }

    async fn produce(&self, mut random: Random, items: usize) {
        for _ in 0..items {
            self.count();
            let item = self.item(&mut random);
            let back = match random.below(6) {
                0 => self.queue.try_put(item).err().map(forebay::queue::TryPutError::into_inner),
                1 => {
                    let mut put = self.queue.put(item);
                    match give_up_after(1 + random.below(3), &mut put).await {
                        None => put.into_inner(),
                        Some(put) => put.err().map(forebay::queue::PutError::into_inner),
                    }
                }
                2 => {
                    let other = self.item(&mut random);
                    let mut put = self.queue.put_many([item, other]);
                    let rest = match give_up_after(1 + random.below(5), &mut put).await {
                        None => put.into_inner(),
                        Some(put) => {
                            put.map_or_else(forebay::queue::PutError::into_inner, |()| Vec::new())
                        }
                    };
                    self.enter_all(rest, Fate::Back);
                    None
                }
                _ => self.queue.put(item).await.err().map(forebay::queue::PutError::into_inner),
            };
            if let Some(item) = back {
                self.fates.enter(item, Fate::Back);
            }
        }
    }

    async fn work(&self, mut random: Random) {
        loop {
            self.count();
            match random.below(5) {
                0 => {
                    // A cancelled get loses nothing.
                    let mut get = self.queue.get();
                    match give_up_after(1 + random.below(3), &mut get).await {
                        None => {}
                        Some(Err(_)) => return,
                        Some(Ok(job)) => self.end(&mut random, job).await,
                    }
                }
                1 => {
                    let Ok(batch) = self.queue.get_many(1 + random.below(3)).await else { return };
                    for job in batch {
                        self.end(&mut random, job).await;
                    }
                }
                _ => {
                    let Ok(job) = self.queue.get().await else { return };
                    self.end(&mut random, job).await;
                }
            }
        }
    }

    /// The item is entered before it is finished: whoever joins finds it.
    async fn end<'a>(&'a self, random: &mut Random, mut job: Job<'a, Item>) {
        self.count();
        if random.one_in(3) {
            futures_lite::future::yield_now().await;
        }
        if random.one_in(4) {
            job = job.into_owned();
        }
        let (item, retries) = (*job, self.kind.retries.is_some());
        match random.below(16) {
            0 => job.fail(),
            1 => job.give_back(),
            2 | 3 => {
                if !retries {
                    self.fates.enter(item, Fate::Done);
                }
                // The worker dies, but for its thread.
                let died = catch_unwind(AssertUnwindSafe(|| {
                    let _job = job;
                    resume_unwind(Box::new("the worker dies"));
                }));
                assert!(died.is_err());
            }
            4 => {
                if let Err(error) = job.try_requeue() {
                    self.fates.enter(item, Fate::Done);
                    error.into_inner().done();
                }
            }
            5 => {
                let mut requeue = job.requeue();
                match give_up_after(1 + random.below(3), &mut requeue).await {
                    Some(Ok(())) => {}
                    Some(Err(error)) => error.into_inner().give_back(),
                    None => requeue.into_inner().expect("it is not put").give_back(),
                }
            }
            6 => {
                let (item, ticket) = job.split();
                futures_lite::future::yield_now().await;
                self.fates.enter(item, if retries { Fate::Failed } else { Fate::Done });
                drop(ticket);
            }
            7 => {
                let (item, ticket) = job.split();
                futures_lite::future::yield_now().await;
                if random.one_in(2) { ticket.give_back(item) } else { ticket.fail(item) }
            }
            _ => {
                self.fates.enter(item, Fate::Done);
                job.done();
            }
        }
    }

    /// Ends the queue in one of the ways.
    async fn stop(&self, random: &mut Random) {
        let left = match random.below(4) {
            0 => self.queue.shutdown(Shutdown::Immediate),
            1 => {
                let mut polls = random.below(50);
                let deadline = core::future::poll_fn(move |cx| {
                    cx.waker().wake_by_ref();
                    polls = polls.saturating_sub(1);
                    if polls == 0 { core::task::Poll::Ready(()) } else { core::task::Poll::Pending }
                });
                let how = [Shutdown::Graceful, Shutdown::Immediate][random.below(2)];
                self.queue.stop(how, deadline).await.leftovers
            }
            2 => {
                self.queue.join().await;
                self.queue.shutdown(Shutdown::Graceful)
            }
            _ => self.queue.shutdown(Shutdown::Graceful),
        };
        self.enter_all(left, Fate::Left);
    }

    fn check(&self) {
        // The workers have ended; what the last of them put back is left over.
        self.enter_all(self.queue.shutdown(Shutdown::Immediate), Fate::Left);
        for letter in self.queue.dead_letters() {
            self.fates.enter(letter.item, Fate::Dead);
        }
        let stats = self.queue.stats();
        let [done, failed, dead, left, back] =
            [Fate::Done, Fate::Failed, Fate::Dead, Fate::Left, Fate::Back]
                .map(|fate| self.fates.count(fate));
        let all = self.ids.load(Ordering::Relaxed);
        assert_eq!(all, done + failed + dead + left + back, "each item has a fate");
        assert_eq!((stats.put, stats.unfinished, stats.len), (all - back, 0, 0), "{stats:?}");
        assert_eq!((stats.done, stats.failed, stats.left_over), (done, failed + dead, left));
    }
}

async fn run(runtime: Runtime, seed: u64) -> usize {
    const ITEMS: usize = 40;
    let mut random = Random::new(seed);
    let kind = Kind::random(&mut random);
    println!("FOREBAY_SEED={seed} on {runtime:?}: {kind:?}");
    let crowd = Arc::new(Crowd {
        queue: kind.build(),
        kind,
        fates: Fates::default(),
        ids: AtomicUsize::new(0),
        operations: AtomicUsize::new(0),
    });
    let workers: Vec<_> = (0..=random.below(3))
        .map(|number| {
            let (crowd, random) = (Arc::clone(&crowd), Random::new(seed ^ (1 << (40 + number))));
            runtime.spawn(async move { crowd.work(random).await })
        })
        .collect();
    let producers: Vec<_> = (0..=random.below(2))
        .map(|number| {
            let (crowd, random) = (Arc::clone(&crowd), Random::new(seed ^ (1 << (50 + number))));
            runtime.spawn(async move { crowd.produce(random, ITEMS).await })
        })
        .collect();
    let early = random.one_in(3);
    if early {
        for _ in 0..random.below(50) {
            futures_lite::future::yield_now().await;
        }
        crowd.stop(&mut random).await;
    }
    for producer in producers {
        producer.await;
    }
    if !early {
        crowd.stop(&mut random).await;
    }
    for worker in workers {
        worker.await;
    }
    crowd.check();
    crowd.operations.load(Ordering::Relaxed)
}

#[test]
fn every_item_has_one_fate_on_every_runtime() {
    let seeds = AtomicUsize::new(usize::try_from(seed()).unwrap());
    on_every_runtime(async |runtime| {
        // A thread for each task is slow.
        let share = if let Runtime::BlockOn = runtime { 20 } else { 5 };
        let mut left = operations() / share;
        while left > 0 {
            let seed = seeds.fetch_add(1, Ordering::Relaxed) as u64;
            left = left.saturating_sub(run(runtime, seed).await);
        }
    });
}
