//! The unbounded channel: blocks that are linked, gone on to, emptied, kept and freed beside
//! claims.

use crate::harness::{
    alive, collect, count_woken, drive, explore, join, join_all, message, parked, parked_stream,
    poll_thread, put, put_thread, received, recv, spawn, take, take_all, take_thread, unbounded_at,
};
use forebay::{TryRecvError, TrySendError};
use std::sync::Arc;

/// The first block comes with the first message: two senders install one.
#[test]
fn first_block_2s() {
    explore(20, || {
        let (tx, rx) = unbounded_at(0);
        let thread = put_thread(&tx, 1);
        put(&tx, 2).unwrap();
        join(thread);
        let inside = take_all(&rx);
        assert!(inside == [1, 2] || inside == [2, 1]);
        assert_eq!((tx.stats().sent, tx.stats().received), (2, 2));
    });
}

/// A receiver finds the queue empty or the message, whatever of the block is there.
#[test]
fn first_block_vs_recv() {
    explore(5, || {
        let (tx, rx) = unbounded_at(0);
        let thread = put_thread(&tx, 1);
        let mut recv = recv(&rx);
        recv.poll();
        assert!(tx.len() <= 1);
        join(thread);
        drive(&mut recv);
        assert_eq!(recv.output, Some(Ok(1)));
    });
}

/// It is freed, if there is one.
#[test]
fn first_block_vs_last_rx_drop() {
    explore(5, || {
        let (tx, rx) = forebay::unbounded();
        let thread = spawn(move || drop(rx));
        let _ = put(&tx, 1);
        join(thread);
        assert!(put(&tx, 2).is_err());
        drop(tx);
        assert_eq!(alive(), 0);
    });
}

/// Two senders in one block, or over its end.
#[test]
fn two_senders() {
    explore(20, || {
        let (tx, rx) = unbounded_at(1);
        let thread = put_thread(&tx, 1);
        put(&tx, 2).unwrap();
        put(&tx, 3).unwrap();
        join(thread);
        let mut inside = take_all(&rx);
        assert_eq!(inside.len(), 3);
        inside.retain(|id| *id != 1);
        assert_eq!(inside, [2, 3]);
    });
}

/// Two receivers at the end of a block: each message is received once, and the block is recycled
/// once.
#[test]
fn two_receivers() {
    explore(20, || {
        let (tx, rx) = unbounded_at(0);
        (0..3).for_each(|id| put(&tx, id).unwrap());
        let thread = take_thread(&rx);
        let here = [take(&rx).unwrap(), take(&rx).unwrap()];
        let there = join(thread);
        assert!(here.is_sorted());
        let mut all = [here[0], here[1], there];
        all.sort_unstable();
        assert_eq!(all, [0, 1, 2]);
        assert_eq!(take(&rx), Err(TryRecvError::Empty));
    });
}

/// The same with a message behind the end: the place between the blocks is nobody's.
#[test]
fn two_receivers_over_the_end() {
    explore(20, || {
        let (tx, rx) = unbounded_at(1);
        (0..3).for_each(|id| put(&tx, id).unwrap());
        let thread = take_thread(&rx);
        let here = [take(&rx).unwrap(), take(&rx).unwrap()];
        let there = join(thread);
        assert!(here.is_sorted());
        let mut all = [here[0], here[1], there];
        all.sort_unstable();
        assert_eq!(all, [0, 1, 2]);
    });
}

/// Two receivers empty a block, and the sender that comes round to it fills it again.
#[test]
fn recycled() {
    explore(20, || {
        let (tx, rx) = unbounded_at(0);
        (0..3).for_each(|id| put(&tx, id).unwrap());
        let thread = take_thread(&rx);
        let here = [take(&rx).unwrap(), take(&rx).unwrap()];
        // Three more to fill the second block, and one into whichever comes next.
        (3..7).for_each(|id| put(&tx, id).unwrap());
        let mut all = vec![here[0], here[1], join(thread)];
        all.extend(take_all(&rx));
        all.sort_unstable();
        assert_eq!(all, [0, 1, 2, 3, 4, 5, 6]);
    });
}

