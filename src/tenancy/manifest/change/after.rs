//! What wishes say beyond a manifest, in the transaction of the wishes; and what must still hold.

use super::fault::{FieldFault, Refused};
use crate::domain::FieldId;
use crate::domain::audit::{Action, Deed, Fields, Subject};
use crate::store::tenant::{devices, fields, users};
use crate::store::{StoreError, Tx};
use crate::tenancy::manifest::current::Ids;
use crate::tenancy::manifest::{ApplyError, Noun};
use crate::tenancy::{Quota, Reason};
use crate::tenancy::{credentials, sign_out};
use secrecy::SecretString;

/// One thing to be done after the writer.
#[derive(Debug)]
pub(super) enum After {
    /// Sign-in is refused, or allowed again.
    Disable { email: String, disabled: bool },
    /// A password that the next sign-in must change.
    SetPassword {
        email: String,
        password: SecretString,
    },
    /// The values of custom fields become these.
    SetCustom {
        noun: Noun,
        key: String,
        values: Vec<(FieldId, String)>,
    },
    /// A device that was revoked goes for good.
    ForgetDevice { name: String },
}

impl After {
    /// Does it, and says what was done.
    pub(super) async fn carry_out(&self, tx: &mut Tx, ids: &Ids) -> Result<Deed, Refused> {
        let user = |email: &str| ids.users.get(email).copied().ok_or(StoreError::NotFound);
        Ok(match self {
            Self::Disable { email, disabled } => {
                let id = user(email)?;
                users::set_disabled(tx, id, *disabled).await?;
                sign_out::everywhere(tx, id).await?;
                Deed::new(Action::CHANGED, Subject::person(id, email))
                    .before(Fields::new().with("disabled", !disabled))
                    .after(Fields::new().with("disabled", *disabled))
            }
            Self::SetPassword { email, password } => {
                let id = user(email)?;
                let hash = credentials::hash_chosen(password).await;
                let hash = hash.map_err(ApplyError::from)?;
                users::set_password(tx, id, &hash, true).await?;
                sign_out::everywhere(tx, id).await?;
                let deed = Deed::new(Action::CHANGED, Subject::person(id, email));
                deed.note("another password to begin with")
            }
            Self::SetCustom { noun, key, values } => {
                set_custom(tx, ids, *noun, key, values).await?;
                let told = values.iter().fold(Fields::new(), |told, (id, value)| {
                    told.with(&format!("field {id}"), value.as_str())
                });
                Deed::new(Action::CHANGED, Subject::new(&noun.to_string(), key)).after(told)
            }
            Self::ForgetDevice { name } => {
                devices::delete(tx, name).await?;
                Deed::new(Action::REMOVED, Subject::new("device", name))
            }
        })
    }
}

async fn set_custom(
    tx: &mut Tx,
    ids: &Ids,
    noun: Noun,
    key: &str,
    values: &[(FieldId, String)],
) -> Result<(), StoreError> {
    if noun == Noun::Site {
        let site = ids.sites.get(key).ok_or(StoreError::NotFound)?.0;
        fields::clear_site(tx, site).await?;
        for (field, value) in values {
            fields::insert_of_site(tx, site, *field, value).await?;
        }
        return Ok(());
    }
    let thing = ids.equipment.get(key).ok_or(StoreError::NotFound)?.0;
    fields::clear_thing(tx, thing).await?;
    for (field, value) in values {
        fields::insert_of_thing(tx, thing, *field, value).await?;
    }
    Ok(())
}

/// Refuses what would leave nobody to administer the client.
pub(super) async fn keep_an_admin(tx: &mut Tx) -> Result<(), Refused> {
    if users::count_admins(tx).await? > 0 {
        return Ok(());
    }
    Err(Refused::Faults(vec![FieldFault {
        wish: 0,
        pointer: "/role".to_owned(),
        reason: Reason::LastAdmin,
    }]))
}

/// Refuses what is beyond the quota of the client.
pub(super) async fn keep_quota(
    tx: &mut Tx,
    quota: &Quota,
    grown: &[&'static str],
) -> Result<(), Refused> {
    for what in grown {
        let (most, count) = match *what {
            "users" => (quota.users, users::count(tx).await?),
            "devices" => (quota.devices, devices::count(tx).await?),
            _ => (quota.points, crate::store::tenant::points::count(tx).await?),
        };
        if let Some(most) = most.filter(|most| count > *most) {
            return Err(Refused::Quota { what, most });
        }
    }
    Ok(())
}
