//! The maintenance log: what is planned, due and done, every change with its entry in the audit log.

use crate::domain::audit::{Action, Actor, Deed, Fields, Subject};
use crate::domain::{EquipmentId, MaintenanceId, Timestamp, visible};
use crate::store::tenant::maintenance::{self, Work, WorkRow};
use crate::store::{Db, StoreError, audit};

/// Characters of a title.
pub const LONGEST_TITLE: usize = 120;
/// Characters of notes.
pub const LONGEST_NOTES: usize = 10_000;
/// The last day of the calendar, 9999-12-30.
const LAST_DAY: i64 = 2_932_895;

/// Why work is not written down; nothing was.
#[derive(Debug, thiserror::Error)]
pub enum MaintenanceError {
    /// There is none, or not any more.
    #[error("there is no such work")]
    Unknown,
    /// Somebody else changed it meanwhile.
    #[error("the work was changed meanwhile")]
    Stale,
    /// It needs a title of at most 120 characters that can be read.
    #[error("a title has 1 to 120 characters that can be read")]
    Title,
    /// The notes are too long.
    #[error("notes have at most 10,000 characters")]
    Notes,
    /// A day is not on the calendar.
    #[error("{0}: not a day between 1970 and 9999")]
    Day(&'static str),
    /// A statement failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Who writes it down.
#[derive(Debug, Clone, Copy)]
pub struct By<'a> {
    /// As the log names them.
    pub actor: &'a Actor,
    /// When.
    pub at: Timestamp,
}

impl By<'_> {
    fn hand(&self) -> String {
        self.actor.hand.to_string()
    }
}

/// Writes down new work on an equipment that the caller sees.
pub async fn plan(
    db: &Db,
    by: By<'_>,
    equipment: (EquipmentId, &str),
    work: Work,
) -> Result<MaintenanceId, MaintenanceError> {
    let work = checked(work, &by)?;
    let (equipment, key) = equipment;
    let mut tx = db.begin().await?;
    let id = maintenance::insert(&mut tx, equipment, &work, &by.hand(), by.at).await?;
    let fields = fields(&work).with("equipment", key);
    let deed = Deed::new(Action::CREATED, subject(id, &work)).after(fields);
    audit::record(&mut tx, by.at, by.actor, &deed);
    tx.commit().await?;
    Ok(id)
}

/// Changes work that is still at `version`. Whoever says that it is done, did it.
pub async fn change(
    db: &Db,
    by: By<'_>,
    id: MaintenanceId,
    version: i64,
    work: Work,
) -> Result<(), MaintenanceError> {
    let row = maintenance::find(db, id).await?;
    let row = row.ok_or(MaintenanceError::Unknown)?;
    let work = checked(keep_doer(work, &row), &by)?;
    let mut tx = db.begin().await?;
    if !maintenance::update(&mut tx, id, version, &work).await? {
        return Err(MaintenanceError::Stale);
    }
    let deed = Deed::new(Action::CHANGED, subject(id, &work))
        .before(fields(&row.work))
        .after(fields(&work));
    audit::record(&mut tx, by.at, by.actor, &deed);
    Ok(tx.commit().await?)
}

/// Removes work that is still at `version`.
pub async fn remove(
    db: &Db,
    by: By<'_>,
    id: MaintenanceId,
    version: i64,
) -> Result<(), MaintenanceError> {
    let row = maintenance::find(db, id).await?;
    let row = row.ok_or(MaintenanceError::Unknown)?;
    let mut tx = db.begin().await?;
    if !maintenance::delete(&mut tx, id, version).await? {
        return Err(MaintenanceError::Stale);
    }
    let deed = Deed::new(Action::REMOVED, subject(id, &row.work)).before(fields(&row.work));
    audit::record(&mut tx, by.at, by.actor, &deed);
    Ok(tx.commit().await?)
}

/// Work that was done stays done by whom it was.
fn keep_doer(work: Work, former: &WorkRow) -> Work {
    let done_by = former.work.done_by.clone();
    Work {
        done_by: done_by.filter(|_| former.work.done_on.is_some()),
        ..work
    }
}

fn checked(work: Work, by: &By<'_>) -> Result<Work, MaintenanceError> {
    let title = work.title.trim().to_owned();
    if !(1..=LONGEST_TITLE).contains(&title.chars().count()) || visible(&title) != title {
        return Err(MaintenanceError::Title);
    }
    if work.notes.chars().count() > LONGEST_NOTES {
        return Err(MaintenanceError::Notes);
    }
    for (field, day) in [("due_on", work.due_on), ("done_on", work.done_on)] {
        if day.is_some_and(|day| !(0..=LAST_DAY).contains(&day)) {
            return Err(MaintenanceError::Day(field));
        }
    }
    let done_by = work.done_by.or_else(|| Some(by.hand()));
    Ok(Work {
        title,
        done_by: done_by.filter(|_| work.done_on.is_some()),
        notes: work.notes,
        due_on: work.due_on,
        done_on: work.done_on,
    })
}

fn fields(work: &Work) -> Fields {
    Fields::new()
        .with("title", work.title.as_str())
        .with("notes", work.notes.as_str())
        .with("due_on", work.due_on)
        .with("done_on", work.done_on)
        .with("done_by", work.done_by.clone())
}

fn subject(id: MaintenanceId, work: &Work) -> Subject {
    Subject::new("maintenance", id).named(work.title.trim())
}
