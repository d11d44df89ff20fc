//! The benches: figures beside peers, in one run.
fn main() {}
