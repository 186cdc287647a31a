//! Programs on one thread, each step beside the model.

use super::model::{Entry, Model, Phase, Put};
use super::{Item, Kind, Random, operations, seed};
use crate::common::Task;
use core::task::Poll;
use forebay::queue::{self, Get, Job, Queue, Shutdown, Ticket, TryGetError, TryPutError};

struct Program<'a> {
    queue: &'a Queue<Item>,
    model: Model,
    random: Random,
    items: usize,
    jobs: Vec<(Job<'a, Item>, Entry)>,
    tickets: Vec<(Ticket<'a, Item>, Entry)>,
    gets: Vec<Task<Get<'a, Item>>>,
    puts: Vec<(Task<queue::Put<'a, Item>>, Item)>,
}

impl<'a> Program<'a> {
    fn item(&mut self) -> Item {
        self.items += 1;
        Item { rank: u8::try_from(self.random.below(3)).unwrap(), id: self.items }
    }

    fn step(&mut self) {
        match self.random.below(24) {
            0..=3 => self.try_put(),
            4..=7 => self.try_get(),
            8 => {
                let item = self.item();
                self.puts.push((Task::new(self.queue.put(item)), item));
            }
            9 | 10 => self.poll_put(),
            11 => self.gets.push(Task::new(self.queue.get())),
            12 | 13 => self.poll_get(),
            14 => self.put_many(),
            15 => self.get_many(),
            16..=20 => self.end_job(),
            21 | 22 => self.end_ticket(),
            _ => self.take_out(),
        }
        self.check();
    }

    #[track_caller]
    fn check(&self) {
        self.model.check(&self.queue.stats());
        assert_eq!(self.queue.is_shut_down(), self.model.phase > Phase::Open);
        assert_eq!(self.queue.failed(), self.queue.stats().failed);
    }

    fn try_put(&mut self) {
        let item = self.item();
        match (self.queue.try_put(item), self.model.put(item)) {
            (Ok(()), Put::Done) => {}
            (Err(TryPutError::Full(back)), Put::Full)
            | (Err(TryPutError::ShutDown(back)), Put::ShutDown) => assert_eq!(back.id, item.id),
            other => panic!("{other:?}"),
        }
    }

    fn put_many(&mut self) {
        let items: Vec<_> = (0..self.random.below(4)).map(|_| self.item()).collect();
        let fit = items.iter().take_while(|item| self.model.put(**item) == Put::Done).count();
        let put = self.queue.try_put_many(items.clone());
        let left = put.map_or_else(TryPutError::into_inner, |()| Vec::new());
        let id = |item: &Item| item.id;
        assert!(left.iter().map(id).eq(items[fit..].iter().map(id)));
    }

    /// A put that waits may leave room to others: it need not succeed where a `try_put` would.
    fn poll_put(&mut self) {
        let Some((mut put, item)) = self.random.pick(&mut self.puts) else { return };
        if self.random.one_in(4) {
            // Cancelled, polled before or not: the item is in the future.
            let back = put.into_inner().into_inner();
            assert_eq!(back.map(|item| item.id), Some(item.id));
            return;
        }
        match self.poll(&mut put) {
            Poll::Pending => {
                assert_eq!(self.model.phase, Phase::Open);
                self.puts.push((put, item));
            }
            Poll::Ready(Ok(())) => assert_eq!(self.model.put(item), Put::Done),
            Poll::Ready(Err(error)) => {
                assert_eq!(error.into_inner().id, item.id);
                assert_eq!(self.model.would(), Put::ShutDown);
            }
        }
    }

    fn got(&mut self, job: Job<'a, Item>) {
        let expected = self.model.get().expect("something to get");
        assert_eq!((job.id, job.attempt()), (expected.item.id, expected.attempt));
        self.jobs.push((job, expected));
    }

    fn got_nothing(&self, error: TryGetError) {
        assert_eq!(self.model.len(), 0);
        assert_eq!(error == TryGetError::ShutDown, self.model.phase > Phase::Open);
    }

    fn try_get(&mut self) {
        match self.queue.try_get() {
            Ok(job) => self.got(job),
            Err(error) => self.got_nothing(error),
        }
    }

    fn get_many(&mut self) {
        let max = 1 + self.random.below(3);
        match self.queue.try_get_many(max) {
            Ok(batch) => {
                assert_eq!(batch.len(), max.min(self.model.len()));
                batch.into_iter().for_each(|job| self.got(job));
            }
            Err(error) => self.got_nothing(error),
        }
    }

    /// Polls once, or twice where that tells more: the first one may have given way.
    fn poll<F: Future + Unpin>(&self, task: &mut Task<F>) -> Poll<F::Output> {
        let polled = task.poll();
        if polled.is_pending() && self.model.phase > Phase::Open { task.poll() } else { polled }
    }

    fn poll_get(&mut self) {
        let Some(mut get) = self.random.pick(&mut self.gets) else { return };
        if self.random.one_in(4) {
            return;
        }
        match self.poll(&mut get) {
            Poll::Pending => {
                assert_eq!(self.model.phase, Phase::Open);
                self.gets.push(get);
            }
            Poll::Ready(Ok(job)) => self.got(job),
            Poll::Ready(Err(_)) => self.got_nothing(TryGetError::ShutDown),
        }
    }

    fn end_job(&mut self) {
        let Some((mut job, entry)) = self.random.pick(&mut self.jobs) else { return };
        if self.random.one_in(3) {
            job = job.into_owned();
        }
        match self.random.below(8) {
            0 => {
                job.done();
                self.model.done();
            }
            1 => {
                assert_eq!(job.into_inner().id, entry.item.id);
                self.model.done();
            }
            2 => {
                drop(job);
                self.model.abandon(entry);
            }
            3 => {
                job.fail();
                self.model.fail(entry);
            }
            4 => {
                job.give_back();
                self.model.give_back(entry);
            }
            5 => self.requeue(job, entry),
            6 => self.wait_and_requeue(job, entry),
            _ => {
                let (item, ticket) = job.split();
                assert_eq!(item.id, entry.item.id);
                self.tickets.push((ticket, entry));
            }
        }
    }

    fn requeue(&mut self, job: Job<'a, Item>, entry: Entry) {
        match (job.try_requeue(), self.model.requeue(entry)) {
            (Ok(()), Put::Done) => {}
            (Err(TryPutError::Full(job)), Put::Full)
            | (Err(TryPutError::ShutDown(job)), Put::ShutDown) => self.jobs.push((job, entry)),
            other => panic!("{other:?}"),
        }
    }

    /// By the future, which is cancelled if it is not ready.
    fn wait_and_requeue(&mut self, job: Job<'a, Item>, entry: Entry) {
        let mut requeue = Task::new(job.requeue());
        match requeue.poll() {
            Poll::Ready(Ok(())) => assert_eq!(self.model.requeue(entry), Put::Done),
            Poll::Ready(Err(error)) => {
                assert_eq!(self.model.would(), Put::ShutDown);
                self.jobs.push((error.into_inner(), entry));
            }
            Poll::Pending if self.random.one_in(2) => {
                drop(requeue);
                self.model.abandon(entry);
            }
            Poll::Pending => {
                let job = requeue.into_inner().into_inner().expect("what is not put stays");
                self.jobs.push((job, entry));
            }
        }
    }

    fn end_ticket(&mut self) {
        let Some((ticket, entry)) = self.random.pick(&mut self.tickets) else { return };
        assert_eq!(ticket.attempt(), entry.attempt);
        match self.random.below(5) {
            0 => {
                ticket.done();
                self.model.done();
            }
            1 => {
                drop(ticket);
                self.model.abandon_ticket();
            }
            2 => {
                ticket.fail(entry.item);
                self.model.fail(entry);
            }
            3 => {
                ticket.give_back(entry.item);
                self.model.give_back(entry);
            }
            _ => self.jobs.push((ticket.into_job(entry.item), entry)),
        }
    }

    fn take_out(&mut self) {
        match self.random.below(24) {
            0 => {
                self.queue.shutdown(Shutdown::Graceful);
                self.model.close();
            }
            1 => self.stop(),
            _ => {
                let dead = self.queue.dead_letters();
                let dead: Vec<_> = dead.iter().map(|dead| (dead.item.id, dead.attempts)).collect();
                assert_eq!(dead, core::mem::take(&mut self.model.dead));
            }
        }
    }

    fn stop(&mut self) {
        let left = self.queue.shutdown(Shutdown::Immediate);
        let left: Vec<_> = left.iter().map(|item| item.id).collect();
        assert_eq!(left, self.model.stop());
    }

    /// Nothing is left in the end, and a join ends exactly then.
    fn end(&mut self) {
        self.gets.clear();
        self.puts.clear();
        self.stop();
        self.check();
        let mut join = Task::new(self.queue.join());
        while !(self.jobs.is_empty() && self.tickets.is_empty()) {
            join.park();
            if self.random.one_in(2) { self.end_job() } else { self.end_ticket() }
        }
        join.finish();
        self.stop();
        self.check();
    }
}

fn run(seed: u64, steps: usize) {
    let mut random = Random::new(seed);
    let kind = Kind::random(&mut random);
    let queue = kind.build();
    let mut program = Program {
        queue: &queue,
        model: Model::new(kind),
        random,
        items: 0,
        jobs: Vec::new(),
        tickets: Vec::new(),
        gets: Vec::new(),
        puts: Vec::new(),
    };
    for _ in 0..steps {
        program.step();
    }
    program.end();
}

#[test]
fn programs_do_what_the_model_does() {
    const STEPS: usize = 100;
    for number in 0..(operations() / STEPS) as u64 {
        let seed = seed() + number;
        // Captured: shown where the program fails.
        println!("FOREBAY_SEED={seed} FOREBAY_OPERATIONS={STEPS}");
        run(seed, STEPS);
    }
}
