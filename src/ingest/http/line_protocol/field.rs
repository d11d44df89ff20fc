//! The value of a field.

use super::series::{split_at, unescape_of};
use std::borrow::Cow;

/// A field value.
#[derive(Debug, Clone, PartialEq)]
pub enum Field<'a> {
    /// `1.5`, `3i` or `3u`.
    Number(f64),
    /// `t`, `TRUE`, `false`, …
    Bool(bool),
    /// `"text"`.
    Text(Cow<'a, str>),
}

/// A field value and what follows it, beginning with `,` or blank or nothing.
pub(super) fn split_value(text: &str) -> Result<(&str, &str), &'static str> {
    let end = match text.strip_prefix('"') {
        Some(inside) => {
            let (inside, _) = split_at(inside, b'"').ok_or("a text without its closing quote")?;
            inside.len() + 2
        }
        None => text.find([',', ' ']).unwrap_or(text.len()),
    };
    let (value, after) = text.split_at(end);
    if after.is_empty() || after.starts_with([',', ' ']) {
        Ok((value, after))
    } else {
        Err("something between a text and the next field")
    }
}

pub(super) fn parse_value(text: &str) -> Result<Field<'_>, &'static str> {
    let bytes = text.as_bytes();
    match bytes {
        [] => Err("a field without a value"),
        [b'"', ..] => Ok(Field::Text(unescape_text(&text[1..text.len() - 1]))),
        [b'0'..=b'9' | b'-' | b'+' | b'.', ..] => parse_number(text).map(Field::Number),
        _ => match text {
            "t" | "T" | "true" | "True" | "TRUE" => Ok(Field::Bool(true)),
            "f" | "F" | "false" | "False" | "FALSE" => Ok(Field::Bool(false)),
            _ => Err("a value that is no number, boolean or quoted text"),
        },
    }
}

/// Integers are kept as `f64`: exact up to 2^53.
fn parse_number(text: &str) -> Result<f64, &'static str> {
    let wrong = "not a number";
    if let Some(integer) = text.strip_suffix('i') {
        return integer
            .parse::<i64>()
            .map(|value| value as f64)
            .map_err(|_| "not a 64-bit integer");
    }
    if let Some(unsigned) = text.strip_suffix('u') {
        return unsigned
            .parse::<u64>()
            .map(|value| value as f64)
            .map_err(|_| "not an unsigned 64-bit integer");
    }
    let value: f64 = text.parse().map_err(|_| wrong)?;
    if value.is_finite() {
        Ok(value)
    } else {
        Err("a number beyond the largest 64-bit float")
    }
}

/// In quoted text only `\"` and `\\` are escapes.
fn unescape_text(text: &str) -> Cow<'_, str> {
    unescape_of(text, |next| matches!(next, '"' | '\\'))
}
