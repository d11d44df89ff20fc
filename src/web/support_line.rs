//! One grant of support in a list: the same words for the client and for the console.

use super::format;
use super::value::Reader;
use crate::domain::Timestamp;
use crate::store::tenant::SupportGrantRow;

/// One grant of support.
pub struct GrantLine {
    /// Which.
    pub id: i64,
    /// What people call them.
    pub who: String,
    /// Their address.
    pub email: String,
    /// Why, in their words.
    pub reason: String,
    /// When it was made.
    pub made: String,
    /// When it ends.
    pub until: String,
    /// How it stands, in words.
    pub state: String,
    /// Whether it can be ended.
    pub is_open: bool,
}

impl GrantLine {
    /// A grant as it is now.
    pub fn of(row: &SupportGrantRow, reader: &Reader) -> Self {
        let moment = |at: Timestamp| format::moment(at, reader.now, &reader.zone, reader.words);
        Self {
            id: row.id.0,
            who: row.grant.staff_name.clone(),
            email: row.grant.staff_email.clone(),
            reason: row.grant.reason.clone(),
            made: moment(row.created_at),
            until: moment(row.grant.expires_at),
            state: reader.words.get(state_of(row, reader.now)),
            is_open: row.is_open(reader.now),
        }
    }
}

fn state_of(row: &SupportGrantRow, now: Timestamp) -> &'static str {
    match (row.is_open(now), row.entered_at, row.revoked_at) {
        (true, Some(_), _) => "support-entered",
        (true, None, _) => "support-waiting",
        (false, _, Some(_)) => "support-revoked",
        (false, _, None) => "support-over",
    }
}