/// One thread takes the last message out of a block, the other fills that block anew, slot by slot.
#[test]
fn recycled_by_another() {
    explore(20, || {
        let (tx, rx) = unbounded_at(2);
        put(&tx, 0).unwrap();
        let thread = take_thread(&rx);
        (1..7).for_each(|id| put(&tx, id).unwrap());
        assert_eq!(join(thread), 0);
        assert_eq!(take_all(&rx), [1, 2, 3, 4, 5, 6]);
    });
}

/// The same, with the roles of the two threads exchanged.
#[test]
fn recycled_by_another_perm() {
    explore(20, || {
        let (tx, rx) = unbounded_at(2);
        put(&tx, 0).unwrap();
        let thread = spawn({
            let tx = Arc::clone(&tx);
            move || (1..7).for_each(|id| put(&tx, id).unwrap())
        });
        assert_eq!(take(&rx), Ok(0));
        join(thread);
        assert_eq!(take_all(&rx), [1, 2, 3, 4, 5, 6]);
    });
}

/// The same with one message each on both sides of the end of a block.
#[test]
fn recycled_at_the_end() {
    explore(20, || {
        let (tx, rx) = unbounded_at(1);
        (0..3).for_each(|id| put(&tx, id).unwrap());
        let threads = [take_thread(&rx), take_thread(&rx)];
        (3..6).for_each(|id| put(&tx, id).unwrap());
        let mut all = join_all(threads).to_vec();
        all.sort_unstable();
        assert_eq!(all, [0, 1]);
        assert_eq!(take_all(&rx), [2, 3, 4, 5]);
    });
}

/// A block comes behind the head while one is kept already: it is freed, after both receivers have
/// left it.
#[test]
fn freed() {
    explore(20, || {
        let (tx, rx) = unbounded_at(0);
        (0..7).for_each(|id| put(&tx, id).unwrap());
        (0..3).for_each(|id| assert_eq!(take(&rx), Ok(id)));
        let thread = take_thread(&rx);
        let here = [take(&rx).unwrap(), take(&rx).unwrap()];
        let mut all = vec![here[0], here[1], join(thread)];
        all.sort_unstable();
        assert_eq!(all, [3, 4, 5]);
        assert_eq!(take_all(&rx), [6]);
    });
}

/// A receiver right behind a sender, over several blocks: the sender fills the blocks that the
/// receiver has emptied.
#[test]
fn one_behind_the_other() {
    explore(50, || {
        let (tx, rx) = unbounded_at(1);
        put(&tx, 0).unwrap();
        let thread = spawn({
            let tx = Arc::clone(&tx);
            move || (1..4).for_each(|id| put(&tx, id).unwrap())
        });
        let mut arrived: Vec<_> = (0..2).filter_map(|_| take(&rx).ok()).collect();
        join(thread);
        arrived.extend(take_all(&rx));
        assert_eq!(arrived, [0, 1, 2, 3]);
    });
}

/// The same, with the roles of the two threads exchanged.
#[test]
fn one_behind_the_other_perm() {
    explore(50, || {
        let (tx, rx) = unbounded_at(1);
        put(&tx, 0).unwrap();
        let thread = spawn({
            let rx = Arc::clone(&rx);
            move || (0..2).filter_map(|_| take(&rx).ok()).collect::<Vec<_>>()
        });
        (1..4).for_each(|id| put(&tx, id).unwrap());
        let mut arrived = join(thread);
        arrived.extend(take_all(&rx));
        assert_eq!(arrived, [0, 1, 2, 3]);
    });
}

