//! Two queues: one of what is to be done, and one of the blocks of memory with which it is done. A
//! block in hand is a block under way, so the number of blocks bounds the bytes, whatever the
//! number of files and their sizes.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::hash::{DefaultHasher, Hasher};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use forebay::queue::{Builder, Queue, Shutdown};

/// What is read at once.
pub(crate) const BLOCK: usize = 64 * 1024;

/// How often a path that could not be read is tried again.
const RETRIES: u32 = 2;

#[derive(Default)]
pub(crate) struct Report {
    pub(crate) hashes: BTreeMap<PathBuf, u64>,
    /// What could not be read in any attempt, with the last error.
    pub(crate) failed: BTreeMap<PathBuf, io::Error>,
    pub(crate) bytes: u64,
    /// How many blocks were under way at most.
    pub(crate) deepest: usize,
}

type Blocks = Queue<Vec<u8>>;

/// Hashes every file under `folder`. Links are not followed.
pub(crate) async fn hash(folder: PathBuf, workers: usize, blocks: usize) -> Report {
    let paths = Builder::new().retries(RETRIES).fifo().expect("a queue without limit");
    let memory: Blocks = Queue::unbounded();
    for _ in 0..blocks {
        let _ = memory.try_put(vec![0; BLOCK]);
    }
    let report = Arc::new(Mutex::new(Report::default()));

    let pool = paths.pool({
        let (paths, report) = (paths.clone(), Arc::clone(&report));
        async move |path: &mut PathBuf| {
            let result = visit(path, &paths, &memory, &report).await;
            result.map_err(|error| lock(&report).failed.insert(path.clone(), error))
        }
    });
    let workers: Vec<_> = pool.workers(workers).map(smol::spawn).collect();
    let _ = paths.try_put(folder);
    // A folder puts what is in it before it is done: nothing unfinished means that everything was
    // found.
    paths.join().await;
    paths.shutdown(Shutdown::Graceful);
    for worker in workers {
        worker.await;
    }

    let mut report = core::mem::take(&mut *lock(&report));
    // An error that a later attempt did not have is none.
    let dead: Vec<_> = paths.dead_letters().into_iter().map(|letter| letter.item).collect();
    report.failed.retain(|path, _| dead.contains(path));
    report
}

fn lock(report: &Mutex<Report>) -> MutexGuard<'_, Report> {
    report.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn visit(
    path: &Path,
    paths: &Queue<PathBuf>,
    memory: &Blocks,
    report: &Mutex<Report>,
) -> io::Result<()> {
    let owned = path.to_owned();
    let kind = smol::unblock(move || fs::symlink_metadata(owned)).await?.file_type();
    if kind.is_dir() {
        let owned = path.to_owned();
        let inside = smol::unblock(move || {
            fs::read_dir(owned)?.map(|entry| Ok(entry?.path())).collect::<io::Result<Vec<_>>>()
        });
        // All or none: another attempt does not put them twice.
        let _ = paths.try_put_many(inside.await?);
    } else if kind.is_file() {
        let (hash, bytes) = hash_file(path, memory, report).await?;
        let mut report = lock(report);
        report.hashes.insert(path.to_owned(), hash);
        report.bytes += bytes;
    }
    Ok(())
}

async fn hash_file(path: &Path, memory: &Blocks, report: &Mutex<Report>) -> io::Result<(u64, u64)> {
    let owned = path.to_owned();
    let mut file = smol::unblock(move || File::open(owned)).await?;
    let mut hasher = DefaultHasher::new();
    let mut bytes = 0;
    loop {
        // Waits while all blocks are under way.
        let (mut block, ticket) = memory.get().await.expect("nothing ends it").split();
        {
            let mut report = lock(report);
            report.deepest = report.deepest.max(memory.stats().in_hand);
        }
        // Reading waits for the disk, and hashing is work: neither belongs on an executor's thread.
        let (read, block, state) = smol::unblock(move || {
            let read = file.read(&mut block);
            if let Ok(length) = read {
                hasher.write(&block[..length]);
            }
            (read, block, (file, hasher))
        })
        .await;
        (file, hasher) = state;
        // Back before the error is looked at: a block that is not given back is lost to all others.
        ticket.give_back(block);
        match read {
            Ok(0) => return Ok((hasher.finish(), bytes)),
            Ok(length) => bytes += length as u64,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}
