//! A producer and three workers, each a process, while servers and workers are killed and paused.
//! `FOREBAY_NATS_JOBS` makes the runs longer.

use std::time::Duration;

use crate::accounts::Accounts;
use crate::child::Plan;
use crate::run::Run;
use crate::server::Servers;
use crate::support::ms;
use crate::work::Chunk;
use tokio::time::{sleep, timeout};

const WORKERS: usize = 3;

/// What a child is started with.
const CHILD: [&str; 3] = ["crash::child", "--exact", "--nocapture"];

/// Not a test: what the children run.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn child() {
    crate::child::run().await.unwrap();
}

async fn start(nodes: usize, prefetch: usize) -> Run {
    let jobs = std::env::var("FOREBAY_NATS_JOBS").map_or(1500, |jobs| jobs.parse().unwrap());
    let servers = Servers::start(nodes);
    let plan = Plan {
        urls: servers.urls(),
        jobs,
        size: 400,
        maxsize: 300,
        lease: ms(1500),
        prefetch,
        replicas: nodes,
    };
    Run::start(servers, plan, WORKERS, &CHILD).await
}

/// Nothing is lost, and no more is done twice than `in hand` and on its way when something broke.
async fn check(mut run: Run, name: &str, most: u64) {
    let Plan { jobs, size, maxsize, .. } = run.plan.clone();
    let Ok(accounts) = timeout(Duration::from_secs(120), run.finish()).await else {
        panic!("it hangs: {}\n{}", run.state().await, run.servers.logs())
    };
    let Accounts { put, held_back, .. } = accounts;
    let (lost, duplicates) = (accounts.lost(), accounts.duplicates());
    let attempts = accounts.attempts();
    println!(
        "{name}: put {put}, lost {lost}, duplicates {duplicates}, attempts {attempts}, \
         held back {held_back:?}"
    );
    assert_eq!((put, lost), (jobs, 0));
    assert!((1..=maxsize).contains(&run.most_inside()), "{} inside", run.most_inside());
    assert!(duplicates <= most, "{duplicates} done twice, of at most {most}");
    let all = Chunk { number: 0, from: 0, to: jobs * size };
    assert_eq!(accounts.primes(), all.primes());
}

#[tokio::test]
async fn a_worker_is_killed() {
    let mut run = start(1, 1).await;
    run.until_done(run.plan.jobs / 3).await;
    run.kill_worker(0);
    check(run, "kill -9 of a worker", 3).await;
}

#[tokio::test]
async fn a_worker_and_the_server_are_killed() {
    let mut run = start(1, 1).await;
    run.until_done(run.plan.jobs / 4).await;
    run.kill_worker(0);
    run.until_done(run.plan.jobs / 2).await;
    run.servers.nodes[0].kill();
    run.servers.nodes[0].start();
    run.until_done(run.plan.jobs * 3 / 4).await;
    run.servers.nodes[0].terminate();
    run.servers.nodes[0].start();
    check(run, "kill -9 of a worker and the server, SIGTERM of the server", 10).await;
}

#[tokio::test]
async fn a_worker_and_the_server_are_killed_with_prefetch() {
    let mut run = start(1, 64).await;
    run.until_done(run.plan.jobs / 3).await;
    run.kill_worker(0);
    run.until_done(run.plan.jobs * 2 / 3).await;
    run.servers.nodes[0].kill();
    run.servers.nodes[0].start();
    check(run, "kill -9 of a worker and the server, prefetch 64", 64 * 3 + 10).await;
}

#[tokio::test]
async fn a_worker_and_the_server_are_paused() {
    let mut run = start(1, 1).await;
    run.until_done(run.plan.jobs / 4).await;
    run.pause_worker(0);
    // Longer than its lease: its job goes to another one.
    sleep(run.plan.lease * 2).await;
    run.resume_worker(0);
    run.kill_worker(1);
    run.servers.nodes[0].pause();
    sleep(ms(3000)).await;
    run.servers.nodes[0].resume();
    check(run, "SIGSTOP of a worker and the server, kill -9 of a worker", 10).await;
}

#[tokio::test]
async fn a_worker_and_the_leader_of_three_are_killed() {
    let mut run = start(3, 1).await;
    run.until_done(run.plan.jobs / 4).await;
    run.kill_worker(0);
    run.until_done(run.plan.jobs / 2).await;
    let leader = run.leader().await;
    run.servers.nodes[leader].kill();
    check(run, "three nodes, kill -9 of a worker and the leader", 10).await;
}

#[tokio::test]
async fn the_leader_of_three_is_paused_and_then_two_are_killed() {
    let mut run = start(3, 1).await;
    run.until_done(run.plan.jobs / 5).await;
    run.kill_worker(0);
    run.until_done(run.plan.jobs * 2 / 5).await;
    let leader = run.leader().await;
    run.servers.nodes[leader].pause();
    run.until_done(run.plan.jobs * 3 / 5).await;
    run.servers.nodes[leader].resume();
    let leader = run.leader().await;
    let others = [leader, (leader + 1) % 3];
    for node in others {
        run.servers.nodes[node].kill();
    }
    sleep(ms(1000)).await;
    let before = run.accounts().done();
    sleep(ms(1000)).await;
    // One of three decides nothing.
    assert!(run.accounts().done() <= before + 3);
    for node in others {
        run.servers.nodes[node].start();
    }
    check(run, "three nodes, SIGSTOP of the leader, kill -9 of two", 10).await;
}

#[tokio::test]
async fn a_worker_and_all_three_are_killed() {
    let mut run = start(3, 1).await;
    run.until_done(run.plan.jobs / 4).await;
    run.kill_worker(0);
    run.until_done(run.plan.jobs / 2).await;
    for node in &mut run.servers.nodes {
        node.kill();
    }
    for node in &mut run.servers.nodes {
        node.start();
    }
    check(run, "three nodes, kill -9 of a worker and all nodes", 10).await;
}
