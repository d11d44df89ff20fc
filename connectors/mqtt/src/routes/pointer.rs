//! JSON pointers (RFC 6901), split once.

use serde_json::Value;
use vigie_contract::ConfigFault;

/// A parsed pointer; the empty one is the whole document.
#[derive(Debug, Clone)]
pub(super) struct Pointer(Vec<Box<str>>);

impl Pointer {
    pub(super) fn parse(text: &str) -> Result<Self, ConfigFault> {
        if text.is_empty() {
            return Ok(Self(Vec::new()));
        }
        let Some(tokens) = text.strip_prefix('/') else {
            let message =
                format!("`{text}` is no JSON pointer: it begins with `/`, such as `/status`");
            return Err(ConfigFault::at("", message));
        };
        let unescaped = |token: &str| token.replace("~1", "/").replace("~0", "~").into();
        Ok(Self(tokens.split('/').map(unescaped).collect()))
    }

    pub(super) fn find<'a>(&self, document: &'a Value) -> Option<&'a Value> {
        self.0
            .iter()
            .try_fold(document, |value, token| match value {
                Value::Object(fields) => fields.get(&**token),
                Value::Array(elements) => elements.get(token.parse::<usize>().ok()?),
                _ => None,
            })
    }
}
