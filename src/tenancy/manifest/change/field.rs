//! Wishes for custom fields themselves.

use super::fault::{Faults, FieldFault, Refused};
use super::make::Office;
use super::settle::{merge, read};
use super::version::Version;
use super::wish::Act;
use crate::domain::audit::{Action, Deed, Fields, Subject};
use crate::domain::{FieldId, FieldKind};
use crate::store::tenant::{Field, FieldRow, fields, settings};
use crate::store::{StoreError, audit};
use crate::tenancy::{Reason, rules};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

const MOST_FIELDS: usize = 100;
const MOST_OPTIONS: usize = 200;
const LONGEST_OPTION: usize = 100;

/// What a custom field is to be.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct FieldWish {
    /// Of what: `site` or `equipment`; fixed once it is made.
    #[schema(example = "equipment")]
    pub noun: String,
    /// Stable name, unique among the fields of its noun.
    #[schema(example = "inventory-number")]
    pub key: String,
    /// What people call it, in English.
    #[schema(example = "Inventory number")]
    pub name: String,
    /// The same in French.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name_fr: Option<String>,
    /// `text`, `number`, `date`, `boolean`, `select`, `multi-select` or `long-text`; fixed once it is made.
    #[schema(example = "text")]
    pub kind: String,
    /// The words of a select.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub options: Vec<String>,
    /// Whether whoever changes a thing must give it a value.
    pub required: bool,
    /// Whether the search looks into it.
    pub searchable: bool,
    /// Whether lists show it.
    pub listed: bool,
    /// Order among the fields of its noun.
    pub position: i64,
}

impl FieldWish {
    const READ_ONLY: &'static [&'static str] = &["id"];

    /// What would have to be wished for a field to be as it is.
    pub fn of(field: &Field) -> Self {
        Self {
            noun: field.noun.clone(),
            key: field.key.clone(),
            name: field.name.clone(),
            name_fr: field.name_fr.clone(),
            kind: field.kind.to_string(),
            options: serde_json::from_str(&field.options).unwrap_or_default(),
            required: field.required,
            searchable: field.searchable,
            listed: field.listed,
            position: field.position,
        }
    }

    /// The field that is wished for, or all that is wrong with it.
    pub(in crate::tenancy::manifest) fn checked(&self) -> Result<Field, Vec<FieldFault>> {
        let mut faults = Faults::of(0);
        let field = self.field(None, &mut faults);
        if faults.is_empty() {
            return Ok(field);
        }
        Err(faults.into_found())
    }

    fn field(&self, former: Option<&Field>, faults: &mut Faults) -> Field {
        let kind: Result<FieldKind, _> = self.kind.parse();
        let kind = kind.map_err(|_| Reason::NotOneOf {
            word: self.kind.clone(),
            allowed: FieldKind::WORDS.to_owned(),
        });
        let field = Field {
            noun: faults.take("/noun", rules::one_of(&self.noun, &["site", "equipment"])),
            key: faults.take("/key", rules::key(&self.key)),
            name: faults.take("/name", rules::line(&self.name, rules::LONGEST_NAME)),
            name_fr: faults.take(
                "/name_fr",
                rules::optional_line(self.name_fr.as_deref(), rules::LONGEST_NAME),
            ),
            kind: faults.take("/kind", kind),
            options: self.options(faults),
            required: self.required,
            searchable: self.searchable,
            listed: self.listed,
            position: self.position,
        };
        if field.kind.has_options() && self.options.is_empty() {
            faults.push("/options", Reason::Empty);
        }
        if let Some(former) = former {
            fixed("/noun", &former.noun, &field.noun, faults);
            fixed("/kind", former.kind.as_str(), field.kind.as_str(), faults);
        }
        field
    }

    fn options(&self, faults: &mut Faults) -> String {
        if self.options.len() > MOST_OPTIONS {
            faults.push("/options", Reason::TooMany { most: MOST_OPTIONS });
        }
        let words = self.options.iter().enumerate().map(|(index, word)| {
            let word = rules::line(word, LONGEST_OPTION);
            faults.take(&format!("/options/{index}"), word)
        });
        let mut words: Vec<String> = words.collect();
        let mut seen = std::collections::BTreeSet::new();
        words.retain(|word| seen.insert(word.clone()));
        serde_json::Value::from(words).to_string()
    }
}

