//! On the real server: each test has one of its own, or a cluster, on the loopback of this machine.

mod access;
#[path = "../../examples/common/accounts.rs"]
mod accounts;
mod api;
mod attempts;
mod bad;
mod both;
mod broken;
mod cancel;
#[path = "../../examples/common/child.rs"]
mod child;
mod crash;
mod dead;
mod proxy;
#[path = "../../examples/common/run.rs"]
mod run;
#[path = "../../examples/common/server.rs"]
mod server;
mod shutdown;
mod support;
mod tls;
#[path = "../../examples/common/work.rs"]
mod work;
