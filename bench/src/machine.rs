//! What the figures were measured on, and processor time.

use std::fs;

/// Clock ticks per second of `/proc/*/stat` (USER_HZ, 100 on every Linux there is).
const TICKS_PER_SECOND: f64 = 100.0;

/// Processor, memory, kernel and our version.
pub fn describe() -> Vec<String> {
    let cpu = first_after("/proc/cpuinfo", "model name");
    let memory = first_after("/proc/meminfo", "MemTotal");
    let kernel = fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    vec![
        format!(
            "machine: {cpu}, {cores} cores, {memory}, Linux {}",
            kernel.trim()
        ),
        format!("vigie {}", env!("CARGO_PKG_VERSION")),
    ]
}

fn first_after(file: &str, key: &str) -> String {
    let text = fs::read_to_string(file).unwrap_or_default();
    let line = text
        .lines()
        .find(|line| line.starts_with(key))
        .unwrap_or_default();
    line.split(':')
        .nth(1)
        .unwrap_or("unknown")
        .trim()
        .to_owned()
}

/// Processor seconds this process has used.
pub fn own_cpu() -> f64 {
    cpu_of("/proc/self/stat")
}

/// Processor seconds of the process or thread that a `stat` file of `/proc` is about.
pub fn cpu_of(stat: &str) -> f64 {
    fs::read_to_string(stat).map_or(0.0, |stat| ticks(&stat, 2) / TICKS_PER_SECOND)
}

/// Processor seconds a process tree has used: `root`, its living children and those it waited for.
pub fn tree_cpu(root: u32) -> f64 {
    let own = fs::read_to_string(format!("/proc/{root}/stat")).map_or(0.0, |stat| ticks(&stat, 4));
    let children: f64 = stats()
        .filter(|stat| parent(stat) == Some(root))
        .map(|stat| ticks(&stat, 2))
        .sum();
    (own + children) / TICKS_PER_SECOND
}

/// The parent of a process.
pub fn parent_of(pid: u32) -> Option<u32> {
    parent(&fs::read_to_string(format!("/proc/{pid}/stat")).ok()?)
}

fn stats() -> impl Iterator<Item = String> {
    let processes = fs::read_dir("/proc").into_iter().flatten().flatten();
    processes.filter_map(|entry| fs::read_to_string(entry.path().join("stat")).ok())
}

/// Fields behind the command, which is in parentheses and may hold anything.
fn fields(stat: &str) -> impl Iterator<Item = &str> {
    stat.rsplit(')')
        .next()
        .unwrap_or_default()
        .split_whitespace()
}

fn parent(stat: &str) -> Option<u32> {
    fields(stat).nth(1)?.parse().ok()
}

/// utime and stime, and with `count` 4 also those of the children it waited for.
fn ticks(stat: &str, count: usize) -> f64 {
    fields(stat)
        .skip(11)
        .take(count)
        .filter_map(|field| field.parse::<f64>().ok())
        .sum()
}

/// Resident memory of this process in MB.
pub fn resident_mb() -> f64 {
    megabytes("/proc/self/status", "VmRSS")
}

/// A line of a status file (`VmRSS:   1024 kB`) in MB.
pub fn megabytes(status: &str, name: &str) -> f64 {
    let text = fs::read_to_string(status).unwrap_or_default();
    let line = text
        .lines()
        .find(|line| line.starts_with(name))
        .unwrap_or_default();
    let kb = line
        .split_whitespace()
        .nth(1)
        .and_then(|kb| kb.parse::<f64>().ok());
    kb.unwrap_or(0.0) / 1024.0
}
