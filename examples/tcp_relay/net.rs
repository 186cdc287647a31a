//! Sockets on each runtime: all that the relay needs of them.

use std::io;
use std::net::{TcpListener, TcpStream};

use futures_lite::AsyncReadExt;

use super::runtime::{AsyncStd, Runtime, Smol, Tokio};

pub(crate) trait Net: Runtime {
    type Listener: Send;
    type Stream: Send + 'static;

    /// Hands a listening socket over to the runtime.
    fn listen(listener: TcpListener) -> io::Result<Self::Listener>;

    fn accept(listener: &Self::Listener) -> impl Future<Output = io::Result<Self::Stream>> + Send;

    /// Reads what there is, at most a buffer full. Zero bytes are the end of the stream.
    fn read(
        stream: &mut Self::Stream,
        buffer: &mut [u8],
    ) -> impl Future<Output = io::Result<usize>> + Send;
}

impl Net for Smol {
    type Listener = smol::Async<TcpListener>;
    type Stream = smol::Async<TcpStream>;

    fn listen(listener: TcpListener) -> io::Result<Self::Listener> {
        smol::Async::new(listener)
    }

    async fn accept(listener: &Self::Listener) -> io::Result<Self::Stream> {
        Ok(listener.accept().await?.0)
    }

    async fn read(stream: &mut Self::Stream, buffer: &mut [u8]) -> io::Result<usize> {
        stream.read(buffer).await
    }
}

impl Net for AsyncStd {
    type Listener = async_std::net::TcpListener;
    type Stream = async_std::net::TcpStream;

    fn listen(listener: TcpListener) -> io::Result<Self::Listener> {
        Ok(listener.into())
    }

    async fn accept(listener: &Self::Listener) -> io::Result<Self::Stream> {
        Ok(listener.accept().await?.0)
    }

    async fn read(stream: &mut Self::Stream, buffer: &mut [u8]) -> io::Result<usize> {
        stream.read(buffer).await
    }
}

impl Net for Tokio {
    type Listener = tokio::net::TcpListener;
    type Stream = tokio::net::TcpStream;

    fn listen(listener: TcpListener) -> io::Result<Self::Listener> {
        listener.set_nonblocking(true)?;
        tokio::net::TcpListener::from_std(listener)
    }

    async fn accept(listener: &Self::Listener) -> io::Result<Self::Stream> {
        Ok(listener.accept().await?.0)
    }

    async fn read(stream: &mut Self::Stream, buffer: &mut [u8]) -> io::Result<usize> {
        tokio::io::AsyncReadExt::read(stream, buffer).await
    }
}
