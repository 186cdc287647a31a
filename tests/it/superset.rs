//! Everything that async-channel has, forebay has: the same names, signatures, bounds and texts.
//! Each check runs over both crates, so that one that asks too much fails on async-channel.

use core::cell::Cell;
use core::error::Error;
use core::fmt::{Debug, Display};
use core::future::Future;
use core::marker::{PhantomData, PhantomPinned};
use core::panic::{RefUnwindSafe, UnwindSafe};
use std::panic::catch_unwind;
use std::rc::Rc;
use std::sync::MutexGuard;

use futures_core::stream::{FusedStream, Stream};

/// Nothing but the auto traits.
struct Opaque;

/// Whether `$type` has the traits.
macro_rules! has {
    ($type:ty: $($bound:tt)+) => {{
        trait Otherwise {
            const YES: bool = false;
        }
        impl<T> Otherwise for T {}
        struct Probe<T>(PhantomData<T>);
        // Preferred to the trait's, where the bound holds.
        #[allow(dead_code, reason = "where the bound does not hold")]
        impl<T: $($bound)+> Probe<T> {
            const YES: bool = true;
        }
        <Probe<$type>>::YES
    }};
}

/// One row for each trait: the type, the trait, whether the type has it.
macro_rules! auto_traits {
    ($channel:ident: $($type:ident $(<$lifetime:lifetime>)?)*) => {{
        let mut rows = Vec::new();
        auto_traits!(@messages rows, $channel, [$($type $(<$lifetime>)?)*],
            // Everything; not `Sync`; not `Send`; neither; not `Unpin`; not `UnwindSafe`; not
            // `Debug`.
            [u8] [Cell<u8>] [MutexGuard<'static, u8>] [Rc<u8>] [PhantomPinned] [&'static mut u8] [Opaque]);
        rows
    }};
    (@messages $rows:ident, $channel:ident, $types:tt, $([$message:ty])*) => {
        $(auto_traits!(@types $rows, $channel, $types, $message);)*
    };
    (@types $rows:ident, $channel:ident, [$($type:ident $(<$lifetime:lifetime>)?)*], $message:ty) => {
        $(auto_traits!(@traits $rows, stringify!($type), stringify!($message), $channel::$type<$($lifetime,)? $message>,
            Send, Sync, Unpin, UnwindSafe, RefUnwindSafe, Clone, Copy, PartialEq, Eq, Debug, Display, Error);)*
    };
    (@traits $rows:ident, $name:expr, $message:expr, $type:ty, $($bound:path),*) => {
        $($rows.push(([$name, $message, stringify!($bound)], has!($type: $bound)));)*
    };
}

