//! The demo's sign-in: one password, made up at the first start and kept beside the data.

use crate::domain::UserId;
use crate::store::tenant::users;
use crate::tenancy::{TenantScope, credentials};
use anyhow::{Context, Result};
use rand::RngExt;
use secrecy::{ExposeSecret, SecretString};
use std::io::{ErrorKind, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

/// Letters and digits that cannot be mistaken for one another.
const ALPHABET: &[u8] = b"abcdefghjkmnpqrstuvwxyz23456789";
/// 16 of 31 signs: 79 bits.
const GROUPS: usize = 4;
const GROUP: usize = 4;

/// Who may sign in where, for the welcome text.
pub(super) struct SignIn {
    pub(super) slug: String,
    pub(super) name: String,
    pub(super) email: String,
}

/// Reads the password of an earlier start, or makes one (mode 0600).
pub(super) fn password(data_dir: &Path) -> Result<SecretString> {
    let path = data_dir.join("demo-password");
    match std::fs::read_to_string(&path) {
        Ok(text) => Ok(SecretString::from(text.trim())),
        Err(error) if error.kind() == ErrorKind::NotFound => create(&path),
        Err(error) => Err(error).with_context(|| format!("cannot read {}", path.display())),
    }
}

fn create(path: &Path) -> Result<SecretString> {
    let mut rng = rand::rng();
    let groups: Vec<String> = (0..GROUPS)
        .map(|_| {
            let signs = (0..GROUP).map(|_| ALPHABET[rng.random_range(..ALPHABET.len())]);
            signs.map(char::from).collect()
        })
        .collect();
    let password = groups.join("-");
    let mut file = std::fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)
        .with_context(|| format!("cannot create {}", path.display()))?;
    writeln!(file, "{password}")?;
    Ok(SecretString::from(password))
}

/// Lets the users of a demo client sign in with the password; gives the first of them.
pub(super) async fn admit(scope: &TenantScope, password: &SecretString) -> Result<SignIn> {
    let known = users::list(scope.db()).await?;
    let first = known.first().context("the demo client has no user")?;
    let stored = first.password_hash.as_deref();
    if !credentials::verify(password, stored).await? {
        let hash = credentials::hash_chosen(password).await?;
        set(scope, known.iter().map(|row| row.id), &hash).await?;
    }
    Ok(SignIn {
        slug: scope.tenant().slug.clone(),
        name: scope.tenant().name.clone(),
        email: first.user.email.clone(),
    })
}

async fn set(scope: &TenantScope, who: impl Iterator<Item = UserId>, hash: &str) -> Result<()> {
    let mut tx = scope.db().begin().await?;
    for user in who {
        users::set_password(&mut tx, user, hash, false).await?;
    }
    Ok(tx.commit().await?)
}

/// The password in clear, to be printed once.
pub(super) fn clear(password: &SecretString) -> &str {
    password.expose_secret()
}
