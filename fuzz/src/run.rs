//! One decoder for a while.

use crate::dice::Dice;
use crate::memory::{most_kib, resident_kib};
use crate::targets::{self, Seed};
use anyhow::{Result, ensure};
use std::time::{Duration, Instant};

/// What a decoder remembers of devices is bounded; so is what all its messages leave behind.
const MOST_GROWTH_KIB: u64 = 64 << 10;
/// A message that takes longer hangs, on however busy a machine.
const PATIENCE: Duration = Duration::from_secs(20);

/// Keeps a target busy, and says how it went.
pub fn target(name: &str, seed: u64, lasts: Duration) -> Result<()> {
    let mut target = targets::open(name)?;
    for Seed { topic, payload } in &target.seeds {
        (target.take)(topic, payload);
    }
    let (before, began) = (resident_kib(), Instant::now());
    let mut dice = Dice::new(seed);
    let mut messages = 0_u64;
    while began.elapsed() < lasts {
        let (topic, payload) = message(&mut dice, &target.seeds);
        let started = Instant::now();
        (target.take)(&topic, &payload);
        ensure!(
            started.elapsed() < PATIENCE,
            "{name}: a message took {:?}: {topic:?} {payload:02x?}",
            started.elapsed()
        );
        messages += 1;
    }
    let grown = most_kib().saturating_sub(before);
    ensure!(grown < MOST_GROWTH_KIB, "{name}: grew by {grown} KiB");
    (target.finish)()?;
    ensure!(messages > 0, "{name}: nothing was thrown at it");
    crate::tell(&format!(
        "{name}: {messages} messages, {grown} KiB more at most (seed {seed})\n"
    ));
    Ok(())
}

fn message(dice: &mut Dice, seeds: &[Seed]) -> (String, Vec<u8>) {
    let seed = &seeds[dice.roll(seeds.len())];
    let other = &seeds[dice.roll(seeds.len())];
    let topic = match dice.roll(8) {
        0 => {
            let bytes = dice.mutate(seed.topic.as_bytes(), other.topic.as_bytes());
            String::from_utf8_lossy(&bytes).into_owned()
        }
        _ => seed.topic.clone(),
    };
    (topic, dice.mutate(&seed.payload, &other.payload))
}
