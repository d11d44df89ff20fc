//! How each noun is looked at and changed: most by wishes, custom fields and keys by services of
//! their own.

use super::noun::Noun;
use crate::domain::{ApiKeyId, FieldId};
use crate::store::tenant::{api_keys, fields};
use crate::tenancy::change::{self, Act, FieldWish, Looked, Version, Wish};
use crate::web::WebError;
use crate::web::api::Desk;
use secrecy::SecretString;
use serde_json::{Value, json};

/// What became of a change.
#[derive(Debug)]
pub struct Done {
    /// What people call it.
    pub name: String,
    /// A secret, to be shown once.
    pub secret: Option<SecretString>,
}

impl Noun {
    /// A thing as it is; not found where the caller does not reach it.
    pub async fn look(self, desk: &Desk, id: i64) -> Result<Looked, WebError> {
        let db = desk.caller.client.scope().db();
        match (self, self.thing()) {
            (_, Some(thing)) => {
                desk.check_sight(thing, id)?;
                desk.look(thing, id).await
            }
            (Self::Fields, None) => {
                let row = fields::find(db, FieldId(id)).await?;
                let field = row.ok_or(WebError::NotFound)?.field;
                Ok(Looked {
                    wish: serde_json::to_value(FieldWish::of(&field)).unwrap_or_default(),
                    version: change::version_of_field(&field),
                    key: field.key,
                })
            }
            _ => {
                let row = api_keys::find(db, ApiKeyId(id)).await?;
                let name = row.ok_or(WebError::NotFound)?.api_key.name;
                Ok(Looked {
                    wish: json!({ "name": name }),
                    version: Version::known(""),
                    key: name,
                })
            }
        }
    }

    /// Makes a change true, or says why not.
    pub async fn change(self, desk: &Desk, act: Act) -> Result<Done, WebError> {
        let name = act.body().map(named).unwrap_or_default();
        if let Some(thing) = self.thing() {
            let made = desk.make_one(Wish { thing, act }).await?;
            let name = if name.is_empty() { made.key } else { name };
            return Ok(Done {
                name,
                secret: made.secret,
            });
        }
        let secret = match (self, act) {
            (Self::Fields, act) => {
                change::change_field(&desk.office(), &act).await?;
                desk.caller.client.model_changed();
                None
            }
            (_, Act::Create(body)) => {
                let held = desk.caller.access().permissions;
                Some(change::make_key(&desk.office(), body, held).await?.secret)
            }
            (_, Act::Rotate { id, .. }) => {
                let held = desk.caller.access().permissions;
                let made = change::rotate_key(&desk.office(), ApiKeyId(id), held).await?;
                Some(made.secret)
            }
            (_, Act::Remove { id, .. }) => {
                change::revoke_key(&desk.office(), ApiKeyId(id)).await?;
                None
            }
            (_, Act::Replace { .. } | Act::Patch { .. }) => return Err(WebError::NotFound),
        };
        Ok(Done { name, secret })
    }
}

fn named(body: &Value) -> String {
    let name = body.get("name").and_then(Value::as_str);
    name.unwrap_or_default().to_owned()
}
