//! How a connection begins: its secrets opened, its configuration checked, its tasks started.

use super::announce::{Announcement, Outlet, announce};
use super::registry::{Prepared, prepare_for};
use super::running::{Lent, Running, keep_running};
use super::supervisor::Shared;
use crate::store::tenant::ConnectionRow;
use crate::tenancy::manifest::reveal;
use std::sync::Arc;
use vigie_contract::Outbox;

impl Shared {
    /// Starts a connection; one that cannot start says why on its board.
    pub(super) async fn begin(&self, row: ConnectionRow) -> Running {
        let mut running = Running::new(row.connection.clone(), self.stop.child_token());
        if let Err(message) = self.try_begin(&row, &mut running).await {
            tracing::warn!(
                connection.key = row.connection.key,
                message,
                "connection not started"
            );
            running.fail(message);
        }
        running
    }

    async fn try_begin(&self, row: &ConnectionRow, running: &mut Running) -> Result<(), String> {
        let scope = self.ingest.scope();
        let (key, protocol) = (
            row.connection.key.as_str(),
            row.connection.protocol.as_str(),
        );
        let vault = self.services.directory.vault();
        let config = reveal(scope.db(), vault, scope.tenant().id, row)
            .await
            .map_err(|error| error.to_string())?;
        match prepare_for(scope, key, protocol, config.clone())
            .map_err(|fault| fault.to_string())?
        {
            Prepared::Session { announcements, .. } => {
                let outbox = Outbox::default();
                let to_peer = outbox.clone();
                self.announce(
                    running,
                    announcements,
                    Arc::new(move |message| to_peer.put(message)),
                );
                let (ingest, stop) = (self.ingest.clone(), running.stop());
                let lent = Lent {
                    outbox,
                    board: running.board(),
                    reach: self.services.reach.clone(),
                };
                let connection = row.connection.clone();
                running.own(keep_running(ingest, connection, config, lent, stop));
            }
            Prepared::Endpoint {
                routes,
                announcements,
            } => {
                let endpoint = self
                    .services
                    .endpoint
                    .clone()
                    .ok_or("the built-in MQTT endpoint is off on this server")?;
                endpoint.land(self.ingest.clone(), key.into(), routes, running.board());
                let tenant = scope.tenant().clone();
                self.announce(
                    running,
                    announcements,
                    Arc::new(move |message| endpoint.announce(&tenant, &message)),
                );
                running.ready();
            }
            Prepared::Http(mapping) => {
                self.ingest.map_lines(mapping);
                running.ready();
            }
        }
        Ok(())
    }

    fn announce(&self, running: &mut Running, announcements: Vec<Announcement>, outlet: Outlet) {
        if !announcements.is_empty() {
            let hub = self.services.hub.clone();
            running.own(announce(
                self.ingest.clone(),
                hub,
                announcements,
                outlet,
                running.stop(),
            ));
        }
    }
}
