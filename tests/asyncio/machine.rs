//! A scenario on forebay's queue, with tasks that run in the order of asyncio's loop: first ready,
//! first run.

use forebay::queue::{Builder, GetError, Job, PutError, Queue, Shutdown, TryGetError, TryPutError};
use std::collections::{BTreeMap, VecDeque};
use std::fmt::Write;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Wake};

type Hand = Arc<Mutex<Vec<Job<'static, i64>>>>;
type Ready = Arc<Mutex<VecDeque<String>>>;

struct Task {
    future: Pin<Box<dyn Future<Output = String>>>,
    cancelled: bool,
}

struct Machine {
    queue: Queue<i64>,
    in_hand: Hand,
    tasks: BTreeMap<String, Task>,
    ready: Ready,
}

/// Makes a task ready, once.
struct Name {
    name: String,
    ready: Ready,
}

impl Wake for Name {
    fn wake(self: Arc<Self>) {
        let mut ready = self.ready.lock().unwrap();
        if !ready.contains(&self.name) {
            ready.push_back(self.name.clone());
        }
    }
}

/// What happens in the scenario, line by line.
pub(crate) fn trace(scenario: &str) -> String {
    let mut trace = String::new();
    let mut lines = scenario.lines();
    let first = lines.next().expect("a queue");
    let mut machine = Machine::new(first);
    writeln!(trace, "{first} | {}", machine.state()).unwrap();
    for line in lines {
        let outcome = machine.run(line);
        writeln!(trace, "{line} -> {outcome} | {}", machine.state()).unwrap();
    }
    trace
}

impl Machine {
    fn new(line: &str) -> Self {
        let words: Vec<_> = line.split(' ').collect();
        let mut builder = Builder::new();
        let maxsize = words[2].parse().expect("a number");
        if maxsize > 0 {
            builder = builder.maxsize(maxsize);
        }
        let queue = match words[1] {
            "fifo" => builder.fifo().unwrap(),
            "lifo" => builder.lifo().unwrap(),
            "priority" => builder.priority().unwrap(),
            kind => panic!("{kind} is no queue"),
        };
        Self { queue, in_hand: Hand::default(), tasks: BTreeMap::new(), ready: Ready::default() }
    }

    fn run(&mut self, line: &str) -> String {
        let queue = self.queue.clone();
        let in_hand = Arc::clone(&self.in_hand);
        let words: Vec<_> = line.split(' ').collect();
        let item = |text: &str| text.parse().expect("a number");
        match words[..] {
            ["put", name, text] => {
                let item = item(text);
                self.start(name, async move {
                    match queue.put(item).await {
                        Ok(()) => "ok",
                        Err(PutError(_)) => "shut down",
                    }
                    .to_owned()
                })
            }
            ["get", name] => self.start(name, async move {
                match queue.get().await {
                    Ok(job) => take(&in_hand, job),
                    Err(GetError) => "shut down".to_owned(),
                }
            }),
            ["join", name] => self.start(name, async move {
                queue.join().await;
                "ok".to_owned()
            }),
            ["cancel", name] => self.cancel(name),
            ["try_put", text] => match queue.try_put(item(text)) {
                Ok(()) => "ok",
                Err(TryPutError::Full(_)) => "full",
                Err(TryPutError::ShutDown(_)) => "shut down",
            }
            .to_owned(),
            ["try_get"] => match queue.try_get() {
                Ok(job) => take(&in_hand, job),
                Err(TryGetError::Empty) => "empty".to_owned(),
                Err(TryGetError::ShutDown) => "shut down".to_owned(),
            },
            ["done"] => match in_hand.lock().unwrap().pop() {
                Some(job) => {
                    job.done();
                    "ok"
                }
                None => "nothing in hand",
            }
            .to_owned(),
            ["shutdown", how] => {
                queue.shutdown(match how {
                    "graceful" => Shutdown::Graceful,
                    "immediate" => Shutdown::Immediate,
                    how => panic!("{how} is no way to shut down"),
                });
                "ok".to_owned()
            }
            ["settle"] => self.settle(),
            _ => panic!("{line} is no operation"),
        }
    }

    fn waker(&self, name: &str) -> Arc<Name> {
        Arc::new(Name { name: name.to_owned(), ready: Arc::clone(&self.ready) })
    }

    fn start(&mut self, name: &str, future: impl Future<Output = String> + 'static) -> String {
        let task = Task { future: Box::pin(future), cancelled: false };
        assert!(self.tasks.insert(name.to_owned(), task).is_none(), "{name} runs already");
        self.waker(name).wake();
        "started".to_owned()
    }

    /// As in asyncio, the task learns of it when it runs next.
    fn cancel(&mut self, name: &str) -> String {
        if let Some(task) = self.tasks.get_mut(name) {
            task.cancelled = true;
            self.waker(name).wake();
        }
        "cancelled".to_owned()
    }

    fn settle(&mut self) -> String {
        let mut ended = BTreeMap::new();
        loop {
            let next = self.ready.lock().unwrap().pop_front();
            let Some(name) = next else { break };
            let waker = self.waker(&name).into();
            // A task may have been woken and have ended since.
            let Some(task) = self.tasks.get_mut(&name) else { continue };
            let outcome = loop {
                if task.cancelled {
                    break Poll::Ready("cancelled".to_owned());
                }
                let outcome = task.future.as_mut().poll(&mut Context::from_waker(&waker));
                // Nobody takes the turn that it gives to the others: asyncio's tasks take their
                // place at once.
                let mut ready = self.ready.lock().unwrap();
                if outcome.is_ready() || ready.back() != Some(&name) {
                    break outcome;
                }
                ready.pop_back();
            };
            if let Poll::Ready(outcome) = outcome {
                self.tasks.remove(&name);
                ended.insert(name, outcome);
            }
        }
        let ended: Vec<_> =
            ended.iter().map(|(name, outcome)| format!("{name}: {outcome}")).collect();
        ended.join(", ")
    }

    fn state(&self) -> String {
        let queue = &self.queue;
        let empty = if queue.is_empty() { "empty " } else { "" };
        let full = if queue.is_full() { "full " } else { "" };
        format!("size {} {empty}{full}unfinished {}", queue.len(), queue.unfinished())
    }
}

fn take(in_hand: &Hand, job: Job<'_, i64>) -> String {
    let item = job.to_string();
    in_hand.lock().unwrap().push(job.into_owned());
    item
}
