//! Publish rules: what they may say, and the message they make.

use crate::PublishRule;
use vigie_contract::{ConfigFault, Outbound};

/// The only hole of a payload.
const COUNT: &str = "{count}";

impl PublishRule {
    /// Checks what can be checked without the model.
    pub fn check(&self) -> Result<(), ConfigFault> {
        if self.topic.is_empty() || self.topic.contains(['+', '#', '\0']) {
            return Err(ConfigFault::at("/topic", "a topic without `+` and `#`"));
        }
        if !self.payload.contains(COUNT) {
            return Err(ConfigFault::at("/payload", "a text with `{count}` in it"));
        }
        for (pointer, text) in [("/payload", &self.payload), ("/topic", &self.topic)] {
            let known = (pointer == "/payload").then_some(COUNT);
            if let Some(hole) = holes(text).find(|hole| Some(*hole) != known) {
                let message =
                    format!("`{hole}` stands for nothing here; only a payload has {COUNT}");
                return Err(ConfigFault::at(pointer, message));
            }
        }
        if self.qos > 1 {
            return Err(ConfigFault::at(
                "/qos",
                "0 (at most once) or 1 (at least once)",
            ));
        }
        Ok(())
    }

    /// The message that says `count`.
    pub fn message(&self, count: usize) -> Outbound {
        Outbound {
            topic: self.topic.as_str().into(),
            payload: self.payload.replace(COUNT, &count.to_string()).into_bytes(),
            qos: self.qos,
            retain: self.retain,
        }
    }
}

/// What looks like a hole: a word in braces. The braces of JSON hold quotes, blanks or holes.
pub(crate) fn holes(text: &str) -> impl Iterator<Item = &str> {
    text.match_indices('{').filter_map(move |(start, _)| {
        let end = start + text[start..].find('}')?;
        let word = &text[start + 1..end];
        let is_word = !word.is_empty() && word.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
        is_word.then(|| &text[start..=end])
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_rule_makes_the_message_of_its_template() {
        let rule: PublishRule = serde_json::from_value(json!({
            "topic": "display/available", "payload": "{\"count\":{count}}",
            "count": { "type": "parking-space", "point": "occupied", "state": "FREE" },
        }))
        .unwrap();
        rule.check().unwrap();
        let message = rule.message(12);
        assert_eq!(message.payload, br#"{"count":12}"#);
        assert_eq!((message.qos, message.retain), (1, true));
    }

    #[test]
    fn a_hole_that_nothing_fills_is_refused() {
        let pointer = |topic: &str, payload: &str| {
            let rule: PublishRule = serde_json::from_value(json!({
                "topic": topic, "payload": payload,
                "count": { "type": "parking-space", "point": "occupied", "state": "FREE" },
            }))
            .unwrap();
            rule.check().err().map(|fault| fault.pointer)
        };
        assert_eq!(pointer("a", "{\"n\":{\"free\":{count}}}"), None);
        let wrong = "{\"n\":{count},\"of\":{total}}";
        assert_eq!(pointer("a", wrong).as_deref(), Some("/payload"));
        assert_eq!(pointer("a/{site}", "{count}").as_deref(), Some("/topic"));
    }
}
