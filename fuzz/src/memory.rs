//! How much memory this process has.

/// A line of `/proc/self/status`, in KiB.
fn line(key: &str) -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mut lines = status.lines().filter(|line| line.starts_with(key));
    let number = lines.next().and_then(|line| line.split_whitespace().nth(1));
    number.and_then(|number| number.parse().ok()).unwrap_or(0)
}

/// What is resident now, in KiB.
pub fn resident_kib() -> u64 {
    line("VmRSS")
}

/// The most that ever was, in KiB.
pub fn most_kib() -> u64 {
    line("VmHWM")
}
