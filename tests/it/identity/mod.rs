//! Who signs in, as a browser and a program meet it: the real binary over HTTP, on both databases.

mod browser;
mod factors;
mod mails;
mod passwords;
mod providers;
mod tokens;

use crate::support::{TestDatabase, Vigie};
pub use browser::{Browser, Page};

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
