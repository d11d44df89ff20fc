//! Files and contacts of the maintenance log: what may be kept, every change in the audit log.
//!
//! Invariant: what a file is, is told by its first bytes, never by its name or its sender.

use super::maintenance::By;
use crate::domain::audit::{Action, Deed, Fields, Subject};
use crate::domain::{EquipmentId, MaintenanceFileId, MaintenanceId, normal_email, visible};
use crate::store::tenant::maintenance_files::{self, FileContent};
use crate::store::tenant::service::{self, Service};
use crate::store::{Db, StoreError, audit};

/// Bytes of one file.
pub const LARGEST: usize = 10 * 1024 * 1024;
/// Files of one piece of work.
const MOST: usize = 20;
/// Bytes of all files of a client.
const MOST_BYTES: i64 = 500 * 1024 * 1024;
/// Characters of a file's name, of a contact's name, number and address.
const LONGEST: usize = 120;

/// Why something is not kept; nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum AttachmentError {
    /// There is no such file.
    #[error("there is no such file")]
    Unknown,
    /// The file holds nothing.
    #[error("the file is empty")]
    Empty,
    /// The file is larger than allowed.
    #[error("a file has at most 10 MiB")]
    TooLarge,
    /// There are as many as there may be.
    #[error("a piece of work has at most 20 files, and all of a client at most 500 MiB")]
    Full,
    /// A name cannot be read, or is too long.
    #[error("a name has 1 to 120 characters that can be read, and no slash")]
    Name,
    /// A field of a contact is too long or is not what it should be.
    #[error("{0}: at most 120 characters that can be read; an address like name@example.com")]
    Contact(&'static str),
    /// Somebody else changed it meanwhile.
    #[error("it was changed meanwhile")]
    Stale,
    /// A statement failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Keeps a file with a piece of work that the caller sees.
pub async fn add(
    db: &Db,
    by: By<'_>,
    work: MaintenanceId,
    name: &str,
    content: Vec<u8>,
) -> Result<MaintenanceFileId, AttachmentError> {
    let name = name.trim();
    if !is_readable(name) || name.is_empty() || name.contains(['/', '\\']) {
        return Err(AttachmentError::Name);
    }
    match content.len() {
        0 => return Err(AttachmentError::Empty),
        1..=LARGEST => {}
        _ => return Err(AttachmentError::TooLarge),
    }
    let total = maintenance_files::total_size(db).await? + content.len() as i64;
    if total > MOST_BYTES || maintenance_files::list_of(db, work).await?.len() >= MOST {
        return Err(AttachmentError::Full);
    }
    let file = FileContent {
        name: name.to_owned(),
        media_type: media_type(&content).to_owned(),
        content,
    };
    let mut tx = db.begin().await?;
    let hand = by.actor.hand.to_string();
    let id = maintenance_files::insert(&mut tx, work, &file, &hand, by.at).await?;
    let deed = Deed::new(Action::CHANGED, Subject::new("maintenance", work))
        .after(Fields::new().with("file", file.name.as_str()));
    audit::record(&mut tx, by.at, by.actor, &deed);
    tx.commit().await?;
    Ok(id)
}

/// Removes a file.
pub async fn remove(
    db: &Db,
    by: By<'_>,
    work: MaintenanceId,
    id: MaintenanceFileId,
) -> Result<(), AttachmentError> {
    let known = maintenance_files::list_of(db, work).await?;
    let file = known.into_iter().find(|file| file.id == id);
    let file = file.ok_or(AttachmentError::Unknown)?;
    let mut tx = db.begin().await?;
    maintenance_files::delete(&mut tx, work, id).await?;
    let deed = Deed::new(Action::CHANGED, Subject::new("maintenance", work))
        .before(Fields::new().with("file", file.name));
    audit::record(&mut tx, by.at, by.actor, &deed);
    Ok(tx.commit().await?)
}

/// Writes down whom to call about an equipment that the caller sees, and its warranty.
pub async fn set_service(
    db: &Db,
    by: By<'_>,
    (equipment, key): (EquipmentId, &str),
    known: &Service,
) -> Result<(), AttachmentError> {
    let texts = [
        ("contact_name", &known.contact_name),
        ("contact_phone", &known.contact_phone),
        ("contact_email", &known.contact_email),
    ];
    if let Some(&(field, _)) = texts.iter().find(|(_, text)| !is_readable(text)) {
        return Err(AttachmentError::Contact(field));
    }
    if !known.contact_email.is_empty() && normal_email(&known.contact_email).is_none() {
        return Err(AttachmentError::Contact("contact_email"));
    }
    let before = service::find(db, equipment).await?.unwrap_or_default();
    let mut tx = db.begin().await?;
    if !service::put(&mut tx, equipment, known).await? {
        return Err(AttachmentError::Stale);
    }
    let deed = Deed::new(Action::CHANGED, Subject::new("equipment", key))
        .before(warranty(&before))
        .after(warranty(known))
        .note("contact and warranty");
    audit::record(&mut tx, by.at, by.actor, &deed);
    Ok(tx.commit().await?)
}

/// A contact is a person: the log says that it changed, not who it is.
fn warranty(known: &Service) -> Fields {
    Fields::new().with("warranty_until", known.warranty_until)
}

fn is_readable(text: &str) -> bool {
    text.chars().count() <= LONGEST && visible(text) == text
}

/// What a file is by its first bytes; what is not known is just bytes.
pub fn media_type(content: &[u8]) -> &'static str {
    const KNOWN: [(&[u8], &str); 7] = [
        (b"%PDF-", "application/pdf"),
        (b"\x89PNG\r\n\x1a\n", "image/png"),
        (b"\xff\xd8\xff", "image/jpeg"),
        (b"GIF87a", "image/gif"),
        (b"GIF89a", "image/gif"),
        (b"PK\x03\x04", "application/zip"),
        (b"RIFF", "image/webp"),
    ];
    let known = KNOWN.iter().find(|(head, kind)| {
        content.starts_with(head)
            && (*kind != "image/webp" || content.get(8..12).is_some_and(|mark| mark == b"WEBP"))
    });
    match known {
        Some(&(_, kind)) => kind,
        None if is_text(content) => "text/plain; charset=utf-8",
        None => "application/octet-stream",
    }
}

fn is_text(content: &[u8]) -> bool {
    let text = std::str::from_utf8(content);
    text.is_ok_and(|text| !text.contains(|c: char| c.is_control() && !"\n\r\t".contains(c)))
}

#[cfg(test)]
mod tests {
    use super::media_type;

    #[test]
    fn a_file_is_what_its_bytes_say() {
        assert_eq!(media_type(b"%PDF-1.7 ..."), "application/pdf");
        assert_eq!(media_type(b"RIFF\0\0\0\0WEBPVP8 "), "image/webp");
        assert_eq!(media_type(b"RIFF\0\0\0\0WAVE"), "application/octet-stream");
        // Markup is text: nothing runs from it.
        let text = "text/plain; charset=utf-8";
        assert_eq!(media_type(b"<script>alert(1)</script>"), text);
        assert_eq!(media_type("résumé\n".as_bytes()), text);
        assert_eq!(media_type(b"\x7fELF\0"), "application/octet-stream");
    }
}
