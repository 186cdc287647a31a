//! The hash of every file under a folder, on smol, with the reading and hashing on its blocking
//! threads and a bound on the bytes under way.
//!
//! ```sh
//! cargo run --release --example hash_tree -- src
//! ```

mod tree;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;

#[derive(Parser)]
#[command(about = "Hashes every file under a folder")]
struct Options {
    /// Where to begin
    folder: PathBuf,
    /// Files at once
    #[arg(long, default_value_t = 4)]
    workers: usize,
    /// KiB under way at most, in blocks of 64
    #[arg(long, default_value_t = 256)]
    kib: usize,
}

fn main() -> ExitCode {
    let Options { folder, workers, kib } = Options::parse();
    let blocks = (kib * 1024 / tree::BLOCK).max(1);
    let report = smol::block_on(tree::hash(folder, workers.max(1), blocks));
    for (path, hash) in &report.hashes {
        println!("{hash:016x}  {}", path.display());
    }
    for (path, error) in &report.failed {
        eprintln!("{}: {error}", path.display());
    }
    eprintln!(
        "{} files, {} bytes, at most {} bytes under way, {} failed",
        report.hashes.len(),
        report.bytes,
        report.deepest * tree::BLOCK,
        report.failed.len()
    );
    if report.failed.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
