//! Throws mutated messages at every decoder: none panics, none hangs, none grows.
//!
//! `cargo run -p fuzz -- [--seconds 60] [TARGET…]` runs the targets at once, each in a process of its
//! own; `--seed N` repeats what a failure printed. Exits with 1 when a decoder broke.
//!
//! Inputs are mutations of real messages, not guided by coverage: see docs/decisions/0022-fuzzing.md.

mod dice;
mod memory;
mod run;
mod targets;

use anyhow::{Result, ensure};
use clap::Parser;
use std::process::{Child, Command, ExitCode, Stdio};
use std::time::Duration;

#[derive(Parser)]
#[command(about = "Throws mutated messages at every decoder")]
struct Arguments {
    /// Which decoders; all when none is named.
    targets: Vec<String>,
    /// How long each is kept busy.
    #[arg(long, default_value_t = 60)]
    seconds: u64,
    /// Repeats a run.
    #[arg(long, env = "VIGIE_TEST_SEED")]
    seed: Option<u64>,
    /// Runs one target in this process.
    #[arg(long, hide = true)]
    here: bool,
}

fn main() -> Result<ExitCode> {
    let arguments = Arguments::parse();
    let names = chosen(&arguments.targets)?;
    let seed = arguments.seed.unwrap_or_else(dice::new_seed);
    if arguments.here {
        for name in names {
            run::target(name, seed, Duration::from_secs(arguments.seconds))?;
        }
        return Ok(ExitCode::SUCCESS);
    }
    let children = names
        .into_iter()
        .map(|name| Ok((name, start(name, seed, arguments.seconds)?)))
        .collect::<Result<Vec<_>>>()?;
    let broken = children.into_iter().filter_map(|(name, child)| {
        let is_fine = child.wait_with_output().is_ok_and(|output| {
            tell(&String::from_utf8_lossy(&output.stdout));
            output.status.success()
        });
        (!is_fine).then_some(name)
    });
    let broken: Vec<_> = broken.collect();
    for name in &broken {
        tell(&format!(
            "{name} broke; repeat with: fuzz {name} --seed {seed}\n"
        ));
    }
    Ok(ExitCode::from(u8::from(!broken.is_empty())))
}

fn chosen(wanted: &[String]) -> Result<Vec<&'static str>> {
    let all = targets::NAMES;
    for name in wanted {
        ensure!(
            all.contains(&&**name),
            "there are the targets {}",
            all.join(", ")
        );
    }
    let is_wanted = |name: &&str| wanted.is_empty() || wanted.iter().any(|one| one == name);
    Ok(all.into_iter().filter(is_wanted).collect())
}

fn start(name: &str, seed: u64, seconds: u64) -> Result<Child> {
    let mut command = Command::new(std::env::current_exe()?);
    command
        .args([name, "--here", "--seconds", &seconds.to_string()])
        .args(["--seed", &seed.to_string()])
        .stdout(Stdio::piped());
    Ok(command.spawn()?)
}

#[expect(clippy::print_stdout, reason = "what a command is for")]
fn tell(text: &str) {
    print!("{text}");
}