macro_rules! superset {
    ($module:ident, $channel:ident) => {
        #[allow(dead_code, reason = "to be compiled")]
        mod $module {
            use super::*;

            fn constructors<T>() {
                let _: fn(usize) -> ($channel::Sender<T>, $channel::Receiver<T>) = $channel::bounded;
                let _: fn() -> ($channel::Sender<T>, $channel::Receiver<T>) = $channel::unbounded;
            }

            fn sender<T>() {
                type Sender<T> = $channel::Sender<T>;
                let _: fn(&Sender<T>, T) -> Result<(), $channel::TrySendError<T>> = Sender::try_send;
                let _: for<'a> fn(&'a Sender<T>, T) -> $channel::Send<'a, T> = Sender::send;
                #[cfg(feature = "std")]
                let _: fn(&Sender<T>, T) -> Result<(), $channel::SendError<T>> = Sender::send_blocking;
                let _: fn(&Sender<T>, T) -> Result<Option<T>, $channel::SendError<T>> = Sender::force_send;
                let _: for<'a> fn(&'a Sender<T>) -> $channel::Closed<'a, T> = Sender::closed;
                let _: fn(&Sender<T>) -> bool = Sender::close;
                let _: fn(&Sender<T>) -> bool = Sender::is_closed;
                let _: fn(&Sender<T>) -> bool = Sender::is_empty;
                let _: fn(&Sender<T>) -> bool = Sender::is_full;
                let _: fn(&Sender<T>) -> usize = Sender::len;
                let _: fn(&Sender<T>) -> Option<usize> = Sender::capacity;
                let _: fn(&Sender<T>) -> usize = Sender::receiver_count;
                let _: fn(&Sender<T>) -> usize = Sender::sender_count;
                let _: fn(&Sender<T>) -> $channel::WeakSender<T> = Sender::downgrade;
                let _: fn(&Sender<T>, &Sender<T>) -> bool = Sender::same_channel;
            }

            fn receiver<T>() {
                type Receiver<T> = $channel::Receiver<T>;
                let _: fn(&Receiver<T>) -> Result<T, $channel::TryRecvError> = Receiver::try_recv;
                let _: for<'a> fn(&'a Receiver<T>) -> $channel::Recv<'a, T> = Receiver::recv;
                #[cfg(feature = "std")]
                let _: fn(&Receiver<T>) -> Result<T, $channel::RecvError> = Receiver::recv_blocking;
                let _: fn(&Receiver<T>) -> bool = Receiver::close;
                let _: fn(&Receiver<T>) -> bool = Receiver::is_closed;
                let _: fn(&Receiver<T>) -> bool = Receiver::is_empty;
                let _: fn(&Receiver<T>) -> bool = Receiver::is_full;
                let _: fn(&Receiver<T>) -> usize = Receiver::len;
                let _: fn(&Receiver<T>) -> Option<usize> = Receiver::capacity;
                let _: fn(&Receiver<T>) -> usize = Receiver::receiver_count;
                let _: fn(&Receiver<T>) -> usize = Receiver::sender_count;
                let _: fn(&Receiver<T>) -> $channel::WeakReceiver<T> = Receiver::downgrade;
                let _: fn(&Receiver<T>, &Receiver<T>) -> bool = Receiver::same_channel;
            }

            fn weak_handles<T>() {
                let _: fn(&$channel::WeakSender<T>) -> Option<$channel::Sender<T>> = $channel::WeakSender::upgrade;
                let _: fn(&$channel::WeakReceiver<T>) -> Option<$channel::Receiver<T>> = $channel::WeakReceiver::upgrade;
            }

            /// Variants can be made and matched, and there are no others.
            fn errors<T>(send: $channel::SendError<T>, try_send: $channel::TrySendError<T>, try_recv: $channel::TryRecvError) {
                let _: fn(T) -> $channel::SendError<T> = $channel::SendError;
                let _: fn($channel::SendError<T>) -> T = $channel::SendError::into_inner;
                let $channel::SendError(_) = send;

                let _: fn(T) -> $channel::TrySendError<T> = $channel::TrySendError::Full;
                let _: fn(T) -> $channel::TrySendError<T> = $channel::TrySendError::Closed;
                let _: fn($channel::TrySendError<T>) -> T = $channel::TrySendError::into_inner;
                let _: fn(&$channel::TrySendError<T>) -> bool = $channel::TrySendError::is_full;
                let _: fn(&$channel::TrySendError<T>) -> bool = $channel::TrySendError::is_closed;
                match try_send {
                    $channel::TrySendError::Full(_) | $channel::TrySendError::Closed(_) => {}
                }

                let $channel::RecvError = $channel::RecvError;

                let _: fn(&$channel::TryRecvError) -> bool = $channel::TryRecvError::is_empty;
                let _: fn(&$channel::TryRecvError) -> bool = $channel::TryRecvError::is_closed;
                match try_recv {
                    $channel::TryRecvError::Empty | $channel::TryRecvError::Closed => {}
                }
            }

            /// Whatever the message.
            fn traits<T>() {
                fn is_handle<H: Clone + Debug>() {}
                fn is_stream<T, S: Stream<Item = T> + FusedStream>() {}
                fn is_future<T, F: Future<Output = T>>() {}
                fn is_error<E: Error>() {}
                fn is_value<E: Copy + Eq + Debug + Display + Send + Sync + 'static>() {}
                is_handle::<$channel::Sender<T>>();
                is_handle::<$channel::Receiver<T>>();
                is_handle::<$channel::WeakSender<T>>();
                is_handle::<$channel::WeakReceiver<T>>();
                is_stream::<T, $channel::Receiver<T>>();
                is_future::<Result<(), $channel::SendError<T>>, $channel::Send<'_, T>>();
                is_future::<Result<T, $channel::RecvError>, $channel::Recv<'_, T>>();
                is_future::<(), $channel::Closed<'_, T>>();
                is_error::<$channel::SendError<T>>();
                is_error::<$channel::TrySendError<T>>();
                is_error::<$channel::RecvError>();
                is_error::<$channel::TryRecvError>();
                is_value::<$channel::SendError<u8>>();
                is_value::<$channel::TrySendError<u8>>();
                is_value::<$channel::RecvError>();
                is_value::<$channel::TryRecvError>();
            }

            /// A future that borrows for long may be used as one that borrows for less.
            fn variance<'short, 'long: 'short, T>(
                send: $channel::Send<'long, T>,
                recv: $channel::Recv<'long, T>,
                closed: $channel::Closed<'long, T>,
            ) -> ($channel::Send<'short, T>, $channel::Recv<'short, T>, $channel::Closed<'short, T>) {
                (send, recv, closed)
            }

            #[deny(unfulfilled_lint_expectations)]
            fn futures_must_be_used<T>(sender: &$channel::Sender<T>, receiver: &$channel::Receiver<T>, message: T) {
                #[expect(unused_must_use)]
                sender.send(message);
                #[expect(unused_must_use)]
                receiver.recv();
                #[expect(unused_must_use)]
                sender.closed();
            }

            pub(crate) fn rows() -> Vec<([&'static str; 3], bool)> {
                auto_traits!($channel: Sender Receiver WeakSender WeakReceiver Send<'static> Recv<'static> Closed<'static>
                    SendError TrySendError)
            }

            pub(crate) fn texts() -> Vec<String> {
                let (sender, receiver) = $channel::bounded::<Opaque>(1);
                let mut texts = vec![
                    format!("{sender:?} {receiver:?} {:?} {:?}", sender.downgrade(), receiver.downgrade()),
                    format!("{sender:#?} {receiver:#?}"),
                    format!("{:?} {:#?}", $channel::RecvError, $channel::TryRecvError::Empty),
                ];
                let mut errors: Vec<Box<dyn Error>> = vec![
                    Box::new($channel::SendError(Opaque)),
                    Box::new($channel::TrySendError::Full(Opaque)),
                    Box::new($channel::TrySendError::Closed(Opaque)),
                    Box::new($channel::RecvError),
                    Box::new($channel::TryRecvError::Empty),
                    Box::new($channel::TryRecvError::Closed),
                ];
                for error in errors.drain(..) {
                    assert!(error.source().is_none());
                    texts.push(format!("{error:?}: {error}"));
                }
                for capacity in [0, usize::MAX] {
                    let panic = catch_unwind(|| drop($channel::bounded::<u8>(capacity))).unwrap_err();
                    let text = panic.downcast_ref::<&str>().map(ToString::to_string);
                    texts.push(text.unwrap_or_else(|| *panic.downcast::<String>().unwrap()));
                }
                texts
            }
        }
    };
}

