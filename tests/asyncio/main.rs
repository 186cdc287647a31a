//! The work queue beside the real thing: the same scenarios on Python's asyncio and on forebay,
//! with the same trace.
//!
//! A scenario has one operation a line:
//! ```text
//! queue KIND MAXSIZE        fifo, lifo or priority; 0: no limit
//! put NAME ITEM             starts a task that puts; so do `get NAME` and `join NAME`
//! cancel NAME               cancels a task
//! try_put ITEM              at once; so does `try_get`
//! done                      one of the jobs in hand is done
//! shutdown HOW              graceful or immediate
//! settle                    lets the tasks run until none can go on, and tells which have ended
//! ```
//! Python 3.13 and later have `shutdown`; before, the scenarios with it are skipped and counted.
//! `FOREBAY_PYTHON` names another interpreter, `FOREBAY_SCENARIOS` a number of random scenarios,
//! `FOREBAY_SEED` where they begin.
#![cfg(feature = "std")]

mod generate;
mod machine;

use std::io::Write;
use std::process::{Command, Stdio};

struct Scenario {
    name: String,
    text: String,
}

impl Scenario {
    fn shuts_down(&self) -> bool {
        self.text.contains("\nshutdown ")
    }
}

fn by_hand() -> Vec<Scenario> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/asyncio/scenarios");
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .expect("the folder of the scenarios")
        .map(|entry| entry.expect("an entry").path())
        .collect();
    files.sort();
    let mut scenarios = Vec::new();
    for file in files {
        let text = std::fs::read_to_string(&file).expect("a text file");
        let lines = text.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
        let text: String = lines.flat_map(|line| [line, "\n"]).collect();
        let stem = file.file_stem().expect("a name").to_string_lossy().into_owned();
        // Whatever does not depend on the order is the same in every order.
        let kinds: &[&str] =
            if text.contains("queue any") { &["fifo", "lifo", "priority"] } else { &["any"] };
        for kind in kinds {
            scenarios.push(Scenario {
                name: format!("{stem}-{kind}"),
                text: text.replace("queue any", &format!("queue {kind}")),
            });
        }
    }
    scenarios
}

fn variable(name: &str, default: u64) -> u64 {
    std::env::var(name).map_or(default, |text| text.parse().expect("a number"))
}

fn at_random() -> impl Iterator<Item = Scenario> {
    let first = variable("FOREBAY_SEED", 1);
    let count = variable("FOREBAY_SCENARIOS", 500);
    (first..first + count)
        .map(|seed| Scenario { name: format!("random-{seed}"), text: generate::scenario(seed) })
}

/// The version of the interpreter; `None` if there is none.
fn version(python: &str) -> Option<(u32, u32)> {
    let code = "import sys; print(*sys.version_info[:2])";
    let output = Command::new(python).args(["-c", code]).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    let (major, minor) = text.trim().split_once(' ')?;
    Some((major.parse().ok()?, minor.parse().ok()?))
}

fn python_traces(python: &str, scenarios: &[Scenario]) -> String {
    let driver = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/asyncio/driver.py");
    let mut child = Command::new(python)
        .arg(driver)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the interpreter starts");
    let mut stdin = child.stdin.take().expect("a pipe");
    for Scenario { name, text } in scenarios {
        write!(stdin, "scenario {name}\n{text}").expect("the driver reads");
    }
    drop(stdin);
    let output = child.wait_with_output().expect("the driver ends");
    assert!(output.status.success(), "the driver failed");
    String::from_utf8(output.stdout).expect("text")
}

#[test]
fn the_traces_are_those_of_asyncio() {
    let python = std::env::var("FOREBAY_PYTHON");
    let required = python.is_ok();
    let python = python.unwrap_or_else(|_| "python3".to_owned());
    let version = version(&python).filter(|&version| version >= (3, 10));
    let Some(version) = version else {
        assert!(!required, "{python} does not run, or is older than 3.10");
        println!("SKIPPED: no python3");
        return;
    };
    let (mut scenarios, mut skipped) = (Vec::new(), 0);
    for scenario in by_hand().into_iter().chain(at_random()) {
        if version < (3, 13) && scenario.shuts_down() {
            skipped += 1;
        } else {
            scenarios.push(scenario);
        }
    }

    let theirs = python_traces(&python, &scenarios);
    let mut theirs = theirs.split("scenario ");
    let python = theirs.next().expect("the version").trim();
    let mut differ = 0;
    for (scenario, theirs) in scenarios.iter().zip(theirs.by_ref()) {
        let ours = format!("{}\n{}", scenario.name, machine::trace(&scenario.text));
        if ours != theirs {
            differ += 1;
            println!("\n--- {}", scenario.name);
            for (ours, theirs) in ours.lines().zip(theirs.lines()) {
                println!("{ours}");
                if ours != theirs {
                    println!("{theirs}    <-- asyncio");
                    break;
                }
            }
        }
    }
    assert!(theirs.next().is_none(), "as many traces as scenarios");
    println!(
        "asyncio of {python}: {} scenarios compared, {differ} differ, {skipped} skipped for want of shutdown",
        scenarios.len()
    );
    assert_eq!(differ, 0);
}
