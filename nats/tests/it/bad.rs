//! Bad input: a clear error, and nothing half-made.

use std::time::Duration;

use forebay_nats::async_nats::ConnectOptions;
use forebay_nats::{Builder, ConnectError, Fault, Nats, OpenError, PutError, Queue, Storage};
use serde_json::Value;

use crate::server::Servers;
use crate::support::{builder, connect, ms, one, open, soon};

async fn streams(nats: &Nats) -> u64 {
    let answer = nats.client().request("$JS.API.STREAM.NAMES", "".into()).await.unwrap();
    serde_json::from_slice::<Value>(&answer.payload).unwrap()["total"].as_u64().unwrap()
}

#[tokio::test]
async fn settings_that_cannot_be() {
    let (_servers, nats) = one().await;
    let long = "x".repeat(65);
    for name in ["", "a b", "a.b", "a*", "a>", "ä", long.as_str()] {
        let opened = builder().fifo::<u64, forebay_nats::Json>(&nats, name).await;
        assert!(matches!(opened, Err(OpenError::Invalid(what)) if what.contains("name")), "{name}");
    }
    for wrong in [
        builder().maxsize(0),
        builder().maxsize(u64::MAX),
        builder().lease(Duration::ZERO),
        builder().lease(ms(99)),
        builder().lease(Duration::MAX),
        builder().prefetch(0),
        builder().prefetch(10_001),
        builder().replicas(0),
        builder().replicas(6),
        builder().timeout(Duration::ZERO),
        builder().timeout(Duration::from_secs(101)),
    ] {
        let opened: Result<Queue<u64>, _> = wrong.clone().fifo(&nats, "q").await;
        assert!(matches!(opened, Err(OpenError::Invalid(_))), "{wrong:?}");
    }
    assert_eq!(streams(&nats).await, 0);
}

#[tokio::test]
async fn another_queue_of_that_name() {
    let (_servers, nats) = one().await;
    let queue = open(&nats, builder().maxsize(10).retries(1)).await;
    for (other, differs) in [
        (builder().maxsize(11).retries(1), "maxsize"),
        (builder().retries(1), "maxsize"),
        (builder().maxsize(10), "retries"),
        (builder().maxsize(10).retries(2), "retries"),
        (builder().maxsize(10).retries(1).lease(ms(700)), "lease"),
        (builder().maxsize(10).retries(1).storage(Storage::Memory), "storage"),
        (builder().maxsize(10).retries(1).replicas(3), "replicas"),
    ] {
        let opened: Result<Queue<u64>, _> = other.fifo(&nats, "q").await;
        let error = opened.unwrap_err();
        assert!(matches!(&error, OpenError::Differs { what, .. } if what.contains(differs)));
        assert!(error.to_string().contains(differs), "{error}");
    }
    queue.put(1).await.unwrap();
    assert_eq!(*soon(queue.get()).await.unwrap(), 1);

    // A stream of that name which is no queue.
    let stream = r#"{"name":"FOREBAY_JOBS_s","subjects":["s"]}"#;
    api(&nats, "STREAM.CREATE.FOREBAY_JOBS_s", stream).await;
    let opened: Result<Queue<u64>, _> = builder().fifo(&nats, "s").await;
    assert!(matches!(opened, Err(OpenError::Differs { what: "retention", .. })));
}

/// Asks JetStream's API for what the queue does not do.
async fn api(nats: &Nats, what: &str, question: &'static str) {
    let asked = nats.client().request(format!("$JS.API.{what}"), question.into()).await;
    let answer = serde_json::from_slice::<Value>(&asked.unwrap().payload).unwrap();
    assert!(answer["error"].is_null(), "{answer}");
}

#[tokio::test]
async fn other_workers_than_those_of_the_queue() {
    let (_servers, nats) = one().await;
    drop(open(&nats, builder()).await);
    api(&nats, "CONSUMER.DELETE.FOREBAY_JOBS_q.workers", "").await;
    let workers = r#"{"stream_name":"FOREBAY_JOBS_q","config":
        {"durable_name":"workers","ack_policy":"explicit","max_deliver":3}}"#;
    api(&nats, "CONSUMER.DURABLE.CREATE.FOREBAY_JOBS_q.workers", workers).await;
    let opened: Result<Queue<u64>, _> = builder().fifo(&nats, "q").await;
    assert!(matches!(opened, Err(OpenError::Differs { what: "consumer", .. })), "{opened:?}");
}

