//! Files of manifests, places in them, and what is wrong there.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A file that was read.
#[derive(Debug, PartialEq, Eq)]
pub struct Source {
    /// Where it was read from; references to other files start at its folder.
    pub path: PathBuf,
    /// What it says.
    pub text: String,
}

impl Source {
    /// Reads a file.
    pub fn read(path: &Path) -> std::io::Result<Arc<Self>> {
        Ok(Arc::new(Self {
            path: path.to_owned(),
            text: std::fs::read_to_string(path)?,
        }))
    }

    /// A manifest that is not a file.
    pub fn named(name: &str, text: impl Into<String>) -> Arc<Self> {
        Arc::new(Self {
            path: PathBuf::from(name),
            text: text.into(),
        })
    }
}

/// A place in a file.
#[derive(Debug, Clone)]
pub(super) struct Place {
    pub(super) source: Arc<Source>,
    /// Byte offset.
    pub(super) at: usize,
}

impl Place {
    /// Line and column, both from 1; the column counts characters.
    fn line_and_column(&self) -> (usize, usize) {
        let text = &self.source.text;
        let mut at = self.at.min(text.len());
        while !text.is_char_boundary(at) {
            at -= 1;
        }
        let before = &text[..at];
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        let line = before.matches('\n').count() + 1;
        (line, before[line_start..].chars().count() + 1)
    }

    pub(super) fn line(&self) -> usize {
        self.line_and_column().0
    }

    pub(super) fn fault(&self, key: impl Into<String>, message: impl Into<String>) -> Fault {
        let (line, column) = self.line_and_column();
        Fault {
            file: self.source.path.clone(),
            line,
            column,
            key: key.into(),
            message: message.into(),
        }
    }
}

/// One thing that is wrong in a manifest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Which file.
    pub file: PathBuf,
    /// From 1.
    pub line: usize,
    /// From 1, in characters.
    pub column: usize,
    /// The key, as a path: `sites[2].parent`.
    pub key: String,
    /// What is wrong and what is allowed.
    pub message: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let file = self.file.display();
        write!(f, "{file}:{}:{}: ", self.line, self.column)?;
        if !self.key.is_empty() {
            write!(f, "{}: ", self.key)?;
        }
        f.write_str(&self.message)
    }
}

/// Everything that is wrong in the manifests that were given, in the order of the files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Faults(pub Vec<Fault>);

impl std::error::Error for Faults {}

impl fmt::Display for Faults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for fault in &self.0 {
            writeln!(f, "{fault}")?;
        }
        match self.0.len() {
            1 => f.write_str("1 fault; nothing was applied"),
            n => write!(f, "{n} faults; nothing was applied"),
        }
    }
}

/// "; did you mean `centre`?" where one of the allowed words is close, else nothing.
pub(in crate::tenancy) fn did_you_mean<'a>(
    given: &str,
    allowed: impl IntoIterator<Item = &'a str>,
) -> String {
    let limit = given.chars().count().div_ceil(3).min(3);
    allowed
        .into_iter()
        .map(|word| (edit_distance(given, word), word))
        .filter(|(distance, _)| *distance <= limit)
        .min()
        .map_or_else(String::new, |(_, word)| format!("; did you mean `{word}`?"))
}

/// Levenshtein distance in characters, without regard to case.
fn edit_distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.to_lowercase().chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, from) in a.to_lowercase().chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, to) in b.iter().enumerate() {
            let substituted = diagonal + usize::from(from != *to);
            diagonal = row[j + 1];
            row[j + 1] = substituted.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_counts_lines_and_characters_from_one() {
        let source = Source::named("x.toml", "a = 1\né = \"ö\" # b\n");
        let at = source.text.find('#').unwrap();
        let fault = Place { source, at }.fault("é", "wrong");
        assert_eq!(fault.to_string(), "x.toml:2:9: é: wrong");
    }

    #[test]
    fn a_close_word_is_suggested_and_a_far_one_is_not() {
        let allowed = ["parent", "address", "position"];
        assert_eq!(did_you_mean("parnet", allowed), "; did you mean `parent`?");
        assert_eq!(did_you_mean("colour", allowed), "");
    }
}
