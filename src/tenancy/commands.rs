//! Commands: who may want what of a point, each step with its entry in the audit log.
//!
//! [`ask`] and [`cancel`] are for people, programs and devices; [`claim`] and [`end`] for the
//! dispatcher (`ingest::commands`), which alone gives commands to connections.
//!
//! Invariant: what is given to a connection was claimed before, durably; a claimed command is
//! never claimed again.

use crate::domain::audit::{Action, Actor, Deed, Fields, Subject};
use crate::domain::{
    CommandId, CommandPolicy, CommandState, Permission, Permissions, PointKind, Role, Timestamp,
    ValueRefused,
};
use crate::store::tenant::{Command, CommandRow, Ending, PointRow, commands};
use crate::store::{Db, StoreError, Tx, audit};

/// The longest word that tells a repetition.
const LONGEST_WORD: usize = 128;

/// Why a command is not taken; nothing was written.
#[derive(Debug, thiserror::Error)]
pub enum CommandError {
    /// The point is only read.
    #[error("this point cannot be commanded")]
    ReadOnly,
    /// Who asks may not.
    #[error("commanding this point needs the role {0}")]
    Role(Role),
    /// The policy does not allow the value.
    #[error(transparent)]
    Value(#[from] ValueRefused),
    /// Only a command with a priority leaves something to release.
    #[error("this point has no priority, so there is nothing to release")]
    NothingToRelease,
    /// Who asks has to say that they mean it.
    #[error("this command must be confirmed: say `confirm: true`")]
    Unconfirmed,
    /// The same word was used for another command.
    #[error("this word was used for another command")]
    OtherCommand,
    /// The word is empty or too long.
    #[error("a word has 1 to 128 characters")]
    Word,
    /// More than the policy allows within a minute.
    #[error("at most {per_minute} commands a minute are taken for this point")]
    TooOften {
        /// How many are.
        per_minute: i64,
    },
    /// There is none, or not any more.
    #[error("there is no such command")]
    Unknown,
    /// It was sent, or has come to an end.
    #[error("it is {0} and cannot be taken back")]
    TooLate(CommandState),
    /// A statement failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Who asks.
#[derive(Debug, Clone, Copy)]
pub struct Asker<'a> {
    /// As the log names them.
    pub actor: &'a Actor,
    /// What they are to policies.
    pub rank: Role,
    /// When.
    pub at: Timestamp,
}

/// What is wanted of which point.
#[derive(Debug, Clone, Copy)]
pub struct Wanted<'a> {
    /// The point; that the asker reaches it is the caller's to see to.
    pub point: &'a PointRow,
    /// Key of its equipment, for the log.
    pub equipment: &'a str,
    /// In the unit of the point, a state by its code; none releases.
    pub value: Option<f64>,
    /// Whether they said that they mean it.
    pub is_meant: bool,
    /// The same word from the same asker is the same command.
    pub word: Option<&'a str>,
}

/// What somebody is to policies; none for who may command nothing.
pub const fn rank_of(permissions: Permissions) -> Option<Role> {
    if permissions.holds(Permission::Operate) {
        Some(if permissions.holds(Permission::ManageClient) {
            Role::Admin
        } else {
            Role::Operator
        })
    } else {
        None
    }
}

/// Writes a command down; it is pending and durable. A repetition (same asker, same word) gets
/// the first one.
pub async fn ask(
    db: &Db,
    asker: Asker<'_>,
    wanted: Wanted<'_>,
) -> Result<CommandRow, CommandError> {
    let spec = &wanted.point.spec;
    let policy = spec.command.as_ref().ok_or(CommandError::ReadOnly)?;
    check(policy, asker.rank, &wanted)?;
    let hand = asker.actor.hand.to_string();
    let mut tx = db.begin().await?;
    if !commands::hold_point(&mut tx, wanted.point.id).await? {
        return Err(CommandError::Unknown);
    }
    if let Some(word) = wanted.word
        && let Some(known) = commands::find_by_word(&mut tx, &hand, word).await?
    {
        return same(known, &wanted);
    }
    let minute = asker.at.plus(-Timestamp::MINUTE);
    if commands::count_since(&mut tx, wanted.point.id, minute).await? >= policy.per_minute {
        return Err(CommandError::TooOften {
            per_minute: policy.per_minute,
        });
    }
    let command = Command {
        point_id: wanted.point.id,
        value: wanted.value.map(|value| value + 0.0),
        asked_by: hand,
        asked_at: asker.at,
        expires_at: asker.at.plus(policy.timeout_s * Timestamp::SECOND),
        idempotency: wanted.word.map(str::to_owned),
    };
    let id = commands::insert(&mut tx, &command).await?;
    let told = Fields::new()
        .with("command", id.0)
        .with("value", words_of(wanted.point, command.value));
    let deed = Deed::new(Action::COMMANDED, subject(wanted.point, wanted.equipment)).after(told);
    audit::record(&mut tx, asker.at, asker.actor, &deed);
    tx.commit().await?;
    let row = commands::find(db, id).await?;
    row.ok_or(CommandError::Unknown)
}

