//! Only an administrator makes, changes or removes an administrator.
//!
//! A program with a key may look after people as far as its scopes say, and gains nothing by it:
//! it can neither name an administrator nor take the place of one, by a password or an address.

use super::bench::Bench;
use super::fault::{FieldFault, Refused};
use super::settle::Settlement;
use super::wish::{Thing, Wish};
use crate::domain::Role;
use crate::domain::audit::Hand;
use crate::tenancy::Reason;

/// Refuses wishes about administrators, as they are or would be, unless one of them wishes; of
/// people only administrators come as far as a wish about people.
pub(super) fn leave_admins_alone(
    hand: Hand,
    bench: &Bench,
    wishes: &[Wish],
    settled: &[Settlement],
) -> Result<(), Refused> {
    if matches!(hand, Hand::User(_) | Hand::Command | Hand::Manifest) {
        return Ok(());
    }
    let is_admin = |key: &str| {
        let (before, after) = (
            bench.there.model.users.get(key),
            bench.target.users.get(key),
        );
        let mut known = before.into_iter().chain(after);
        known.any(|user| user.role == Role::Admin)
    };
    let wrong = wishes.iter().zip(settled).enumerate();
    let wrong = wrong.filter(|(_, (wish, now))| wish.thing == Thing::User && is_admin(&now.key));
    let faults: Vec<_> = wrong
        .map(|(at, _)| FieldFault {
            wish: at,
            pointer: "/role".to_owned(),
            reason: Reason::AdminsOnly,
        })
        .collect();
    if faults.is_empty() {
        return Ok(());
    }
    Err(Refused::Faults(faults))
}
