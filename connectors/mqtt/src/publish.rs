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
}
