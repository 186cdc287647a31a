//! What the channels are put through. Each load is generic over the peer and checks every message.

pub mod cancelling;
pub mod contest;
pub mod crowd;
pub mod flow;
pub mod footprint;
pub mod pairs;
pub mod parked;
pub mod round_trips;
pub mod short;
