//! Messages on their way from an iterator to the slots.
//!
//! An iterator is the user's code: it may be slow, panic, or use the channel. So nothing is claimed
//! while it runs. Its messages wait here, on the stack, and go to the slots by one claim.

use core::marker::PhantomData;
use core::mem::MaybeUninit;
use core::ptr;

/// The bytes of a stage. They fit on any stack.
const BYTES: usize = 2048;

#[repr(C, align(64))]
struct Bytes([u8; BYTES]);

/// A few messages, first in first out.
pub(crate) struct Stage<T> {
    bytes: MaybeUninit<Bytes>,
    /// The messages from here to `end` are there.
    start: usize,
    end: usize,
    messages: PhantomData<T>,
}

impl<T> Stage<T> {
    /// How many it holds. Zero for messages that are so large that nothing is gained by moving them
    /// together.
    pub(crate) const CAPACITY: usize = match size_of::<T>() {
        _ if align_of::<T>() > align_of::<Bytes>() => 0,
        0 => 64,
        size if BYTES / size < 64 => BYTES / size,
        _ => 64,
    };

    #[inline(always)] // A call would copy the bytes.
    pub(crate) fn new() -> Self {
        let mut stage = MaybeUninit::<Self>::uninit();
        let fields = stage.as_mut_ptr();
        // Field by field: of the whole, a constant, the compiler would fill the bytes too.
        // SAFETY: the pointers are valid for writes, and the fields that need a value have one.
        unsafe {
            (&raw mut (*fields).start).write(0);
            (&raw mut (*fields).end).write(0);
            stage.assume_init()
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.end - self.start
    }

    /// Fills an empty stage with up to `most` messages; `false` if there were fewer, and this were
    /// the last.
    #[inline]
    pub(crate) fn fill(&mut self, messages: &mut impl Iterator<Item = T>, most: usize) -> bool {
        debug_assert!(self.len() == 0, "an empty stage");
        (self.start, self.end) = (0, 0);
        while self.end < most.min(Self::CAPACITY) {
            let Some(message) = messages.next() else {
                return false;
            };
            // SAFETY: the place is within the bytes, aligned for a message, and holds none.
            unsafe { self.first().add(self.end).write(message) };
            self.end += 1;
        }
        true
    }

    /// The next `count` messages, which must be there, one by one. They have left: those that are
    /// not asked for are leaked.
    #[inline]
    pub(crate) fn take(&mut self, count: usize) -> impl Iterator<Item = T> {
        debug_assert!(count <= self.len(), "messages that are there");
        let start = self.start;
        self.start += count;
        // SAFETY: the messages are there, and by the line above they are not any more. Each is read
        // once.
        (start..start + count).map(|place| unsafe { self.first().add(place).read() })
    }

    #[inline]
    fn first(&mut self) -> *mut T {
        (&raw mut self.bytes).cast()
    }
}

impl<T> Drop for Stage<T> {
    fn drop(&mut self) {
        let (start, len) = (self.start, self.len());
        // SAFETY: these messages are there, and nothing looks at them again.
        unsafe {
            ptr::slice_from_raw_parts_mut(self.first().add(start), len).drop_in_place();
        }
    }
}
