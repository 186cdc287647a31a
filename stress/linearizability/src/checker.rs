//! The search for an order that explains a history: Wing and Gong's, which Lowe made fast by
//! remembering dead ends.

use crate::fifo::{Fifo, Outcome};
use std::collections::HashSet;
use std::fmt;

/// One call of a history that has come to an end.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Operation {
    pub thread: usize,
    /// What the call is named, for the reader of a [`Violation`].
    pub call: &'static str,
    /// Not later than the moment at which the call began.
    pub start: u64,
    /// Not earlier than the moment at which it returned.
    pub end: u64,
    pub outcome: Outcome,
}

impl Operation {
    fn is_of_call(&self, other: &Self) -> bool {
        (self.thread, self.start, self.end) == (other.thread, other.start, other.end)
    }
}

/// A history that no order explains.
#[derive(PartialEq, Eq, Debug)]
pub struct Violation {
    /// The operations in the order of their beginning, each with its place in the longest order
    /// found.
    operations: Vec<(Operation, Option<usize>)>,
}

/// Looks for an order of the operations in which `fifo`, or one of that capacity, gives the
/// recorded answers.
///
/// An operation that ended before another began comes before it. Each thread may have any number of
/// them at a time; those of one thread with the same beginning and end are those of one call, and
/// come in the order of the history.
///
/// # Errors
/// If there is no such order.
///
/// # Panics
/// If there are more than 128 operations.
pub fn check(fifo: impl Into<Fifo>, history: &[Operation]) -> Result<(), Violation> {
    assert!(history.len() <= 128, "the set of operations is one word of 128 bits");
    let mut operations = history.to_vec();
    operations.sort_by_key(|operation| (operation.start, operation.end));
    let mut search = Search {
        operations: &operations,
        dead_ends: HashSet::new(),
        order: Vec::new(),
        longest: Vec::new(),
    };
    if search.finish(0, &fifo.into()) {
        return Ok(());
    }
    let longest = search.longest;
    let place = |index| longest.iter().position(|&ordered| ordered == index);
    let operations = operations.iter().enumerate().map(|(index, &op)| (op, place(index)));
    Err(Violation { operations: operations.collect() })
}

struct Search<'a> {
    operations: &'a [Operation],
    /// What was reached before, and did not lead to the end: which operations were done, and the
    /// state after them.
    dead_ends: HashSet<(u128, Fifo)>,
    order: Vec<usize>,
    longest: Vec<usize>,
}

impl Search<'_> {
    /// Whether the operations that are not `done` can follow.
    fn finish(&mut self, done: u128, fifo: &Fifo) -> bool {
        if self.order.len() == self.operations.len() {
            return true;
        }
        // Whoever comes here again comes after the search from here has failed.
        if !self.dead_ends.insert((done, fifo.clone())) {
            return false;
        }
        if self.order.len() > self.longest.len() {
            self.longest.clone_from(&self.order);
        }
        let operations = self.operations;
        let left = || operations.iter().enumerate().filter(|&(index, _)| done & (1 << index) == 0);
        // Whatever began after one of them had ended cannot be next.
        let first_end = left().map(|(_, operation)| operation.end).min().unwrap_or(u64::MAX);
        for (index, operation) in left().take_while(|(_, operation)| operation.start <= first_end) {
            let is_later_of_call = left()
                .take_while(|&(earlier, _)| earlier < index)
                .any(|(_, earlier)| operation.is_of_call(earlier));
            if is_later_of_call {
                continue;
            }
            if let Some(next) = fifo.after(operation.outcome) {
                self.order.push(index);
                if self.finish(done | 1 << index, &next) {
                    return true;
                }
                self.order.pop();
            }
        }
        false
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "not linearizable; the first column is the longest order that is possible")?;
        let origin = self.operations.first().map_or(0, |(operation, _)| operation.start);
        for (Operation { thread, call, start, end, outcome }, place) in &self.operations {
            let place = place.map_or("-".to_owned(), |place| (place + 1).to_string());
            let (start, end) = (start - origin, end - origin);
            writeln!(
                f,
                "{place:>4}  {start:>9} ..{end:>9}  thread {thread}  {call:<10} {outcome:?}"
            )?;
        }
        Ok(())
    }
}
