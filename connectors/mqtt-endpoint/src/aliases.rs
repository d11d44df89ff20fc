//! Topic aliases a MQTT 5 client set on its connection (MQTT 5.0, 3.3.2.3.4).

use crate::packet::Fault;
use bytestring::ByteString;
use rmqtt_codec::v5::DisconnectReasonCode;
use std::collections::HashMap;
use std::num::NonZeroU16;

#[derive(Debug, Default)]
pub(crate) struct Aliases(HashMap<NonZeroU16, ByteString>);

impl Aliases {
    /// The topic of a PUBLISH: its own (which sets the alias), or the alias's.
    pub(crate) fn resolve(
        &mut self,
        topic: ByteString,
        alias: Option<NonZeroU16>,
        max: u16,
    ) -> Result<ByteString, Fault> {
        let Some(alias) = alias else {
            return Ok(topic);
        };
        if alias.get() > max {
            let reason = DisconnectReasonCode::TopicAliasInvalid;
            return Err(Fault::new(reason, "a topic alias over the limit"));
        }
        if topic.is_empty() {
            let known = self.0.get(&alias).cloned();
            return known.ok_or(Fault::protocol("an unknown topic alias"));
        }
        // In memory of its own: the topic is a slice of a read buffer.
        self.0.insert(alias, ByteString::from(topic.to_string()));
        Ok(topic)
    }
}
