//! Signing somebody out, wherever they are.

use crate::domain::UserId;
use crate::store::tenant::{sessions, tokens};
use crate::store::{StoreError, Tx};

/// Ends every session and every program's sign-in of a user.
pub async fn everywhere(tx: &mut Tx, user: UserId) -> Result<(), StoreError> {
    sessions::revoke_all_of(tx, user).await?;
    tokens::revoke_all_of(tx, user).await?;
    Ok(())
}
