//! Workers that put new work while they take work: a walk over a directory tree, level by level.
//!
//! No channel can tell when this is over: an empty one may be filled by whoever is at work, and to
//! close it would take somebody who knows. The queue knows: `join` returns when every folder that
//! was put is done.
//!
//! ```text
//! cargo run --release --example crawl
//! cargo run --release --example crawl -- --workers 8 /usr/share
//! ```

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::thread;

use clap::Parser;
use forebay::queue::{Queue, Shutdown};

/// Count the files and the folders of a directory tree, several folders at a time
#[derive(Parser)]
struct Args {
    /// Where to begin
    #[arg(default_value = ".")]
    root: PathBuf,

    /// How many threads read folders
    #[arg(long, default_value_t = 4, value_parser = clap::value_parser!(u16).range(1..=256))]
    workers: u16,
}

/// What one worker found.
#[derive(Default)]
struct Found {
    folders: u64,
    files: u64,
    bytes: u64,
    unreadable: u64,
}

fn main() {
    let Args { root, workers } = Args::parse();
    if !root.is_dir() {
        eprintln!("{} is not a folder", root.display());
        std::process::exit(2);
    }

    // Without a limit: a worker that waited for room in its own queue might wait for itself.
    let queue = Queue::unbounded();
    let threads: Vec<_> = (0..workers)
        .map(|_| {
            let queue = queue.clone();
            thread::spawn(move || work(&queue))
        })
        .collect();

    queue.try_put(root).expect("the queue is open");
    queue.join_blocking();
    queue.shutdown(Shutdown::Graceful);

    let mut all = Found::default();
    for (number, thread) in (1..).zip(threads) {
        let found = thread.join().expect("a worker panicked");
        println!("worker {number}: {} folders", found.folders);
        all.folders += found.folders;
        all.files += found.files;
        all.bytes += found.bytes;
        all.unreadable += found.unreadable;
    }
    let Found { folders, files, bytes, unreadable } = all;
    println!("{folders} folders, {files} files, {bytes} bytes, {unreadable} unreadable");
}

/// Reads folders until there will be no more.
fn work(queue: &Queue<PathBuf>) -> Found {
    let mut found = Found::default();
    while let Ok(folder) = queue.get_blocking() {
        found.folders += 1;
        if read(&folder, queue, &mut found).is_err() {
            found.unreadable += 1;
        }
        // Here the folder is done: after the folders inside it were put, so the count is never zero
        // too early.
    }
    found
}

fn read(folder: &Path, queue: &Queue<PathBuf>, found: &mut Found) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        // A link is counted, not followed: it could lead in a circle.
        let kind = entry.file_type()?;
        if kind.is_dir() {
            queue.try_put(entry.path()).expect("the queue is open while work is in hand");
        } else {
            found.files += 1;
            found.bytes += entry.metadata()?.len();
        }
    }
    Ok(())
}