fn fixed(pointer: &str, former: &str, wished: &str, faults: &mut Faults) {
    if former != wished {
        let (word, allowed) = (wished.to_owned(), former.to_owned());
        faults.push(pointer, Reason::NotOneOf { word, allowed });
    }
}

/// The version of a field.
pub fn version_of_field(field: &Field) -> Version {
    let text = serde_json::to_string(&FieldWish::of(field)).unwrap_or_default();
    Version::of_pairs([("field", text.as_str())])
}

/// Makes a wish for a custom field true; its identity. A field that goes takes its values along.
pub async fn change_field(office: &Office<'_>, act: &Act) -> Result<FieldId, Refused> {
    let db = office.scope.db();
    let mut faults = Faults::of(0);
    let all = fields::list(db).await?;
    let former = match act.id() {
        Some(id) => Some(known(&all, FieldId(id), act.seen())?),
        None if all.len() >= MOST_FIELDS => {
            faults.push("", Reason::TooMany { most: MOST_FIELDS });
            None
        }
        None => None,
    };
    let (mut tx, now) = (db.begin().await?, office.directory.clock.now());
    let (id, deed) = if let (Some(row), Act::Remove { .. }) = (former, act) {
        fields::delete(&mut tx, row.id).await?;
        let subject = Subject::new("field", &row.field.key);
        (
            row.id,
            Deed::new(Action::REMOVED, subject).before(told(&row.field)),
        )
    } else {
        let field = wished(act, former, &all, &mut faults)?;
        let subject = Subject::new("field", &field.key);
        if let Some(row) = former {
            fields::update(&mut tx, row.id, &field).await?;
            let deed = Deed::new(Action::CHANGED, subject);
            (row.id, deed.before(told(&row.field)).after(told(&field)))
        } else {
            let id = fields::insert(&mut tx, &field)
                .await
                .map_err(|error| taken(error, &field))?;
            (id, Deed::new(Action::CREATED, subject).after(told(&field)))
        }
    };
    audit::record(&mut tx, now, office.actor, &deed);
    settings::bump_model_version(&mut tx).await?;
    tx.commit().await?;
    Ok(id)
}

fn known<'a>(
    all: &'a [FieldRow],
    id: FieldId,
    seen: Option<&Version>,
) -> Result<&'a FieldRow, Refused> {
    let row = all.iter().find(|row| row.id == id);
    let row = row.ok_or(Refused::Gone { wish: 0 })?;
    if seen.is_some_and(|seen| *seen != version_of_field(&row.field)) {
        return Err(Refused::Changed { wish: 0 });
    }
    Ok(row)
}

fn wished(
    act: &Act,
    former: Option<&FieldRow>,
    all: &[FieldRow],
    faults: &mut Faults,
) -> Result<Field, Refused> {
    let mut body = act.body().cloned().unwrap_or_default();
    if let (Act::Patch { with, .. }, Some(row)) = (act, former) {
        body = serde_json::to_value(FieldWish::of(&row.field)).unwrap_or_default();
        merge(&mut body, with);
    }
    let wish: FieldWish = read(body, FieldWish::READ_ONLY, faults)?;
    let field = wish.field(former.map(|row| &row.field), faults);
    let is_same = |row: &&FieldRow| row.field.noun == field.noun && row.field.key == field.key;
    let holder = all.iter().find(is_same).map(|row| row.id);
    if holder.is_some() && holder != former.map(|row| row.id) {
        faults.push("/key", taken_key(&field));
    }
    if faults.is_empty() {
        return Ok(field);
    }
    Err(Refused::Faults(
        std::mem::replace(faults, Faults::of(0)).into_found(),
    ))
}

fn taken_key(field: &Field) -> Reason {
    Reason::Taken {
        noun: "field".to_owned(),
        key: field.key.clone(),
    }
}

/// Somebody made one with this key in the same moment.
fn taken(error: StoreError, field: &Field) -> Refused {
    let StoreError::Duplicate(_) = error else {
        return error.into();
    };
    let mut faults = Faults::of(0);
    faults.push("/key", taken_key(field));
    Refused::Faults(faults.into_found())
}

fn told(field: &Field) -> Fields {
    Fields::of(&FieldWish::of(field))
}
