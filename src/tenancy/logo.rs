//! The picture of a client: what may be one, every change in the audit log.
//!
//! Invariant: what it is, is told by its first bytes. Drawings that can carry scripts (SVG) are
//! none.

use super::attachments::media_type;
use super::maintenance::By;
use crate::domain::audit::{Action, Deed, Fields, Subject};
use crate::store::tenant::logo::{self, Logo};
use crate::store::{Db, StoreError, audit};

/// Bytes of a picture.
pub const LARGEST: usize = 256 * 1024;
/// What browsers show, and nothing runs from.
const KINDS: [&str; 3] = ["image/png", "image/jpeg", "image/webp"];

/// Why a picture is not taken; nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum LogoError {
    /// It is none of the kinds.
    #[error("the picture is no PNG, JPEG or WebP")]
    Kind,
    /// It is larger than allowed.
    #[error("the picture has more than 256 KiB")]
    TooLarge,
    /// There is none.
    #[error("there is no picture")]
    Unknown,
    /// A statement failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Shows a picture from now on.
pub async fn set(db: &Db, by: By<'_>, slug: &str, content: Vec<u8>) -> Result<(), LogoError> {
    if content.len() > LARGEST {
        return Err(LogoError::TooLarge);
    }
    let media_type = media_type(&content);
    if !KINDS.contains(&media_type) {
        return Err(LogoError::Kind);
    }
    let mut tx = db.begin().await?;
    let size = content.len() as i64;
    let picture = Logo {
        media_type: media_type.to_owned(),
        content,
        changed_at: by.at,
    };
    logo::put(&mut tx, &picture).await?;
    let told = Fields::new().with("logo", format!("{media_type}, {size} bytes"));
    let deed = Deed::new(Action::CHANGED, Subject::new("client", slug)).after(told);
    audit::record(&mut tx, by.at, by.actor, &deed);
    tx.commit().await?;
    Ok(())
}

/// Takes the picture away.
pub async fn remove(db: &Db, by: By<'_>, slug: &str) -> Result<(), LogoError> {
    let mut tx = db.begin().await?;
    if !logo::delete(&mut tx).await? {
        return Err(LogoError::Unknown);
    }
    let told = Fields::new().with("logo", "its own picture");
    let deed = Deed::new(Action::CHANGED, Subject::new("client", slug)).before(told);
    audit::record(&mut tx, by.at, by.actor, &deed);
    tx.commit().await?;
    Ok(())
}
