//! A platform of its own for one test: data folder, control database, manifests.

use crate::support::{Backend, TestDatabase, scratch};
use secrecy::SecretString;
use serde_json::Value;
use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;
use tempfile::TempDir;
use vigie::domain::{Clock, ManualClock, Timestamp};
use vigie::tenancy::manifest::{
    Applied, Conditions, ConfigFault, ConnectionChecker, Library, Manifest, Plan, PlanError, Prune,
    Source, apply, parse, prepare,
};
use vigie::tenancy::{Directory, DirectoryConfig};

pub(crate) const NOON: Timestamp = Timestamp::from_seconds(1_800_000_000);

/// Where the platform of one test lies; opened as often as the test likes.
pub(crate) struct Home {
    folder: TempDir,
    database_url: Option<SecretString>,
}

impl Home {
    pub(crate) async fn new(backend: Backend) -> Self {
        let database_url = match backend {
            Backend::Sqlite => None,
            Backend::Postgres => Some(TestDatabase::postgres_url().await.into()),
        };
        Self {
            folder: scratch(),
            database_url,
        }
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn config(&self) -> DirectoryConfig {
        DirectoryConfig {
            data_dir: self.folder.path().join("data"),
            database_url: self.database_url.clone(),
            key: None,
            connections_per_client: 2,
            base_domain: "vigie.example".to_owned(),
        }
    }

    pub(crate) async fn open(&self) -> Arc<Directory> {
        let clock: Arc<dyn Clock> = Arc::new(ManualClock::at(NOON));
        Directory::open(self.config(), clock).await.unwrap()
    }
}

/// Takes every configuration but one with `"wrong": …` in it.
pub(crate) struct Lenient;

impl ConnectionChecker for Lenient {
    fn check(&self, _protocol: &str, config: &Value) -> Result<(), ConfigFault> {
        match config.get("wrong") {
            None => Ok(()),
            Some(_) => Err(ConfigFault {
                pointer: "/wrong".to_owned(),
                message: "is wrong".to_owned(),
            }),
        }
    }
}

/// The environment of whoever applies.
pub(crate) fn environment(
    variables: &[(&'static str, &'static str)],
) -> impl Fn(&str) -> Option<String> + Sync + use<> {
    let variables: HashMap<_, _> = variables.iter().copied().collect();
    move |name| variables.get(name).map(|value| (*value).to_owned())
}

pub(crate) fn read(text: &str) -> Manifest {
    let library = Library::embedded().unwrap();
    let manifests = parse(&[Source::named("client.toml", text)], library);
    manifests
        .unwrap_or_else(|faults| panic!("{faults}"))
        .remove(0)
}

pub(crate) async fn plan_with(
    directory: &Directory,
    manifest: &Manifest,
    prune: Prune,
    variables: &[(&'static str, &'static str)],
) -> Result<Plan, PlanError> {
    let environment = environment(variables);
    let conditions = Conditions {
        checker: &Lenient,
        environment: &environment,
        prune,
    };
    let plans = prepare(directory, std::slice::from_ref(manifest), conditions).await?;
    Ok(plans.into_iter().next().unwrap())
}

pub(crate) async fn plan(directory: &Directory, text: &str, prune: Prune) -> Plan {
    let manifest = read(text);
    plan_with(directory, &manifest, prune, &[])
        .await
        .unwrap_or_else(|error| panic!("{error}"))
}

pub(crate) async fn apply_text(directory: &Directory, text: &str, prune: Prune) -> Applied {
    let plan = plan(directory, text, prune).await;
    apply(directory, &plan)
        .await
        .unwrap_or_else(|error| panic!("{error}"))
}

/// One promise, kept on both backends: makes the tests `NAME::on_sqlite` and `NAME::on_postgres`.
macro_rules! at_home {
    ($(async fn $name:ident($home:ident: Home) $body:block)+) => {$(
        mod $name {
            use super::*;

            async fn promise($home: $crate::tenancy::home::Home) $body

            #[tokio::test(flavor = "multi_thread")]
            async fn on_sqlite() {
                let backend = $crate::support::Backend::Sqlite;
                promise($crate::tenancy::home::Home::new(backend).await).await;
            }

            #[tokio::test(flavor = "multi_thread")]
            async fn on_postgres() {
                let backend = $crate::support::Backend::Postgres;
                promise($crate::tenancy::home::Home::new(backend).await).await;
            }
        }
    )+};
}

pub(crate) use at_home;
