//! Access tokens that this very platform signed, good ones and others.

use std::sync::Arc;
use vigie::domain::audit::Origin;
use vigie::domain::{Clock, SystemClock, Timestamp};
use vigie::identity::access_token::AccessTokens;
use vigie::identity::keyring::Keyring;
use vigie::store::tenant::{tokens, users};
use vigie::tenancy::Directory;

/// Tokens of the administrator, signed by the platform's own key: one that is good, and those
/// that are over, whose sign-in was ended, and that another installation issued.
pub(super) async fn of(
    directory: &Arc<Directory>,
    slug: &'static str,
) -> Vec<((&'static str, &'static str), String)> {
    let scope = directory.by_slug(slug).unwrap();
    let (db, now) = (scope.db(), SystemClock.now());
    let email = format!("admin@{slug}.example");
    let admin = users::find_by_email(db, &email).await.unwrap().unwrap().id;
    let mut tx = db.begin().await.unwrap();
    let origin = Origin::UNKNOWN;
    let end = now.plus(Timestamp::DAY);
    let family = tokens::insert_family(&mut tx, admin, now, end, &origin)
        .await
        .unwrap();
    let ended = tokens::insert_family(&mut tx, admin, now, end, &origin)
        .await
        .unwrap();
    tokens::revoke_family(&mut tx, admin, ended).await.unwrap();
    tx.commit().await.unwrap();
    let keyring = Keyring::new(Arc::clone(directory), Arc::new(SystemClock));
    let mut made = Vec::new();
    for (name, family, at, issuer) in [
        ("token", family, now, "localhost"),
        (
            "token-expired",
            family,
            now.plus(-Timestamp::HOUR),
            "localhost",
        ),
        ("token-ended", ended, now, "localhost"),
        ("token-of-elsewhere", family, now, "elsewhere.example"),
    ] {
        let signer = AccessTokens {
            keyring: &keyring,
            issuer,
            tenant: scope.tenant().id,
        };
        let token = signer.issue(admin, family, at).await.unwrap();
        made.push(((slug, name), token));
    }
    made
}
