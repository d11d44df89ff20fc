//! The priority array of a commanded object (ASHRAE 135, clause 19.2).

/// Slots of a priority array.
pub(crate) const SLOTS: usize = 16;

/// Who commands what; the first slot that is taken decides.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Priorities([Option<f64>; SLOTS]);

impl Priorities {
    /// What is commanded, and at which priority (1 to 16).
    pub(crate) fn winner(&self) -> Option<(f64, u8)> {
        let mut slots = self.0.iter().zip(1..);
        slots.find_map(|(slot, priority)| Some(((*slot)?, priority)))
    }

    /// Takes a slot, or leaves it. Priorities beyond 16 do not exist.
    pub(crate) fn set(&mut self, priority: u8, value: Option<f64>) {
        let place = usize::from(priority).wrapping_sub(1);
        if let Some(slot) = self.0.get_mut(place) {
            *slot = value;
        }
    }

    pub(crate) fn slots(&self) -> impl ExactSizeIterator<Item = Option<f64>> {
        self.0.iter().copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_taken_slot_decides_until_it_is_left() {
        let mut slots = Priorities::default();
        assert_eq!(slots.winner(), None);
        slots.set(16, Some(1.0));
        slots.set(8, Some(2.0));
        assert_eq!(slots.winner(), Some((2.0, 8)));
        slots.set(8, None);
        assert_eq!(slots.winner(), Some((1.0, 16)));
        slots.set(0, Some(9.0));
        slots.set(17, Some(9.0));
        assert_eq!(slots.winner(), Some((1.0, 16)));
    }
}