/// A sender and a receiver on each of two threads.
#[test]
fn two_pairs() {
    explore(50, || {
        let (tx, rx) = unbounded_at(1);
        put(&tx, 0).unwrap();
        let thread = spawn({
            let (tx, rx) = (Arc::clone(&tx), Arc::clone(&rx));
            move || {
                put(&tx, 1).unwrap();
                take(&rx).unwrap()
            }
        });
        put(&tx, 2).unwrap();
        let here = take(&rx).unwrap();
        let mut all = vec![here, join(thread)];
        all.extend(take_all(&rx));
        all.sort_unstable();
        assert_eq!(all, [0, 1, 2]);
    });
}

/// What a thread has sent it can receive, or somebody has.
#[test]
fn own_message_is_there() {
    explore(20, || {
        let (tx, rx) = unbounded_at(2);
        let thread = put_thread(&tx, 1);
        put(&tx, 2).unwrap();
        let first = take(&rx).unwrap();
        join(thread);
        assert_eq!(take_all(&rx), [3 - first]);
    });
}

/// A queue that is never empty is never found empty.
#[test]
fn never_empty() {
    explore(20, || {
        let (tx, rx) = unbounded_at(1);
        put(&tx, 0).unwrap();
        let thread = spawn({
            let (tx, rx) = (Arc::clone(&tx), Arc::clone(&rx));
            move || {
                put(&tx, 1).unwrap();
                take(&rx)
            }
        });
        let both = (take(&rx), join(thread));
        assert!(both == (Ok(0), Ok(1)) || both == (Ok(1), Ok(0)), "{both:?}");
    });
}

/// The same, with the message of the other thread before the one received here.
#[test]
fn never_empty_perm() {
    explore(20, || {
        let (tx, rx) = unbounded_at(1);
        put(&tx, 0).unwrap();
        let thread = spawn({
            let rx = Arc::clone(&rx);
            move || take(&rx)
        });
        put(&tx, 1).unwrap();
        let both = (take(&rx), join(thread));
        assert!(both == (Ok(0), Ok(1)) || both == (Ok(1), Ok(0)), "{both:?}");
    });
}

/// A receiver that has heard of a message neither come nor go finds nothing, and claims nothing.
#[test]
fn empty_again() {
    explore(10, || {
        let (tx, rx) = unbounded_at(0);
        let thread = spawn({
            let rx = Arc::clone(&rx);
            move || take(&rx)
        });
        put(&tx, 0).unwrap();
        let both = [take(&rx), join(thread)];
        let empty = Err(TryRecvError::Empty);
        assert!(both == [Ok(0), empty] || both == [empty, Ok(0)], "{both:?}");
        put(&tx, 1).unwrap();
        assert_eq!(take(&rx), Ok(1));
    });
}

/// The length is one that there was.
#[test]
fn len_was_so() {
    explore(20, || {
        let (tx, rx) = unbounded_at(1);
        let thread = spawn({
            let (tx, rx) = (Arc::clone(&tx), Arc::clone(&rx));
            move || {
                for id in 1..3 {
                    put(&tx, id).unwrap();
                    take(&rx).unwrap();
                }
            }
        });
        assert!(rx.len() <= 1);
        join(thread);
        assert!(rx.is_empty());
    });
}

/// The same, with the roles of the two threads exchanged.
#[test]
fn len_was_so_perm() {
    explore(20, || {
        let (tx, rx) = unbounded_at(1);
        let thread = spawn({
            let rx = Arc::clone(&rx);
            move || rx.len()
        });
        for id in 1..3 {
            put(&tx, id).unwrap();
            take(&rx).unwrap();
        }
        assert!(join(thread) <= 1);
        assert!(rx.is_empty());
    });
}

/// Going to sleep beside one message.
#[test]
fn park_recv_1s() {
    explore(30, || {
        let (tx, rx) = unbounded_at(2);
        let mut receiver = recv(&rx);
        let thread = put_thread(&tx, 1);
        receiver.poll();
        join(thread);
        drive(&mut receiver);
        assert_eq!(receiver.output, Some(Ok(1)));
    });
}

