//! Notes on charts: written by people who run the equipment, changed and removed by their author alone.
//!
//! Pages and the API come through here; each change is recorded with the transaction that makes it.

use super::WebError;
use super::arrival::Identity;
use super::model::Model;
use crate::domain::audit::{Action, Actor, Deed, Subject};
use crate::domain::{AnnotationId, EquipmentId, TimeRange, Timestamp};
use crate::store::audit;
use crate::store::tenant::{AnnotationRow, UserRow, annotations};
use crate::tenancy::{Reason, TenantScope};

/// Notes of one equipment shown at once.
const SHOWN: i64 = 100;
const LONGEST: usize = 1_000;
/// A note about what is planned may lie so far ahead.
const AHEAD: i64 = 366 * Timestamp::DAY;

/// Where notes are kept, who asks, what they see.
pub struct Notes<'a> {
    /// The client.
    pub scope: &'a TenantScope,
    /// What of it they see.
    pub model: &'a Model,
    /// Who asks.
    pub identity: &'a Identity,
    /// The present instant.
    pub now: Timestamp,
}

impl Notes<'_> {
    /// The notes on these equipment in a range, as far as they are seen, the latest first.
    pub async fn list(
        &self,
        equipment: &[EquipmentId],
        range: TimeRange,
    ) -> Result<Vec<AnnotationRow>, WebError> {
        let mut found = Vec::new();
        for id in equipment {
            if self.model.equipment(*id).is_some() {
                found.extend(annotations::list(self.scope.db(), *id, range, SHOWN).await?);
            }
        }
        found.sort_by_key(|row| (std::cmp::Reverse(row.at), row.id));
        Ok(found)
    }

    /// Writes one.
    pub async fn add(
        &self,
        equipment: EquipmentId,
        at: Timestamp,
        text: &str,
    ) -> Result<AnnotationId, WebError> {
        let author = self.author()?;
        let row = self.model.equipment(equipment).ok_or(WebError::NotFound)?;
        let text = checked(text)?;
        if at.0 < 0 || at.since(self.now) > AHEAD {
            let detail = "must lie between 1970 and a year from now".to_owned();
            return Err(WebError::fault("/at", Reason::Shape { detail }));
        }
        let mut tx = self.scope.db().begin().await?;
        let id = annotations::insert(&mut tx, equipment, at, text, author.id, self.now).await?;
        self.record(&mut tx, author, Action::CREATED, &row.equipment.key);
        tx.commit().await?;
        Ok(id)
    }

    /// Writes another text.
    pub async fn change(&self, id: AnnotationId, text: &str) -> Result<(), WebError> {
        let (author, key) = self.own(id).await?;
        let text = checked(text)?;
        let mut tx = self.scope.db().begin().await?;
        if !annotations::update(&mut tx, id, author.id, text, self.now).await? {
            return Err(WebError::NotFound);
        }
        self.record(&mut tx, author, Action::CHANGED, &key);
        Ok(tx.commit().await?)
    }

    /// Takes one away.
    pub async fn remove(&self, id: AnnotationId) -> Result<(), WebError> {
        let (author, key) = self.own(id).await?;
        let mut tx = self.scope.db().begin().await?;
        if !annotations::delete(&mut tx, id, author.id).await? {
            return Err(WebError::NotFound);
        }
        self.record(&mut tx, author, Action::REMOVED, &key);
        Ok(tx.commit().await?)
    }

    fn author(&self) -> Result<&UserRow, WebError> {
        self.identity
            .user()
            .ok_or(WebError::Forbidden("notes are written by people"))
    }

    /// Its author, who must be the one who asks, and the key of its equipment.
    async fn own(&self, id: AnnotationId) -> Result<(&UserRow, String), WebError> {
        let author = self.author()?;
        let row = annotations::find(self.scope.db(), id).await?;
        let row = row.ok_or(WebError::NotFound)?;
        let equipment = self.model.equipment(row.equipment_id);
        let equipment = equipment.ok_or(WebError::NotFound)?;
        if row.author_id != Some(author.id) {
            return Err(WebError::Forbidden("a note is changed by its author"));
        }
        Ok((author, equipment.equipment.key.clone()))
    }

    fn record(&self, tx: &mut crate::store::Tx, author: &UserRow, what: Action, equipment: &str) {
        let actor = Actor::user(author.id, &author.user.name, &author.user.email);
        let deed = Deed::new(what, Subject::new("note", equipment));
        audit::record(tx, self.now, &actor, &deed);
    }
}

fn checked(text: &str) -> Result<&str, WebError> {
    let text = text.trim();
    match text.chars().count() {
        1..=LONGEST => Ok(text),
        0 => Err(WebError::fault("/text", Reason::Empty)),
        _ => Err(WebError::fault("/text", Reason::TooLong { most: LONGEST })),
    }
}
