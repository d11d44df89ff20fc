//! Credentials of the demo's devices: new ones at every start, never on disk in clear.

use super::model::Device;
use crate::domain::Clock;
use crate::store::tenant::devices;
use crate::tenancy::{TenantScope, credentials};
use anyhow::Result;
use secrecy::SecretString;
use std::collections::HashMap;

/// Gives every device that still speaks a secret of its own, by name.
pub(super) async fn issue(
    scope: &TenantScope,
    speaking: &[Device],
    clock: &dyn Clock,
) -> Result<HashMap<&'static str, SecretString>> {
    let mut secrets = HashMap::new();
    let mut tx = scope.db().begin().await?;
    for device in speaking
        .iter()
        .filter(|device| device.silent_for_hours.is_none())
    {
        let secret = credentials::generate();
        let hash = credentials::hash_generated(&secret);
        if !devices::set_secret(&mut tx, device.name, &hash, None).await? {
            devices::insert(&mut tx, device.name, &hash, None, clock.now()).await?;
        }
        secrets.insert(device.name, secret);
    }
    tx.commit().await?;
    Ok(secrets)
}
