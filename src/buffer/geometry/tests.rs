//! Rings against a model that counts messages in `u128`, where nothing wraps around.

use super::*;
use crate::buffer::cursor::Cursor;
use crate::sync::Pace;
use proptest::prelude::*;

/// A ring's capacity, and how many messages have passed.
#[derive(Clone, Copy, Debug)]
struct Count {
    capacity: usize,
    number: u128,
}

impl Count {
    /// So many messages pass before the word wraps around.
    fn all(capacity: usize) -> u128 {
        let laps =
            (1_u128 << (usize::BITS - Geometry::SHIFT)) / capacity.next_power_of_two() as u128;
        laps * capacity as u128
    }

    /// The word: lap, index, and what is below.
    fn position(self, below: usize) -> Position {
        let capacity = self.capacity as u128;
        let places = self.capacity.next_power_of_two() as u128;
        let all = 1_u128 << (usize::BITS - Geometry::SHIFT);
        let (lap, index) = (self.number / capacity, self.number % capacity);
        let place = (all - places + lap * places + index) % all;
        Position(usize::try_from(place).unwrap() << Geometry::SHIFT | below)
    }

    fn after(self, messages: usize) -> Self {
        Self { number: self.number + messages as u128, ..self }
    }

    fn index(self) -> usize {
        usize::try_from(self.number % self.capacity as u128).unwrap()
    }

    fn geometry(self) -> Geometry {
        Geometry::new(self.capacity).unwrap()
    }

    /// How the positions tell it: they wrap around.
    fn told(self) -> usize {
        usize::try_from(self.number % Self::all(self.capacity)).unwrap()
    }
}

fn capacity() -> impl Strategy<Value = usize> {
    prop_oneof![1..20_usize, 1..5000_usize, Geometry::MAX - 3..=Geometry::MAX]
}

/// Most of them near the start, where the word wraps around, or near the next time that it does.
fn count() -> impl Strategy<Value = Count> {
    capacity().prop_flat_map(|capacity| {
        let all = Count::all(capacity);
        prop_oneof![0_u128..60, all.saturating_sub(60)..all + 60, 0..all]
            .prop_map(move |number| Count { capacity, number })
    })
}

/// A count, and some number up to its capacity.
fn count_and_up_to_its_capacity() -> impl Strategy<Value = (Count, usize)> {
    count().prop_flat_map(|count| {
        let most = count.capacity;
        (Just(count), prop_oneof![0..=most.min(5), most.saturating_sub(5)..=most, 0..=most])
    })
}

/// What lies below the index: permits and flags.
fn below() -> impl Strategy<Value = usize> {
    0..Geometry::STEP
}

fn flags() -> impl Strategy<Value = usize> {
    0..=Position::FLAGS
}

/// What threads do to a ring, where the counts allow it.
#[derive(Clone, Copy, Debug)]
enum Step {
    Push(usize),
    Pop(usize),
    Reserve(usize),
    /// A permit is used or given back.
    Use(usize),
    Displace,
}

