//! Wishes for people and for devices: who signs in.

use super::after::After;
use super::bench::Bench;
use super::fault::{Faults, Refused};
use super::settle::{Settled, Settlement, settle_as};
use super::version::Version;
use super::wish::{Act, Ref, Thing, Wished};
use crate::tenancy::manifest::Noun;
use crate::tenancy::manifest::fields::Described;
use crate::tenancy::manifest::model::{DeviceSpec, Model, UserSpec};
use crate::tenancy::{Reason, rules};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use utoipa::ToSchema;

/// The shortest password somebody may choose for another.
const SHORTEST_PASSWORD: usize = 10;
const LONGEST_PASSWORD: usize = 512;

/// What a device is to be; its secret is made up and shown once.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct DeviceWish {
    /// Unique in the client; the MQTT user name is `<client>/<name>`.
    #[schema(example = "gateway-1")]
    pub name: String,
    /// Whether what it commands itself (an override) is obeyed.
    pub may_command: bool,
}

impl Wished for DeviceWish {
    const THING: Thing = Thing::Device;
    const READ_ONLY: &'static [&'static str] = &[
        "id",
        "user_name",
        "secret",
        "created_at",
        "revoked_at",
        "last_seen_at",
    ];
}

impl Settled for DeviceWish {
    type Spec = DeviceSpec;
    const KEY: &'static str = "name";

    fn key(&self) -> &str {
        &self.name
    }

    fn of(_: &Bench, key: &str, spec: &DeviceSpec) -> Self {
        Self {
            name: key.to_owned(),
            may_command: spec.may_command,
        }
    }

    fn map(model: &mut Model) -> &mut BTreeMap<String, DeviceSpec> {
        &mut model.devices
    }

    fn version(key: &str, spec: &DeviceSpec, _: &Bench) -> Version {
        device_version(key, spec.may_command)
    }

    fn check_key(key: &str) -> Result<String, Reason> {
        rules::key(key)
    }

    fn spec(
        &self,
        _: &mut Bench,
        _: &str,
        former: Option<&DeviceSpec>,
        _: &mut Faults,
    ) -> DeviceSpec {
        DeviceSpec {
            password: former.and_then(|former| former.password.clone()),
            may_command: self.may_command,
        }
    }
}

/// The version of a device; of one that is refused nothing but its name counts.
pub(super) fn device_version(name: &str, may_command: bool) -> Version {
    let flag = may_command.then_some(("may_command", "true"));
    Version::of_pairs([("name", name)].into_iter().chain(flag))
}

/// Works a wish for a device in; one that was revoked can only go.
pub(super) fn settle_device(
    bench: &mut Bench,
    at: usize,
    act: &Act,
) -> Result<Settlement, Refused> {
    if let Act::Remove { id, seen } = act
        && let Some(name) = bench.key_of(Noun::Device, *id)
        && !bench.target.devices.contains_key(&name)
    {
        if seen
            .as_ref()
            .is_some_and(|seen| *seen != device_version(&name, false))
        {
            return Err(Refused::Changed { wish: at });
        }
        bench.after.push(After::ForgetDevice { name: name.clone() });
        return Ok(Settlement::of(name));
    }
    settle_as::<DeviceWish>(bench, at, act)
}

/// What a user is to be.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct UserWish {
    /// What they sign in with; unique in the client, kept in lower case.
    #[schema(example = "ada@acme.example")]
    pub email: String,
    /// What people call them.
    #[schema(example = "Ada Martin")]
    pub name: String,
    /// `admin`, `operator`, `member` or `viewer`.
    #[schema(example = "operator")]
    pub role: String,
    /// Sites they see, by id or key, with all inside them; none means that sites do not narrow.
    #[schema(value_type = Vec<String>)]
    pub sites: Vec<Ref>,
    /// Types of equipment they see, by id or key; none means that types do not narrow.
    #[schema(value_type = Vec<String>)]
    pub types: Vec<Ref>,
    /// Whether sign-in is refused; their sessions end at once.
    pub disabled: bool,
    /// A password to begin with, which the first sign-in must change. Never shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(write_only, min_length = 10)]
    pub password: Option<String>,
}

impl Wished for UserWish {
    const THING: Thing = Thing::User;
    const READ_ONLY: &'static [&'static str] = &["id", "created_at"];
}

impl Settled for UserWish {
    type Spec = UserSpec;
    const KEY: &'static str = "email";

    fn key(&self) -> &str {
        &self.email
    }

    fn of(bench: &Bench, key: &str, spec: &UserSpec) -> Self {
        Self {
            email: key.to_owned(),
            name: spec.name.clone(),
            role: spec.role.to_string(),
            sites: spec
                .sites
                .iter()
                .map(|key| Ref::from(key.as_str()))
                .collect(),
            types: spec
                .types
                .iter()
                .map(|key| Ref::from(key.as_str()))
                .collect(),
            disabled: bench.disabled_users.contains(key),
            password: None,
        }
    }

    fn map(model: &mut Model) -> &mut BTreeMap<String, UserSpec> {
        &mut model.users
    }

    fn version(key: &str, spec: &UserSpec, bench: &Bench) -> Version {
        user_version(key, spec, bench.disabled_users.contains(key))
    }

    fn check_key(key: &str) -> Result<String, Reason> {
        rules::email(key)
    }

    fn spec(
        &self,
        bench: &mut Bench,
        key: &str,
        former: Option<&UserSpec>,
        faults: &mut Faults,
    ) -> UserSpec {
        if let Some(password) = &self.password {
            faults.take("/password", check_password(password));
            bench.after.push(After::SetPassword {
                email: key.to_owned(),
                password: SecretString::from(password.clone()),
            });
        }
        if self.disabled != bench.disabled_users.contains(key) {
            bench.after.push(After::Disable {
                email: key.to_owned(),
                disabled: self.disabled,
            });
        }
        UserSpec {
            name: faults.take("/name", rules::line(&self.name, rules::LONGEST_NAME)),
            role: faults.take("/role", rules::role(&self.role)),
            sites: granted(bench, Noun::Site, &self.sites, "/sites", faults),
            types: granted(bench, Noun::Type, &self.types, "/types", faults),
            password: former.and_then(|former| former.password.clone()),
        }
    }
}

/// Keys of what a person is to see.
fn granted(
    bench: &Bench,
    noun: Noun,
    wanted: &[Ref],
    pointer: &str,
    faults: &mut Faults,
) -> BTreeSet<String> {
    let mut keys = BTreeSet::new();
    for (at, reference) in wanted.iter().enumerate() {
        keys.extend(bench.resolve(noun, reference, &format!("{pointer}/{at}"), faults));
    }
    keys
}

/// The version of a user.
pub(super) fn user_version(email: &str, spec: &UserSpec, disabled: bool) -> Version {
    let mut fields = spec.fields();
    fields.remove("first password");
    fields.insert("email".to_owned(), email.to_owned());
    fields.insert("disabled".to_owned(), disabled.to_string());
    Version::of_pairs(
        fields
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str())),
    )
}

fn check_password(password: &str) -> Result<(), Reason> {
    match password.chars().count() {
        ..SHORTEST_PASSWORD => Err(Reason::TooShort {
            least: SHORTEST_PASSWORD,
        }),
        SHORTEST_PASSWORD..=LONGEST_PASSWORD => Ok(()),
        _ => Err(Reason::TooLong {
            most: LONGEST_PASSWORD,
        }),
    }
}
