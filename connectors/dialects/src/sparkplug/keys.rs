//! How edge nodes and devices are called: templates with `{group}`, `{edge}` and `{device}`.

use vigie_contract::ConfigFault;

const HOLES: [&str; 3] = ["{group}", "{edge}", "{device}"];

/// A checked template.
#[derive(Debug, Clone)]
pub(super) struct Key(String);

impl Key {
    /// `allowed`: how many of the holes, in their order, may be used.
    pub(super) fn parse(text: &str, allowed: usize) -> Result<Self, ConfigFault> {
        let mut rest = text.to_owned();
        for hole in &HOLES[..allowed] {
            rest = rest.replace(hole, "");
        }
        if text.is_empty() || rest.contains(['{', '}', '/', '+', '#']) {
            let message = format!("a key with {} in it", HOLES[..allowed].join(", "));
            return Err(ConfigFault::at("", message));
        }
        Ok(Self(text.to_owned()))
    }

    pub(super) fn fill(&self, group: &str, edge: &str, device: &str) -> String {
        // One pass, so that a name with braces in it is no hole.
        let mut filled = String::with_capacity(self.0.len() + 32);
        let mut rest = self.0.as_str();
        while let Some(at) = rest.find('{') {
            filled.push_str(&rest[..at]);
            let end = rest[at..].find('}').map_or(rest.len(), |end| at + end + 1);
            filled.push_str(match &rest[at..end] {
                "{group}" => group,
                "{edge}" => edge,
                _ => device,
            });
            rest = &rest[end..];
        }
        filled.push_str(rest);
        filled
    }
}
