//! The main job, the example `workers`, as a newcomer meets it: on the command line; and the other
//! examples.
use std::env::consts::EXE_SUFFIX;
use std::process::{Command, Output};

const RUNTIMES: [&str; 4] = ["smol", "async-std", "tokio", "threads"];

/// Runs the example that `cargo test` has built beside this test, with its streams caught: not a
/// terminal.
fn workers(args: &str) -> Output {
    example("workers", args.split_whitespace())
}

fn example<'a>(name: &str, args: impl IntoIterator<Item = &'a str>) -> Output {
    let this_test = std::env::current_exe().unwrap();
    let profile = this_test.ancestors().nth(2).unwrap();
    let example = profile.join("examples").join(format!("{name}{EXE_SUFFIX}"));
    assert!(
        example.exists(),
        "not built: `cargo build --example {name}` puts it at {}",
        example.display()
    );
    Command::new(example).args(args).output().unwrap()
}

/// What a run that must succeed prints on stdout.
fn table(args: &str) -> String {
    let output = workers(args);
    assert!(output.status.success(), "{args}: {output:?}");
    String::from_utf8(output.stdout).unwrap()
}

/// The numbers of the rows whose label starts so.
fn numbers(table: &str, label: &str) -> Vec<usize> {
    let cells = table.lines().map(|line| line.split(['│', '┆']).map(str::trim).collect::<Vec<_>>());
    cells
        .filter(|row| row.len() > 2 && row[1].starts_with(label))
        .map(|row| row[2].parse().unwrap())
        .collect()
}

#[test]
fn every_item_sent_is_received_once() {
    for runtime in RUNTIMES {
        let table = table(&format!(
            "--runtime {runtime} --items 60 --workers 3 --capacity 2 --produce-ms 0 --work-ms 1 --quiet"
        ));
        let received = numbers(&table, "received by worker");
        assert_eq!(numbers(&table, "sent"), [60], "{table}");
        assert_eq!(received.len(), 3, "{table}");
        assert_eq!(received.iter().sum::<usize>(), 60, "{table}");
    }
}

#[test]
fn a_fast_producer_fills_the_queue_and_no_more() {
    for runtime in RUNTIMES {
        let table = table(&format!(
            "--runtime {runtime} --items 10 --workers 1 --capacity 2 --produce-ms 0 --work-ms 20 --quiet"
        ));
        assert_eq!(numbers(&table, "deepest queue"), [2], "{table}");
    }
}

#[test]
fn workers_that_crash_lose_nothing() {
    for runtime in RUNTIMES {
        let table = table(&format!(
            "--runtime {runtime} --items 60 --workers 3 --produce-ms 0 --work-ms 1 --crash 20 --quiet"
        ));
        assert_eq!(numbers(&table, "crashes"), [20], "{table}");
        assert_eq!(numbers(&table, "lost"), [0], "{table}");
        assert_eq!(numbers(&table, "received by worker").iter().sum::<usize>(), 60, "{table}");
    }
}

#[test]
fn a_crawl_ends_when_everything_is_found() {
    let root = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("crawl");
    let _ = std::fs::remove_dir_all(&root);
    for number in 0..30_usize {
        // A tree of depth five: each folder lies in the one with half its number.
        let names = std::iter::successors(Some(number), |&n| (n > 0).then_some(n / 2));
        let mut names: Vec<_> = names.map(|n| n.to_string()).collect();
        names.reverse();
        let folder = root.join(names.join("/"));
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join("file"), "1234").unwrap();
    }
    for workers in ["1", "4"] {
        let output = example("crawl", ["--workers", workers, root.to_str().unwrap()]);
        let stdout = String::from_utf8(output.stdout).unwrap();
        assert!(output.status.success(), "{stdout}");
        let last = stdout.lines().last();
        assert_eq!(last, Some("31 folders, 30 files, 120 bytes, 0 unreadable"), "{stdout}");
    }
    let output = example("crawl", ["/no/such/folder"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8(output.stderr).unwrap().contains("is not a folder"));
}

#[test]
fn a_watched_channel_ends_empty() {
    for (overflow, kept) in [
        ("wait", "0 refused, 0 displaced"),
        ("refuse", "0 displaced"),
        ("drop-oldest", "0 refused"),
    ] {
        let args = ["--seconds", "1", "--capacity", "4", "--high", "4", "--overflow", overflow];
        let output = example("watch", args);
        let stdout = String::from_utf8(output.stdout).unwrap();
        assert!(output.status.success(), "{stdout}");
        assert!(output.stderr.is_empty(), "no terminal, no bars: {:?}", output.stderr);
        let number = |unit| {
            let part = stdout.split(", ").find_map(|part| part.strip_suffix(unit));
            part.unwrap_or_else(|| panic!("{stdout}")).parse::<usize>().unwrap()
        };
        assert!(stdout.starts_with("0 of 4 inside"), "{stdout}");
        assert_eq!(number(" sent"), number(" received"), "{stdout}");
        assert!(stdout.contains(kept), "{stdout}");
    }
}

