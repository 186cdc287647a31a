//! Items that are done and still inside.
//!
//! A server that ends between the ack of an item and its removal can start again with both. It
//! neither hands the item out nor removes it: its place would be lost, and a join would wait for
//! ever. So who has waited for long without any ack removes it.

use crate::core::Core;
use crate::fault::Fault;
use crate::names;

/// Removes those that are below the floor of the consumer: all that is below it is acked.
pub(crate) async fn remove(core: &Core) -> Result<(), Fault> {
    loop {
        // In this order: what is inside now was acked before.
        let consumer = core.consumer().await?;
        let stream = core.info().await?.state;
        let is_stranded = stream.messages > 0 && stream.first_seq <= consumer.ack_floor.stream_seq;
        // A consumer that is ahead of its stream has seen what the stream has lost.
        if !is_stranded || consumer.delivered.stream_seq > stream.last_seq {
            return Ok(());
        }
        core.nats.delete(&names::jobs(&core.name), stream.first_seq).await?;
    }
}
