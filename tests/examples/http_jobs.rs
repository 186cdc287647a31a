//! The example `http_jobs` under load, told to end by SIGTERM: every job that a client was promised
//! is done, dead or left.

use crate::watchdog::watched;
use std::collections::BTreeSet;
use std::env::consts::EXE_SUFFIX;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

struct Server {
    child: Child,
    address: String,
    lines: BufReader<std::process::ChildStdout>,
}

impl Server {
    /// The example that `cargo test` has built beside this test.
    fn start(args: &[&str]) -> Self {
        let test = std::env::current_exe().unwrap();
        let profile = test.parent().unwrap().parent().unwrap();
        let example = profile.join("examples").join(format!("http_jobs{EXE_SUFFIX}"));
        assert!(example.exists(), "not built: cargo build --example http_jobs");
        let mut child = Command::new(example).args(args).stdout(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        lines.read_line(&mut line).unwrap();
        let address = line.trim().strip_prefix("listening on ").unwrap().to_owned();
        Self { child, address, lines }
    }

    /// The rest of what it says, after it was told to end.
    fn terminate(mut self) -> Vec<String> {
        let status = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status();
        assert!(status.unwrap().success());
        let lines = self.lines.by_ref().lines().map(Result::unwrap).collect();
        assert!(self.child.wait().unwrap().success());
        lines
    }
}

/// The status and the text of an answer; `None` if the server has gone.
fn request(address: &str, head: &str, body: &str) -> Option<(u16, String)> {
    let mut stream = TcpStream::connect(address).ok()?;
    let length = body.len();
    write!(
        stream,
        "{head} HTTP/1.1\r\nHost: test\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n{body}"
    )
    .ok()?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).ok()?;
    let status = answer.split(' ').nth(1)?.parse().ok()?;
    Some((status, answer))
}

/// The numbers of the lines that begin so; none twice.
fn numbers(lines: &[String], what: &str) -> BTreeSet<u64> {
    let mut numbers = BTreeSet::new();
    for line in lines {
        if let Some(rest) = line.strip_prefix(what) {
            let number = rest.split(' ').next().unwrap().parse().unwrap();
            assert!(numbers.insert(number), "{number} is {what} twice");
        }
    }
    numbers
}

fn balance(args: &[&str], requests: u64) -> [usize; 3] {
    let server = Server::start(args);
    let next = AtomicU64::new(1);
    let (accepted, lines) = thread::scope(|scope| {
        let clients: Vec<_> = (0..4)
            .map(|_| {
                let (address, next) = (server.address.clone(), &next);
                scope.spawn(move || {
                    let mut accepted = BTreeSet::new();
                    loop {
                        let number = next.fetch_add(1, Ordering::Relaxed);
                        match request(&address, "POST /jobs", &number.to_string()) {
                            Some((202, _)) => assert!(accepted.insert(number)),
                            Some((429, answer)) => assert!(answer.contains("retry-after: 1")),
                            Some((503, _)) | None => return accepted,
                            Some(other) => panic!("{other:?}"),
                        }
                    }
                })
            })
            .collect();
        while next.load(Ordering::Relaxed) < requests {
            let (status, text) = request(&server.address, "GET /metrics", "").unwrap();
            assert_eq!(status, 200);
            assert!(text.contains("forebay_queue_put_total{queue=\"jobs\"}"));
            thread::yield_now();
        }
        let lines = server.terminate();
        let accepted = clients.into_iter().flat_map(|client| client.join().unwrap());
        (accepted.collect::<BTreeSet<_>>(), lines)
    });
    let [done, dead, left] = ["done ", "dead ", "left "].map(|what| numbers(&lines, what));
    let mut all = done.clone();
    for number in dead.iter().chain(&left) {
        assert!(all.insert(*number), "{number} has two fates");
    }
    assert_eq!(all, accepted, "what was promised, and what became of it");
    assert!(
        dead.iter().all(|number| number % 10 == 0) && done.iter().all(|number| number % 10 > 0)
    );
    let last = lines.last().unwrap();
    assert!(
        last.contains(&format!(
            "{} put, {} done, {} failed, {} left over",
            all.len(),
            done.len(),
            dead.len(),
            left.len()
        )),
        "{last}"
    );
    [done.len(), dead.len(), left.len()]
}

#[test]
fn a_server_that_is_told_to_end_does_what_it_has_promised() {
    watched(|| {
        let [done, dead, left] = balance(&["--work-ms", "1", "--maxsize", "20"], 500);
        assert!(done > 0 && dead > 0 && left == 0, "{done} done, {dead} dead, {left} left");
    });
}

#[test]
fn or_names_what_is_left_at_its_deadline() {
    watched(|| {
        let args = ["--work-ms", "100", "--workers", "1", "--maxsize", "50", "--deadline-ms", "50"];
        let [done, _, left] = balance(&args, 200);
        assert!(left >= 40, "{done} done, {left} left");
    });
}
