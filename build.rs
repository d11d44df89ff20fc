//! Bundles the front end.
fn main() {}
