//! What is missing between the first proof and an open portal.

use super::Policy;
use crate::domain::SignInStep;
use crate::store::tenant::{UserRow, factors};
use crate::store::{Db, StoreError};

/// How somebody showed who they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Proof {
    /// By the password alone.
    Password,
    /// By the password and a second factor.
    PasswordAndFactor,
    /// By a passkey that verified its holder: two factors in one.
    Passkey,
    /// By another provider, who decides on its own how carefully it asks.
    Provider,
}

impl Proof {
    /// Whether it is worth two factors.
    pub const fn is_strong(self) -> bool {
        !matches!(self, Self::Password)
    }

    const fn used_password(self) -> bool {
        matches!(self, Self::Password | Self::PasswordAndFactor)
    }
}

/// The next step of the sign-in of this user; none when the portal opens.
pub async fn next(db: &Db, user: &UserRow, proof: Proof) -> Result<Option<SignInStep>, StoreError> {
    if proof == Proof::Password {
        if factors::count(db, user.id).await? > 0 {
            return Ok(Some(SignInStep::SecondFactor));
        }
        if Policy::load(db).await?.demands_factor(user.user.role) {
            return Ok(Some(SignInStep::Enrol));
        }
    }
    let must_change = user.must_change_password && proof.used_password();
    Ok(must_change.then_some(SignInStep::NewPassword))
}
