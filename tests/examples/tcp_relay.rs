//! The relay of the example `tcp_relay`: a full channel stops the remote sender, and nothing is
//! lost by it.
#[allow(dead_code, reason = "the example uses more of it")]
#[path = "../../examples/tcp_relay/net.rs"]
mod net;
#[path = "../../examples/tcp_relay/relay.rs"]
mod relay;
#[allow(dead_code, reason = "the example uses more of it")]
#[path = "../../examples/common/runtime.rs"]
mod runtime;

use core::time::Duration;
use std::io::{ErrorKind, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::mpsc;
use std::thread;

use crate::watchdog::watched;
use net::Net;
use runtime::{AsyncStd, Smol, Tokio};
use socket2::SockRef;

const CAPACITY: usize = 8;
const LINES: usize = 20_000;
const LINE: usize = 50;
const BUFFER: usize = 4096;

/// How much may be on the way: twice what was asked for in each socket's buffer, since the kernel
/// doubles it, one segment that it cuts beyond that, and what the relay and the channel hold. Seen:
/// 12 kB. The remote has 1000 kB to send.
const BOUND: usize = 2 * 2 * BUFFER + 16 * 1024 + relay::CHUNK + (CAPACITY + 1) * LINE;

fn line(number: usize) -> Vec<u8> {
    format!("{number:>width$}\n", width = LINE - 1).into_bytes()
}

/// Sends all lines. It reports how many bytes the socket took before it took no more, then it waits
/// as long as it must.
fn send(address: SocketAddr, stuck: &mpsc::Sender<usize>) {
    let mut socket = TcpStream::connect(address).unwrap();
    SockRef::from(&socket).set_send_buffer_size(BUFFER).unwrap();
    socket.set_write_timeout(Some(Duration::from_millis(200))).unwrap();

    let bytes: Vec<u8> = (0..LINES).flat_map(line).collect();
    let mut sent = 0;
    let mut refusals = 0;
    while sent < bytes.len() {
        match socket.write(&bytes[sent..]) {
            Ok(more) => (sent, refusals) = (sent + more, 0),
            Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {
                refusals += 1;
                if refusals == 3 {
                    stuck.send(sent).unwrap();
                    socket.set_write_timeout(None).unwrap();
                }
            }
            Err(error) => panic!("{error}"),
        }
    }
    // Was it never stuck, then it did send all.
    let _ = stuck.send(sent);
}

fn a_stopped_consumer_stops_the_remote<N: Net>() {
    watched(|| {
        let listener = relay::listener(([127, 0, 0, 1], 0).into(), BUFFER).unwrap();
        let address = listener.local_addr().unwrap();
        let (stuck, stopped) = mpsc::channel();
        let remote = thread::spawn(move || send(address, &stuck));

        N::block_on(async {
            let socket = N::accept(&N::listen(listener).unwrap()).await.unwrap();
            let (lines, receiver) = forebay::bounded(CAPACITY);
            let relay = N::spawn(relay::relay::<N>(socket, lines));

            while !receiver.is_full() {
                N::sleep(Duration::from_millis(1)).await;
            }
            let sent = loop {
                match stopped.try_recv() {
                    Ok(sent) => break sent,
                    Err(_) => N::sleep(Duration::from_millis(1)).await,
                }
            };
            println!("{sent} bytes before the remote stopped, of {BOUND} allowed");
            assert!(sent <= BOUND, "{sent} bytes were sent with nobody to take them");
            assert_eq!(receiver.len(), CAPACITY);

            for number in 0..LINES {
                assert_eq!(receiver.recv().await.as_ref(), Ok(&line(number)));
            }
            assert!(receiver.recv().await.is_err(), "the relay ends with the remote");
            relay.await.unwrap();
        });
        remote.join().unwrap();
    });
}

#[test]
fn a_stopped_consumer_stops_the_remote_on_smol() {
    a_stopped_consumer_stops_the_remote::<Smol>();
}

#[test]
fn a_stopped_consumer_stops_the_remote_on_async_std() {
    a_stopped_consumer_stops_the_remote::<AsyncStd>();
}

#[test]
fn a_stopped_consumer_stops_the_remote_on_tokio() {
    a_stopped_consumer_stops_the_remote::<Tokio>();
}

/// What one remote writes before it goes, and what becomes of it.
fn relayed(bytes: &[u8]) -> (Vec<Vec<u8>>, std::io::Result<()>) {
    watched(|| {
        let listener = relay::listener(([127, 0, 0, 1], 0).into(), BUFFER).unwrap();
        let mut remote = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        let (lines, receiver) = forebay::bounded(CAPACITY);
        thread::scope(|scope| {
            scope.spawn(|| {
                // The relay may hang up on it.
                let _ = remote.write_all(bytes);
                drop(remote);
            });
            let taken =
                scope.spawn(|| std::iter::from_fn(|| receiver.recv_blocking().ok()).collect());
            let end = smol::block_on(async {
                let socket = Smol::accept(&Smol::listen(listener).unwrap()).await.unwrap();
                relay::relay::<Smol>(socket, lines).await
            });
            (taken.join().unwrap(), end)
        })
    })
}

#[test]
fn every_line_arrives_also_one_without_a_newline() {
    for (bytes, lines) in [
        ("", vec![]),
        ("one\n\nthree\n", vec!["one\n", "\n", "three\n"]),
        ("one\ntwo", vec!["one\n", "two"]),
    ] {
        let (taken, end) = relayed(bytes.as_bytes());
        assert_eq!(taken, lines.iter().map(|line| line.as_bytes()).collect::<Vec<_>>());
        end.unwrap();
    }
}

#[test]
fn a_line_without_an_end_ends_the_connection() {
    let (taken, end) = relayed(&[b"fine\n".to_vec(), vec![b'x'; 1 << 20]].concat());
    assert_eq!(taken, [b"fine\n"]);
    assert_eq!(end.unwrap_err().kind(), ErrorKind::InvalidData);
}
