//! The line against a map from tickets to wakers.

use super::*;
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::sync::Arc;
use alloc::task::Wake;
use alloc::vec::Vec;
use proptest::prelude::*;
use proptest::sample::Index;

struct Bell;

impl Wake for Bell {
    fn wake(self: Arc<Self>) {}
}

fn waker() -> Waker {
    Arc::new(Bell).into()
}

fn line() -> Line {
    Line::new()
}

impl Line {
    /// As [`Gate::insert`]; with how often it asked for memory, and what it gave back.
    fn put(&mut self, ticket: Option<u64>, waker: &Waker) -> (u64, usize, VecDeque<Waiter>) {
        let (mut waker, mut memory, mut asked) = (Some(waker.clone()), VecDeque::new(), 0);
        loop {
            if let Some(ticket) = self.insert(ticket, &mut waker) {
                return (ticket, asked, memory);
            }
            memory = VecDeque::with_capacity(self.wanted());
            self.replace_memory(&mut memory);
            asked += 1;
        }
    }

    fn fill(&mut self, count: usize) -> usize {
        (0..count).map(|_| self.put(None, &waker()).1).sum()
    }

    fn empty(&mut self) {
        while self.pop().is_some() {}
        assert!(self.waiters.is_empty());
    }
}

#[derive(Clone, Debug)]
enum Step {
    Insert,
    Draw,
    /// One takes a ticket that yields first, unless another one has.
    YieldFirst,
    Pop,
    Remove(Index),
    /// A waiter without a place takes the one of its ticket.
    Reinsert(Index),
    /// A waiter, with a place or without, is looked up with its own waker or another one.
    Replace(Index, bool),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        6 => Just(Step::Insert),
        1 => Just(Step::Draw),
        2 => Just(Step::YieldFirst),
        2 => Just(Step::Pop),
        3 => any::<Index>().prop_map(Step::Remove),
        2 => any::<Index>().prop_map(Step::Reinsert),
        2 => (any::<Index>(), any::<bool>()).prop_map(|(who, other)| Step::Replace(who, other)),
    ]
}

fn pick<T: Copy>(from: impl Iterator<Item = T>, index: Index) -> Option<T> {
    let all: Vec<T> = from.collect();
    (!all.is_empty()).then(|| *index.get(&all))
}

