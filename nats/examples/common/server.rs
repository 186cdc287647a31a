//! NATS servers on the loopback of this machine, to be started, killed and paused.
#![allow(dead_code, reason = "each user of this file needs another part")]

use std::fs::File;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

use rustix::process::{Pid, Signal, WaitOptions, kill_process, waitpid};

/// Where the server program is. It is installed first if it is not there.
pub(crate) fn program() -> PathBuf {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("server.sh");
    let output = Command::new("bash").arg(script).arg("path").stderr(Stdio::inherit()).output();
    let output = output.expect("bash runs");
    assert!(output.status.success(), "no server: NATS_SERVER=/path/to/nats-server names one");
    PathBuf::from(String::from_utf8(output.stdout).expect("a path").trim_end())
}

/// One that was free a moment ago. The system gives none of these by itself, and no other test
/// gets the same: a server that is dead for a while finds its port again, and its clients no other
/// server there.
fn free_port() -> u16 {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    loop {
        let next = std::process::id() * 64 + NEXT.fetch_add(1, Ordering::Relaxed);
        let port = u16::try_from(10_000 + next % 22_000).expect("it is under 32,000");
        if TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return port;
        }
    }
}

/// Sends a signal to a child that has not been waited for.
pub(crate) fn signal(child: &Child, signal: Signal) {
    kill_process(Pid::from_child(child), signal).expect("the child is there");
}

/// SIGSTOP. Returns when all threads of the child have stopped: on a busy machine some of them run
/// for a while after the signal.
pub(crate) fn pause(child: &Child) {
    signal(child, Signal::STOP);
    waitpid(Some(Pid::from_child(child)), WaitOptions::UNTRACED).expect("it stops");
}

/// One server.
pub(crate) struct Server {
    program: PathBuf,
    arguments: Vec<String>,
    port: u16,
    log: PathBuf,
    child: Option<Child>,
}

impl Server {
    pub(crate) fn start(&mut self) {
        let log = File::options().create(true).append(true).open(&self.log).expect("a log");
        let errors = log.try_clone().expect("a log");
        let command = &mut Command::new(&self.program);
        let child = command.args(&self.arguments).stdout(log).stderr(errors).spawn();
        self.child = Some(child.expect("the server runs"));
    }

    fn child(&self) -> &Child {
        self.child.as_ref().expect("it runs")
    }

    /// No time for last words.
    pub(crate) fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            child.kill().expect("it runs");
            child.wait().expect("it ends");
        }
    }

    pub(crate) fn terminate(&mut self) {
        let mut child = self.child.take().expect("it runs");
        signal(&child, Signal::TERM);
        child.wait().expect("it ends");
    }

    pub(crate) fn pause(&self) {
        pause(self.child());
    }

    pub(crate) fn resume(&self) {
        signal(self.child(), Signal::CONT);
    }

    pub(crate) fn url(&self) -> String {
        format!("nats://127.0.0.1:{}", self.port)
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.kill();
    }
}

/// One server, or several that are one cluster, with a folder of their own that goes with them.
pub(crate) struct Servers {
    pub(crate) nodes: Vec<Server>,
    folder: tempfile::TempDir,
}

impl Servers {
    pub(crate) fn start(count: usize) -> Self {
        Self::configured(count, None)
    }

    /// With a configuration in the server's own words beside the rest.
    pub(crate) fn configured(count: usize, configuration: Option<&str>) -> Self {
        let program = program();
        let folder = tempfile::tempdir().expect("a folder");
        let routes: Vec<String> =
            (0..count).map(|_| format!("nats://127.0.0.1:{}", free_port())).collect();
        let nodes = (0..count).map(|number| {
            let port = free_port();
            let mut arguments: Vec<String> = ["-a", "127.0.0.1"].map(str::to_owned).into();
            if !configuration.is_some_and(|text| text.contains("jetstream")) {
                arguments.push("-js".to_owned());
            }
            let mut add = |name: &str, value: String| arguments.extend([name.to_owned(), value]);
            add("-p", port.to_string());
            add("-n", format!("node{number}"));
            add("-sd", folder.path().join(format!("node{number}")).display().to_string());
            if count > 1 {
                add("--cluster_name", "forebay".to_owned());
                add("--cluster", routes[number].clone());
                add("--routes", routes.join(","));
            }
            if let Some(text) = configuration {
                let path = folder.path().join(format!("node{number}.conf"));
                std::fs::write(&path, text).expect("a file");
                add("-c", path.display().to_string());
            }
            let log = folder.path().join(format!("node{number}.log"));
            let mut server = Server { program: program.clone(), arguments, port, log, child: None };
            server.start();
            server
        });
        Self { nodes: nodes.collect(), folder }
    }

    /// All of them, for `Nats::connect`.
    pub(crate) fn urls(&self) -> String {
        self.nodes.iter().map(Server::url).collect::<Vec<_>>().join(",")
    }

    /// Where they keep what they have, each in a folder of its name.
    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// What they have written.
    pub(crate) fn logs(&self) -> String {
        let log = |node: &Server| std::fs::read_to_string(&node.log).unwrap_or_default();
        self.nodes.iter().map(log).collect()
    }
}
