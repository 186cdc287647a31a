//! Being told that the channel is closed comes after all that was done before it was closed: by
//! whoever closed it, and, if the last handle did, by whoever had one. A message comes after what
//! its sender did.

use crate::harness::{
    Message, Rx, Tx, channel, closed, explore, filled, force, join, join_all, put, spawn, take,
    take_all, unbounded_at, weighed,
};
use forebay::{TryRecvError, TrySendError};
use loom::cell::UnsafeCell;
use std::sync::Arc;

/// Ordinary memory: loom reports a read that is not ordered after the write.
#[derive(Clone)]
struct Note(Arc<UnsafeCell<bool>>);

impl Note {
    fn blank() -> Self {
        Self(Arc::new(UnsafeCell::new(false)))
    }

    fn write(&self) {
        self.0.with_mut(|note| unsafe { *note = true });
    }

    fn assert_written(&self) {
        assert!(self.0.with(|note| unsafe { *note }));
    }
}

/// To a receiver that finds the channel closed.
#[test]
fn closed_hb() {
    explore(5, || {
        let (tx, rx) = forebay::bounded::<Message>(1);
        let note = Note::blank();
        let thread = spawn({
            let note = note.clone();
            move || {
                note.write();
                drop(tx);
            }
        });
        if take(&rx) == Err(TryRecvError::Closed) {
            note.assert_written();
        }
        join(thread);
    });
}

/// The last of two senders closes for the other one too.
#[test]
fn closed_hb_2tx() {
    explore(20, || {
        let (tx, rx) = forebay::bounded::<Message>(1);
        let notes = [Note::blank(), Note::blank()];
        let threads = [(tx.clone(), notes[0].clone()), (tx, notes[1].clone())].map(|(tx, note)| {
            spawn(move || {
                note.write();
                drop(tx);
            })
        });
        if take(&rx) == Err(TryRecvError::Closed) {
            notes.iter().for_each(Note::assert_written);
        }
        join_all(threads);
    });
}

/// To a sender that finds the channel closed, at once or when its claim fails.
#[test]
fn closed_hb_send() {
    explore(5, || {
        let (tx, rx) = channel(1);
        let note = Note::blank();
        let thread = spawn({
            let (rx, note) = (Arc::clone(&rx), note.clone());
            move || {
                note.write();
                rx.close();
            }
        });
        if put(&tx, 1) == Err(TrySendError::Closed(1)) {
            note.assert_written();
        }
        join(thread);
    });
}

/// To a sender that finds the ring full at first, and then no longer.
#[test]
fn closed_hb_send_full() {
    explore(10, || {
        let (tx, rx) = filled(1);
        let note = Note::blank();
        let thread = spawn({
            let (rx, note) = (Arc::clone(&rx), note.clone());
            move || {
                take(&rx).unwrap();
                note.write();
                rx.close();
            }
        });
        if put(&tx, 1) == Err(TrySendError::Closed(1)) {
            note.assert_written();
        }
        join(thread);
    });
}

/// The last of two receivers closes for the other one too.
#[test]
fn closed_hb_2rx() {
    explore(20, || {
        let (tx, rx) = forebay::bounded::<Message>(1);
        let notes = [Note::blank(), Note::blank()];
        let threads = [(rx.clone(), notes[0].clone()), (rx, notes[1].clone())].map(|(rx, note)| {
            spawn(move || {
                note.write();
                drop(rx);
            })
        });
        if put(&tx, 1) == Err(TrySendError::Closed(1)) {
            notes.iter().for_each(Note::assert_written);
        }
        join_all(threads);
    });
}

/// To a `force_send` that comes too late.
#[test]
fn closed_hb_force() {
    explore(10, || {
        let (tx, rx) = filled(1);
        let note = Note::blank();
        let thread = spawn({
            let (rx, note) = (Arc::clone(&rx), note.clone());
            move || {
                note.write();
                rx.close();
            }
        });
        if force(&tx, 1) == Err(1) {
            note.assert_written();
        }
        join(thread);
    });
}

