//! Options of routes: read with a fault that points at the wrong value.

use serde::de::DeserializeOwned;
use serde_json::Value;
use vigie_contract::ConfigFault;

/// Reads options; none at all are those of an empty table.
pub(crate) fn read<T: DeserializeOwned>(options: &Value) -> Result<T, ConfigFault> {
    let options = match options {
        Value::Null => Value::Object(serde_json::Map::new()),
        options => options.clone(),
    };
    serde_path_to_error::deserialize(options).map_err(|error| {
        let mut pointer = String::new();
        for step in error.path() {
            pointer.push('/');
            pointer.push_str(step.to_string().trim_matches(['[', ']']));
        }
        ConfigFault::at(pointer, error.inner().to_string())
    })
}

/// Whether a text may be the key of a point.
pub(crate) fn point_key(text: &str) -> Result<(), ConfigFault> {
    let is_key = (1..=128).contains(&text.len())
        && text.trim() == text
        && !text.contains(|c: char| c.is_control() || "/+#{}".contains(c));
    let message = "the key of a point: 1 to 128 characters without `/`, `+`, `#`, `{` and `}`";
    is_key
        .then_some(())
        .ok_or_else(|| ConfigFault::at("", message))
}
