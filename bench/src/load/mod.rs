//! What the channels are put through. Each load is generic over the peer and checks every message.

pub mod flow;
pub mod pairs;
