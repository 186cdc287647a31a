//! A channel that hangs must not take the whole run with it in silence.

use std::process::exit;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

/// Far more than any one measurement takes.
const PATIENCE: Duration = Duration::from_mins(1);

/// Ends the process, with a word on what hangs, when nothing new has been announced for that long.
pub struct Watchdog(mpsc::Sender<String>);

impl Watchdog {
    pub fn start() -> Self {
        let (sender, receiver) = mpsc::channel();
        thread::spawn(move || {
            let mut step = String::from("the start");
            loop {
                match receiver.recv_timeout(PATIENCE) {
                    Ok(next) => step = next,
                    Err(RecvTimeoutError::Timeout) => {
                        eprintln!("no progress for {PATIENCE:?} in: {step}");
                        exit(1);
                    }
                    Err(RecvTimeoutError::Disconnected) => return,
                }
            }
        });
        Self(sender)
    }

    pub fn step(&self, name: impl Into<String>) {
        self.0
            .send(name.into())
            .expect("the watchdog lives as long as its handle");
    }
}
