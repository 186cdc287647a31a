//! Waiting for a level of a channel.

use crate::channel::Channel;
use crate::pressure::level_futures;

level_futures!(
    pub(crate),
    Channel,
    "channel",
    "`until` of [`Sender`](crate::Sender::until) and [`Receiver`](crate::Receiver::until)",
    "`pressure_changes` of [`Sender`](crate::Sender::pressure_changes) and [`Receiver`](crate::Receiver::pressure_changes)",
    "closed",
    "It is no handle: it keeps neither side open, only memory."
);
