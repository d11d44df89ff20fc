//! Who acts, and from where.

use super::Origin;
use crate::domain::{ApiKeyId, Principal, ShareLinkId, SupportGrantId, UnknownWord, UserId};
use serde_json::{Map, Value};

/// Whose hand it was: a principal by its number, never by a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Hand {
    /// A person of the client.
    User(UserId),
    /// A program with a key.
    Key(ApiKeyId),
    /// Whoever holds a link that shares a dashboard.
    Share(ShareLinkId),
    /// Staff whom the client was told of, by their grant.
    Support(SupportGrantId),
    /// Staff of the platform.
    Staff(i64),
    /// Somebody at the command line.
    Command,
    /// A manifest that was applied.
    Manifest,
    /// A device, by speaking.
    Devices,
    /// The platform by itself.
    Platform,
    /// Somebody who is not signed in.
    Nobody,
}

impl Hand {
    /// Those that have no number.
    const PLAIN: [(&'static str, Self); 5] = [
        ("command", Self::Command),
        ("manifest", Self::Manifest),
        ("devices", Self::Devices),
        ("platform", Self::Platform),
        ("nobody", Self::Nobody),
    ];
}

impl From<Principal> for Hand {
    fn from(principal: Principal) -> Self {
        match principal {
            Principal::User(id) => Self::User(id),
            Principal::Key(id) => Self::Key(id),
            Principal::Share(id) => Self::Share(id),
            Principal::Support(id) => Self::Support(id),
        }
    }
}

impl std::fmt::Display for Hand {
    /// `user:7`, `command`: what the log keeps.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::User(id) => write!(f, "user:{id}"),
            Self::Key(id) => write!(f, "key:{id}"),
            Self::Share(id) => write!(f, "share:{id}"),
            Self::Support(id) => write!(f, "support:{id}"),
            Self::Staff(id) => write!(f, "staff:{id}"),
            plain => {
                let known = Self::PLAIN.iter().find(|(_, hand)| hand == plain);
                f.write_str(known.map_or("nobody", |(word, _)| word))
            }
        }
    }
}

impl std::str::FromStr for Hand {
    type Err = UnknownWord;

    fn from_str(text: &str) -> Result<Self, UnknownWord> {
        let plain = Self::PLAIN.iter().find(|(word, _)| *word == text);
        let numbered = || {
            let (kind, number) = text.split_once(':')?;
            let number: i64 = number.parse().ok()?;
            match kind {
                "user" => Some(Self::User(UserId(number))),
                "key" => Some(Self::Key(ApiKeyId(number))),
                "share" => Some(Self::Share(ShareLinkId(number))),
                "support" => Some(Self::Support(SupportGrantId(number))),
                "staff" => Some(Self::Staff(number)),
                _ => None,
            }
        };
        let hand = plain.map(|(_, hand)| *hand).or_else(numbered);
        hand.ok_or_else(|| UnknownWord {
            found: text.to_owned(),
            allowed: "user:N, key:N, share:N, support:N, staff:N, command, manifest, devices, platform, nobody",
        })
    }
}

/// Who acts: the hand, and what tells of the person behind it at that time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    /// Whose hand.
    pub hand: Hand,
    name: Option<String>,
    email: Option<String>,
    origin: Origin,
}

impl Actor {
    /// Somebody at the command line.
    pub const COMMAND: Self = Self::of(Hand::Command);
    /// A manifest that is applied.
    pub const MANIFEST: Self = Self::of(Hand::Manifest);
    /// A device that speaks for the first time.
    pub const DEVICES: Self = Self::of(Hand::Devices);
    /// The platform by itself.
    pub const PLATFORM: Self = Self::of(Hand::Platform);

    /// A hand nothing more is known of.
    pub const fn of(hand: Hand) -> Self {
        Self {
            hand,
            name: None,
            email: None,
            origin: Origin::UNKNOWN,
        }
    }

    /// A person of the client, as they are called now.
    pub fn user(id: UserId, name: &str, email: &str) -> Self {
        Self {
            email: Some(email.to_owned()),
            ..Self::of(Hand::User(id)).named(name)
        }
    }

    /// With the name it has now.
    #[must_use]
    pub fn named(mut self, name: &str) -> Self {
        self.name = Some(name.to_owned());
        self
    }

    /// From there.
    #[must_use]
    pub fn from_where(self, origin: &Origin) -> Self {
        let origin = origin.clone();
        Self { origin, ..self }
    }

    /// What tells of the person, as JSON; nothing when nothing is known.
    pub fn told(&self) -> Option<String> {
        let address = self.origin.address.map(|address| address.to_string());
        let parts = [
            ("name", self.name.clone()),
            ("email", self.email.clone()),
            ("address", address),
            ("agent", self.origin.agent.clone()),
        ];
        let told: Map<_, _> = parts
            .into_iter()
            .filter_map(|(field, text)| Some((field.to_owned(), Value::String(text?))))
            .collect();
        (!told.is_empty()).then(|| Value::Object(told).to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hand_is_read_as_it_is_written() {
        let hands = [
            Hand::User(UserId(7)),
            Hand::Key(ApiKeyId(1)),
            Hand::Share(ShareLinkId(2)),
            Hand::Support(SupportGrantId(3)),
            Hand::Staff(3),
            Hand::Command,
            Hand::Manifest,
            Hand::Devices,
            Hand::Platform,
            Hand::Nobody,
        ];
        for hand in hands {
            assert_eq!(hand.to_string().parse(), Ok(hand));
        }
        assert!("user:x".parse::<Hand>().is_err());
    }

    #[test]
    fn a_command_tells_of_no_person_and_a_user_agent_is_cut() {
        assert_eq!(Actor::of(Hand::Command).told(), None);
        let origin = Origin::new("192.0.2.1".parse().ok(), Some(&"x".repeat(500)));
        let actor = Actor::user(UserId(7), "Ada", "ada@example.org");
        let told = actor.from_where(&origin).told().unwrap();
        assert!(told.contains("\"name\":\"Ada\"") && told.contains("192.0.2.1"));
        assert!(told.len() < 300, "{told}");
    }
}
