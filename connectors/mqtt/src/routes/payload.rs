//! One payload, parsed at most once for all routes that look at it.

use serde_json::Value;

/// What is known of the payload so far.
pub(super) struct Payload<'a> {
    bytes: &'a [u8],
    json: Option<Result<Value, String>>,
}

impl<'a> Payload<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, json: None }
    }

    /// The payload as JSON, or why it is none.
    pub(super) fn json(&mut self) -> Result<&Value, &str> {
        let bytes = self.bytes;
        self.json
            .get_or_insert_with(|| serde_json::from_slice(bytes).map_err(|error| error.to_string()))
            .as_ref()
            .map_err(String::as_str)
    }

    /// The payload as one plain value: a JSON scalar, or its text.
    pub(super) fn plain(&mut self) -> Option<Value> {
        let text = std::str::from_utf8(self.bytes).ok()?.trim();
        if text.starts_with(['"', '{', '[']) {
            return self.json().ok().cloned();
        }
        Some(Value::String(text.to_owned()))
    }
}
