//! One operation that blocks and is then let through, driven by hand: no executor, no other thread.

use crate::peers::{Message, Receiver, Sender};
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, Wake, Waker};

#[derive(Default)]
struct Woken(AtomicBool);

impl Wake for Woken {
    fn wake(self: Arc<Self>) {
        self.0.store(true, Ordering::Release);
    }
}

pub struct Driver {
    woken: Arc<Woken>,
    waker: Waker,
}

impl Driver {
    pub fn new() -> Self {
        let woken = Arc::new(Woken::default());
        Self {
            waker: Arc::clone(&woken).into(),
            woken,
        }
    }

    /// Polls until the future sleeps: one that wakes itself only yields.
    fn drive<F: Future>(&self, mut future: Pin<&mut F>) -> Poll<F::Output> {
        loop {
            self.woken.0.store(false, Ordering::Release);
            let polled = future.as_mut().poll(&mut Context::from_waker(&self.waker));
            if polled.is_ready() || !self.woken.0.load(Ordering::Acquire) {
                return polled;
            }
        }
    }

    /// A `recv` on an empty channel, let through by a message. The channel is empty afterwards.
    pub fn recv<M: Message>(&self, sender: &mut impl Sender<M>, receiver: &mut impl Receiver<M>) {
        let mut recv = pin!(receiver.recv());
        assert!(
            self.drive(recv.as_mut()).is_pending(),
            "received from an empty channel"
        );
        assert!(
            sender.try_send(M::numbered(1)),
            "no room in an empty channel"
        );
        let Poll::Ready(Some(message)) = self.drive(recv) else {
            panic!("recv was not woken")
        };
        assert_eq!(message.number(), 1);
    }

    /// A `send` on a full channel, let through by a `try_recv`. The channel is full afterwards.
    pub fn send<M: Message>(&self, sender: &mut impl Sender<M>, receiver: &mut impl Receiver<M>) {
        let mut send = pin!(sender.send(M::numbered(1)));
        assert!(
            self.drive(send.as_mut()).is_pending(),
            "sent to a full channel"
        );
        assert!(receiver.try_recv().is_some(), "nothing in a full channel");
        assert_eq!(self.drive(send), Poll::Ready(true), "send was not woken");
    }
}
