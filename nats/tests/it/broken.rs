//! The connection is slow, cut, or loses what the server says; or the server does not say it.

use std::collections::HashSet;
use std::pin::pin;

use forebay_nats::{Fault, GetError, OpenError, PutError, Queue, Shutdown};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpListener;
use tokio::time::sleep;

use crate::proxy::Proxy;
use crate::server::Servers;
use crate::support::{LEASE, builder, connect, ms, one, open, soon, until, waits};

#[tokio::test]
async fn a_lease_that_was_lost_and_a_late_ack() {
    let (servers, nats) = one().await;
    let proxy = Proxy::to(servers.nodes[0].port());
    let settings = builder().retries(9);
    let slow = open(&connect(&proxy.url()).await, settings.clone()).await;
    let other = open(&nats, settings).await;
    slow.put(1).await.unwrap();
    let late = soon(slow.get()).await.unwrap();
    assert!(!late.lease_lost());
    proxy.stall();
    let second = soon(other.get()).await.unwrap();
    assert_eq!((*second, second.attempt()), (1, 2));
    until(async || late.lease_lost()).await;
    proxy.resume();

    // It is done, although another worker has it.
    late.done();
    soon(slow.flush()).await;
    until(async || other.unfinished().await.unwrap() == 0).await;
    second.done();
    soon(other.flush()).await;
    soon(other.join()).await.unwrap();
    waits(LEASE * 2, other.get()).await;
}

#[tokio::test]
async fn a_late_nak_is_not_sent() {
    let (servers, nats) = one().await;
    let proxy = Proxy::to(servers.nodes[0].port());
    let settings = builder().retries(9);
    let slow = open(&connect(&proxy.url()).await, settings.clone()).await;
    let other = open(&nats, settings).await;
    slow.put(1).await.unwrap();
    let late = soon(slow.get()).await.unwrap();
    proxy.stall();
    let second = soon(other.get()).await.unwrap();
    until(async || late.lease_lost()).await;
    proxy.resume();
    late.requeue();
    soon(slow.flush()).await;
    // It would have come out once more, while the second worker is at it.
    waits(LEASE * 2, other.get()).await;
    assert_eq!((second.attempt(), other.unfinished().await.unwrap()), (2, 1));
    second.done();
    soon(other.join()).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_that_are_lost_put_nothing_twice() {
    let (servers, nats) = one().await;
    let proxy = Proxy::to(servers.nodes[0].port());
    let queue = open(&connect(&proxy.url()).await, builder()).await;
    let other = open(&nats, builder()).await;
    proxy.drop_answers();
    soon(queue.put_all(0..300)).await.unwrap();
    assert!(proxy.dropped() >= 100, "{}", proxy.dropped());
    assert_eq!(other.unfinished().await.unwrap(), 300);
    let mut seen = HashSet::new();
    for _ in 0..300 {
        let job = soon(other.get()).await.unwrap();
        assert!(seen.insert(*job));
        job.done();
    }
    soon(other.join()).await.unwrap();
    assert_eq!(seen, (0..300).collect());
}

#[tokio::test]
async fn a_connection_that_comes_back_goes_on() {
    let (servers, nats) = one().await;
    let proxy = Proxy::to(servers.nodes[0].port());
    let cut = open(&connect(&proxy.url()).await, builder().maxsize(1)).await;
    let other = open(&nats, builder().maxsize(1)).await;
    // An idle worker, a put that waits and a join, all behind a connection that stands still.
    other.put(1).await.unwrap();
    let mut put = pin!(cut.put(2));
    waits(ms(200), &mut put).await;
    proxy.stall();
    soon(other.get()).await.unwrap().done();
    soon(other.join()).await.unwrap();
    waits(LEASE, &mut put).await;
    proxy.resume();
    soon(&mut put).await.unwrap();
    assert_eq!(soon(cut.get()).await.unwrap().into_inner(), 2);
    soon(cut.join()).await.unwrap();
}

#[tokio::test]
async fn without_a_quorum_a_put_waits_and_puts_nothing_twice() {
    let servers = Servers::start(3);
    let nats = connect(&servers.urls()).await;
    drop(open(&nats, builder().replicas(3)).await);
    let leader = loop {
        let asked = nats.client().request("$JS.API.STREAM.INFO.FOREBAY_JOBS_q", "".into()).await;
        let info: serde_json::Value = serde_json::from_slice(&asked.unwrap().payload).unwrap();
        if let Some(name) = info["cluster"]["leader"].as_str() {
            break name.strip_prefix("node").unwrap().parse::<usize>().unwrap();
        }
        sleep(ms(50)).await;
    };
    let queue = open(&connect(&servers.nodes[leader].url()).await, builder().replicas(3)).await;
    let others = [(leader + 1) % 3, (leader + 2) % 3];
    for node in others {
        servers.nodes[node].pause();
    }
    // It is asked again by the same id, which the leader has not decided on.
    let mut put = pin!(queue.put(1));
    let early = tokio::time::timeout(ms(3500), &mut put).await;
    assert!(early.is_err(), "{early:?}");
    for node in others {
        servers.nodes[node].resume();
    }
    soon(put).await.unwrap();
    assert_eq!(soon(queue.get()).await.unwrap().into_inner(), 1);
    soon(queue.join()).await.unwrap();
    let again = tokio::time::timeout(ms(300), queue.get()).await;
    assert!(again.is_err(), "{again:?}");
}

/// Does the one job of a queue that is full, and lets the server forget that it has removed it.
async fn strand(servers: &mut Servers, queue: &Queue<u64>) {
    let messages = servers.folder().join("node0/jetstream/$G/streams/FOREBAY_JOBS_q/msgs");
    let kept = servers.folder().join("kept");
    servers.nodes[0].terminate();
    std::fs::create_dir(&kept).unwrap();
    for file in std::fs::read_dir(&messages).unwrap() {
        let file = file.unwrap();
        std::fs::copy(file.path(), kept.join(file.file_name())).unwrap();
    }
    servers.nodes[0].start();
    soon(soon(queue.get()).await.unwrap().done_confirmed()).await.unwrap();
    until(async || queue.unfinished().await.unwrap() == 0).await;
    servers.nodes[0].terminate();
    std::fs::remove_dir_all(&messages).unwrap();
    std::fs::rename(&kept, &messages).unwrap();
    servers.nodes[0].start();
    assert_eq!(soon(queue.unfinished()).await.unwrap(), 1);
}

#[tokio::test]
async fn what_is_done_and_still_inside_is_removed() {
    let (mut servers, nats) = one().await;
    let queue = open(&nats, builder().maxsize(1)).await;
    queue.put(1).await.unwrap();
    strand(&mut servers, &queue).await;
    soon(queue.join()).await.unwrap();

    queue.put(2).await.unwrap();
    strand(&mut servers, &queue).await;
    soon(queue.put(3)).await.unwrap();
    assert_eq!(soon(queue.get()).await.unwrap().into_inner(), 3);
    soon(queue.join()).await.unwrap();
}

/// `deaf` may do what the README says that it takes, and hears no events.
const USERS: &str = r#"authorization {
    users = [
        { user: "all", password: "p/q" }
        { user: "deaf", password: "p", permissions: {
            publish: { allow: ["$JS.API.>", "$JS.ACK.>", "forebay.>"] }
            subscribe: { allow: "_INBOX.>" }
        } }
    ]
}
"#;

