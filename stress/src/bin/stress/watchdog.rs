//! Ends the program when nothing goes on any more, and says where everybody stands, also after a
//! panic.

use crate::ledger::Message;
use forebay::{Receiver, Sender};
use std::panic;
use std::process::abort;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, Weak};
use std::thread;
use std::time::{Duration, Instant};

/// What one task does.
#[derive(Debug)]
pub(crate) struct Status {
    name: String,
    doing: Mutex<&'static str>,
    calls: AtomicUsize,
}

impl Status {
    pub(crate) fn doing(&self, call: &'static str) {
        *lock(&self.doing) = call;
        self.calls.fetch_add(1, Ordering::Relaxed);
    }
}

/// A handle whose task is alive. Weak, as the channel must not know that somebody watches.
enum Handle {
    Sender(Weak<Sender<Message>>),
    Receiver(Weak<Receiver<Message>>),
}

impl Handle {
    fn describe(&self) -> Option<String> {
        macro_rules! describe {
            ($handle:expr) => {{
                let handle = $handle.upgrade()?;
                format!(
                    "len {} of {:?}, {} senders, {} receivers, {}",
                    handle.len(),
                    handle.capacity(),
                    handle.sender_count(),
                    handle.receiver_count(),
                    if handle.is_closed() { "closed" } else { "open" },
                )
            }};
        }
        Some(match self {
            Self::Sender(sender) => describe!(sender),
            Self::Receiver(receiver) => describe!(receiver),
        })
    }
}

#[derive(Default)]
struct Watched {
    round: String,
    tasks: Vec<Arc<Status>>,
    handles: Vec<Handle>,
}

#[derive(Clone, Default)]
pub(crate) struct Watchdog(Arc<Mutex<Watched>>);

impl Watchdog {
    pub(crate) fn start(patience: Duration) -> Self {
        let watchdog = Self::default();
        let Self(watched) = watchdog.clone();
        let print_panic = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            print_panic(info);
            // Locked only if that very code has panicked.
            if let Ok(watched) = watched.try_lock() {
                watched.dump();
            }
        }));
        let Self(watched) = watchdog.clone();
        thread::spawn(move || {
            let mut seen = (String::new(), 0);
            let mut since = Instant::now();
            loop {
                thread::sleep(patience / 10);
                let watched = lock(&watched);
                let calls = watched.tasks.iter().map(|task| task.calls.load(Ordering::Relaxed));
                let now = (watched.round.clone(), calls.sum());
                if seen != now {
                    (seen, since) = (now, Instant::now());
                } else if since.elapsed() > patience {
                    eprintln!("no call has ended for {patience:?}");
                    watched.dump();
                    abort();
                }
            }
        });
        watchdog
    }

    /// Forgets the round before.
    pub(crate) fn begin(&self, round: String) {
        *lock(&self.0) = Watched { round, ..Watched::default() };
    }

    pub(crate) fn add_sender(&self, name: String, sender: &Arc<Sender<Message>>) -> Arc<Status> {
        self.add(name, Handle::Sender(Arc::downgrade(sender)))
    }

    pub(crate) fn add_receiver(
        &self,
        name: String,
        receiver: &Arc<Receiver<Message>>,
    ) -> Arc<Status> {
        self.add(name, Handle::Receiver(Arc::downgrade(receiver)))
    }

    fn add(&self, name: String, handle: Handle) -> Arc<Status> {
        let status =
            Arc::new(Status { name, doing: Mutex::new("not begun"), calls: AtomicUsize::new(0) });
        let mut watched = lock(&self.0);
        watched.tasks.push(Arc::clone(&status));
        watched.handles.push(handle);
        status
    }
}

impl Watched {
    fn dump(&self) {
        eprintln!("{}", self.round);
        match self.handles.iter().find_map(Handle::describe) {
            Some(channel) => eprintln!("channel: {channel}"),
            None => eprintln!("channel: no task has a handle any more"),
        }
        for task in &self.tasks {
            let calls = task.calls.load(Ordering::Relaxed);
            eprintln!("{}: {} ({calls} calls so far)", task.name, lock(&task.doing));
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().expect("a panic aborts")
}
