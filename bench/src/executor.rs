//! The executors, and one way to run a set of tasks on each of them.

use async_executor::Executor as SmolExecutor;
use futures_lite::future::{self, block_on};
use std::fmt;
use std::sync::{Barrier, OnceLock};
use std::thread::{self, ScopedJoinHandle};
use std::time::{Duration, Instant};
use tokio::runtime;

/// Threads that run the tasks, where the executor has several.
const WORKERS: usize = 2;

const NO_PANIC: &str = "the tasks of a load do not panic";

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Executor {
    /// tokio, everything on one thread
    TokioCurrent,
    /// tokio, two workers
    TokioMulti,
    /// smol's executor, two threads
    Smol,
    /// A thread for each task, in `block_on`
    Threads,
}

impl fmt::Display for Executor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::TokioCurrent => "tokio current-thread",
            Self::TokioMulti => "tokio 2 workers",
            Self::Smol => "smol 2 threads",
            Self::Threads => "threads",
        })
    }
}

impl Executor {
    pub fn start(self) -> Runtime {
        match self {
            Self::TokioCurrent => {
                Runtime::Tokio(tokio(&mut runtime::Builder::new_current_thread()))
            }
            Self::TokioMulti => Runtime::Tokio(tokio(
                runtime::Builder::new_multi_thread().worker_threads(WORKERS),
            )),
            Self::Smol => Runtime::Smol(smol()),
            Self::Threads => Runtime::Threads,
        }
    }
}

fn tokio(builder: &mut runtime::Builder) -> runtime::Runtime {
    builder
        .build()
        .expect("a runtime without I/O asks for nothing that can be missing")
}

/// Its threads live as long as the process, as those of `smol::spawn` do.
fn smol() -> &'static SmolExecutor<'static> {
    let executor: &SmolExecutor = Box::leak(Box::default());
    for _ in 0..WORKERS {
        thread::spawn(|| block_on(executor.run(future::pending::<()>())));
    }
    executor
}

/// A running executor.
pub enum Runtime {
    Tokio(runtime::Runtime),
    Smol(&'static SmolExecutor<'static>),
    Threads,
}

impl Runtime {
    pub fn has_one_thread(&self) -> bool {
        match self {
            Self::Tokio(runtime) => {
                runtime.handle().runtime_flavor() == runtime::RuntimeFlavor::CurrentThread
            }
            Self::Smol(_) | Self::Threads => false,
        }
    }

    /// Runs the tasks to their ends. The time is from the first spawn to the last end; of threads,
    /// from when all of them run.
    pub fn run<F>(&self, tasks: Vec<F>) -> (Duration, Vec<F::Output>)
    where
        F: Future<Output: Send> + Send + 'static,
    {
        match self {
            Self::Tokio(runtime) => runtime.block_on(async {
                let start = Instant::now();
                let handles: Vec<_> = tasks.into_iter().map(tokio::spawn).collect();
                let mut outputs = Vec::with_capacity(handles.len());
                for handle in handles {
                    outputs.push(handle.await.expect(NO_PANIC));
                }
                (start.elapsed(), outputs)
            }),
            Self::Smol(executor) => block_on(async {
                let start = Instant::now();
                let handles: Vec<_> = tasks.into_iter().map(|task| executor.spawn(task)).collect();
                let mut outputs = Vec::with_capacity(handles.len());
                for handle in handles {
                    outputs.push(handle.await);
                }
                (start.elapsed(), outputs)
            }),
            Self::Threads => {
                let all_there = Barrier::new(tasks.len());
                let start = OnceLock::new();
                let task = |task: F| {
                    if all_there.wait().is_leader() {
                        start.get_or_init(Instant::now);
                    }
                    block_on(task)
                };
                let outputs = thread::scope(|scope| {
                    let spawn = |next| scope.spawn(|| task(next));
                    let handles: Vec<_> = tasks.into_iter().map(spawn).collect();
                    let join = |handle: ScopedJoinHandle<_>| handle.join().expect(NO_PANIC);
                    handles.into_iter().map(join).collect()
                });
                (
                    start
                        .get()
                        .expect("some task was the last to arrive")
                        .elapsed(),
                    outputs,
                )
            }
        }
    }
}
