//! How often workers had a job in hand.
//!
//! The server counts deliveries, and no worker sees some of them: a job waits in a process and goes
//! back, or its process is killed. So a stream beside the queue has notes of attempts, as few as
//! suffice:
//! - A first delivery needs none: without one it counts as an attempt.
//! - A job that no worker took is noted as new before it goes back.
//! - The attempt of a later delivery is noted before the worker has the job, and so is the first
//!   one if there is no other. So what becomes a dead letter was in hand.

use crate::core::{Core, Refused, publish};
use crate::dead::found;
use crate::fault::Fault;
use crate::intake::Delivered;
use crate::names;
use crate::nats::{NO_MESSAGE, Nats};
use crate::settle::{Reason, Settlement, Verdict};
use async_nats::HeaderMap;
use serde_json::json;

/// A job on its way to a worker. It goes back if the worker stops waiting for it.
struct Claim<'a> {
    core: &'a Core,
    delivered: Option<Delivered>,
}

impl Drop for Claim<'_> {
    fn drop(&mut self) {
        if let Some(delivered) = self.delivered.take() {
            self.core.settle(Settlement { verdict: Verdict::Again(None), delivered, told: None });
        }
    }
}

/// Counts the attempt of a worker who is about to have the job. It has none if the attempts are
/// used up.
pub(crate) async fn claim(
    core: &Core,
    mut delivered: Delivered,
) -> Result<Option<Delivered>, Fault> {
    if delivered.deliveries == 1 && !is_last(core, 1) {
        delivered.attempts = 1;
        delivered.unseen = None;
        return Ok(Some(delivered));
    }
    // It is large, and seldom needed.
    Box::pin(claim_noted(core, delivered)).await
}

async fn claim_noted(core: &Core, delivered: Delivered) -> Result<Option<Delivered>, Fault> {
    let mut claim = Claim { core, delivered: Some(delivered) };
    let delivered = claim.delivered.as_mut().expect("it is taken out last");
    let before = if delivered.deliveries == 1 {
        0
    } else if let Some((attempts, note)) =
        core.patience().ask(|| read(&core.nats, &core.name, delivered)).await?
    {
        delivered.note = Some(note);
        attempts
    } else {
        // The first delivery counts, unless its attempt would have been noted.
        u32::from(!is_last(core, 1))
    };
    let attempt = before.saturating_add(1);
    if core.exhausted(attempt) {
        delivered.attempts = before;
        let delivered = claim.delivered.take().expect("it was there");
        let verdict = Verdict::Dead(Reason::Exhausted);
        core.settle(Settlement { verdict, delivered, told: None });
        return Ok(None);
    }
    // From here on the note may be there.
    delivered.unseen = Some(before);
    let write = || write(&core.nats, &core.name, delivered, attempt);
    let note = core.patience().ask(write).await?;
    delivered.note = Some(note);
    delivered.attempts = attempt;
    delivered.unseen = None;
    Ok(claim.delivered.take())
}

/// Whether no other attempt follows this one.
fn is_last(core: &Core, attempt: u32) -> bool {
    core.exhausted(attempt.saturating_add(1))
}

/// What is noted of a job, and the number of the note, asked once.
async fn read(nats: &Nats, name: &str, delivered: &Delivered) -> Result<Option<(u32, u64)>, Fault> {
    let question = json!({ "last_by_subj": subject(name, delivered) });
    match found(nats, &names::attempts(name), question).await {
        Ok(message) => {
            let attempts = str::from_utf8(&message.payload).ok().and_then(|text| text.parse().ok());
            Ok(attempts.map(|attempts| (attempts, message.sequence)))
        }
        Err(Fault::Server { code: NO_MESSAGE, .. }) => Ok(None),
        Err(fault) => Err(fault),
    }
}

/// Notes the attempts of a job in place of what was noted before, once. Returns the number of the
/// note.
pub(crate) async fn write(
    nats: &Nats,
    name: &str,
    delivered: &Delivered,
    attempts: u32,
) -> Result<u64, Fault> {
    let note = attempts.to_string().into();
    match publish(nats, subject(name, delivered), HeaderMap::new(), note).await {
        Ok(number) => Ok(number),
        Err(Refused::Failed(fault)) => Err(fault),
        Err(Refused::Full) => Err(Fault::Server { code: 10077, text: "no room".to_owned() }),
    }
}

/// Removes the note of a job that is done. One that stays does no harm: no other job has its
/// subject.
pub(crate) async fn forget(nats: &Nats, name: &str, note: u64) {
    let _ = nats.delete(&names::attempts(name), note).await;
}

fn subject(name: &str, delivered: &Delivered) -> String {
    names::note(name, delivered.sequence, delivered.put_at)
}
