//! A connection that misbehaves: it stands between a client and its server.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread;

/// Passes on what client and server say to each other, as long as it is told to.
pub(crate) struct Proxy {
    port: u16,
    state: Arc<State>,
}

#[derive(Default)]
struct State {
    stalled: Mutex<bool>,
    resumed: Condvar,
    drops: AtomicBool,
    answers: AtomicU64,
    dropped: AtomicU64,
}

impl Proxy {
    pub(crate) fn to(server: u16) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let state = Arc::new(State::default());
        thread::spawn({
            let state = Arc::clone(&state);
            move || {
                for client in listener.incoming() {
                    let client = client.unwrap();
                    // The server is dead: the client hears of it by the end of its connection.
                    let Ok(server) = TcpStream::connect(("127.0.0.1", server)) else { continue };
                    client.set_nodelay(true).unwrap();
                    server.set_nodelay(true).unwrap();
                    let both = (client.try_clone().unwrap(), server.try_clone().unwrap());
                    let there = Arc::clone(&state);
                    thread::spawn(move || there.pass(both.0, both.1, false));
                    let back = Arc::clone(&state);
                    thread::spawn(move || back.pass(server, client, true));
                }
            }
        });
        Self { port, state }
    }

    pub(crate) fn url(&self) -> String {
        format!("nats://127.0.0.1:{}", self.port)
    }

    /// Nothing passes until it is resumed; nothing is lost.
    pub(crate) fn stall(&self) {
        *self.state.stalled.lock().unwrap_or_else(PoisonError::into_inner) = true;
    }

    pub(crate) fn resume(&self) {
        *self.state.stalled.lock().unwrap_or_else(PoisonError::into_inner) = false;
        self.state.resumed.notify_all();
    }

    /// From now on every third answer to a put is lost.
    pub(crate) fn drop_answers(&self) {
        self.state.drops.store(true, Ordering::SeqCst);
    }

    pub(crate) fn dropped(&self) -> u64 {
        self.state.dropped.load(Ordering::SeqCst)
    }
}

impl State {
    fn pass(&self, from: TcpStream, mut to: TcpStream, back: bool) {
        let mut from = BufReader::new(from);
        let mut frame = Vec::new();
        while Self::read(&mut from, &mut frame).is_some() {
            let stalled = self.stalled.lock().unwrap_or_else(PoisonError::into_inner);
            drop(self.resumed.wait_while(stalled, |stalled| *stalled));
            if back && self.loses(&frame) {
                continue;
            }
            if to.write_all(&frame).is_err() {
                break;
            }
        }
        let _ = to.shutdown(Shutdown::Both);
    }

    /// Reads a line of the protocol, with the bytes that it announces.
    fn read(from: &mut BufReader<TcpStream>, frame: &mut Vec<u8>) -> Option<()> {
        frame.clear();
        if from.read_until(b'\n', frame).ok()? == 0 {
            return None;
        }
        let line = str::from_utf8(frame).ok()?;
        let mut words = line.split_ascii_whitespace();
        if let Some("MSG" | "HMSG" | "PUB" | "HPUB") = words.next() {
            let size: usize = words.next_back()?.parse().ok()?;
            let end = frame.len() + size + 2;
            let begin = frame.len();
            frame.resize(end, 0);
            from.read_exact(&mut frame[begin..]).ok()?;
        }
        Some(())
    }

    fn loses(&self, frame: &[u8]) -> bool {
        let is_answer = || {
            let text = String::from_utf8_lossy(frame);
            text.starts_with("MSG _INBOX") && text.contains(r#"{"stream":"FOREBAY_JOBS_"#)
        };
        let loses = self.drops.load(Ordering::SeqCst)
            && is_answer()
            && self.answers.fetch_add(1, Ordering::SeqCst).is_multiple_of(3);
        if loses {
            self.dropped.fetch_add(1, Ordering::SeqCst);
        }
        loses
    }
}
