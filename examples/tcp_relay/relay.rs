//! From a socket into a bounded channel, line by line.

use core::mem;
use std::io;
use std::net::{SocketAddr, TcpListener};

use forebay::Sender;
use socket2::{Domain, Socket, Type};

use super::net::Net;

/// A longer line ends the connection: a line without an end would fill the memory.
const LONGEST: usize = 64 * 1024;

/// How much the relay reads at a time. With the line that it waits to send, it is all that the
/// relay itself holds.
pub(crate) const CHUNK: usize = 1024;

/// A socket that listens, and whose connections have a receive buffer of about this size. The
/// kernel adds room for its own bookkeeping.
pub(crate) fn listener(address: SocketAddr, receive_buffer: usize) -> io::Result<TcpListener> {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, None)?;
    // Before `listen`: the window that the first packet offers comes from this buffer.
    socket.set_recv_buffer_size(receive_buffer)?;
    socket.set_reuse_address(true)?;
    socket.bind(&address.into())?;
    socket.listen(128)?;
    Ok(socket.into())
}

/// Sends every line that comes from the socket, until the remote is at its end or nobody receives
/// any more.
///
/// # Errors
/// Those of the socket, and a line that is too long.
pub(crate) async fn relay<N: Net>(mut socket: N::Stream, lines: Sender<Vec<u8>>) -> io::Result<()> {
    let mut chunk = [0; CHUNK];
    let mut line = Vec::new();
    loop {
        let read = N::read(&mut socket, &mut chunk).await?;
        if read == 0 {
            break;
        }
        for piece in chunk[..read].split_inclusive(|&byte| byte == b'\n') {
            line.extend_from_slice(piece);
            if line.len() > LONGEST {
                let reason = format!("a line is longer than {LONGEST} bytes");
                return Err(io::Error::new(io::ErrorKind::InvalidData, reason));
            }
            if line.ends_with(b"\n") {
                // The line that this example is about. While the channel is full it waits, so
                // nobody reads the socket; its buffer fills, the kernel closes the window, and the
                // remote can send no more.
                if lines.send(mem::take(&mut line)).await.is_err() {
                    return Ok(());
                }
            }
        }
    }
    if !line.is_empty() {
        // The last line may end without a newline. If nobody receives it, nobody wants it.
        let _ = lines.send(line).await;
    }
    Ok(())
}
