//! A client with people who are signed in, served by a process of its own.

use crate::child::{Server, free_port, run_vigie, vigie};
use anyhow::{Context, Result, ensure};
use std::fmt::Write as _;
use std::sync::Arc;
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use vigie::domain::{Clock, SystemClock, Timestamp};
use vigie::store::tenant::{Session, sessions, users};
use vigie::tenancy::{Directory, DirectoryConfig, credentials};

const POINTS_OF_A_THING: usize = 10;
const SITES: usize = 20;
/// Nobody of the crowd is told to come back later: what is measured is the work.
const SETTINGS: &str = "[web.limits]\nof_an_address = 100000\nof_a_client = 100000\n";

/// The folder of an installation, and the way in for programs.
pub struct Stage {
    folder: TempDir,
    key: String,
    things: usize,
}

impl Stage {
    /// Makes the client, and a session for each of so many people.
    pub async fn set(people: usize, points: usize) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let things = points.div_ceil(POINTS_OF_A_THING);
        let file = folder.path().join("bench.toml");
        std::fs::write(&file, manifest(people, things)?)?;
        std::fs::write(folder.path().join("vigie.toml"), SETTINGS)?;
        let data = folder.path().join("data");
        let file = file.to_str().context("a readable path")?;
        run_vigie(&data, &["tenants", "apply", file])?;
        let create = [
            "api-keys", "create", "bench", "bench", "--scope", "write", "--quiet",
        ];
        let key = run_vigie(&data, &create)?;
        let stage = Self {
            folder,
            key,
            things,
        };
        stage.sign_in().await?;
        Ok(stage)
    }

    /// Starts the server.
    pub async fn serve(&self) -> Result<Server> {
        let port = free_port()?;
        let listen = format!("127.0.0.1:{port}");
        let settings = self.folder.path().join("vigie.toml");
        let settings = settings.to_str().context("a readable path")?;
        let data = self.folder.path().join("data");
        let command = vigie(&data, &["serve", "--listen", &listen, "--config", settings])?;
        Server::start(command, port).await
    }

    /// Gives every point a value.
    pub async fn tell_values(&self, server: &Server) -> Result<()> {
        let mut body = String::new();
        for thing in 0..self.things {
            write!(body, "bench,equipment=thing-{thing} ")?;
            for point in 0..POINTS_OF_A_THING {
                let comma = if point == 0 { "" } else { "," };
                write!(body, "{comma}p{point}={thing}.{point}")?;
            }
            body.push('\n');
        }
        let head = format!(
            "POST /api/v1/write HTTP/1.1\r\nHost: bench.localhost\r\nAuthorization: Bearer {}\r\n\
             Content-Type: text/plain\r\nConnection: close\r\nContent-Length: {}\r\n\r\n",
            self.key,
            body.len()
        );
        let mut stream = TcpStream::connect(("127.0.0.1", server.port)).await?;
        stream.write_all((head + &body).as_bytes()).await?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await?;
        ensure!(
            answer.starts_with("HTTP/1.1 204"),
            "the server answers {answer}"
        );
        Ok(())
    }

    /// The header by which one of the people is known.
    pub fn cookie_line(person: usize) -> String {
        format!("Cookie: vigie={}\r\n", cookie(person))
    }

    async fn sign_in(&self) -> Result<()> {
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let config = DirectoryConfig {
            data_dir: self.folder.path().join("data"),
            database_url: None,
            key: None,
            connections_per_client: 2,
            base_domain: "localhost".to_owned(),
        };
        let directory = Directory::open(config, clock).await?;
        let scope = directory.by_slug("bench").context("the client is there")?;
        let now = SystemClock.now();
        for (person, user) in users::list(scope.db()).await?.into_iter().enumerate() {
            let session = Session {
                token_hash: credentials::sha256(&cookie(person)).to_vec(),
                user_id: user.id,
                signed_in_at: now,
                last_seen_at: now,
                expires_at: now.plus(Timestamp::DAY),
                address: None,
                user_agent: None,
                step: None,
                second_factor: false,
            };
            sessions::insert(scope.db(), &session).await?;
        }
        directory.close().await;
        Ok(())
    }
}

fn cookie(person: usize) -> String {
    format!("a-session-of-the-bench-{person}")
}

fn manifest(people: usize, things: usize) -> Result<String, std::fmt::Error> {
    let mut text = String::from(
        "[client]\nslug = \"bench\"\nname = \"Bench\"\nlocale = \"en\"\ntime_zone = \"UTC\"\n\
         [[types]]\nkey = \"kind\"\nname = \"Kind\"\nicon = \"i-device\"\n",
    );
    for key in 0..POINTS_OF_A_THING {
        writeln!(
            text,
            "[[types.points]]\nkey = \"p{key}\"\nname = \"P {key}\"\nkind = \"number\""
        )?;
    }
    for site in 0..SITES {
        writeln!(
            text,
            "[[sites]]\nkey = \"site-{site}\"\nname = \"Site {site}\"\nposition = {{ lat = 48.{site:02}, lon = 2.{site:02} }}"
        )?;
    }
    for thing in 0..things {
        writeln!(
            text,
            "[[equipment]]\nkey = \"thing-{thing}\"\nname = \"Thing {thing}\"\nsite = \"site-{}\"\ntype = \"kind\"",
            thing % SITES
        )?;
    }
    for person in 0..people {
        writeln!(
            text,
            "[[users]]\nemail = \"{person}@example.org\"\nname = \"Bench\"\nrole = \"viewer\""
        )?;
    }
    Ok(text)
}
