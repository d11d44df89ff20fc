//! Reminders of maintenance: whoever planned work is told by mail when it is due, once for each
//! date it is given. Work of somebody who left, or of a program, is told to the administrators.
//!
//! Invariant: the mark that somebody was reminded and the mail are one transaction, so that
//! several processes remind once.

use super::days;
use super::format::Locale;
use super::mails::{self, Matter};
use super::people::words_of;
use super::words::Words;
use super::{AppState, WebError};
use crate::domain::audit::Hand;
use crate::domain::{Role, Timestamp, UserId};
use crate::runtime::Client;
use crate::store::tenant::{UserRow, WorkRow, equipment, maintenance, users};
use crate::store::{Db, Tx};
use jiff::tz::TimeZone;
use std::collections::BTreeMap;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

const EVERY: Duration = Duration::from_secs(15 * 60);
/// Work that is told of at once; the rest follows at the next turn.
const AT_ONCE: i64 = 200;
/// Work that a mail names; more are counted.
const NAMED: usize = 10;

/// Goes round until `stop`.
pub async fn run(state: AppState, stop: CancellationToken) {
    let mut tick = tokio::time::interval(EVERY);
    while stop.run_until_cancelled(tick.tick()).await.is_some() {
        for client in state.platform.clients() {
            if let Err(error) = remind(&state, &client).await {
                let slug = &client.tenant().slug;
                tracing::warn!(tenant.slug = slug, %error, "reminders wait for the next turn");
            }
        }
    }
}

/// Tells everybody of one client what of theirs is due.
async fn remind(state: &AppState, client: &Client) -> Result<(), WebError> {
    let db = client.scope().db();
    let now = state.clock.now();
    let due = maintenance::due(db, today(client, now), AT_ONCE).await?;
    if due.is_empty() {
        return Ok(());
    }
    let people = users::list(db).await?;
    let mut tx = db.begin().await?;
    let mut marked = Vec::with_capacity(due.len());
    for work in &due {
        if maintenance::set_reminded(&mut tx, work).await? {
            marked.push(work);
        }
    }
    for (reader, works) in by_reader(&marked, &people) {
        let mut told = Vec::with_capacity(works.len());
        for work in works {
            told.push(line_of(db, work).await?);
        }
        if let Some(reader) = people.iter().find(|row| row.id == reader) {
            post(state, client, &mut tx, reader, &told).await?;
        }
    }
    tx.commit().await?;
    if let Some(postman) = &state.postman {
        postman.nudge();
    }
    Ok(())
}

/// Today, on the calendar of the client.
fn today(client: &Client, now: Timestamp) -> i64 {
    let zone = TimeZone::get(&client.tenant().time_zone).unwrap_or(TimeZone::UTC);
    days::on(now, &zone)
}

/// Who is told of what: the one who planned it, else every administrator.
fn by_reader<'a>(due: &[&'a WorkRow], people: &[UserRow]) -> BTreeMap<UserId, Vec<&'a WorkRow>> {
    let present = |id: UserId| people.iter().any(|row| row.id == id && !row.disabled);
    let admins = people.iter();
    let admins = admins.filter(|row| row.user.role == Role::Admin && !row.disabled);
    let admins: Vec<_> = admins.map(|row| row.id).collect();
    let mut found: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for &work in due {
        let readers = match work.created_by.parse() {
            Ok(Hand::User(id)) if present(id) => vec![id],
            _ => admins.clone(),
        };
        for reader in readers {
            found.entry(reader).or_default().push(work);
        }
    }
    found
}

/// `Clean the filters (Air handler 1)`.
async fn line_of(db: &Db, row: &WorkRow) -> Result<String, WebError> {
    let on = equipment::find(db, row.equipment_id).await?;
    let title = &row.work.title;
    Ok(on.map_or_else(
        || title.clone(),
        |on| format!("{title} ({})", on.equipment.name),
    ))
}

async fn post(
    state: &AppState,
    client: &Client,
    tx: &mut Tx,
    user: &UserRow,
    told: &[String],
) -> Result<(), WebError> {
    let tenant = client.tenant();
    let usual = Locale::of_tag(&tenant.locale).unwrap_or(Locale::English);
    let words = words_of(user, Words::of(usual));
    let mut named = told[..told.len().min(NAMED)].join("; ");
    if told.len() > NAMED {
        named.push_str(" …");
    }
    let link = format!("{}/maintenance", state.config.portal(&tenant.slug));
    let to = &user.user.email;
    let letter = mails::letter_with(
        Matter::Due,
        words,
        &[("client", &tenant.name), ("work", &named)],
        to,
        link,
    )?;
    mails::post(state, client, tx, &letter, state.clock.now()).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{EquipmentId, MaintenanceId};
    use crate::store::tenant::{User, Work};

    fn person(id: i64, role: Role, disabled: bool) -> UserRow {
        let user = User {
            email: format!("{id}@acme.example"),
            name: id.to_string(),
            role,
        };
        UserRow {
            disabled,
            ..UserRow::fresh(UserId(id), user, Timestamp(0))
        }
    }

    fn planned_by(hand: &str) -> WorkRow {
        WorkRow {
            id: MaintenanceId(1),
            equipment_id: EquipmentId(1),
            work: Work {
                title: "Clean".to_owned(),
                notes: String::new(),
                due_on: Some(1),
                done_on: None,
                done_by: None,
            },
            created_by: hand.to_owned(),
            created_at: Timestamp(0),
            version: 1,
        }
    }

    #[test]
    fn the_planner_is_told_and_for_who_left_or_a_program_the_administrators() {
        let people = [
            person(1, Role::Admin, false),
            person(2, Role::Operator, false),
            person(3, Role::Operator, true),
            person(4, Role::Admin, true),
        ];
        for (hand, reader) in [("user:2", 2), ("user:3", 1), ("user:9", 1), ("key:7", 1)] {
            let work = planned_by(hand);
            let told: Vec<_> = by_reader(&[&work], &people).into_keys().collect();
            assert_eq!(told, [UserId(reader)], "{hand}");
        }
    }
}
