//! The example `http_stream`: what is sent for a client ends with the client.
#[path = "../../examples/http_stream/server.rs"]
mod server;

use crate::watchdog::watched;
use core::time::Duration;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};

/// A server, its address, and the number of lines for each client that has left.
fn start(every: Duration) -> (tokio::runtime::Runtime, SocketAddr, forebay::Receiver<u64>) {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let (left, told) = forebay::unbounded();
    let router = server::router(every, move |lines| left.try_send(lines).unwrap());
    let listener = runtime.block_on(tokio::net::TcpListener::bind(("127.0.0.1", 0))).unwrap();
    let address = listener.local_addr().unwrap();
    runtime.spawn(async { axum::serve(listener, router).await });
    (runtime, address, told)
}

fn client(address: SocketAddr) -> TcpStream {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.write_all(b"GET /ticks HTTP/1.1\r\nHost: test\r\n\r\n").unwrap();
    stream
}

#[test]
fn a_client_that_leaves_ends_its_producer() {
    watched(|| {
        let (_runtime, address, told) = start(Duration::from_millis(1));
        let mut lines = BufReader::new(client(address)).lines().map(Result::unwrap);
        for number in 0..3 {
            assert!(lines.any(|line| line == format!("tick {number}")));
        }
        assert!(told.is_empty());
        drop(lines);
        assert!(told.recv_blocking().unwrap() >= 3);
    });
}

/// The next line would come in an hour: the producer does not wait for it.
#[test]
fn a_producer_that_waits_notices_at_once() {
    watched(|| {
        let (_runtime, address, told) = start(Duration::from_secs(3600));
        let mut stream = client(address);
        let mut head = [0; 15];
        stream.read_exact(&mut head).unwrap();
        assert_eq!(&head, b"HTTP/1.1 200 OK");
        drop(stream);
        assert_eq!(told.recv_blocking(), Ok(0));
    });
}
