//! Which handle and which future may go where. Checked by the compiler: this file has no tests.
#![allow(dead_code, reason = "Rust 1.85 does not count what the assertions use")]

use core::cell::Cell;
use core::marker::PhantomPinned;
use core::panic::{RefUnwindSafe, UnwindSafe};
use std::rc::Rc;
use std::sync::MutexGuard;

use forebay::{
    Closed, Receiver, Recv, RecvError, Send as SendFuture, SendError, Sender, TryRecvError,
    TrySendError, WeakReceiver, WeakSender,
};
use static_assertions::{assert_impl_all, assert_not_impl_any};

/// `Send`, not `Sync`.
type NotSync = Cell<u8>;
/// `Sync`, not `Send`.
type NotSend = MutexGuard<'static, u8>;
/// Neither.
type Neither = Rc<u8>;
/// Not `UnwindSafe`.
type NotUnwindSafe = &'static mut u8;
/// Not `RefUnwindSafe`.
type NotRefUnwindSafe = Cell<u8>;
type NotUnpin = PhantomPinned;

/// `$handle` is `Send` and `Sync` exactly if the message is `Send`, and everything else whatever
/// the message.
macro_rules! like_a_handle {
    ($($handle:ident $(<$lifetime:lifetime>)?),*) => {$(
        assert_impl_all!($handle<$($lifetime,)? u8>: Send, Sync);
        assert_impl_all!($handle<$($lifetime,)? NotSync>: Send, Sync);
        assert_not_impl_any!($handle<$($lifetime,)? NotSend>: Send, Sync);
        assert_not_impl_any!($handle<$($lifetime,)? Neither>: Send, Sync);
        assert_impl_all!($handle<$($lifetime,)? NotUnpin>: Unpin);
        assert_impl_all!($handle<$($lifetime,)? NotUnwindSafe>: UnwindSafe, RefUnwindSafe);
        assert_impl_all!($handle<$($lifetime,)? NotRefUnwindSafe>: UnwindSafe, RefUnwindSafe);
    )*};
}

like_a_handle!(Sender, Receiver, WeakSender, WeakReceiver, Recv<'static>, Closed<'static>);

// The future of a send contains the message.
assert_impl_all!(SendFuture<'static, u8>: Send, Sync, UnwindSafe, RefUnwindSafe);
assert_impl_all!(SendFuture<'static, NotSync>: Send);
assert_not_impl_any!(SendFuture<'static, NotSync>: Sync);
assert_not_impl_any!(SendFuture<'static, NotSend>: Send, Sync);
assert_not_impl_any!(SendFuture<'static, Neither>: Send, Sync);
assert_not_impl_any!(SendFuture<'static, NotUnwindSafe>: UnwindSafe);
assert_not_impl_any!(SendFuture<'static, NotRefUnwindSafe>: RefUnwindSafe);
// But never pinned: it is moved out.
assert_impl_all!(SendFuture<'static, NotUnpin>: Unpin);

macro_rules! like_the_message {
    ($($error:ident),*) => {$(
        assert_impl_all!($error<u8>: Send, Sync, Unpin, UnwindSafe, RefUnwindSafe);
        assert_impl_all!($error<NotSync>: Send);
        assert_not_impl_any!($error<NotSync>: Sync);
        assert_impl_all!($error<NotSend>: Sync);
        assert_not_impl_any!($error<NotSend>: Send);
        assert_not_impl_any!($error<NotUnpin>: Unpin);
        assert_not_impl_any!($error<NotUnwindSafe>: UnwindSafe);
    )*};
}

like_the_message!(SendError, TrySendError);
assert_impl_all!(RecvError: Send, Sync, Unpin, UnwindSafe, RefUnwindSafe);
assert_impl_all!(TryRecvError: Send, Sync, Unpin, UnwindSafe, RefUnwindSafe);

// A place in a queue cannot be copied.
assert_not_impl_any!(SendFuture<'static, u8>: Clone);
assert_not_impl_any!(Recv<'static, u8>: Clone);
assert_not_impl_any!(Closed<'static, u8>: Clone);
