//! Knowing how things stand: whether the queue is shut down, done, or gone.

use crate::core::{Core, Outlook};
use crate::fault::Fault;
use crate::names;
use futures_util::StreamExt;
use futures_util::stream::select_all;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::{Instant, sleep};

/// How often the server is asked while a worker waits, in case it does not let us hear its events.
const LOOK: Duration = Duration::from_secs(5);

pub(crate) async fn run(core: Arc<Core>) {
    let stream = names::jobs(&core.name);
    let mut news = Vec::new();
    for event in ["UPDATED", "DELETED"] {
        let subject = format!("$JS.EVENT.ADVISORY.STREAM.{event}.{stream}");
        news.extend(core.nats.client.subscribe(subject).await);
    }
    let mut news = select_all(news);
    let mut pause = Duration::from_millis(50);
    // What happened before we listened.
    core.look.notify_one();
    while !core.demand.is_over() {
        tokio::select! {
            Some(_) = news.next() => {}
            () = core.look.notified() => {}
            () = sleep(LOOK) => {
                if core.demand.waiting() == 0 {
                    continue;
                }
            }
        }
        match core.info().await {
            Ok(info) if core.is_closed(&info) => {
                if closing(&core).await {
                    return;
                }
            }
            Ok(_) => {
                pause = Duration::from_millis(50);
                core.outlook.send_if_modified(|outlook| {
                    let changes = !matches!(outlook, Outlook::Open);
                    *outlook = Outlook::Open;
                    changes
                });
            }
            Err(fault) if fault.is_transient() => {
                lost(&core, fault);
                core.look.notify_one();
                sleep(pause).await;
                pause = (pause * 2).min(Duration::from_secs(1));
            }
            Err(fault) => {
                core.outlook.send_replace(Outlook::Gone(fault));
                return;
            }
        }
    }
}

fn lost(core: &Core, fault: Fault) {
    core.outlook.send_if_modified(|outlook| {
        let changes = !matches!(outlook, Outlook::Lost { .. });
        if changes {
            *outlook = Outlook::Lost { since: Instant::now(), fault };
        }
        changes
    });
}

/// Waits for the end of a queue that is shut down. Returns whether there is nothing more to know.
async fn closing(core: &Arc<Core>) -> bool {
    core.outlook.send_replace(Outlook::Closing);
    let mut drained = pin!(crate::join::drained(core));
    loop {
        tokio::select! {
            drained = &mut drained => {
                match drained {
                    Ok(()) => core.outlook.send_replace(Outlook::ShutDown),
                    Err(fault) if fault.is_transient() => {
                        lost(core, fault);
                        core.look.notify_one();
                        return false;
                    }
                    Err(fault) => core.outlook.send_replace(Outlook::Gone(fault)),
                };
                return true;
            }
            () = core.look.notified() => {
                if core.demand.is_over() {
                    return true;
                }
            }
        }
    }
}
