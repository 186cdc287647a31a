//! On the real server: each test has one of its own, or a cluster, on the loopback of this machine.

mod api;
mod bad;
mod broken;
mod dead;
mod proxy;
#[path = "../../examples/common/server.rs"]
mod server;
mod shutdown;
mod support;
