//! A task that sends by every way.

use crate::fate::{Fate, random_timeout};
use crate::give_up::give_up_after;
use crate::ledger::{Ledger, Message};
use crate::runtime::Runtime;
use crate::watchdog::Status;
use fastrand::Rng;
use forebay::{SendError, Sender, TrySendError};
use futures_lite::future;
use std::ops::Range;
use std::sync::Arc;

pub(crate) struct Sending {
    pub(crate) runtime: Runtime,
    pub(crate) sender: Arc<Sender<Message>>,
    pub(crate) status: Arc<Status>,
    pub(crate) ledger: Ledger,
    pub(crate) ids: Range<usize>,
    /// Closes the channel before this message.
    pub(crate) closes_at: Option<usize>,
    pub(crate) rng: Rng,
}

impl Sending {
    /// Until all is sent, or the channel is closed.
    pub(crate) async fn run(mut self) -> Vec<(usize, Fate)> {
        let mut fates = Vec::new();
        for id in self.ids.clone() {
            if self.closes_at == Some(id) {
                self.sender.close();
            }
            let message = self.ledger.message(id);
            let before = fates.len();
            let open = self.send(id, message, &mut fates).await;
            assert!(fates.len() > before, "message {id} has no fate");
            if !open {
                break;
            }
        }
        self.status.doing("finished");
        fates
    }

    /// By a random way; `false` if the channel is closed.
    async fn send(&mut self, id: usize, message: Message, fates: &mut Vec<(usize, Fate)>) -> bool {
        let sender = Arc::clone(&self.sender);
        let sent = match self.rng.u32(0..10) {
            0 => {
                self.status.doing("try_send");
                match sender.try_send(message) {
                    Err(TrySendError::Full(message)) => {
                        fates.push((message.id(), Fate::Returned));
                        future::yield_now().await;
                        return true;
                    }
                    Err(TrySendError::Closed(message)) => Err(SendError(message)),
                    Ok(()) => Ok(()),
                }
            }
            1 => {
                self.status.doing("force_send");
                sender.force_send(message).map(|oldest| {
                    fates.extend(oldest.map(|oldest| (oldest.id(), Fate::Displaced)));
                })
            }
            way @ 2..6 => {
                self.status.doing("send, to be cancelled");
                let mut send = sender.send(message);
                let sent = if way % 2 == 0 {
                    give_up_after(self.rng.usize(1..4), &mut send).await
                } else {
                    let answer = async { Some((&mut send).await) };
                    future::or(answer, random_timeout(&mut self.rng)).await
                };
                match sent {
                    Some(sent) => sent,
                    None if way < 4 => {
                        let message = send.into_inner().expect("it was not sent");
                        fates.push((message.id(), Fate::Returned));
                        return true;
                    }
                    None => {
                        drop(send);
                        fates.push((id, Fate::Cancelled));
                        return true;
                    }
                }
            }
            6 => {
                self.status.doing("send by a clone");
                Sender::clone(&sender).send(message).await
            }
            7 => {
                self.status.doing("send by an upgraded handle");
                match sender.downgrade().upgrade() {
                    Some(upgraded) => upgraded.send(message).await,
                    None => Err(SendError(message)),
                }
            }
            8 if matches!(self.runtime, Runtime::BlockOn) => {
                self.status.doing("send_blocking");
                sender.send_blocking(message)
            }
            _ => {
                self.status.doing("send");
                sender.send(message).await
            }
        };
        let fate = match sent {
            Ok(()) => Fate::Sent,
            Err(SendError(message)) => {
                assert_eq!(message.id(), id);
                Fate::Returned
            }
        };
        fates.push((id, fate));
        fate == Fate::Sent
    }
}
