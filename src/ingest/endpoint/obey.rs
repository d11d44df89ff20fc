//! What a device may command by a message of its own: `admin/override`, `config/new_spot`.

use super::again::Sign;
use super::commanding::may_command;
use crate::domain::audit::Actor;
use crate::domain::{PointKind, Role, is_key};
use crate::ingest::Ingest;
use crate::store::StoreError;
use crate::store::tenant::{PointRow, equipment, points};
use crate::tenancy::commands::{self, Asker, CommandError, Wanted};
use serde::Deserialize;
use serde_json::Value;
use vigie_contract::{Address, ConfigFault, EquipmentHint, SinkError};
use vigie_mqtt_endpoint::Message;

/// One message that is obeyed.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::ingest) struct ObeyRule {
    /// Its topic, without wildcards.
    topic: String,
    /// JSON pointer to the word that says what to do.
    at: String,
    /// The word.
    is: String,
    /// The points it commands.
    #[serde(default)]
    command: Option<CommandedPoints>,
    /// The equipment it creates.
    #[serde(default)]
    create: Option<Created>,
}

/// Points, and what they are to become.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct CommandedPoints {
    equipment: Vec<String>,
    point: String,
    /// A number, `true`, `false`, or the word of a state.
    value: Value,
}

/// Equipment that somebody installed.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Created {
    /// JSON pointer to its key.
    key: String,
    #[serde(rename = "type")]
    kind: String,
    site: String,
}

/// The checked rules.
#[derive(Debug, Default)]
pub(in crate::ingest) struct Obeying(Vec<ObeyRule>);

/// Why a message was not obeyed.
#[derive(Debug, thiserror::Error)]
pub(super) enum NotObeyed {
    /// The credential of the device may not command.
    #[error("the credential of this device may not command")]
    NotAuthorised,
    /// It says something else than the rules know.
    #[error("no rule obeys this message")]
    Unknown,
    /// What it names is not there.
    #[error("there is no {0}")]
    Missing(String),
    /// The policy of a point says no.
    #[error(transparent)]
    Refused(CommandError),
    /// The database, or the model, does not answer.
    #[error("{0}")]
    Unavailable(String),
}

impl NotObeyed {
    /// The word it is counted under.
    pub(super) const fn reason(&self) -> &'static str {
        match self {
            Self::NotAuthorised => "not_authorised",
            _ => "not_obeyed",
        }
    }
}

impl From<StoreError> for NotObeyed {
    fn from(error: StoreError) -> Self {
        Self::Unavailable(error.to_string())
    }
}

impl From<CommandError> for NotObeyed {
    fn from(error: CommandError) -> Self {
        match error {
            CommandError::Store(error) => error.into(),
            refused => Self::Refused(refused),
        }
    }
}

impl Obeying {
    /// Checks rules; the fault points into their list.
    pub(in crate::ingest) fn compile(rules: Vec<ObeyRule>) -> Result<Self, ConfigFault> {
        for (index, rule) in rules.iter().enumerate() {
            rule.check()
                .map_err(|fault| fault.below(&format!("/{index}")))?;
        }
        Ok(Self(rules))
    }

    pub(super) fn has_topic(&self, topic: &str) -> bool {
        self.0.iter().any(|rule| rule.topic == topic)
    }

    /// Does what an authorised device says, once however often it is sent again; a message on a topic
    /// of commands that is not to be obeyed passes.
    pub(super) async fn obey(
        &self,
        ingest: &Ingest,
        device: &str,
        message: &Message,
    ) -> Result<(), NotObeyed> {
        let topic = &*message.topic;
        if !may_command(ingest.scope(), device).await? {
            return Err(NotObeyed::NotAuthorised);
        }
        if !self.has_topic(topic) {
            return Ok(());
        }
        let said: Value =
            serde_json::from_slice(&message.payload).map_err(|_| NotObeyed::Unknown)?;
        let sign = Sign::of(device, message);
        let mut known = false;
        for rule in self
            .0
            .iter()
            .filter(|rule| rule.topic == topic && rule.is_said(&said))
        {
            known = true;
            if let Some(wanted) = &rule.command {
                wanted.ask(ingest, device, sign.as_ref()).await?;
            }
            if let Some(created) = &rule.create {
                created.plant(ingest, &said).await?;
            }
        }
        known.then_some(()).ok_or(NotObeyed::Unknown)
    }
}

