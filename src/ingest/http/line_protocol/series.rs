//! Measurement and tags, and the escapes of every name.

use std::borrow::Cow;

/// Tags of one line.
pub(super) const MOST_TAGS: usize = 256;

/// Measurement and tags of a line, unescaped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Series<'a> {
    /// The measurement.
    pub measurement: Cow<'a, str>,
    /// Tag keys and values, in their order.
    pub tags: Vec<(Cow<'a, str>, Cow<'a, str>)>,
}

impl<'a> Series<'a> {
    /// Takes measurement and tags apart.
    pub fn parse(series: &'a str) -> Result<Self, &'static str> {
        let Some((measurement, mut rest)) = split_at(series, b',') else {
            return Ok(Self {
                measurement: unescape(series),
                tags: Vec::new(),
            });
        };
        let mut tags = Vec::new();
        loop {
            let (tag, after) = split_at(rest, b',').unwrap_or((rest, ""));
            let (key, value) = split_at(tag, b'=').ok_or("a tag without `=`")?;
            if key.is_empty() || value.is_empty() {
                return Err("a tag without a key or value");
            }
            if tags.len() == MOST_TAGS {
                return Err("more than 256 tags");
            }
            tags.push((unescape(key), unescape(value)));
            if after.is_empty() {
                return Ok(Self {
                    measurement: unescape(measurement),
                    tags,
                });
            }
            rest = after;
        }
    }

    /// The value of a tag.
    pub fn tag(&self, key: &str) -> Option<&str> {
        self.tags
            .iter()
            .find(|(known, _)| known == key)
            .map(|(_, value)| &**value)
    }
}

/// Splits at the first separator that is not escaped; the separator is gone.
pub(super) fn split_at(text: &str, separator: u8) -> Option<(&str, &str)> {
    let mut escaped = false;
    for (at, byte) in text.bytes().enumerate() {
        if escaped {
            escaped = false;
        } else if byte == b'\\' {
            escaped = true;
        } else if byte == separator {
            return Some((&text[..at], &text[at + 1..]));
        }
    }
    None
}

/// `\,`, `\=` and `\ ` stand for the character; any other backslash stands for itself.
pub(super) fn unescape(text: &str) -> Cow<'_, str> {
    unescape_of(text, |next| matches!(next, ',' | '=' | ' '))
}

pub(super) fn unescape_of(text: &str, is_escaped: impl Fn(char) -> bool) -> Cow<'_, str> {
    if !text.contains('\\') {
        return Cow::Borrowed(text);
    }
    let mut plain = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(char) = chars.next() {
        match chars.peek() {
            Some(next) if char == '\\' && is_escaped(*next) => plain.extend(chars.next()),
            _ => plain.push(char),
        }
    }
    Cow::Owned(plain)
}