superset!(ours, forebay);
superset!(theirs, async_channel);

#[test]
fn the_texts_are_the_same() {
    assert_eq!(ours::texts(), theirs::texts());
}

/// `rows` of which `wanted` says so.
fn select(rows: Vec<([&'static str; 3], bool)>, wanted: bool) -> Vec<[&'static str; 3]> {
    rows.into_iter().filter(|(_, has)| *has == wanted).map(|(row, _)| row).collect()
}

#[test]
fn no_trait_is_missing() {
    let theirs = select(theirs::rows(), true);
    assert!(theirs.contains(&["Sender", "u8", "Send"]));
    let missing = select(ours::rows(), false);
    let lost: Vec<_> = theirs.iter().filter(|row| missing.contains(row)).collect();
    assert!(lost.is_empty(), "async-channel has, forebay has not: {lost:#?}");
}

/// What `docs/async-channel.md` says is better.
#[test]
fn these_traits_are_added() {
    let theirs = select(theirs::rows(), true);
    let mut added = select(ours::rows(), true);
    added.retain(|row| !theirs.contains(row));
    let futures = ["Closed", "Recv", "Send"];
    for [name, message, bound] in &added {
        let pinned = *bound == "Unpin" && (*name == "Receiver" || futures.contains(name));
        let shown = *bound == "Debug" && futures.contains(name) && *message == "Opaque";
        assert!(pinned || shown, "not documented: {name}<{message}>: {bound}");
    }
    // Of each of the four for each of the seven messages, and of each future.
    assert_eq!(added.len(), 4 * 7 + 3, "{added:#?}");
}
