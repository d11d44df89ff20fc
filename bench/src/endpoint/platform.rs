//! The platform as it serves: ingest and the engine of one client, on SQLite.

use super::load::PASSWORD;
use anyhow::{Context, Result, ensure};
use std::path::Path;
use std::sync::Arc;
use vigie::domain::{Clock, SystemClock};
use vigie::ingest::endpoint::Endpoint;
use vigie::ingest::registry::Registry;
use vigie::live::Hub;
use vigie::runtime::{Platform, PlatformConfig};
use vigie::tenancy::manifest::{Conditions, Library, Prune, Source, apply, parse, prepare};
use vigie::tenancy::{Directory, DirectoryConfig};

/// Fifty meters with two points each, fed by the load.
const MANIFEST: &str = r#"
[client]
slug = "bench"
name = "Bench"
locale = "en"
time_zone = "UTC"

[[sites]]
key = "site"
name = "Site"

[[types]]
key = "bench-meter"
name = "Meter"
points = [
  { key = "power", name = "Power", kind = "number", unit = "W" },
  { key = "energy", name = "Energy", kind = "number", unit = "kWh" },
]

[[devices]]
name = "load"
password = { env = "PASSWORD" }

[[connections]]
key = "devices"
name = "Devices"
protocol = "mqtt-endpoint"

[[connections.routes]]
topic = "site/{equipment}/state"
site = "site"
type = "bench-meter"
points.power = { at = "/power_w" }
points.energy = { at = "/energy_kwh" }
"#;

/// A running platform with one client.
pub struct Bench {
    endpoint: Arc<Endpoint>,
    /// Runs as long as it is held.
    _platform: Arc<Platform>,
}

impl Bench {
    pub async fn open(folder: &Path) -> Result<Self> {
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let config = DirectoryConfig {
            data_dir: folder.to_owned(),
            database_url: None,
            key: None,
            connections_per_client: 2,
            base_domain: "localhost".to_owned(),
        };
        let directory = Directory::open(config, Arc::clone(&clock)).await?;
        provision(&directory).await?;
        let endpoint = Endpoint::new(Arc::clone(&directory), Arc::clone(&clock));
        let platform = Platform::open(
            directory,
            Hub::in_process(),
            Some(Arc::clone(&endpoint)),
            clock,
            PlatformConfig::default(),
        )
        .await?;
        ensure!(platform.unserved().is_empty(), "{:?}", platform.unserved());
        Ok(Self {
            endpoint,
            _platform: platform,
        })
    }

    pub fn endpoint(&self) -> Arc<Endpoint> {
        Arc::clone(&self.endpoint)
    }
}

async fn provision(directory: &Directory) -> Result<()> {
    let library = Library::embedded().context("the library of types")?;
    let manifests = parse(&[Source::named("bench.toml", MANIFEST)], library)?;
    let conditions = Conditions {
        checker: &Registry,
        environment: &|name| (name == "PASSWORD").then(|| PASSWORD.to_owned()),
        prune: Prune::Keep,
    };
    for plan in prepare(directory, &manifests, conditions).await? {
        apply(directory, &plan).await?;
    }
    Ok(())
}
