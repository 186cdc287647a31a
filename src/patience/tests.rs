//! What is learned about waiting, against a model that keeps its numbers apart.

use super::*;
use proptest::prelude::*;

/// A habit whose fields share no word.
#[derive(Default)]
struct Model {
    credit: usize,
    pause: usize,
    left: usize,
}

impl Model {
    fn tried(&mut self) -> Option<bool> {
        if self.left > 0 {
            self.left -= 1;
            return None;
        }
        let again = self.credit > 0;
        self.credit = self.credit.saturating_sub(1);
        if self.credit == 0 {
            self.pause = (self.pause + Habit::GROWTH).min(Habit::LONGEST_PAUSE);
            self.left = 1 << self.pause;
        }
        Some(again)
    }

    fn rewarded(&mut self) {
        let credit = (self.credit + Habit::GAIN).min(Habit::MOST_CREDIT);
        *self = Self { credit, pause: 0, left: 0 };
    }
}

fn tried(habit: &Habit) -> Option<bool> {
    habit.tried().map(|tried| matches!(tried, Try::Again))
}

proptest! {
    /// A wait is rewarded or not; sometimes there are so many waits that long pauses end.
    #[test]
    fn a_habit_is_its_model(
        first in 0..8_u32,
        rewards in proptest::collection::vec((any::<bool>(), prop_oneof![1..4, 1..6000]), 0..40),
    ) {
        let habit = Habit::after(first);
        let mut model = Model { left: 1 << first, ..Model::default() };
        for (rewarded, waits) in rewards {
            for _ in 0..waits {
                prop_assert_eq!(tried(&habit), model.tried());
            }
            if rewarded {
                habit.rewarded();
                model.rewarded();
            }
        }
    }
}

#[test]
fn what_pays_is_tried_every_time() {
    let habit = Habit::after(4);
    let first = (0..100).find(|_| habit.tried().is_some());
    assert_eq!(first, Some(16));
    for _ in 0..1000 {
        habit.rewarded();
        assert_eq!(tried(&habit), Some(true));
    }
}

#[test]
fn what_never_pays_is_hardly_ever_tried() {
    let habit = Habit::after(4);
    let tries = (0..100_000).filter(|_| habit.tried().is_some()).count();
    assert!(tries < 32, "{tries} times");
}

/// What pays for one try in three goes on, and what pays for one in four ends.
#[test]
fn what_pays_often_enough_goes_on() {
    let tries = |gap: usize| {
        let habit = Habit::after(0);
        let try_and_count = |wait: usize| {
            let tried = habit.tried().is_some();
            if tried && wait % gap == 0 {
                habit.rewarded();
            }
            tried
        };
        (0..10_000).filter(|&wait| try_and_count(wait)).count()
    };
    assert!(tries(3) > 9_990, "{}", tries(3));
    assert!(tries(4) < 9_000, "{}", tries(4));
}

/// Spinning waits for another thread, and where there is no capacity it never pays.
#[cfg(feature = "std")]
#[test]
fn without_capacity_no_one_spins() {
    let looks = |bounded| -> u32 {
        let patience = Patience::new(bounded, false);
        std::thread::scope(|scope| scope.spawn(|| patience.of_senders().wakes()).join()).unwrap();
        let looks = |_| match patience.of_receivers().advice() {
            Advice::Spin(looks) => looks,
            Advice::Yield | Advice::Sleep => 0,
        };
        (0..100).map(looks).sum()
    };
    assert_ne!(looks(true), 0);
    assert_eq!(looks(false), 0);
}

/// A side that was on another thread shares its turns, and no longer when it has not been there for
/// a while.
#[cfg(feature = "std")]
#[test]
fn turns_are_shared_while_a_side_is_on_several_threads() {
    let patience = Patience::new(true, false);
    let side = patience.of_receivers();
    assert_eq!(side.turn_of_woken(false), Some(Turn::Whole));
    assert_eq!(side.next_turn(false), Turn::Whole);
    std::thread::scope(|scope| scope.spawn(|| patience.of_receivers().wakes()).join()).unwrap();
    assert_eq!(side.turn_of_woken(false), None);
    assert_eq!(side.turn_of_woken(true), Some(Turn::Short));
    assert_eq!(side.next_turn(true), Turn::Short);
    let shared = (0..100).filter(|_| matches!(side.next_turn(false), Turn::Shared(_))).count();
    assert!((1..100).contains(&shared), "{shared}");
    assert_eq!(side.next_turn(false), Turn::Whole);
    assert_eq!(side.turn_of_woken(false), Some(Turn::Whole));
}
