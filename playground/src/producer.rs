//! A producer, and what each kind of backpressure makes of it.

use crate::settings::{Item, Key, Kind, Name};
use crate::world::{Producing, World, count};
use core::future::Future;
use core::pin::pin;
use core::task::Poll;
use forebay::queue::TryPutError;
use forebay::{Pressure, Receiver, Sender};

/// How many items the buffers of a socket hold, on both machines together.
pub const SOCKET: usize = 4;

/// How much slower a producer is while the level is high.
const SLOWER: u64 = 4;

/// How much faster in a burst.
const BURST: u64 = 4;

/// When an impatient client comes back, whatever it was told.
const IMPATIENCE: u64 = 150_000;

/// Makes items until the queue is shut down.
pub async fn produce(world: &World, me: usize, socket: Option<Sender<Item>>) {
    let kind = world.settings.borrow().kind();
    loop {
        let item = make(world, me, kind).await;
        world.producers[me].holds.set(item.name);
        let open = match (kind, &socket) {
            (_, Some(socket)) => write(world, me, socket, item).await,
            (Kind::Explicit, _) => ask(world, me, item).await,
            _ => offer(world, me, item).await,
        };
        world.producers[me].holds.set(Name::default());
        if !open {
            break;
        }
    }
    world.producers[me].state.set(Producing::Closed);
}

/// Takes its time, and more of it while the level is high, for a producer that looks at that.
async fn make(world: &World, me: usize, kind: Kind) -> Item {
    let producer = &world.producers[me];
    let slow = kind == Kind::Proactive && world.queue.pressure() == Pressure::High;
    let mut gap = world.about(world.settings.borrow().gap());
    if world.clock.now() < world.burst.get() {
        gap /= BURST;
    }
    if slow {
        gap *= SLOWER;
    }
    // An item that was refused is not forgotten at once: one should see it.
    if producer.state.get() != Producing::Refused || kind == Kind::Explicit {
        producer.state.set(if slow { Producing::Slowed } else { Producing::Making });
    }
    producer.from.set(world.clock.now());
    producer.until.set(world.clock.now() + gap);
    world.sleep(gap).await;
    count(&producer.made);
    Item::new(Name::new(me, producer.made.get()))
}

/// Implicit, and proactive: `offer` does what the queue was built for, which is to wait unless it
/// was built to refuse or to drop.
///
/// Returns whether the queue is open.
async fn offer(world: &World, me: usize, mut item: Item) -> bool {
    let producer = &world.producers[me];
    let name = item.name;
    item.since = world.clock.now();
    let offered = on_wait(world.queue.offer(item), || wait(world, me, Producing::Waiting)).await;
    producer.state.set(Producing::Making);
    match offered {
        Ok(None) => world.put(name),
        Ok(Some(displaced)) => world.put_displacing(name, displaced.name),
        Err(TryPutError::Full(_)) => {
            count(&world.counters.refused);
            producer.state.set(Producing::Refused);
        }
        Err(TryPutError::ShutDown(_)) => {
            count(&world.counters.closed);
            return false;
        }
    }
    true
}

/// Explicit: `try_put` never waits. Who is refused is told when to come back.
async fn ask(world: &World, me: usize, mut item: Item) -> bool {
    let producer = &world.producers[me];
    let name = item.name;
    loop {
        item.since = world.clock.now();
        match world.queue.try_put(item) {
            Ok(()) => {
                world.put(name);
                return true;
            }
            Err(TryPutError::Full(refused)) => {
                count(&world.counters.refused);
                item = refused;
            }
            Err(TryPutError::ShutDown(_)) => {
                count(&world.counters.closed);
                return false;
            }
        }
        world.retry_after.set(world.until_room());
        let impatient = world.setting(Key::Impatient) != 0;
        let pause = if impatient { IMPATIENCE } else { world.retry_after.get() };
        wait(world, me, Producing::Refused);
        producer.until.set(world.clock.now() + pause);
        world.sleep(pause).await;
    }
}

/// Reactive, on the remote machine: a write waits while the buffers of the socket are full.
async fn write(world: &World, me: usize, socket: &Sender<Item>, item: Item) -> bool {
    let sent = on_wait(socket.send(item), || wait(world, me, Producing::Waiting)).await;
    world.producers[me].socket.set(socket.len());
    sent.is_ok()
}

/// Reactive, on this machine: reads from the socket only what it can put.
pub async fn relay(world: &World, me: usize, socket: Receiver<Item>) {
    while let Ok(mut item) = socket.recv().await {
        world.producers[me].socket.set(socket.len());
        let name = item.name;
        item.since = world.clock.now();
        if world.queue.put(item).await.is_err() {
            count(&world.counters.closed);
            break; // and the connection is closed
        }
        world.put(name);
    }
}

fn wait(world: &World, me: usize, state: Producing) {
    let producer = &world.producers[me];
    producer.state.set(state);
    producer.from.set(world.clock.now());
    producer.until.set(0);
}

/// The output of the future; tells first if that is not there at once.
async fn on_wait<O>(future: impl Future<Output = O>, tell: impl FnOnce()) -> O {
    let mut future = pin!(future);
    let mut tell = Some(tell);
    core::future::poll_fn(|cx| {
        let poll = future.as_mut().poll(cx);
        if poll.is_pending()
            && let Some(tell) = tell.take()
        {
            tell();
        }
        poll
    })
    .await
}

/// The output of the first that is ready, `one` before `other`. What is behind the other is dropped
/// with it, or goes on with the next call if it was lent.
pub async fn first_of<O>(one: impl Future<Output = O>, other: impl Future<Output = O>) -> O {
    let mut one = pin!(one);
    let mut other = pin!(other);
    core::future::poll_fn(|cx| match one.as_mut().poll(cx) {
        Poll::Pending => other.as_mut().poll(cx),
        ready @ Poll::Ready(_) => ready,
    })
    .await
}
