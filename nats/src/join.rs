//! Waiting until everything is done.

use crate::core::Core;
use crate::fault::Fault;
use crate::stranded;
use futures_util::StreamExt;
use std::time::Duration;
use tokio::time::sleep;

/// How soon the server is asked again after the last ack that was expected, and how rarely when
/// none comes.
const PACE: (Duration, Duration) = (Duration::from_millis(2), Duration::from_secs(1));

/// Returns when nothing is inside, in hand or not.
///
/// It counts as many acks as there were items, then asks again. So a long run costs a few
/// questions.
pub(crate) async fn drained(core: &Core) -> Result<(), Fault> {
    // A server that does not let us subscribe drops the subscription in silence.
    let mut acks = core.nats.client.subscribe(core.acks()).await.ok();
    let mut pace = Duration::from_millis(50);
    loop {
        let left = core.certain_info().await?.state.messages;
        if left == 0 {
            return Ok(());
        }
        let mut counted = 0;
        while counted < left {
            let ack = async {
                match &mut acks {
                    Some(acks) => acks.next().await,
                    None => None,
                }
            };
            tokio::select! {
                Some(_) = ack => counted += 1,
                () = sleep(pace) => break,
            }
        }
        // The event comes before the item is gone.
        pace = match counted {
            _ if counted == left => PACE.0,
            0 if pace == PACE.1 => {
                // If this fails, so does the next question.
                let _ = stranded::remove(core).await;
                PACE.1
            }
            0 => (pace * 2).min(PACE.1),
            _ => pace,
        };
    }
}