impl ObeyRule {
    fn check(&self) -> Result<(), ConfigFault> {
        let fault = |pointer: &str, message: &str| Err(ConfigFault::at(pointer, message));
        if self.topic.is_empty() || self.topic.contains(['+', '#', '{', '}', '\0']) {
            return fault("/topic", "a topic without wildcards");
        }
        if !self.at.starts_with('/') {
            return fault("/at", "a JSON pointer such as `/cmd`");
        }
        if self.command.is_none() && self.create.is_none() {
            return fault("", "says neither `command` nor `create`");
        }
        if let Some(command) = &self.command
            && !matches!(
                command.value,
                Value::Number(_) | Value::Bool(_) | Value::String(_)
            )
        {
            return fault(
                "/command/value",
                "a number, true, false or the word of a state",
            );
        }
        match &self.create {
            Some(created) if !created.key.starts_with('/') => {
                fault("/create/key", "a JSON pointer such as `/id`")
            }
            _ => Ok(()),
        }
    }

    fn is_said(&self, said: &Value) -> bool {
        said.pointer(&self.at).and_then(Value::as_str) == Some(&self.is)
    }
}

impl CommandedPoints {
    async fn ask(
        &self,
        ingest: &Ingest,
        device: &str,
        sign: Option<&Sign>,
    ) -> Result<(), NotObeyed> {
        let db = ingest.scope().db();
        let actor = Actor::DEVICES.named(device);
        for key in &self.equipment {
            let missing = || NotObeyed::Missing(format!("{key}/{}", self.point));
            let row = equipment::find_by_key(db, key).await?.ok_or_else(missing)?;
            let all = points::list_of(db, row.id).await?;
            let point = all.into_iter().find(|point| point.spec.key == self.point);
            let point = point.ok_or_else(missing)?;
            let value = value_of(&self.value, &point).ok_or_else(missing)?;
            let at = ingest.clock().now();
            if let Some(sign) = sign
                && sign.is_obeyed(db, point.id, at).await?
            {
                continue;
            }
            let asker = Asker {
                actor: &actor,
                rank: Role::Admin,
                at,
            };
            let word = sign.map(Sign::word);
            let wanted = Wanted {
                point: &point,
                equipment: key,
                value: Some(value),
                is_meant: true,
                word: word.as_deref(),
            };
            commands::ask(db, asker, wanted).await?;
        }
        Ok(())
    }
}

fn value_of(value: &Value, point: &PointRow) -> Option<f64> {
    match value {
        Value::Bool(flag) => Some(f64::from(u8::from(*flag))),
        Value::String(word) if point.spec.kind == PointKind::State => {
            point.spec.states.code_of(word).map(f64::from)
        }
        other => other.as_f64(),
    }
}

impl Created {
    async fn plant(&self, ingest: &Ingest, said: &Value) -> Result<(), NotObeyed> {
        let key = said
            .pointer(&self.key)
            .and_then(Value::as_str)
            .unwrap_or_default();
        if !is_key(key) {
            return Err(NotObeyed::Unknown);
        }
        let hint = EquipmentHint {
            site: Some(self.site.as_str().into()),
            kind: Some(self.kind.as_str().into()),
        };
        let address = Address {
            equipment: key.into(),
            point: "".into(),
        };
        match ingest.install(address, hint).await {
            Ok(true) => Ok(()),
            Ok(false) => Err(NotObeyed::Missing(format!(
                "{} at {}",
                self.kind, self.site
            ))),
            Err(SinkError::Unavailable(why)) => Err(NotObeyed::Unavailable(why)),
            Err(SinkError::Closed) => Err(NotObeyed::Unavailable("closing".to_owned())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_wrong_rule_points_at_its_fault() {
        let pointer = |rule: Value| {
            let rules = serde_json::from_value(json!([rule])).unwrap();
            Obeying::compile(rules).err().map(|fault| fault.pointer)
        };
        let command = json!({ "equipment": ["entry"], "point": "state", "value": "OPENED" });
        let rule = json!({ "topic": "admin/override", "at": "/cmd", "is": "FORCE_OPEN", "command": command });
        assert_eq!(pointer(rule.clone()), None);
        let with = |name: &str, value: Value| {
            let mut rule = rule.clone();
            rule[name] = value;
            pointer(rule)
        };
        assert_eq!(with("topic", json!("admin/+")).as_deref(), Some("/0/topic"));
        assert_eq!(with("at", json!("cmd")).as_deref(), Some("/0/at"));
        assert_eq!(with("command", Value::Null).as_deref(), Some("/0"));
        let created = json!({ "key": "id", "type": "parking-space", "site": "centre" });
        assert_eq!(with("create", created).as_deref(), Some("/0/create/key"));
    }
}
