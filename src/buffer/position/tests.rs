//! Positions against a model that counts places in `u128`, where nothing wraps around.

use super::*;
use crate::buffer::cursor::Cursor;
use crate::buffer::geometry::Geometry;
use proptest::prelude::*;

/// So many places there are before the word wraps around.
const ALL: u128 = 1 << (usize::BITS - Position::SHIFT);

/// A chain of blocks of `places`, and one of its places, as its number since the start.
#[derive(Clone, Copy, Debug)]
struct Place {
    places: usize,
    number: u128,
}

impl Place {
    fn word(self) -> u128 {
        (ALL - self.places as u128 + self.number) % ALL
    }

    fn position(self, flags: usize) -> Position {
        Position(usize::try_from(self.word()).unwrap() << Position::SHIFT | flags)
    }

    fn after(self, places: u128) -> Self {
        Self { number: self.number + places, ..self }
    }
}

/// Most of them near the start, where the word wraps around, or near the next time that it does.
fn place() -> impl Strategy<Value = Place> {
    let number = prop_oneof![0_u128..300, ALL - 300..ALL + 300, 0..ALL];
    (0..8_u32, number).prop_map(|(bits, number)| Place { places: 1 << bits, number })
}

fn flags() -> impl Strategy<Value = usize> {
    0..=Position::FLAGS
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn it_goes_on_as_the_count_does(place in place(), flags in flags(), by in 0_usize..1000) {
        let position = place.position(flags);
        prop_assert_eq!(position.next(), place.after(1).position(flags));
        prop_assert_eq!(position.ahead(by), place.after(by as u128).position(flags));
    }

    #[test]
    fn a_lap_begins_where_the_index_is_zero(place in place(), flags in flags()) {
        let index = place.number % place.places as u128;
        let first = Place { number: place.number - index, ..place };
        let position = place.position(flags);
        prop_assert_eq!(position.index(place.places) as u128, index);
        prop_assert_eq!(position.lap(place.places), first.position(0));
        prop_assert_eq!(Position::start(place.places), Place { number: 0, ..place }.position(0));
    }

    #[test]
    fn laps_are_counted_through_the_wraparound(
        place in place(), distance in prop_oneof![0..1000_u128, 0..ALL / 2],
        one in flags(), other in flags(),
    ) {
        let later = place.after(distance);
        let places = place.places as u128;
        let laps = later.number / places - place.number / places;
        let counted = place.position(one).laps_to(later.position(other), place.places);
        prop_assert_eq!(counted as u128, laps);
    }

    #[test]
    fn before_is_less_than_half_of_all_places_away(
        place in place(), distance in prop_oneof![0..4_u128, 0..ALL / 2, ALL / 2 - 1..ALL / 2],
        one in flags(), other in flags(),
    ) {
        let (earlier, later) = (place.position(one), place.after(distance).position(other));
        prop_assert_eq!(earlier.is_before(later), distance != 0);
        prop_assert!(!later.is_before(earlier));
        prop_assert_eq!(earlier.is_at(later), distance == 0);
    }

    #[test]
    fn flags_are_apart(place in place(), flags in flags()) {
        let position = place.position(flags);
        let has = |flag| flags & flag != 0;
        prop_assert_eq!(position.is_waiting(), has(Position::WAITING));
        prop_assert_eq!(position.is_marked(), has(Position::MARKED));
        prop_assert_eq!(position.is_barred(), has(Position::BARRED));
        prop_assert_eq!(position.duties(), flags & !Position::BARRED);
        prop_assert_eq!(position.unbarred(), place.position(flags & !Position::BARRED));
        prop_assert_eq!(position.marked(true), place.position(flags | Position::MARKED));
        prop_assert_eq!(position.marked(false), position);
    }

    #[test]
    fn a_turn_ends_where_it_is_said(place in place(), flags in flags()) {
        const BUDGET: usize = 512;

        let end = place.position(flags).turn_end(BUDGET);
        let word = Cursor::new(place.position(flags), end);
        for by in 0..2 * BUDGET {
            let position = place.after(by as u128).position(flags);
            prop_assert_eq!(word.turn_is_over(position), by >= BUDGET);
        }
    }

    #[test]
    fn permits_are_a_field_of_their_own(
        lap in any::<usize>(), flags in flags(),
        before in 0..=Geometry::MAX_PERMITS, after in 0..=Geometry::MAX_PERMITS,
    ) {
        let none = Position(lap & !Position::FLAGS | flags).without_permits();
        prop_assert_eq!(none.permits(), 0);
        let word = none.with_more_permits(before);
        prop_assert_eq!(word.permits(), before);
        prop_assert_eq!(word.without_permits(), none);
        prop_assert_eq!(word.duties(), none.duties());
        prop_assert_eq!(word.is_barred(), none.is_barred());
        prop_assert!(Geometry::is_at(word, none));
        let changed = if after > before {
            word.with_more_permits(after - before)
        } else {
            word.with_fewer_permits(before - after)
        };
        prop_assert_eq!(changed, none.with_more_permits(after));
    }

    /// Of the flags only the bar is seen in a stamp, and no slot has the stamp of a barred word.
    #[test]
    fn stamps_tell_places_apart(
        place in place(), by in 0..3_u128, one in flags(), other in flags(),
    ) {
        let (position, further) = (place.position(one), place.after(by).position(other));
        let same = by == 0 && position.is_barred() == further.is_barred();
        prop_assert_eq!(Stamp::vacant(position) == Stamp::vacant(further), same);
        prop_assert_eq!(Stamp::filled(position) == Stamp::filled(further), same);
        prop_assert_ne!(Stamp::vacant(position), Stamp::filled(further));
        prop_assert_eq!(Stamp::filled(position.next()).previous(), Stamp::filled(position));
    }
}
