//! Compares what devices were promised with what the API returns.

use super::installation::Installation;
use super::load::{Counter, Promise};
use std::collections::HashMap;
use std::time::{Duration, Instant};

const ARRIVES_WITHIN: Duration = Duration::from_secs(30);
const LOOK_AGAIN_AFTER: Duration = Duration::from_secs(1);

/// What came of all promises.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Verdict {
    /// Acknowledged and not there.
    pub lost: usize,
    /// There more than once.
    pub twice: usize,
    /// There with another stamp or value than any that was sent.
    pub invented: usize,
}

/// Asks the API for every sample of every counter, again until nothing acknowledged is missing
/// or the time is over: what a broker took over may still be on its way.
pub async fn judge(installation: &Installation, counters: &[Counter]) -> Verdict {
    let started = Instant::now();
    loop {
        let mut verdict = Verdict::default();
        for counter in counters {
            let stored = installation.samples(&counter.equipment, "seq").await;
            let before = verdict.lost;
            verdict.add(&counter.promise(), counter.start_ms, &stored);
            if verdict.lost > before {
                eprintln!(
                    "{}: {} missing after {:?}",
                    counter.equipment,
                    verdict.lost - before,
                    started.elapsed()
                );
            }
        }
        if verdict.lost == 0 || started.elapsed() > ARRIVES_WITHIN {
            return verdict;
        }
        tokio::time::sleep(LOOK_AGAIN_AFTER).await;
    }
}

impl Verdict {
    /// `stored`: stamp in microseconds and value of each sample.
    fn add(&mut self, promise: &Promise, start_ms: i64, stored: &[(i64, f64)]) {
        let mut seen: HashMap<u64, usize> = HashMap::new();
        for (at_us, value) in stored {
            let number = *value as u64;
            let stamp_us = (start_ms + number as i64) * 1000;
            if value.fract() > 0.0 || stamp_us != *at_us || number >= promise.sent {
                self.invented += 1;
            }
            *seen.entry(number).or_default() += 1;
        }
        self.twice += seen.values().filter(|times| **times > 1).count();
        self.lost += promise
            .acknowledged
            .iter()
            .filter(|number| !seen.contains_key(number))
            .count();
    }
}

#[test]
fn the_oracle_sees_a_loss_a_double_and_an_invention() {
    let promise = Promise {
        sent: 4,
        acknowledged: vec![0, 1, 2],
    };
    let mut verdict = Verdict::default();
    verdict.add(
        &promise,
        1,
        &[
            (1_000, 0.0),
            (2_000, 1.0),
            (2_000, 1.0),
            (9_000, 3.0),
            (8_000, 7.0),
        ],
    );
    assert_eq!(
        verdict,
        Verdict {
            lost: 1,
            twice: 1,
            invented: 2
        }
    );
    let mut fine = Verdict::default();
    fine.add(
        &promise,
        1,
        &[(1_000, 0.0), (2_000, 1.0), (3_000, 2.0), (4_000, 3.0)],
    );
    assert_eq!(fine, Verdict::default());
}
