//! Who signs in, as a browser and a program meet it: the real binary over HTTP, on both databases.

mod factors;
mod lockout;
mod mails;
mod passwords;
mod providers;
mod reminders;
mod staff;
mod tokens;

pub use crate::support::{Browser, Page};
use crate::support::{TestDatabase, Vigie};
use std::sync::Arc;
use vigie::domain::SystemClock;
use vigie::tenancy::{Directory, DirectoryConfig};

pub const ADA: &str = "ada@alpha.example";
pub const PASSWORD: &str = "correct horse battery stable";
const MANIFEST: &str = r#"
[client]
slug = "alpha"
name = "Alpha"
locale = "en"
time_zone = "Europe/Paris"

[[users]]
email = "ada@alpha.example"
name = "Ada"
role = "admin"
password = { env = "ALPHA_PASSWORD" }

[[users]]
email = "vic@alpha.example"
name = "Vic"
role = "viewer"
password = { env = "ALPHA_PASSWORD" }

[[sites]]
key = "hall"
name = "Hall"
"#;

/// An installation on the database of the test, before it starts.
pub fn installation(database: &TestDatabase) -> Vigie {
    let vigie = match database.url() {
        Some(url) => Vigie::on_postgres(&url),
        None => Vigie::on_sqlite(),
    };
    vigie.with("ALPHA_PASSWORD", PASSWORD)
}

/// One client with an administrator and a viewer, served.
pub async fn portal(database: &TestDatabase) -> Vigie {
    let mut vigie = installation(database);
    vigie.apply(MANIFEST);
    vigie.start().await;
    vigie
}

/// Starts what [`installation`] prepared.
pub async fn open(mut vigie: Vigie) -> Vigie {
    vigie.apply(MANIFEST);
    vigie.start().await;
    vigie
}

/// The databases of an installation, as another process opens them.
pub async fn directory(vigie: &Vigie, database: &TestDatabase) -> Arc<Directory> {
    let config = DirectoryConfig {
        data_dir: vigie.data_dir().to_owned(),
        database_url: database.url().map(Into::into),
        key: None,
        connections_per_client: 2,
        base_domain: "localhost".to_owned(),
    };
    Directory::open(config, Arc::new(SystemClock))
        .await
        .unwrap()
}