/// Takes back what is not sent yet.
pub async fn cancel(
    db: &Db,
    asker: Asker<'_>,
    id: CommandId,
    point: &PointRow,
    equipment: &str,
) -> Result<(), CommandError> {
    let mut tx = db.begin().await?;
    let hand = asker.actor.hand.to_string();
    if !commands::cancel(&mut tx, id, &hand, asker.at).await? {
        tx.rollback().await?;
        let row = commands::find(db, id).await?.ok_or(CommandError::Unknown)?;
        return Err(CommandError::TooLate(row.state));
    }
    let told = Fields::new().with("command", id.0);
    let deed = Deed::new(Action::COMMAND_CANCELLED, subject(point, equipment)).after(told);
    audit::record(&mut tx, asker.at, asker.actor, &deed);
    Ok(tx.commit().await?)
}

/// Takes a pending command for a connection, durably; false when it is not pending any more.
pub async fn claim(
    db: &Db,
    id: CommandId,
    connection: &str,
    at: Timestamp,
) -> Result<bool, StoreError> {
    let mut tx = db.begin().await?;
    let claimed = commands::send(&mut tx, id, connection, at).await?;
    tx.commit().await?;
    Ok(claimed)
}

/// Writes the last word of a command that is in `former`; false when another was written before.
/// `point` names it in the log, as equipment and point.
pub async fn end(
    db: &Db,
    row: &CommandRow,
    former: CommandState,
    point: &str,
    ending: &Ending,
    at: Timestamp,
) -> Result<bool, StoreError> {
    let mut tx = db.begin().await?;
    if !commands::end(&mut tx, row.id, former, ending, at).await? {
        tx.rollback().await?;
        return Ok(false);
    }
    let told = Fields::new()
        .with("command", row.id.0)
        .with("reason", ending.reason.clone());
    let action = match ending.state {
        CommandState::Confirmed => Action::COMMAND_CONFIRMED,
        _ => Action::COMMAND_FAILED,
    };
    let deed = Deed::new(action, Subject::new("point", point)).after(told);
    audit::record(&mut tx, at, &Actor::PLATFORM, &deed);
    commit(tx).await
}

async fn commit(tx: Tx) -> Result<bool, StoreError> {
    tx.commit().await?;
    Ok(true)
}

fn check(policy: &CommandPolicy, rank: Role, wanted: &Wanted<'_>) -> Result<(), CommandError> {
    if rank < policy.role {
        return Err(CommandError::Role(policy.role));
    }
    let spec = &wanted.point.spec;
    match wanted.value {
        Some(value) => policy.check(spec.kind, &spec.states, value)?,
        None if policy.priority.is_none() => return Err(CommandError::NothingToRelease),
        None => {}
    }
    if policy.confirm && !wanted.is_meant {
        return Err(CommandError::Unconfirmed);
    }
    let is_fine = |word: &str| (1..=LONGEST_WORD).contains(&word.chars().count());
    if wanted.word.is_some_and(|word| !is_fine(word)) {
        return Err(CommandError::Word);
    }
    Ok(())
}

fn same(known: CommandRow, wanted: &Wanted<'_>) -> Result<CommandRow, CommandError> {
    let bits = |value: Option<f64>| value.map(|value| (value + 0.0).to_bits());
    let command = &known.command;
    let is_same = command.point_id == wanted.point.id && bits(command.value) == bits(wanted.value);
    is_same.then_some(known).ok_or(CommandError::OtherCommand)
}

/// A value as the log tells it: a word for a state.
pub fn words_of(point: &PointRow, value: Option<f64>) -> String {
    let Some(value) = value else {
        return "released".to_owned();
    };
    let spec = &point.spec;
    match spec.kind {
        PointKind::State => spec.states.name_of(value).map(str::to_owned),
        PointKind::Boolean => Some((value != 0.0).to_string()),
        PointKind::Number => spec.unit.map(|unit| format!("{value} {unit}")),
    }
    .unwrap_or_else(|| value.to_string())
}

fn subject(point: &PointRow, equipment: &str) -> Subject {
    let key = format!("{equipment}/{}", point.spec.key);
    Subject::new("point", key).named(&point.spec.name)
}
