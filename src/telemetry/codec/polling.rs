//! How often a point was polled, when its instants tell.
//!
//! A poll comes a little late, each time a little differently: the distance to the even tick says
//! less than the distance to the poll before, which is late itself.

/// Instants that are looked at, evenly spread.
const LOOKED_AT: usize = 256;

/// What may be a period, in the unit of the steps.
const PERIODS: std::ops::RangeInclusive<u64> = 2..=u32::MAX as u64;

/// The even period of steps that ascend, when they lie closer to its ticks than to one another.
///
/// None when they are exactly even, which differences tell best, or when they drift.
pub(super) fn period(steps: &[u64]) -> Option<u64> {
    let first = *steps.first()?;
    if !steps.is_sorted() {
        return None;
    }
    let stride = steps.len() / LOOKED_AT + 1;
    let looked_at = || steps.windows(2).step_by(stride);
    let mut gaps: Vec<u64> = looked_at().map(|pair| pair[1] - pair[0]).collect();
    if gaps.len() < 2 {
        return None;
    }
    let middle = gaps.len() / 2;
    let usual = *gaps.select_nth_unstable(middle).1;
    let period = refined(usual, steps, first);
    if !PERIODS.contains(&period) {
        return None;
    }
    let off_tick =
        spread(looked_at().map(|pair| (pair[0] - first).wrapping_add(period / 2) % period));
    let off_gap = spread(gaps.into_iter());
    (off_tick < off_gap).then_some(period)
}

/// The period over longer and longer runs: the lateness of the last poll counts less and less.
fn refined(usual: u64, steps: &[u64], first: u64) -> u64 {
    let mut period = usual as f64;
    let doubling = std::iter::successors(Some(8), |index| Some(index * 2));
    for &step in doubling
        .map_while(|index: usize| steps.get(index))
        .chain(steps.last())
    {
        let run = (step - first) as f64;
        let ticks = (run / period).round();
        if ticks >= 1.0 {
            period = run / ticks;
        }
    }
    period.round() as u64
}

/// The sum of the distances from the mean.
fn spread(numbers: impl Iterator<Item = u64> + Clone) -> u64 {
    let (sum, n) = numbers.clone().fold((0_u64, 0), |(sum, n), number| {
        (sum.saturating_add(number), n + 1)
    });
    let mean = sum / n.max(1);
    numbers.fold(0, |spread: u64, number| {
        spread.saturating_add(number.abs_diff(mean))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Ticks every ten seconds in milliseconds, up to a tenth of a second late.
    fn late(ticks: impl Iterator<Item = u64>) -> Vec<u64> {
        ticks
            .map(|tick| tick * 10_000 + tick * 2_654_435_761 % 4_294_967_296 / 65_536 % 100)
            .collect()
    }

    #[test]
    fn polls_that_come_late_show_their_period_also_across_a_gap() {
        assert_eq!(period(&late(0..8_640)), Some(10_000));
        assert_eq!(period(&late((0..500).chain(4_000..6_000))), Some(10_000));
    }

    #[test]
    fn even_polls_need_none() {
        assert_eq!(
            period(&(0..500).map(|tick| tick * 10_000).collect::<Vec<_>>()),
            None
        );
    }

    #[test]
    fn polls_that_drift_have_none() {
        let drifting = |tick: u64| tick * 10_000 + tick * tick % 97 + tick * 4 / 10 * (tick / 100);
        assert_eq!(period(&(0..2_000).map(drifting).collect::<Vec<_>>()), None);
    }

    #[test]
    fn a_few_or_strange_instants_have_none() {
        for steps in [
            vec![],
            vec![0],
            vec![0, 5],
            vec![0, 0, 0, 0],
            vec![0, u64::MAX, u64::MAX],
            vec![9, 0, 9, 0],
        ] {
            assert_eq!(period(&steps), None, "{steps:?}");
        }
    }
}
