//! A slow consumer slows a sender that has never heard of it, at the other end of a TCP connection.
//!
//! ```text
//!    remote ──▶ socket ──▶ kernel's buffers ──▶ relay ──▶ bounded channel ──▶ slow consumer
//!      ▲                                                                          │
//!      └──── window closed ◀──── nobody reads ◀──── send().await waits ◀──── full ┘
//! ```
//!
//! The relay takes lines from a socket and sends them into a bounded channel. While the channel is
//! full it does not read; TCP does the rest. There is no message "slow down", and the remote needs
//! no code for it. The table shows where the bytes are, with a consumer that works, stops for a
//! second, and works again.
//!
//! ```text
//! cargo run --release --example tcp_relay
//! cargo run --release --example tcp_relay -- --runtime tokio --capacity 100 --buffer 65536
//! cargo run --release --example tcp_relay -- --listen 127.0.0.1:7000      and elsewhere: yes | nc 127.0.0.1 7000
//! ```
//!
//! Read `relay.rs` first. `net.rs` is what differs between smol, async-std and tokio.

mod net;
#[path = "../common/pace.rs"]
mod pace;
mod relay;
#[path = "../common/runtime.rs"]
mod runtime;

use core::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use core::time::Duration;
use std::io::{self, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::thread;
use std::time::Instant;

use clap::{Parser, ValueEnum};
use forebay::Receiver;
use futures_lite::future;
use net::Net;
use pace::Pace;
use runtime::{AsyncStd, Smol, Tokio};
use socket2::SockRef;

/// A relay that reads no faster than its slow consumer
#[derive(Clone, Copy, Parser)]
struct Args {
    /// What runs the relay and the consumer
    #[arg(long, value_enum, default_value = "smol")]
    runtime: RuntimeName,

    /// How many lines the channel holds
    #[arg(long, default_value_t = 16, value_parser = clap::value_parser!(u16).range(1..))]
    capacity: u16,

    /// How many bytes each socket shall buffer; the kernel doubles it for its own bookkeeping
    #[arg(long, value_name = "BYTES", default_value_t = 8192, value_parser = clap::value_parser!(u32).range(1024..=1 << 20))]
    buffer: u32,

    /// How many lines per second the consumer takes
    #[arg(long, value_name = "LINES", default_value_t = 1000, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pace: u32,

    /// Serve whoever connects here, one after the other, in place of the demonstration
    #[arg(long, value_name = "ADDRESS")]
    listen: Option<SocketAddr>,
}

#[derive(Clone, Copy, ValueEnum)]
enum RuntimeName {
    Smol,
    AsyncStd,
    Tokio,
}

/// What the demonstration looks at while it runs, and what it turns.
#[derive(Default)]
struct Counts {
    sent: AtomicU64,
    taken: AtomicU64,
    consumer_stopped: AtomicBool,
    remote_stopped: AtomicBool,
}

fn main() -> io::Result<()> {
    let args = Args::parse();
    match args.runtime {
        RuntimeName::Smol => run::<Smol>(args),
        RuntimeName::AsyncStd => run::<AsyncStd>(args),
        RuntimeName::Tokio => run::<Tokio>(args),
    }
}

fn run<N: Net>(args: Args) -> io::Result<()> {
    let address = args.listen.unwrap_or(SocketAddr::from(([127, 0, 0, 1], 0)));
    let listener = relay::listener(address, args.buffer as usize)?;
    match args.listen {
        Some(_) => N::block_on(serve::<N>(listener, args)),
        None => N::block_on(demonstrate::<N>(listener, args)),
    }
}

/// Whoever comes while a connection is served waits in the kernel's queue of connections: bounded
/// as well.
async fn serve<N: Net>(listener: TcpListener, args: Args) -> io::Result<()> {
    println!("listening on {}", listener.local_addr()?);
    let listener = N::listen(listener)?;
    loop {
        let socket = N::accept(&listener).await?;
        let (lines, receiver) = forebay::bounded(args.capacity.into());
        let counts = Counts::default();
        let relay = relay::relay::<N>(socket, lines);
        let (relayed, ()) = future::zip(relay, consume::<N>(receiver, args.pace, &counts)).await;
        let taken = counts.taken.load(Ordering::Relaxed);
        match relayed {
            Ok(()) => println!("{taken} bytes, and the remote was done"),
            Err(error) => println!("{taken} bytes, then: {error}"),
        }
    }
}

/// Takes lines at its own pace.
async fn consume<N: Net>(lines: Receiver<Vec<u8>>, pace: u32, counts: &Counts) {
    let gap = Duration::from_secs(1) / pace;
    let mut clock = Pace::start();
    while let Ok(line) = lines.recv().await {
        counts.taken.fetch_add(line.len() as u64, Ordering::Relaxed);
        while counts.consumer_stopped.load(Ordering::Relaxed) {
            N::sleep(Duration::from_millis(10)).await;
        }
        N::sleep(clock.step(gap)).await;
    }
}

async fn demonstrate<N: Net>(listener: TcpListener, args: Args) -> io::Result<()> {
    let address = listener.local_addr()?;
    let counts = Arc::new(Counts::default());
    let remote = thread::spawn({
        let counts = Arc::clone(&counts);
        move || send(address, args.buffer as usize, &counts)
    });
    let socket = N::accept(&N::listen(listener)?).await?;

    let (lines, receiver) = forebay::bounded(args.capacity.into());
    let channel = receiver.downgrade();
    let relay = N::spawn(relay::relay::<N>(socket, lines));
    let consumer = N::spawn({
        let counts = Arc::clone(&counts);
        async move { consume::<N>(receiver, args.pace, &counts).await }
    });

    println!("  time   consumer   remote sent    on the way   in the channel         taken");
    let start = Instant::now();
    for step in 1..=30_u32 {
        N::sleep(Duration::from_millis(100)).await;
        let stopped = counts.consumer_stopped.load(Ordering::Relaxed);
        let (sent, taken) =
            (counts.sent.load(Ordering::Relaxed), counts.taken.load(Ordering::Relaxed));
        let waiting = channel.upgrade().map_or(0, |channel| channel.len());
        println!(
            "{:>4.1} s   {:<8} {sent:>9} bytes {:>7} bytes {waiting:>7} of {:<4} {taken:>9} bytes",
            start.elapsed().as_secs_f64(),
            if stopped { "stopped" } else { "works" },
            sent.saturating_sub(taken),
            args.capacity,
        );
        counts.consumer_stopped.store((10..20).contains(&step), Ordering::Relaxed);
    }

    counts.remote_stopped.store(true, Ordering::Relaxed);
    relay.await?;
    consumer.await;
    remote.join().expect("the remote does not panic")?;
    let (sent, taken) = (counts.sent.load(Ordering::Relaxed), counts.taken.load(Ordering::Relaxed));
    println!("the remote sent {sent} bytes, the consumer took {taken}");
    Ok(())
}

/// The remote: an ordinary program that writes lines as fast as its socket lets it.
fn send(address: SocketAddr, buffer: usize, counts: &Counts) -> io::Result<()> {
    let mut socket = TcpStream::connect(address)?;
    SockRef::from(&socket).set_send_buffer_size(buffer)?;
    let line = [[b'x'; 99].as_slice(), b"\n"].concat();
    while !counts.remote_stopped.load(Ordering::Relaxed) {
        socket.write_all(&line)?;
        counts.sent.fetch_add(line.len() as u64, Ordering::Relaxed);
    }
    Ok(())
}
