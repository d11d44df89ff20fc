//! The form of a piece of work: what was typed stays, and each fault stands at its field.

use crate::domain::EquipmentId;
use crate::store::tenant::{Work, WorkRow};
use crate::tenancy::maintenance::MaintenanceError;
use crate::web::days;
use crate::web::form::Field;
use crate::web::words::Words;
use serde::Deserialize;

/// What the form sends.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Typed {
    /// On what, for new work.
    pub equipment: Option<EquipmentId>,
    /// Which version was looked at.
    pub version: i64,
    title: String,
    notes: String,
    due_on: String,
    done_on: String,
}

/// The form as it is shown.
pub struct WorkForm {
    pub(super) version: i64,
    pub(super) title: Field,
    pub(super) notes: Field,
    pub(super) due_on: Field,
    pub(super) done_on: Field,
    /// What concerns the whole: somebody else changed it.
    pub(super) trouble: Option<String>,
}

impl Typed {
    /// What is stored.
    pub fn of(row: &WorkRow) -> Self {
        let day = |day: Option<i64>| day.map(days::field).unwrap_or_default();
        Self {
            equipment: Some(row.equipment_id),
            version: row.version,
            title: row.work.title.clone(),
            notes: row.work.notes.clone(),
            due_on: day(row.work.due_on),
            done_on: day(row.work.done_on),
        }
    }

    /// The work this means.
    pub fn work(&self) -> Result<Work, MaintenanceError> {
        Ok(Work {
            title: self.title.clone(),
            notes: self.notes.replace("\r\n", "\n"),
            due_on: day("due_on", &self.due_on)?,
            done_on: day("done_on", &self.done_on)?,
            done_by: None,
        })
    }

    /// The form, with why it was refused, if it was.
    pub fn form(self, error: Option<&MaintenanceError>, words: Words) -> WorkForm {
        let fault = |field: &str| {
            let key = match error? {
                MaintenanceError::Title if field == "title" => "maintenance-title-fault",
                MaintenanceError::Notes if field == "notes" => "maintenance-notes-fault",
                MaintenanceError::Day(wrong) if *wrong == field => "maintenance-day-fault",
                _ => return None,
            };
            Some(words.get(key))
        };
        let field = |name, key: &str, value: &str| {
            Field::new(name, key, words).value(value).fault(fault(name))
        };
        let stale = matches!(error, Some(MaintenanceError::Stale));
        WorkForm {
            version: self.version,
            title: field("title", "maintenance-title", &self.title),
            notes: field("notes", "maintenance-notes", &self.notes),
            due_on: field("due_on", "maintenance-due", &self.due_on),
            done_on: field("done_on", "maintenance-done", &self.done_on),
            trouble: stale.then(|| words.get("maintenance-stale")),
        }
    }
}

fn day(field: &'static str, text: &str) -> Result<Option<i64>, MaintenanceError> {
    if text.trim().is_empty() {
        return Ok(None);
    }
    let day = days::parse(text).ok_or(MaintenanceError::Day(field))?;
    Ok(Some(day))
}