#[tokio::test]
async fn subjects_that_another_stream_has() {
    let (_servers, nats) = one().await;
    api(&nats, "STREAM.CREATE.x", r#"{"name":"x","subjects":["forebay.jobs.>"]}"#).await;
    let opened: Result<Queue<u64>, _> = builder().fifo(&nats, "q").await;
    let error = opened.unwrap_err();
    assert!(matches!(error, OpenError::Failed(Fault::Server { .. })), "{error:?}");
    assert!(error.to_string().contains("overlap"), "{error}");
    // Not even a place for dead letters.
    assert_eq!(streams(&nats).await, 1);
}

#[tokio::test]
async fn more_replicas_than_servers() {
    let (_servers, nats) = one().await;
    let opened: Result<Queue<u64>, _> = builder().replicas(3).fifo(&nats, "q").await;
    let error = opened.unwrap_err();
    assert!(matches!(error, OpenError::Failed(Fault::Server { .. })), "{error:?}");
    assert_eq!(streams(&nats).await, 0);
}

#[tokio::test]
async fn an_item_that_is_too_large() {
    let (_servers, nats) = one().await;
    let queue: Queue<String> = builder().fifo(&nats, "q").await.unwrap();
    let limit = nats.client().max_payload();
    for size in [limit, limit - 100, limit * 3] {
        let error = soon(queue.put("x".repeat(size))).await.unwrap_err();
        let PutError::Failed { item, fault: Fault::TooLarge { limit: told, .. } } = error else {
            panic!("{error:?}")
        };
        assert_eq!((item.len(), told), (size, limit));
    }
    // The largest that goes in also goes to the dead letters.
    let largest = limit - 256 - 2;
    soon(queue.put("x".repeat(largest))).await.unwrap();
    assert!(soon(queue.put("x".repeat(largest + 1))).await.is_err());
    let numbers = open(&nats, builder()).await;
    assert!(tokio::time::timeout(ms(300), numbers.get()).await.is_err());
    soon(numbers.join()).await.unwrap();
    assert_eq!(soon(queue.dead_letters()).await.unwrap()[0].item().unwrap().len(), largest);
}

#[tokio::test]
async fn no_server() {
    let mut servers = Servers::start(1);
    let nats = connect(&servers.urls()).await;
    servers.nodes[0].kill();
    let error = soon(Nats::connect(&servers.urls())).await.unwrap_err();
    assert!(matches!(error, ConnectError::Failed(_)), "{error:?}");
    assert!(error.to_string().contains("Connection refused"), "{error}");
    let bad =
        ["", "a,", "no such thing://", "nats://127.0.0.1:99999", "wss://127.0.0.1", "http://a"];
    for url in bad {
        let error = soon(Nats::connect(url)).await.unwrap_err();
        assert!(matches!(error, ConnectError::Address(_)), "{url}: {error:?}");
    }
    let opened: Result<Queue<u64>, _> = soon(brief().fifo(&nats, "q")).await;
    let error = opened.unwrap_err();
    let expected = matches!(error, OpenError::Failed(Fault::Disconnected | Fault::TimedOut));
    assert!(expected, "{error:?}");
}

#[tokio::test]
async fn a_client_that_came_back_without_a_server() {
    let mut servers = Servers::start(1);
    servers.nodes[0].kill();
    let options = ConnectOptions::new().retry_on_initial_connect();
    let nats = Nats::connect_with(&servers.urls(), options).await.unwrap();
    let opened: Result<Queue<u64>, _> = soon(brief().fifo(&nats, "q")).await;
    let error = opened.unwrap_err();
    assert!(matches!(error, OpenError::Failed(Fault::Disconnected)), "{error:?}");
    servers.nodes[0].start();
    let queue = open(&nats, builder()).await;
    queue.put(1).await.unwrap();
    assert_eq!(soon(queue.get()).await.unwrap().into_inner(), 1);
}

#[tokio::test]
async fn a_server_that_goes_away_is_borne_for_a_while() {
    let (mut servers, nats) = one().await;
    let queue = open(&nats, builder().timeout(Duration::from_secs(2))).await;
    servers.nodes[0].kill();
    let error = soon(queue.put(1)).await.unwrap_err();
    assert!(error.fault().is_some_and(Fault::is_transient), "{error:?}");
    assert_eq!(error.into_inner(), 1);
    let error = soon(queue.get()).await.unwrap_err();
    assert!(matches!(error, forebay_nats::GetError::Failed(fault) if fault.is_transient()));
    assert!(soon(queue.join()).await.unwrap_err().is_transient());
    assert!(soon(queue.try_get()).await.is_err());

    servers.nodes[0].start();
    let get = tokio::spawn({
        let queue = queue.clone();
        async move {
            loop {
                if let Ok(job) = queue.get().await {
                    return *job;
                }
            }
        }
    });
    while soon(queue.put(2)).await.is_err() {}
    assert_eq!(soon(get).await.unwrap(), 2);
}

#[tokio::test]
async fn a_server_without_jetstream() {
    let servers = Servers::configured(1, Some("jetstream: disabled\n"));
    let nats = connect(&servers.urls()).await;
    let opened: Result<Queue<u64>, _> = soon(brief().fifo(&nats, "q")).await;
    assert!(matches!(opened, Err(OpenError::NoJetStream)), "{opened:?}");
}

fn brief() -> Builder {
    builder().timeout(Duration::from_secs(1))
}
