//! What commands print: plain lines, tables, or JSON for programs.

use serde::Serialize;
use std::fmt::Display;
use std::io::{IsTerminal, Write};

/// Prints a line. A reader that went away, as `head` does, has seen enough.
pub(super) fn line(text: impl Display) {
    let _ = writeln!(std::io::stdout(), "{text}");
}

/// Prints a note beside the output.
pub(super) fn note(text: impl Display) {
    let _ = writeln!(std::io::stderr(), "{text}");
}

/// Prints one JSON document.
pub(super) fn json(value: &impl Serialize) -> anyhow::Result<()> {
    line(serde_json::to_string_pretty(value)?);
    Ok(())
}

/// Prints columns, each as wide as its widest cell.
pub(super) fn table<const N: usize>(head: [&str; N], rows: &[[String; N]]) {
    let width = |column: usize| {
        let cells = rows.iter().map(|row| row[column].chars().count());
        cells.max().unwrap_or(0).max(head[column].chars().count())
    };
    let widths: Vec<usize> = (0..N).map(width).collect();
    let print = |cells: [&str; N]| {
        let padded = cells
            .iter()
            .zip(&widths)
            .map(|(cell, width)| format!("{cell:<width$}"));
        let text: Vec<String> = padded.collect();
        line(text.join("  ").trim_end());
    };
    print(head);
    for row in rows {
        print(row.each_ref().map(String::as_str));
    }
}

/// Asks on the terminal; without one the answer is no.
pub(super) fn confirm(question: &str) -> anyhow::Result<bool> {
    let stdin = std::io::stdin();
    if !stdin.is_terminal() {
        return Ok(false);
    }
    let mut out = std::io::stderr();
    write!(out, "{question} [y/N] ")?;
    out.flush()?;
    let mut answer = String::new();
    stdin.read_line(&mut answer)?;
    Ok(matches!(answer.trim(), "y" | "Y" | "yes"))
}
