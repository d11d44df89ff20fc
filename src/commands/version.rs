//! `vigie version`.

use std::process::ExitCode;

/// Options of `vigie version`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  vigie version --json")]
pub(super) struct Args {
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

#[expect(clippy::print_stdout, reason = "the command's output")]
pub(super) fn run(args: &Args) -> ExitCode {
    let version = env!("CARGO_PKG_VERSION");
    if args.json {
        println!(
            "{}",
            serde_json::json!({ "name": "vigie", "version": version })
        );
    } else {
        println!("vigie {version}");
    }
    ExitCode::SUCCESS
}
