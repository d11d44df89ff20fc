//! What was refused of a body: all of it counted, the beginning told.

use vigie_contract::Refusal;

/// Faults that are told one by one; the rest is only counted.
pub(super) const MAX_FAULTS: usize = 100;

/// Examples of one reason that are kept to look at.
const EXAMPLES: usize = 3;

/// One refusal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// `line 3`, or a JSON pointer into the body.
    pub place: String,
    /// Short stable name: `bad_line`, `unknown_point`.
    pub reason: &'static str,
    /// One sentence for a person.
    pub message: String,
}

/// How many values were refused, by reason.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Counts(Vec<(&'static str, u32)>);

impl Counts {
    /// Counts `n` more; how many of the reason there are now.
    pub(super) fn add(&mut self, reason: &'static str, n: u32) -> u32 {
        if let Some((_, count)) = self.0.iter_mut().find(|(known, _)| *known == reason) {
            *count += n;
            return *count;
        }
        self.0.push((reason, n));
        n
    }

    /// Each reason and its count.
    pub fn iter(&self) -> impl Iterator<Item = (&'static str, u32)> + '_ {
        self.0.iter().copied()
    }
}

/// The faults of one batch, each with the number of readings before it.
#[derive(Debug, Default)]
pub(super) struct Faults {
    pub(super) told: Vec<(usize, Fault)>,
    pub(super) counts: Counts,
}

impl Faults {
    /// Counts a fault; makes its words only when it is told, as the first of each reason always is.
    pub(super) fn add(
        &mut self,
        after: usize,
        reason: &'static str,
        words: impl FnOnce() -> (String, String),
    ) {
        let is_first = self.counts.add(reason, 1) == 1;
        if is_first || self.told.len() < MAX_FAULTS {
            let (place, message) = words();
            let fault = Fault {
                place,
                reason,
                message,
            };
            self.told.push((after, fault));
        }
    }

    /// A few examples of each reason; the first stands for all that are not among them.
    pub(super) fn refusals(&self, body: &[u8]) -> Vec<Refusal> {
        let of_reason = |(reason, count): (&'static str, u32)| {
            let examples = self
                .told
                .iter()
                .filter(move |(_, told)| told.reason == reason);
            let mut refusals: Vec<_> = examples
                .take(EXAMPLES)
                .map(|(_, told)| Refusal::new(reason, &told.place, &told.message, body))
                .collect();
            let others = refusals.len().saturating_sub(1) as u32;
            if let Some(first) = refusals.first_mut() {
                first.count = count - others;
            }
            refusals
        };
        self.counts.iter().flat_map(of_reason).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_million_faults_are_counted_and_a_hundred_told() {
        let mut faults = Faults::default();
        let words = || ("line 7".to_owned(), "no fields".to_owned());
        for _ in 0..1_000_000 {
            faults.add(0, "bad_line", words);
        }
        faults.add(0, "bad_key", words);
        assert_eq!(faults.told.len(), MAX_FAULTS + 1);
        let refusals = faults.refusals(b"body");
        assert_eq!(refusals.len(), EXAMPLES + 1);
        let total: u32 = refusals.iter().map(|refusal| refusal.count).sum();
        assert_eq!(total, 1_000_001);
    }
}
