//! Randomness that can be repeated.

use rand::SeedableRng;
use rand::rngs::StdRng;

/// The seed of a random test, printed when the test fails.
#[derive(Debug)]
pub struct Seed(u64);

impl Seed {
    /// `VIGIE_TEST_SEED` when it is set, to repeat a failure; else a new one.
    pub fn new() -> Self {
        let given = std::env::var("VIGIE_TEST_SEED").ok();
        let seed = given.map_or_else(rand::random, |text| {
            text.parse().expect("VIGIE_TEST_SEED is a number")
        });
        eprintln!("seed {seed}: repeat with VIGIE_TEST_SEED={seed}");
        Self(seed)
    }

    /// The generator that begins at this seed.
    pub fn rng(&self) -> StdRng {
        StdRng::seed_from_u64(self.0)
    }
}
