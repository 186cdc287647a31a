//! What stands beside every figure: the machine, the date, the versions.

use std::fmt;
use std::fs;
use std::thread::available_parallelism;
use std::time::SystemTime;

/// The exact versions that this binary was built from.
const LOCK: &str = include_str!("../Cargo.lock");

pub struct Machine {
    cpu: String,
    cores: usize,
    date: String,
}

impl Machine {
    pub fn here() -> Self {
        let cpuinfo = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
        let model = cpuinfo
            .lines()
            .find_map(|line| line.strip_prefix("model name"));
        Self {
            cpu: model
                .map_or(std::env::consts::ARCH, |model| {
                    model.trim_matches([' ', '\t', ':'])
                })
                .into(),
            cores: available_parallelism().map_or(1, usize::from),
            date: humantime::format_rfc3339_seconds(SystemTime::now()).to_string(),
        }
    }
}

impl fmt::Display for Machine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { cpu, cores, date } = self;
        write!(f, "{cpu}, {cores} cores, {}, {date}", env!("RUSTC_VERSION"))
    }
}

/// The version of a package in the lock file.
pub fn version(package: &str) -> &'static str {
    LOCK.split("[[package]]")
        .find_map(|entry| {
            let entry = entry
                .trim_start()
                .strip_prefix(&format!("name = \"{package}\"\n"))?;
            entry
                .lines()
                .next()?
                .strip_prefix("version = \"")?
                .strip_suffix('"')
        })
        .expect("every peer is in the lock file")
}
