//! Keys with parts of the topic in them: `pack-{id}`, `cell_voltage_{n}`.

use super::topic::Pattern;
use std::fmt::Write as _;
use std::sync::Arc;
use vigie_contract::ConfigFault;

/// A key with holes.
#[derive(Debug, Clone)]
pub(super) enum Template {
    /// No holes: one shared text for all messages.
    Fixed(Arc<str>),
    /// Exactly one level of the topic and nothing else.
    Level(usize),
    /// Anything else.
    Parts(Vec<Part>),
}

#[derive(Debug, Clone)]
pub(super) enum Part {
    Text(Box<str>),
    Level(usize),
    Number,
}

impl Template {
    /// Parses `text`; `{name}` must be a level of `pattern`, `{n}` is allowed with `numbered`.
    pub(super) fn parse(
        text: &str,
        pattern: &Pattern,
        numbered: bool,
    ) -> Result<Self, ConfigFault> {
        let mut parts = Vec::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('{') {
            let (name, after) = after
                .split_once('}')
                .ok_or_else(|| fault(format!("`{text}`: `{{` without `}}`")))?;
            parts.extend((!before.is_empty()).then(|| Part::Text(before.into())));
            parts.push(hole(name, pattern, numbered)?);
            rest = after;
        }
        parts.extend((!rest.is_empty()).then(|| Part::Text(rest.into())));
        Self::from_parts(parts).ok_or_else(|| fault("a key has at least one character"))
    }

    fn from_parts(parts: Vec<Part>) -> Option<Self> {
        Some(match parts.as_slice() {
            [] => return None,
            [Part::Text(text)] => Self::Fixed(Arc::from(&**text)),
            [Part::Level(level)] => Self::Level(*level),
            _ => Self::Parts(parts),
        })
    }

    /// Whether it holds `{n}`.
    pub(super) fn is_numbered(&self) -> bool {
        matches!(self, Self::Parts(parts) if parts.iter().any(|part| matches!(part, Part::Number)))
    }

    /// Fills the holes.
    pub(super) fn fill(&self, levels: &[&str], number: usize) -> Arc<str> {
        match self {
            Self::Fixed(text) => text.clone(),
            Self::Level(level) => Arc::from(levels.get(*level).copied().unwrap_or_default()),
            Self::Parts(parts) => fill_parts(parts, levels, number).into(),
        }
    }
}

fn fill_parts(parts: &[Part], levels: &[&str], number: usize) -> String {
    let mut filled = String::with_capacity(32);
    for part in parts {
        match part {
            Part::Text(text) => filled.push_str(text),
            Part::Level(level) => filled.push_str(levels.get(*level).copied().unwrap_or_default()),
            Part::Number => _ = write!(filled, "{number}"),
        }
    }
    filled
}

fn hole(name: &str, pattern: &Pattern, numbered: bool) -> Result<Part, ConfigFault> {
    if name == "n" {
        return if numbered {
            Ok(Part::Number)
        } else {
            Err(fault("`{n}` needs an `at` that ends with `/*`"))
        };
    }
    pattern.level_of(name).map(Part::Level).ok_or_else(|| {
        let known: Vec<_> = pattern
            .names()
            .map(|known| format!("`{{{known}}}`"))
            .collect();
        let known = if known.is_empty() {
            "none".to_owned()
        } else {
            known.join(", ")
        };
        fault(format!(
            "`{{{name}}}` is no level of the topic; there is {known}"
        ))
    })
}

fn fault(message: impl Into<String>) -> ConfigFault {
    ConfigFault::at("", message)
}
