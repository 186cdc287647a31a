//! A task that receives by every way.

use crate::fate::{Fate, random_timeout};
use crate::give_up::give_up_after;
use crate::ledger::Message;
use crate::runtime::Runtime;
use crate::watchdog::Status;
use fastrand::Rng;
use forebay::{Receiver, RecvError, TryRecvError};
use futures_lite::{StreamExt, future};
use std::sync::Arc;

pub(crate) struct Receiving {
    pub(crate) runtime: Runtime,
    pub(crate) receiver: Arc<Receiver<Message>>,
    pub(crate) status: Arc<Status>,
    /// Goes away after so many calls.
    pub(crate) leaves_after: Option<usize>,
    pub(crate) rng: Rng,
}

impl Receiving {
    /// Until the channel is closed and empty.
    pub(crate) async fn run(mut self) -> Vec<(usize, Fate)> {
        let mut fates = Vec::new();
        let mut stream = Receiver::clone(&self.receiver);
        let mut left = self.leaves_after.unwrap_or(usize::MAX);
        while left > 0 {
            left -= 1;
            match self.receive(&mut stream).await {
                Some(Ok(message)) => fates.push((message.id(), Fate::Received)),
                Some(Err(RecvError)) => break,
                None => {}
            }
        }
        self.status.doing("finished");
        fates
    }

    /// By a random way; `None` if it was given up.
    async fn receive(
        &mut self,
        stream: &mut Receiver<Message>,
    ) -> Option<Result<Message, RecvError>> {
        let receiver = Arc::clone(&self.receiver);
        match self.rng.u32(0..10) {
            0 => {
                self.status.doing("try_recv");
                match receiver.try_recv() {
                    Ok(message) => Some(Ok(message)),
                    Err(TryRecvError::Closed) => Some(Err(RecvError)),
                    Err(TryRecvError::Empty) => {
                        future::yield_now().await;
                        None
                    }
                }
            }
            1 => {
                self.status.doing("recv, to be given up");
                give_up_after(self.rng.usize(1..4), &mut receiver.recv()).await
            }
            2 => {
                self.status.doing("recv with a timeout");
                let answer = async { Some(receiver.recv().await) };
                future::or(answer, random_timeout(&mut self.rng)).await
            }
            3 => {
                self.status.doing("next with a timeout");
                let answer = async { Some(stream.next().await.ok_or(RecvError)) };
                future::or(answer, random_timeout(&mut self.rng)).await
            }
            4 => {
                self.status.doing("next");
                Some(stream.next().await.ok_or(RecvError))
            }
            5 => {
                self.status.doing("recv by a clone");
                Some(Receiver::clone(&receiver).recv().await)
            }
            6 if matches!(self.runtime, Runtime::BlockOn) => {
                self.status.doing("recv_blocking");
                Some(receiver.recv_blocking())
            }
            _ => {
                self.status.doing("recv");
                Some(receiver.recv().await)
            }
        }
    }
}
