//! Support that looks at a client: made on the console, shown to the client, recorded on
//! both sides.
//!
//! Invariant: the secret of a link or a cookie is returned once and kept as a hash.

use super::error::Attempt;
use super::{Directory, TenancyError, TenantScope, credentials};
use crate::domain::audit::{Action, Actor, Deed, Fields, Hand, Origin, Subject};
use crate::domain::{StaffId, SupportGrantId, Timestamp};
use crate::store::control::StaffRow;
use crate::store::tenant::{SupportGrant, SupportGrantRow, support_grants};
use crate::store::{Db, StoreError, audit};

/// How long a grant may be, in hours.
pub const HOURS: std::ops::RangeInclusive<i64> = 1..=8;
/// How long a reason may be, in characters.
pub const REASON: std::ops::RangeInclusive<usize> = 8..=200;

/// Lets somebody of the staff look at a client for some hours. `secret` goes into the link.
/// Recorded with the client first: what they cannot see is not given.
pub async fn grant(
    directory: &Directory,
    scope: &TenantScope,
    (staff, by): (&StaffRow, &Actor),
    (reason, hours): (&str, i64),
    secret: &str,
    now: Timestamp,
) -> Result<SupportGrantId, TenancyError> {
    let slug = &scope.tenant().slug;
    let what = format!("let support into {slug}");
    let given = SupportGrant {
        staff_id: staff.id,
        staff_name: staff.staff.name.clone(),
        staff_email: staff.staff.email.clone(),
        reason: reason.to_owned(),
        expires_at: now.plus(hours * Timestamp::HOUR),
    };
    let id = insert(scope.db(), &given, by, secret, now)
        .await
        .attempting(&*what)?;
    record_on_platform(directory.control(), slug, &given, by, id, now)
        .await
        .attempting(what)?;
    Ok(id)
}

async fn insert(
    db: &Db,
    given: &SupportGrant,
    by: &Actor,
    secret: &str,
    now: Timestamp,
) -> Result<SupportGrantId, StoreError> {
    let mut tx = db.begin().await?;
    let hash = credentials::sha256(secret);
    let id = support_grants::insert(&mut tx, given, &hash, now).await?;
    let subject = Subject::new("support", id).named(&given.staff_name);
    let deed = Deed::new(Action::GRANTED, subject).after(told(given));
    audit::record(&mut tx, now, by, &deed);
    tx.commit().await?;
    Ok(id)
}

async fn record_on_platform(
    control: &Db,
    slug: &str,
    given: &SupportGrant,
    by: &Actor,
    id: SupportGrantId,
    now: Timestamp,
) -> Result<(), StoreError> {
    let mut tx = control.begin().await?;
    let deed = Deed::new(Action::GRANTED, Subject::new("client", slug))
        .after(told(given).with("support", id.0));
    audit::record(&mut tx, now, by, &deed);
    tx.commit().await
}

fn told(given: &SupportGrant) -> Fields {
    Fields::new()
        .with("reason", given.reason.as_str())
        .with("until", given.expires_at.to_string())
}

/// Uses the link of a grant: from now on `cookie` stands for it. None when it was used or is over.
pub async fn enter(
    scope: &TenantScope,
    secret: &str,
    cookie: &str,
    origin: &Origin,
    now: Timestamp,
) -> Result<Option<SupportGrantRow>, StoreError> {
    let db = scope.db();
    let found = support_grants::find_unused(db, &credentials::sha256(secret), now).await?;
    let Some(row) = found else { return Ok(None) };
    let mut tx = db.begin().await?;
    if !support_grants::enter(&mut tx, row.id, &credentials::sha256(cookie), now).await? {
        return Ok(None);
    }
    let actor = actor(row.grant.staff_id, &row.grant.staff_name).from_where(origin);
    let deed = Deed::new(Action::ENTERED, Subject::new("support", row.id));
    audit::record(&mut tx, now, &actor, &deed);
    tx.commit().await?;
    Ok(Some(row))
}

/// Ends a grant, in the name of `actor`; false when there is none that could be used.
pub async fn revoke(
    scope: &TenantScope,
    id: SupportGrantId,
    actor: &Actor,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let mut tx = scope.db().begin().await?;
    let by = actor.hand.to_string();
    if !support_grants::revoke(&mut tx, id, &by, now).await? {
        return Ok(false);
    }
    let deed = Deed::new(Action::REVOKED, Subject::new("support", id));
    audit::record(&mut tx, now, actor, &deed);
    tx.commit().await?;
    Ok(true)
}

/// As the log names a member of the staff.
pub fn actor(staff: StaffId, name: &str) -> Actor {
    Actor::of(Hand::Staff(staff.0)).named(name)
}
