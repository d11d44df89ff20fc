//! Which reads fetch a set of places: neighbours together, within what a read may bring.
//!
//! Invariant: a place is never split between two reads, so that a long value is of one moment.

use crate::register::Table;

/// Registers in one read at most (Modbus Application Protocol 1.1b3, 6.3).
pub(crate) const MOST_REGISTERS: u16 = 125;
/// Coils or discrete inputs in one read at most (same, 6.1).
pub(crate) const MOST_BITS: u16 = 2_000;

/// Neighbouring registers or bits of one table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Place {
    pub(crate) table: Table,
    pub(crate) start: u16,
    pub(crate) count: u16,
}

impl Place {
    /// The first address behind it.
    pub(crate) fn end(self) -> u32 {
        u32::from(self.start) + u32::from(self.count)
    }

    pub(crate) fn holds(self, other: Self) -> bool {
        self.table == other.table && self.start <= other.start && other.end() <= self.end()
    }
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (name, last) = (self.table.name(), self.end().saturating_sub(1));
        if self.count == 1 {
            write!(f, "{name} {}", self.start)
        } else {
            write!(f, "{name}s {} to {last}", self.start)
        }
    }
}

/// What a read may bring.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Limits {
    /// Addresses nobody asked for that may be read along between two places.
    pub(crate) gap: u16,
    pub(crate) registers: u16,
    pub(crate) bits: u16,
}

impl Limits {
    fn longest(self, table: Table) -> u32 {
        u32::from(if table.is_bits() {
            self.bits
        } else {
            self.registers
        })
    }
}

/// The fewest reads, in the order of their addresses, that bring all of `places`.
pub(crate) fn plan(mut places: Vec<Place>, limits: Limits) -> Vec<Place> {
    places.sort_unstable();
    let mut reads: Vec<Place> = Vec::new();
    for place in places {
        match reads.last_mut() {
            Some(read) if joins(*read, place, limits) => {
                let end = read.end().max(place.end());
                read.count = (end - u32::from(read.start)) as u16;
            }
            _ => reads.push(place),
        }
    }
    reads
}

fn joins(read: Place, place: Place, limits: Limits) -> bool {
    let end = read.end().max(place.end());
    read.table == place.table
        && u32::from(place.start) <= read.end() + u32::from(limits.gap)
        && end - u32::from(read.start) <= limits.longest(read.table)
}

/// After a device refused `read`: the same places in smaller reads, without what nobody asked
/// for, and one by one if that changes nothing. `None` when it cannot be smaller.
pub(crate) fn finer(read: Place, places: &[Place], limits: Limits) -> Option<Vec<Place>> {
    let inside: Vec<Place> = places
        .iter()
        .copied()
        .filter(|place| read.holds(*place))
        .collect();
    let tight = plan(inside.clone(), Limits { gap: 0, ..limits });
    if tight != [read] {
        return Some(tight);
    }
    let mut single = inside;
    single.sort_unstable();
    single.dedup();
    (single.len() > 1).then_some(single)
}

#[cfg(test)]
mod tests;
