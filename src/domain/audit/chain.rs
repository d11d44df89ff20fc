//! The chain: each entry holds the hash of the one before it.
//!
//! A hash is SHA-256 (FIPS 180-4) over a label, the hash before, and the fields of the entry,
//! each as its length (8 bytes, big-endian) and its bytes. What is absent has the length
//! 2⁶⁴−1 and no bytes. No two entries have the same form, and nothing depends on how JSON is
//! written: the text that is stored is what is hashed.

use sha2::{Digest, Sha256};

/// SHA-256.
pub type Hash = [u8; 32];

/// What stands before the first entry.
pub const ROOT: Hash = [0; 32];

const ENTRY_LABEL: &[u8] = b"vigie audit entry 1\n";
const PART_LABEL: &[u8] = b"vigie audit part 1\n";

/// What the hash of an entry covers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Link<'a> {
    /// Its place: 1, 2, 3 …
    pub id: i64,
    /// When, microseconds.
    pub at: i64,
    /// Whose hand.
    pub actor: &'a str,
    /// The verb.
    pub action: &'a str,
    /// What it was done to.
    pub noun: &'a str,
    /// Which one.
    pub key: &'a str,
    /// What was different, as stored.
    pub detail: &'a str,
    /// Digest of what tells of the actor.
    pub who: Option<&'a [u8]>,
    /// Digest of what tells of the person it was done to.
    pub what: Option<&'a [u8]>,
}

impl Link<'_> {
    /// The hash of the entry that follows `previous`.
    pub fn hash(&self, previous: &[u8]) -> Hash {
        let (id, at) = (self.id.to_be_bytes(), self.at.to_be_bytes());
        let mut hasher = Sha256::new();
        hasher.update(ENTRY_LABEL);
        for field in [
            Some(previous),
            Some(&id[..]),
            Some(&at[..]),
            Some(self.actor.as_bytes()),
            Some(self.action.as_bytes()),
            Some(self.noun.as_bytes()),
            Some(self.key.as_bytes()),
            Some(self.detail.as_bytes()),
            self.who,
            self.what,
        ] {
            put(&mut hasher, field);
        }
        hasher.finalize().into()
    }
}

/// The digest that the chain holds of what tells of a person. Without the salt, which goes
/// with the text, it says nothing about it.
pub fn digest(salt: &[u8], content: &str) -> Hash {
    let mut hasher = Sha256::new();
    hasher.update(PART_LABEL);
    put(&mut hasher, Some(salt));
    put(&mut hasher, Some(content.as_bytes()));
    hasher.finalize().into()
}

fn put(hasher: &mut Sha256, field: Option<&[u8]>) {
    match field {
        Some(bytes) => {
            hasher.update((bytes.len() as u64).to_be_bytes());
            hasher.update(bytes);
        }
        None => hasher.update(u64::MAX.to_be_bytes()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINK: Link = Link {
        id: 1,
        at: 1_800_000_000_000_000,
        actor: "user:7",
        action: "changed",
        noun: "site",
        key: "lyon",
        detail: "{}",
        who: Some(&[1; 32]),
        what: None,
    };

    #[test]
    fn every_field_counts_and_so_does_where_one_ends() {
        let others = [
            Link { id: 2, ..LINK },
            Link { at: 0, ..LINK },
            Link {
                actor: "user:8",
                ..LINK
            },
            Link {
                action: "change",
                noun: "dsite",
                ..LINK
            },
            Link {
                key: "lyo",
                detail: "n{}",
                ..LINK
            },
            Link { who: None, ..LINK },
            Link {
                who: None,
                what: Some(&[1; 32]),
                ..LINK
            },
            Link {
                what: Some(&[]),
                ..LINK
            },
        ];
        for other in others {
            assert_ne!(other.hash(&ROOT), LINK.hash(&ROOT), "{other:?}");
        }
        assert_ne!(LINK.hash(&[1; 32]), LINK.hash(&ROOT));
    }

    /// Computed apart from this program (Python's hashlib over the form the module describes).
    #[test]
    fn the_form_is_the_documented_one() {
        assert_eq!(
            hex::encode(LINK.hash(&ROOT)),
            "23a750e762119665fcd141a2c8b10d0992d1be3d7aadbdc40a26b64005512946"
        );
        assert_eq!(
            hex::encode(digest(&[9; 32], "{\"name\":\"Ada\"}")),
            "8c7e6690241a3078e14f48578b1194c5f611aaa4099aaae8affba26b9b3412f9"
        );
    }
}