#[tokio::test]
async fn without_permission_for_events_all_is_right_though_slower() {
    let servers = Servers::configured(1, Some(USERS));
    let port = servers.nodes[0].port();
    let deaf = connect(&format!("nats://deaf:p@127.0.0.1:{port}")).await;
    let all = connect(&format!("nats://all:p%2Fq@127.0.0.1:{port}")).await;
    let queue = open(&deaf, builder().maxsize(2)).await;
    let other = open(&all, builder().maxsize(2)).await;
    let put = tokio::spawn({
        let queue = queue.clone();
        async move {
            for item in 0..20 {
                queue.put(item).await.unwrap();
            }
        }
    });
    for item in 0..20 {
        let job = soon(other.get()).await.unwrap();
        assert_eq!(*job, item);
        if item == 19 {
            waits(ms(100), queue.join()).await;
        }
        job.done();
    }
    soon(put).await.unwrap();
    soon(queue.join()).await.unwrap();

    queue.put(1).await.unwrap();
    queue.put(2).await.unwrap();
    let waiting = tokio::spawn({
        let queue = queue.clone();
        async move { queue.put(3).await }
    });
    sleep(ms(100)).await;
    soon(other.shutdown(Shutdown::Graceful)).await.unwrap();
    assert!(matches!(soon(waiting).await.unwrap(), Err(PutError::ShutDown(3))));
    soon(queue.get()).await.unwrap().done();
    soon(queue.get()).await.unwrap().done();
    assert!(matches!(soon(queue.get()).await, Err(GetError::ShutDown)));
}

/// Says that it is of this version, and nothing else.
async fn pretend(version: &'static str) -> String {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((mut client, _)) = listener.accept().await {
            tokio::spawn(async move {
                let info = format!(
                    "INFO {{\"server_id\":\"x\",\"version\":\"{version}\",\"max_payload\":1048576,\
                     \"headers\":true,\"jetstream\":true}}\r\n"
                );
                client.write_all(info.as_bytes()).await.unwrap();
                let (read, mut write) = client.split();
                let mut lines = BufReader::new(read).lines();
                while let Ok(Some(line)) = lines.next_line().await {
                    if line.starts_with("PING") {
                        write.write_all(b"PONG\r\n").await.unwrap();
                    }
                }
            });
        }
    });
    format!("nats://127.0.0.1:{port}")
}

#[tokio::test]
async fn a_server_that_is_too_old_is_refused() {
    for (version, replicas, is_too_old) in [
        ("2.9.10", 1, true),
        ("2.10.25", 1, true),
        ("2.10.26", 1, false),
        ("2.11.10", 3, true),
        ("2.11.11", 3, false),
        ("3.0.0", 3, false),
    ] {
        let nats = connect(&pretend(version).await).await;
        let brief = builder().timeout(ms(1000)).replicas(replicas);
        let opened: Result<Queue<u64>, _> = soon(brief.fifo(&nats, "q")).await;
        match opened.unwrap_err() {
            OpenError::ServerTooOld { version: told, .. } if is_too_old => {
                assert_eq!(told, version);
            }
            // It does not answer.
            OpenError::Failed(Fault::TimedOut) if !is_too_old => {}
            error => panic!("{version}: {error:?}"),
        }
    }
}