#[test]
fn park_recv_1s_perm() {
    explore(30, || {
        let (tx, rx) = unbounded_at(2);
        let thread = poll_thread(recv(&rx));
        put(&tx, 1).unwrap();
        let mut receiver = join(thread);
        drive(&mut receiver);
        assert_eq!(receiver.output, Some(Ok(1)));
    });
}

/// Two messages at once, three sleepers: two wake, and get them, although the tail passes the end
/// of a block.
#[test]
fn exact_3r_2s() {
    explore(30, || {
        let (tx, rx) = unbounded_at(1);
        let mut waiting = parked::<3>(&rx);
        let thread = put_thread(&tx, 1);
        put(&tx, 2).unwrap();
        join(thread);
        assert_eq!(count_woken(&waiting), 2);
        drive(&mut waiting);
        assert_eq!(received(waiting), [1, 2]);
    });
}

/// Asleep again while the second message comes: the flag is raised on a word that passes the end of
/// a block.
#[test]
fn repark() {
    explore(10, || {
        let (tx, rx) = unbounded_at(1);
        let mut receiver = collect(&rx, 2);
        receiver.poll();
        let thread = spawn({
            let tx = Arc::clone(&tx);
            move || {
                put(&tx, 1).unwrap();
                put(&tx, 2).unwrap();
            }
        });
        drive(&mut receiver);
        join(thread);
        drive(&mut receiver);
        assert_eq!(receiver.output, Some(vec![1, 2]));
    });
}

/// A receive that was woken goes: its message is for the stream.
#[test]
fn stream_handed_on() {
    explore(3, || {
        let (tx, rx) = unbounded_at(2);
        let mut streaming = parked_stream(&rx);
        let [receiving] = parked(&rx);
        let thread = put_thread(&tx, 1);
        drop(receiving);
        join(thread);
        drive(&mut streaming);
        assert_eq!(streaming.output, Some(Some(1)));
    });
}

/// Accepted is delivered, refused is not inside, although the tail passes the end of a block beside
/// the close.
#[test]
fn close_vs_send() {
    explore(10, || {
        let (tx, rx) = unbounded_at(1);
        let thread = spawn({
            let tx = Arc::clone(&tx);
            move || [put(&tx, 1), put(&tx, 2)]
        });
        assert!(rx.close());
        assert_eq!(put(&tx, 3), Err(TrySendError::Closed(3)));
        let inside = take_all(&rx);
        assert_eq!(take(&rx), Err(TryRecvError::Closed));
        match join(thread) {
            [Ok(()), Ok(())] => assert_eq!(inside, [1, 2]),
            [Ok(()), Err(TrySendError::Closed(2))] => assert_eq!(inside, [1]),
            [Err(TrySendError::Closed(1)), Err(TrySendError::Closed(2))] => {
                assert!(inside.is_empty())
            }
            both => panic!("{both:?}"),
        }
    });
}

/// A message that comes in while the last receiver goes does not stay, nor do the blocks.
#[test]
fn rx_drop_vs_send() {
    explore(10, || {
        let (tx, rx) = forebay::unbounded();
        (0..2).for_each(|id| put(&tx, id).unwrap());
        let thread = spawn(move || drop(rx));
        let _accepted = put(&tx, 2);
        join(thread);
        assert_eq!(alive(), 0);
    });
}

/// The messages inside go with the channel, whichever handle is the last.
#[test]
fn drop_queued() {
    explore(5, || {
        let (tx, rx) = forebay::unbounded();
        (0..4).for_each(|id| put(&tx, id).unwrap());
        let thread = spawn(move || drop(rx));
        drop(tx);
        join(thread);
        assert_eq!(alive(), 0);
    });
}

/// A send never waits, also beside another one at the end of a block.
#[test]
fn block_send() {
    explore(10, || {
        let (tx, rx) = unbounded_at(1);
        let thread = put_thread(&tx, 1);
        tx.send_blocking(message(2)).unwrap();
        join(thread);
        assert_eq!(take_all(&rx).len(), 2);
    });
}
