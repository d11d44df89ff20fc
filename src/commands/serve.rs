//! `vigie serve`.

use super::server::{Doors, Server, claim_data_folder, open_directory};
use super::shutdown;
use crate::config::Settings;
use crate::domain::{Clock, SystemClock};
use std::sync::Arc;

/// Options of `vigie serve`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  vigie serve --data-dir /var/lib/vigie --base-domain vigie.example
  VIGIE_DATABASE_URL=postgres://vigie:…@db/vigie vigie serve --redis-url redis://cache:6379")]
pub(super) struct Args {}

/// Serves until Ctrl-C or SIGTERM.
pub(super) async fn run(settings: Settings, _args: Args) -> anyhow::Result<()> {
    let stop = shutdown::token()?;
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let _claim = claim_data_folder(&settings)?;
    let doors = Doors::bind(&settings).await?;
    let directory = open_directory(&settings, Arc::clone(&clock)).await?;
    let web = doors.web.local_addr()?;
    let server = Server::open(settings, directory, clock).await?;
    let clients = server.platform.clients().len();
    tracing::info!(%web, clients, "serving");
    server.run(doors, false, stop).await;
    Ok(())
}