fn step() -> impl Strategy<Value = Step> {
    let few = 0..4_usize;
    prop_oneof![
        few.clone().prop_map(Step::Push),
        few.clone().prop_map(Step::Pop),
        few.clone().prop_map(Step::Reserve),
        few.prop_map(Step::Use),
        Just(Step::Displace),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn it_goes_on_as_the_count_does((count, by) in count_and_up_to_its_capacity(), below in below()) {
        let geometry = count.geometry();
        let position = count.position(below);
        prop_assert_eq!(geometry.capacity(), count.capacity);
        prop_assert_eq!(geometry.index(position), count.index());
        prop_assert_eq!(geometry.next(position), count.after(1).position(below));
        prop_assert_eq!(geometry.ahead(position, by), count.after(by).position(below));
        prop_assert_eq!(geometry.next_lap(position), count.after(count.capacity).position(below));
        let row = by.min(count.capacity - 1 - count.index());
        prop_assert_eq!(Geometry::in_row(position, row), count.after(row).position(below));
        prop_assert_eq!(position.permits(), below >> Position::SHIFT);
    }

    #[test]
    fn it_begins_one_lap_below_the_wraparound(capacity in capacity(), index in any::<usize>()) {
        let start = Count { capacity, number: 0 };
        let geometry = start.geometry();
        prop_assert_eq!(geometry.start(), start.position(0));
        let index = index % capacity;
        prop_assert_eq!(geometry.first(index), start.after(index).position(0));
        prop_assert_eq!(geometry.next_lap(geometry.start()), Position(0));
    }

    #[test]
    fn what_lies_between(
        (head, len) in count_and_up_to_its_capacity(), one in flags(), other in flags(),
        permits in 0..=Geometry::MAX_PERMITS,
    ) {
        let geometry = head.geometry();
        let tail = head.after(len);
        let (at_head, at_tail) = (head.position(one), tail.position(other));
        prop_assert_eq!(geometry.distance(at_head, at_tail), len);
        prop_assert_eq!(Geometry::is_at(at_head, at_tail), len == 0);

        let free = head.capacity - len;
        let permits = permits.min(free);
        let room = geometry.room(at_head, at_tail.with_more_permits(permits));
        prop_assert_eq!(room, Some(free - permits));

        let traffic = geometry.traffic(at_head, at_tail.with_more_permits(permits));
        prop_assert_eq!(traffic, Traffic { len, sent: tail.told(), received: head.told() });

        // In the middle of a displacement, which finds no room.
        if len > 0 && permits == free {
            let displacing = head.after(len + 1).position(other).with_more_permits(permits);
            prop_assert_eq!(geometry.distance(at_head, displacing), len);
            let received = head.after(1).told();
            let sent = head.after(len + 1).told();
            prop_assert_eq!(geometry.traffic(at_head, displacing), Traffic { len, sent, received });
        }
    }

    #[test]
    fn a_tail_that_the_head_has_passed_tells_no_room(
        tail in count(), by in 1..20_usize, below in below(), flags in flags(),
    ) {
        let by = by.min(tail.capacity);
        let room = tail.geometry().room(tail.after(by).position(flags), tail.position(below));
        prop_assert_eq!(room, None);
    }

    /// The tail has moved, and the head not yet.
    #[test]
    fn amid_a_displacement(head in count(), one in flags(), other in flags()) {
        let geometry = head.geometry();
        let tail = head.after(head.capacity + 1);
        let (at_head, at_tail) = (head.position(one), tail.position(other));
        prop_assert_eq!(geometry.distance(at_head, at_tail), head.capacity);
        prop_assert_eq!(geometry.room(at_head, at_tail), Some(0));
        let expected =
            Traffic { len: head.capacity, sent: tail.told(), received: head.after(1).told() };
        prop_assert_eq!(geometry.traffic(at_head, at_tail), expected);
    }

    #[test]
    fn a_program_of_one_ring(
        start in count(), steps in proptest::collection::vec(step(), 0..100),
    ) {
        let geometry = start.geometry();
        let capacity = start.capacity;
        let (mut head, mut tail) = (start.position(0), start.position(0));
        let (mut received, mut len, mut permits) = (start, 0, 0);
        for step in steps {
            let room = capacity - len - permits;
            match step {
                Step::Push(count) => {
                    let count = count.min(room);
                    tail = geometry.ahead(tail, count);
                    len += count;
                }
                Step::Pop(count) => {
                    let count = count.min(len);
                    head = geometry.ahead(head, count);
                    received = received.after(count);
                    len -= count;
                }
                Step::Reserve(count) => {
                    let count = count.min(room).min(Geometry::MAX_PERMITS - permits);
                    tail = tail.with_more_permits(count);
                    permits += count;
                }
                Step::Use(count) => {
                    let count = count.min(permits);
                    tail = geometry.ahead(tail.with_fewer_permits(count), count);
                    (permits, len) = (permits - count, len + count);
                }
                Step::Displace if len > 0 && room == 0 => {
                    (head, tail) = (geometry.next(head), geometry.next(tail));
                    received = received.after(1);
                }
                Step::Displace => {}
            }
            prop_assert_eq!(tail.permits(), permits);
            prop_assert_eq!(geometry.room(head, tail), Some(capacity - len - permits));
            let sent = received.after(len).told();
            let traffic = Traffic { len, sent, received: received.told() };
            prop_assert_eq!(geometry.traffic(head, tail), traffic);
            prop_assert_eq!(geometry.index(head), received.index());
        }
    }

    /// Whatever is below the place. It is over from its end on.
    #[test]
    fn a_turn_takes_a_lap_or_an_even_part_of_one(
        capacity in prop_oneof![1..700_usize, 4000..8193_usize], number in any::<u32>(), below in below(),
    ) {
        let from = Count { capacity, number: number.into() };
        let end = from.geometry().turn_end(from.position(below), Turn::Whole);
        let word = Cursor::new(from.position(below), end);
        let is_over = |by| word.turn_is_over(from.after(by).position(below));
        let length = (1..=4096).find(|&by| is_over(by)).unwrap();
        prop_assert!((length..2 * length).all(is_over));
        let length = length + 1;
        if capacity <= 512 {
            prop_assert!((capacity..=512).contains(&length), "{length}");
            prop_assert!(!capacity.is_power_of_two() || length == 512);
        } else {
            prop_assert_eq!(length, if capacity <= 4096 { capacity } else { capacity.div_ceil(2) });
        }
    }
}

proptest! {
    /// As long in every ring.
    #[test]
    fn a_turn_of_several_threads_is_counted_in_messages(
        capacity in 1..700_usize, number in any::<u32>(), below in below(),
    ) {
        let from = Count { capacity, number: number.into() };
        let shared = Turn::Shared;
        let slow = [(shared(Pace::Over), 31), (shared(Pace::Slow), 31)];
        let others = [(shared(Pace::Fast), 255), (Turn::Short, 1)];
        for (turn, left) in slow.into_iter().chain(others) {
            let end = from.geometry().turn_end(from.position(below), turn);
            let word = Cursor::new(from.position(below), end);
            for by in 0..300 {
                let position = from.after(by).position(below);
                prop_assert_eq!(word.turn_is_over(position), by >= left);
            }
        }
    }
}

#[test]
fn capacities_that_no_word_can_count() {
    assert!(Geometry::new(0).is_none());
    assert!(Geometry::new(Geometry::MAX).is_some());
    assert!(Geometry::new(Geometry::MAX + 1).is_none());
    assert!(Geometry::new(usize::MAX).is_none());
}