/// To whoever asks.
#[test]
fn closed_hb_is_closed() {
    explore(3, || {
        let (tx, rx) = channel(1);
        let note = Note::blank();
        let thread = spawn({
            let (rx, note) = (Arc::clone(&rx), note.clone());
            move || {
                note.write();
                rx.close();
            }
        });
        if tx.is_closed() {
            note.assert_written();
        }
        join(thread);
    });
}

/// To a second one that closes, and is told that the first has done it.
#[test]
fn closed_hb_close() {
    explore(3, || {
        let (tx, rx) = channel(1);
        let note = Note::blank();
        let thread = spawn({
            let note = note.clone();
            move || {
                note.write();
                rx.close()
            }
        });
        let first = tx.close();
        if !first {
            note.assert_written();
        }
        assert_ne!(first, join(thread));
    });
}

/// The same in an unbounded channel, where the other one has a message under way besides.
#[test]
fn closed_hb_close_unbounded() {
    explore(3, || {
        let (tx, rx) = unbounded_at(2);
        let note = Note::blank();
        let thread = spawn({
            let (tx, note) = (Arc::clone(&tx), note.clone());
            move || {
                let _accepted = put(&tx, 1);
                note.write();
                tx.close()
            }
        });
        let first = rx.close();
        if !first {
            note.assert_written();
        }
        assert_ne!(first, join(thread));
        take_all(&rx);
    });
}

/// To both sides of an unbounded channel.
#[test]
fn closed_hb_unbounded() {
    explore(5, || {
        let (tx, rx) = unbounded_at(1);
        let note = Note::blank();
        let thread = spawn({
            let (rx, note) = (Arc::clone(&rx), note.clone());
            move || {
                note.write();
                rx.close();
            }
        });
        if put(&tx, 1) == Err(TrySendError::Closed(1)) {
            note.assert_written();
        }
        join(thread);
        take_all(&rx);
    });
}

#[test]
fn closed_hb_unbounded_recv() {
    explore(5, || {
        let (tx, rx) = unbounded_at(1);
        let note = Note::blank();
        let thread = spawn({
            let (tx, note) = (Arc::clone(&tx), note.clone());
            move || {
                note.write();
                tx.close();
            }
        });
        if take(&rx) == Err(TryRecvError::Closed) {
            note.assert_written();
        }
        join(thread);
    });
}

/// To whoever waits for it.
#[test]
fn closed_hb_future() {
    explore(10, || {
        let (tx, rx) = channel(1);
        let note = Note::blank();
        let thread = spawn({
            let (rx, note) = (Arc::clone(&rx), note.clone());
            move || {
                note.write();
                rx.close();
            }
        });
        if closed(&tx).poll() {
            note.assert_written();
        }
        join(thread);
    });
}

/// A message brings what its sender did before.
#[test]
fn message_hb() {
    explore(5, || {
        let (tx, rx) = channel(1);
        let note = Note::blank();
        let thread = spawn({
            let (tx, note) = (Arc::clone(&tx), note.clone());
            move || {
                note.write();
                put(&tx, 1).unwrap();
            }
        });
        if take(&rx).is_ok() {
            note.assert_written();
        }
        join(thread);
    });
}

/// Room brings what the receiver did before.
fn room_brings((tx, rx): (Tx, Rx)) {
    let note = Note::blank();
    let thread = spawn({
        let (rx, note) = (Arc::clone(&rx), note.clone());
        move || {
            note.write();
            take(&rx).unwrap();
        }
    });
    if put(&tx, 1).is_ok() {
        note.assert_written();
    }
    join(thread);
}

#[test]
fn room_hb() {
    explore(5, || room_brings(filled(1)));
}

#[test]
fn room_hb_weight() {
    explore(5, || room_brings(weighed(2, [2])));
}