/// Which waker it is.
fn id(waker: Option<Waker>) -> Option<*const ()> {
    waker.map(|waker| waker.data())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn it_is_a_map_by_age(steps in proptest::collection::vec(step(), 0..200)) {
        let mut line = line();
        let mut model: BTreeMap<u64, Waker> = BTreeMap::new();
        // Who has a ticket and no place.
        let mut outside: BTreeSet<u64> = BTreeSet::new();
        let mut next = 0;
        for step in steps {
            match step {
                Step::Insert => {
                    let waker = waker();
                    prop_assert_eq!(line.put(None, &waker).0, next + 1);
                    model.insert(next + 1, waker);
                    next += 2;
                }
                Step::Draw => {
                    prop_assert_eq!(line.draw(), next + 1);
                    outside.insert(next + 1);
                    next += 2;
                }
                Step::YieldFirst => {
                    prop_assert_eq!(line.next(), next);
                    if model.keys().chain(&outside).all(|ticket| ticket % 2 == 1) {
                        outside.insert(next);
                    }
                }
                Step::Pop => {
                    let first = model.pop_first();
                    outside.extend(first.as_ref().map(|(ticket, _)| ticket));
                    prop_assert_eq!(id(line.pop()), id(first.map(|(_, waker)| waker)));
                }
                Step::Remove(who) => {
                    let tickets = model.keys().chain(&outside).copied();
                    let ticket = pick(tickets, who).unwrap_or(next + 1);
                    let known = model.remove(&ticket);
                    let found = known.is_some();
                    prop_assert_eq!(id(line.remove(ticket)), id(known));
                    prop_assert!(!found || line.left <= model.len(), "{} left", line.left);
                    outside.remove(&ticket);
                }
                Step::Reinsert(who) => {
                    if let Some(ticket) = pick(outside.iter().copied(), who) {
                        let waker = waker();
                        prop_assert_eq!(line.put(Some(ticket), &waker).0, ticket);
                        model.insert(ticket, waker);
                        outside.remove(&ticket);
                    }
                }
                Step::Replace(who, other) => {
                    let tickets = model.keys().chain(&outside).copied();
                    let ticket = pick(tickets, who).unwrap_or(next + 1);
                    let own = model.get(&ticket).cloned();
                    let new = if other { waker() } else { own.clone().unwrap_or_else(waker) };
                    let mut spare = None;
                    let known = line.replace_waker(ticket, &new, &mut spare);
                    match own {
                        None => prop_assert!(matches!(known, Known::Gone)),
                        Some(_) if !other => prop_assert!(matches!(known, Known::Waits)),
                        Some(own) => {
                            prop_assert!(matches!(known, Known::Other));
                            spare = Some(new.clone());
                            let known = line.replace_waker(ticket, &new, &mut spare);
                            prop_assert!(matches!(known, Known::Waits));
                            prop_assert_eq!(id(spare), id(Some(own)));
                            model.insert(ticket, new);
                        }
                    }
                }
            }
            let front = match model.keys().next() {
                Some(&ticket) => Line::word(ticket, true),
                None => Line::word(next, false),
            };
            prop_assert_eq!(line.front(), front);
            let left = line.waiters.iter().filter(|waiter| waiter.waker.is_none()).count();
            prop_assert_eq!(line.left, left);
            prop_assert_eq!(line.waiters.len(), model.len() + left);
            for end in [line.waiters.front(), line.waiters.back()].into_iter().flatten() {
                prop_assert!(end.waker.is_some());
            }
        }
        for (_, waker) in model {
            prop_assert_eq!(id(line.pop()), id(Some(waker)));
        }
        prop_assert!(line.pop().is_none());
    }
}

proptest! {
    #[test]
    fn the_memory_of_a_burst_is_given_back(burst in 300..2000_usize, usual in 1..=Line::KEPT) {
        let mut line = line();
        line.fill(burst);
        line.empty();
        let large = line.waiters.capacity();
        prop_assert!(large >= burst);
        // Not at once: the next burst may be as large.
        line.fill(usual);
        prop_assert_eq!(line.waiters.capacity(), large);
        line.empty();

        let (_, asked, memory) = line.put(None, &waker());
        if large / 4 > usual {
            prop_assert_eq!(asked, 1);
            prop_assert!(line.waiters.capacity() <= Line::KEPT);
            prop_assert_eq!(memory.capacity(), large);
        } else {
            prop_assert_eq!((asked, line.waiters.capacity()), (0, large));
        }
    }

    #[test]
    fn the_same_crowd_again_needs_no_memory(crowd in 1..600_usize) {
        let mut line = line();
        line.fill(crowd);
        for _ in 0..3 {
            line.empty();
            prop_assert_eq!(line.fill(crowd), 0);
        }
    }
}

#[test]
fn a_small_line_keeps_its_memory() {
    let mut line = line();
    line.fill(Line::KEPT);
    for _ in 0..3 {
        line.empty();
        assert_eq!(line.fill(1), 0);
    }
    assert!(line.waiters.capacity() >= Line::KEPT);
}

/// Who comes and goes behind one that stays leaves nothing behind.
#[test]
fn those_that_left_do_not_add_up() {
    let mut line = line();
    line.fill(1);
    let (mut last, ..) = line.put(None, &waker());
    for _ in 0..1000 {
        let (ticket, ..) = line.put(None, &waker());
        assert!(line.remove(last).is_some());
        last = ticket;
    }
    assert_eq!(line.waiters.len() - line.left, 2);
    assert!(line.waiters.capacity() <= 8, "{}", line.waiters.capacity());
}
