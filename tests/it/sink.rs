//! A sender as a `Sink`, and under tower's protocol.

use crate::common::{Task, on_every_runtime};
use core::pin::Pin;
use core::task::{Context, Poll};
use forebay::{Builder, ReserveError, SendError, SendSink, SinkError, bounded};
use futures_util::{Sink, SinkExt, StreamExt, stream};

#[test]
fn a_stream_is_forwarded() {
    on_every_runtime(async |runtime| {
        let (tx, rx) = bounded(2);
        let sender = runtime.spawn(stream::iter((0..100).map(Ok)).forward(tx.into_sink()));
        let mut received = Vec::new();
        while let Ok(number) = rx.recv().await {
            received.push(number);
        }
        assert_eq!(sender.await, Ok(()));
        assert!(received.into_iter().eq(0..100));
    });
}

#[test]
fn all_are_sent_and_the_sink_goes_on() {
    on_every_runtime(async |_| {
        let (tx, rx) = bounded(4);
        let mut sink = tx.into_sink();
        sink.send_all(&mut stream::iter((0..3).map(Ok))).await.unwrap();
        sink.send(3).await.unwrap();
        assert_eq!(rx.drain().collect::<Vec<_>>(), [0, 1, 2, 3]);
        sink.feed(4).await.unwrap();
        SinkExt::close(&mut sink).await.unwrap();
        assert!(rx.is_closed());
        assert_eq!(sink.send(5).await, Err(SinkError::Reserve(ReserveError::Closed)));
        assert_eq!(rx.recv().await, Ok(4));
    });
}

#[test]
fn a_closed_channel_gives_the_message_back() {
    let (tx, rx) = bounded(1);
    let mut sink = Task::new(tx.into_sink());
    assert_eq!(sink.with(|sink, cx| Pin::new(sink).poll_ready(cx)), Poll::Ready(Ok(())));
    drop(rx);
    let error = sink.with(|sink, _| Pin::new(sink).start_send(1)).unwrap_err();
    assert_eq!(error, SinkError::Send(SendError(1)));
    assert_eq!((error.is_closed(), error.to_string()), (true, SendError(1).to_string()));
    assert_eq!(error.into_inner(), Some(1));
    assert_eq!(
        sink.with(|sink, cx| Pin::new(sink).poll_ready(cx)),
        Poll::Ready(Err(SinkError::Reserve(ReserveError::Closed)))
    );
}

#[test]
fn an_open_channel_is_not_said_to_be_closed() {
    let (tx, _rx) = Builder::new().weight(10, |_: &u8| 1).build().unwrap();
    let mut sink = Task::new(tx.into_sink());
    let Poll::Ready(Err(error)) = sink.with(|sink, cx| Pin::new(sink).poll_ready(cx)) else {
        panic!("nothing can be reserved");
    };
    assert_eq!(error, SinkError::Reserve(ReserveError::TooMany { most: 0 }));
    assert_eq!(error.to_string(), "no more than 0 can be reserved at a time");
    assert!(!error.is_closed());
    assert_eq!(error.into_inner(), None);
}

#[test]
#[should_panic(expected = "`send_reserved` without a `poll_reserve`")]
fn a_message_before_it_is_ready_panics() {
    let (tx, _rx) = bounded(1);
    let _ = Pin::new(&mut tx.into_sink()).start_send(1);
}

/// A service that passes its requests on: ready where there is room, and the room is kept for the
/// call.
#[derive(Clone)]
struct Enqueue(SendSink<u32>);

impl tower::Service<u32> for Enqueue {
    type Response = ();
    type Error = ReserveError;
    type Future = core::future::Ready<Result<(), ReserveError>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), ReserveError>> {
        self.0.poll_reserve(cx)
    }

    fn call(&mut self, request: u32) -> Self::Future {
        core::future::ready(self.0.send_reserved(request).map_err(|_| ReserveError::Closed))
    }
}

#[test]
fn a_service_is_ready_where_there_is_room() {
    use tower::{Service, ServiceExt};
    on_every_runtime(async |_| {
        let (tx, rx) = bounded(1);
        let mut service = Enqueue(tx.into_sink());
        service.ready().await.unwrap().call(1).await.unwrap();
        let mut other = service.clone();
        let mut ready = Task::new(other.ready());
        assert!(ready.settle().is_pending());
        assert_eq!(rx.recv().await, Ok(1));
        ready.finish().unwrap().call(2).await.unwrap();
        drop(ready);
        assert_eq!(rx.recv().await, Ok(2));
        assert_eq!(service.oneshot(3).await, Ok(()));
        assert_eq!(rx.recv().await, Ok(3));
    });
}
