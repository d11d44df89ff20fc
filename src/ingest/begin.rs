//! How a connection begins: its secrets opened, its configuration checked, its tasks started.

use super::announce::{Announcement, Outlet, announce};
use super::endpoint::Port;
use super::registry::{Prepared, prepare_for};
use super::running::{Running, keep_running};
use super::supervisor::Shared;
use crate::store::tenant::ConnectionRow;
use crate::tenancy::manifest::reveal;
use std::sync::Arc;

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

    /// Starts what a connection is made of; why it cannot be, in words.
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
            Prepared::Session {
                announcements,
                connector,
            } => {
                running.can_write(connector.writes());
                let lent = running.lent();
                let to_peer = lent.outbox.clone();
                self.announce(
                    running,
                    announcements,
                    Arc::new(move |message| to_peer.put(message)),
                );
                let (ingest, stop) = (self.ingest.clone(), running.stop());
                let connection = row.connection.clone();
                let reach = self.services.reach.clone();
                running.own(keep_running(
                    ingest,
                    connection,
                    config,
                    lent,
                    (reach, stop),
                ));
            }
            Prepared::Endpoint {
                routes,
                announcements,
                commanding,
            } => {
                let endpoint = self
                    .services
                    .endpoint
                    .clone()
                    .ok_or("the built-in MQTT endpoint is off on this server")?;
                let (lent, tenant) = (running.lent(), scope.tenant().clone());
                let commanding = Arc::new(commanding);
                let port = Port {
                    connection: key.into(),
                    routes,
                    commanding: Arc::clone(&commanding),
                    status: running.board(),
                    trace: lent.trace.clone(),
                };
                endpoint.land(self.ingest.clone(), port);
                running.can_write(commanding.table.writes());
                let stop = running.stop();
                let sending = Arc::clone(&endpoint).command(
                    tenant.clone(),
                    commanding,
                    lent.commands,
                    lent.trace,
                    stop,
                );
                running.own(sending);
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
