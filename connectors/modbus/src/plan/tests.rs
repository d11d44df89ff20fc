use super::*;
use proptest::prelude::*;

const USUAL: Limits = Limits {
    gap: 8,
    registers: MOST_REGISTERS,
    bits: MOST_BITS,
};

fn holding(start: u16, count: u16) -> Place {
    Place {
        table: Table::Holding,
        start,
        count,
    }
}

#[test]
fn neighbours_are_read_together_up_to_the_gap() {
    let places = vec![holding(10, 2), holding(0, 2), holding(21, 1), holding(2, 1)];
    assert_eq!(plan(places, USUAL), [holding(0, 12), holding(21, 1)]);
}

#[test]
fn a_value_is_never_split_at_the_end_of_a_read() {
    let places = (0..64).map(|n| holding(n * 2, 2)).collect();
    assert_eq!(plan(places, USUAL), [holding(0, 124), holding(124, 4)]);
}

#[test]
fn a_refused_read_is_tried_in_smaller_ones_down_to_each_value() {
    let places = [holding(0, 1), holding(1, 1), holding(5, 1)];
    let tight = finer(holding(0, 6), &places, USUAL).unwrap();
    assert_eq!(tight, [holding(0, 2), holding(5, 1)]);
    let single = finer(holding(0, 2), &places, USUAL).unwrap();
    assert_eq!(single, [holding(0, 1), holding(1, 1)]);
    assert_eq!(finer(holding(5, 1), &places, USUAL), None);
}

fn places() -> impl Strategy<Value = Vec<Place>> {
    let table = prop_oneof![
        Just(Table::Holding),
        Just(Table::Input),
        Just(Table::Coil),
        Just(Table::Discrete)
    ];
    let place = (table, 0..1_000_u16, 1..=10_u16).prop_map(|(table, start, count)| Place {
        table,
        start,
        count: if table.is_bits() { 1 } else { count },
    });
    prop::collection::vec(place, 0..200)
}

fn limits() -> impl Strategy<Value = Limits> {
    (0..20_u16, 10..=MOST_REGISTERS, 1..=MOST_BITS).prop_map(|(gap, registers, bits)| Limits {
        gap,
        registers,
        bits,
    })
}

proptest! {
    #[test]
    fn every_value_is_in_one_read_and_no_read_is_too_long(places in places(), limits in limits()) {
        let reads = plan(places.clone(), limits);
        for place in &places {
            prop_assert!(reads.iter().any(|read| read.holds(*place)), "{place:?}");
        }
        for read in &reads {
            prop_assert!(u32::from(read.count) <= limits.longest(read.table));
        }
        prop_assert!(reads.len() <= places.len());
    }

    #[test]
    fn nothing_beyond_the_gap_is_read_along(places in places(), limits in limits()) {
        for read in plan(places.clone(), limits) {
            let mut idle = 0;
            for address in u32::from(read.start)..read.end() {
                let address = Place { table: read.table, start: address as u16, count: 1 };
                let is_wanted = places.iter().any(|place| place.holds(address));
                idle = if is_wanted { 0 } else { idle + 1 };
                prop_assert!(idle <= u32::from(limits.gap));
            }
        }
    }

    #[test]
    fn smaller_reads_still_bring_every_value(places in places(), limits in limits()) {
        for read in plan(places.clone(), limits) {
            let Some(finer) = finer(read, &places, limits) else { continue };
            for place in places.iter().filter(|place| read.holds(**place)) {
                prop_assert!(finer.iter().any(|read| read.holds(*place)));
            }
        }
    }
}
