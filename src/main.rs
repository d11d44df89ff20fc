//! The one binary: parse arguments, dispatch one command; nothing else.

fn main() -> std::process::ExitCode {
    vigie::commands::run()
}