#[test]
fn an_adaptive_producer_loses_nothing() {
    let output = example("adaptive_producer", ["--seconds", "1", "--paces", "100,500"]);
    let stdout = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{stdout}");
    assert!(stdout.lines().last().unwrap().contains(" items, "), "{stdout}");
}

#[test]
fn a_relay_relays_everything_on_every_runtime() {
    for runtime in ["smol", "async-std", "tokio"] {
        let output = example("tcp_relay", ["--runtime", runtime]);
        let stdout = String::from_utf8(output.stdout).unwrap();
        assert!(output.status.success(), "{stdout}");
        let last = stdout.lines().last().unwrap();
        let numbers: Vec<u64> =
            last.split([' ', ',']).filter_map(|word| word.parse().ok()).collect();
        assert!(numbers.len() == 2 && numbers[0] == numbers[1] && numbers[0] > 0, "{last}");
    }
}

#[test]
fn a_channel_that_cannot_be_is_refused_with_a_reason() {
    for name in ["watch", "adaptive_producer"] {
        for (args, reason) in [
            ("--capacity 0", "capacity cannot be zero"),
            ("--low 4 --high 4", "the low mark 4 is not below the high mark 4"),
            ("--capacity 5 --high 6", "the high mark 6 is above the capacity 5"),
        ] {
            let output = example(name, args.split_whitespace());
            assert_eq!(output.status.code(), Some(2), "{name} {args}");
            assert!(String::from_utf8(output.stderr).unwrap().contains(reason), "{name} {args}");
        }
    }
}

#[test]
fn nothing_to_send_is_fine() {
    for runtime in RUNTIMES {
        let table = table(&format!("--runtime {runtime} --items 0 --workers 2 --quiet"));
        assert_eq!(numbers(&table, "sent"), [0], "{table}");
        assert_eq!(numbers(&table, "received by worker"), [0, 0], "{table}");
        assert!(!table.contains("NaN"), "{table}");
    }
}

#[test]
fn quiet_prints_only_the_table() {
    let output = workers("--items 5 --work-ms 1 --quiet");
    let stdout = String::from_utf8(output.stdout).unwrap();
    assert!(stdout.lines().all(|line| line.starts_with(['┌', '│', '╞', '└'])), "{stdout}");
    assert_eq!(stdout.lines().filter(|line| line.starts_with('┌')).count(), 1, "{stdout}");
    assert!(output.stderr.is_empty(), "{:?}", output.stderr);
}

#[test]
fn the_progress_bars_stay_out_of_a_log_file() {
    let output = workers("--items 5 --work-ms 1");
    assert!(output.stderr.is_empty(), "{:?}", output.stderr);
    assert!(!output.stdout.contains(&b'\x1b') && !output.stdout.contains(&b'\r'), "{output:?}");
    assert!(output.stdout.starts_with(b"5 items on smol"), "{output:?}");
}

#[test]
fn bad_arguments_are_refused_with_a_reason() {
    for (args, reason) in [
        ("--workers 0", "0 is not in 1..="),
        ("--workers 1000000", "1000000 is not in 1..="),
        ("--capacity 0", "0 is not in 1..="),
        ("--capacity 4000000000000", "4000000000000 is not in 1..="),
        ("--crash -1", "-1 is not in 0..="),
        ("--items -1", "-1 is not in 0..="),
        ("--items 99999999999999999999", "number too large"),
        ("--items many", "invalid digit"),
        ("--produce-ms -1", "milliseconds, 0 to"),
        ("--produce-ms nan", "milliseconds, 0 to"),
        ("--work-ms inf", "milliseconds, 0 to"),
        ("--work-ms 1e300", "milliseconds, 0 to"),
        ("--work-ms soon", "milliseconds, 0 to"),
        ("--work-ms", "a value is required"),
        ("--runtime monoio", "possible values: smol, async-std, tokio, threads"),
        ("--speed 9", "unexpected argument '--speed'"),
    ] {
        let output = workers(args);
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{args}: {stderr}");
        assert!(stderr.contains(reason), "{args}: {stderr}");
        assert!(output.stdout.is_empty(), "{args}");
    }
}
