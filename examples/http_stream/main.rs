//! A streamed answer that stops when its client leaves: a body made of a channel, and a producer
//! that waits for room and for the end at once.
//!
//! ```sh
//! cargo run --release --example http_stream -- --address 127.0.0.1:8080
//! curl --no-buffer http://127.0.0.1:8080/ticks     # Ctrl-C: the server says when it has stopped
//! ```

mod server;

use core::net::SocketAddr;
use core::time::Duration;
use std::io;

use clap::Parser;
use tokio::net::TcpListener;

#[derive(Parser)]
#[command(about = "A streamed answer that stops when its client leaves")]
struct Options {
    /// Where to listen; port 0 takes a free one
    #[arg(long, default_value = "127.0.0.1:0")]
    address: SocketAddr,
    /// How long until the next line, in milliseconds
    #[arg(long, default_value_t = 500)]
    every_ms: u64,
}

#[tokio::main]
async fn main() -> io::Result<()> {
    let options = Options::parse();
    let listener = TcpListener::bind(options.address).await?;
    println!("listening on {}", listener.local_addr()?);
    let every = Duration::from_millis(options.every_ms);
    let router = server::router(every, |lines| println!("a client has left after {lines} lines"));
    axum::serve(listener, router).await
}
