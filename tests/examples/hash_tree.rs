//! The example `hash_tree` on real files.
#[path = "../../examples/hash_tree/tree.rs"]
mod tree;

use crate::watchdog::watched;
use std::fs;
use std::hash::{DefaultHasher, Hasher};
use std::path::{Path, PathBuf};

/// An empty folder for this test.
fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("hash_tree").join(name);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    folder
}

fn hash_of(contents: &[u8]) -> u64 {
    // By the block, as the example does.
    let mut hasher = DefaultHasher::new();
    contents.chunks(tree::BLOCK).for_each(|block| hasher.write(block));
    hasher.finish()
}

#[test]
fn every_file_is_hashed_with_a_few_blocks_of_memory() {
    const BLOCKS: usize = 2;
    watched(|| {
        let folder = folder("files");
        let mut expected = Vec::new();
        for number in 0..40_usize {
            let place = folder.join(format!("{}", number % 7)).join(format!("{}", number % 3));
            fs::create_dir_all(&place).unwrap();
            let contents: Vec<u8> =
                (0..number * 10_000).map(|byte| (byte * (number + 1)).to_le_bytes()[0]).collect();
            let path = place.join(format!("file {number}"));
            fs::write(&path, &contents).unwrap();
            expected.push((path, contents));
        }
        let report = smol::block_on(tree::hash(folder, 8, BLOCKS));
        assert!(report.failed.is_empty());
        assert_eq!(report.hashes.len(), expected.len());
        for (path, contents) in &expected {
            assert_eq!(report.hashes[path], hash_of(contents), "{}", path.display());
        }
        let bytes: usize = expected.iter().map(|(_, contents)| contents.len()).sum();
        assert_eq!(report.bytes, bytes as u64);
        assert!((1..=BLOCKS).contains(&report.deepest), "{} blocks", report.deepest);
    });
}

#[test]
fn what_cannot_be_read_is_named() {
    watched(|| {
        let report = smol::block_on(tree::hash("/no/such/folder".into(), 2, 1));
        assert!(report.hashes.is_empty());
        let failed: Vec<_> = report.failed.keys().map(|path| path.to_str().unwrap()).collect();
        assert_eq!(failed, ["/no/such/folder"]);
    });
}
