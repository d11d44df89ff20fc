//! One client that runs, on SQLite in the folder for temporary files.

use anyhow::{Context, Result, anyhow};
use std::path::PathBuf;
use std::sync::Arc;
use vigie::domain::{Clock, SystemClock};
use vigie::ingest::registry::Registry;
use vigie::live::Hub;
use vigie::runtime::{Client, Platform, PlatformConfig};
use vigie::tenancy::manifest::{Conditions, Library, Prune, Source, apply, parse, prepare};
use vigie::tenancy::{Directory, DirectoryConfig};

/// A platform with one client.
pub struct Installation {
    folder: PathBuf,
    platform: Arc<Platform>,
    /// The client.
    pub client: Arc<Client>,
}

impl Installation {
    /// Applies the manifest (once) and starts its client.
    pub async fn open(purpose: &str, manifest: &str) -> Result<Self> {
        let folder =
            std::env::temp_dir().join(format!("vigie-bench-{}-{purpose}", std::process::id()));
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let config = DirectoryConfig {
            data_dir: folder.clone(),
            database_url: None,
            key: None,
            connections_per_client: 4,
            base_domain: "localhost".to_owned(),
        };
        let directory = Directory::open(config, clock.clone()).await?;
        if directory.active().is_empty() {
            make(&directory, manifest).await?;
        }
        let platform = Platform::open(
            directory,
            Hub::in_process(),
            None,
            clock,
            PlatformConfig {
                // Its broker runs beside it.
                reach: vigie_contract::Reach::anywhere(),
                ..PlatformConfig::default()
            },
        )
        .await?;
        let client = platform.clients().pop().context("the client is served")?;
        Ok(Self {
            folder,
            platform,
            client,
        })
    }

    /// Stops in order; the data stay.
    pub async fn close(self) -> PathBuf {
        self.platform.close().await;
        self.folder
    }
}

async fn make(directory: &Directory, manifest: &str) -> Result<()> {
    let library = Library::embedded().map_err(|error| anyhow!("{error}"))?;
    let manifests = parse(&[Source::named("bench.toml", manifest)], library)
        .map_err(|faults| anyhow!("{faults}"))?;
    let conditions = Conditions {
        checker: &Registry,
        environment: &|_| None,
        prune: Prune::Keep,
    };
    for plan in prepare(directory, &manifests, conditions).await? {
        apply(directory, &plan).await?;
    }
    Ok(())
}
