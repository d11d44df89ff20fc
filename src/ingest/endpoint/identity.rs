//! Who a device is: the credential behind `<client>/<device>`.

use super::{Endpoint, space_of};
use crate::store::tenant::devices;
use crate::tenancy::TenantScope;
use crate::tenancy::credentials::{self, CredentialError};
use metrics::counter;
use moka::sync::Cache;
use secrecy::SecretString;
use std::time::Duration;
use vigie_mqtt_endpoint::{ConnectRequest, Principal, RefuseReason};

/// Passwords that were right are remembered so long (as hashes), because checking one that a
/// person chose is slow on purpose. A revoked device or a new password is noticed at once.
const REMEMBERED_FOR: Duration = Duration::from_secs(600);
const REMEMBERED: u64 = 50_000;
/// How precisely "last seen" is kept.
const SEEN_EVERY_US: i64 = 60_000_000;

/// Right passwords, by the hash of the stored and the given secret.
pub(super) struct Proven(Cache<[u8; 32], ()>);

impl Proven {
    pub(super) fn new() -> Self {
        let proven = Cache::builder()
            .max_capacity(REMEMBERED)
            .time_to_live(REMEMBERED_FOR)
            .build();
        Self(proven)
    }
}

impl Endpoint {
    /// Lets a device in, or says why not; a refusal is counted by client and reason.
    pub(super) async fn recognise(
        &self,
        request: &ConnectRequest,
    ) -> Result<Principal, RefuseReason> {
        let outcome = self.identify(request).await;
        if let Err(reason) = &outcome {
            let username = request.username.as_deref().unwrap_or_default();
            let slug = username.split_once('/').map_or("", |(slug, _)| slug);
            // Only clients there are make a label; anybody can think of more.
            let known = self.directory.by_slug(slug).map_or("", |_| slug);
            counter!("vigie_mqtt_auth_failures_total", "tenant" => known.to_owned(), "reason" => word(*reason))
                .increment(1);
        }
        outcome
    }

    async fn identify(&self, request: &ConnectRequest) -> Result<Principal, RefuseReason> {
        let username = request
            .username
            .as_deref()
            .ok_or(RefuseReason::BadCredentials)?;
        let password = request.password.as_deref().unwrap_or_default();
        let secret = std::str::from_utf8(password).map_err(|_| RefuseReason::BadCredentials)?;
        let (slug, device) = username
            .split_once('/')
            .ok_or(RefuseReason::BadCredentials)?;
        let Some(scope) = self.directory.by_slug(slug) else {
            self.matches(secret, None).await?;
            return Err(RefuseReason::BadCredentials);
        };
        let Some(hash) = self.proof_of(&scope, device, secret).await? else {
            return Err(RefuseReason::BadCredentials);
        };
        // Only who belongs to a client learns how it is.
        if !scope.tenant().is_active() {
            return Err(RefuseReason::NotAuthorized);
        }
        let space = space_of(scope.tenant());
        self.admitted.note(&space, device, &hash);
        Ok(Principal {
            space,
            device: device.into(),
        })
    }

    /// The stored hash behind a right secret.
    async fn proof_of(
        &self,
        scope: &TenantScope,
        device: &str,
        secret: &str,
    ) -> Result<Option<String>, RefuseReason> {
        let unavailable = |error| {
            tracing::warn!(tenant.slug = scope.tenant().slug, %error, "cannot check a device");
            RefuseReason::Unavailable
        };
        let row = devices::find_by_name(scope.db(), device)
            .await
            .map_err(unavailable)?;
        let row = row.filter(|row| row.revoked_at.is_none());
        let stored = row.as_ref().map(|row| row.secret_hash.as_str());
        if !self.matches(secret, stored).await? {
            return Ok(None);
        }
        let now = self.clock.now();
        if let Some(row) = row.as_ref().filter(|row| {
            row.last_seen_at
                .is_none_or(|seen| now.since(seen) > SEEN_EVERY_US)
        }) {
            devices::touch(scope.db(), row.id, now)
                .await
                .map_err(unavailable)?;
        }
        Ok(row.map(|row| row.secret_hash))
    }

    async fn matches(&self, secret: &str, stored: Option<&str>) -> Result<bool, RefuseReason> {
        let proof = stored.map(|stored| credentials::sha256(&format!("{stored}\n{secret}")));
        if proof.is_some_and(|proof| self.proven.0.contains_key(&proof)) {
            return Ok(true);
        }
        let right = credentials::verify_device(&SecretString::from(secret), stored).await;
        let right = right.map_err(|error| match error {
            CredentialError::Busy => RefuseReason::Busy,
            _ => RefuseReason::Unavailable,
        })?;
        if let Some(proof) = proof.filter(|_| right) {
            self.proven.0.insert(proof, ());
        }
        Ok(right)
    }
}

fn word(reason: RefuseReason) -> &'static str {
    match reason {
        RefuseReason::BadCredentials => "wrong",
        RefuseReason::NotAuthorized => "suspended",
        RefuseReason::BadClientId => "client_id",
        RefuseReason::BadWillTopic => "will_topic",
        RefuseReason::Unavailable => "unavailable",
        RefuseReason::Busy => "busy",
    }
}
