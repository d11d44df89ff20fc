//! A private PostgreSQL cluster that a test may stop, kill and start again.

use super::{Process, SmallDisk, free_port, required, scratch, wait};
use nix::sys::signal::Signal;
use nix::unistd::{Uid, User};
use std::path::Path;
use std::process::Command;
use std::time::Duration;
use tempfile::TempDir;

const DEADLINE: Duration = Duration::from_secs(20);

/// Durable as in production (`fsync` on); everybody on the loopback is trusted.
pub struct Postgres {
    // First, so that it ends before its folder goes.
    server: Option<Process>,
    folder: TempDir,
    port: u16,
}

impl Postgres {
    /// Makes a cluster and starts it.
    pub async fn start() -> Self {
        let mut cluster = Self::make();
        cluster.resume().await;
        cluster
    }

    /// Makes a cluster whose databases, and not its log, lie on a small disk of their own.
    ///
    /// Where the log has no room the server ends itself: that is a restart, not a full disk.
    pub async fn start_on_small_disk(mib: u32) -> (Self, SmallDisk) {
        let mut cluster = Self::make();
        let databases = cluster.folder.path().join("data/base");
        let program = cluster.server_program();
        let mut command = SmallDisk::around(&program, &databases, mib);
        let id = cluster.run(&mut command).await;
        (cluster, SmallDisk::of(id, &databases))
    }

    fn make() -> Self {
        let folder = scratch();
        let data = folder.path().join("data");
        let mut initdb = server_command("initdb", folder.path());
        initdb.arg("--pgdata").arg(&data);
        initdb.args([
            "--username=postgres",
            "--auth=trust",
            "--encoding=UTF8",
            "--locale=C",
            "--no-sync",
        ]);
        let made = initdb.output().expect("initdb runs");
        assert!(
            made.status.success(),
            "initdb: {}",
            String::from_utf8_lossy(&made.stderr)
        );
        Self {
            folder,
            port: free_port(),
            server: None,
        }
    }

    /// The superuser's URL of its `postgres` database.
    pub fn url(&self) -> String {
        format!("postgres://postgres@127.0.0.1:{}/postgres", self.port)
    }

    /// Starts the stopped server again on the same data and port.
    pub async fn resume(&mut self) {
        let mut command = self.server_program();
        self.run(&mut command).await;
    }

    fn server_program(&self) -> Command {
        let folder = self.folder.path();
        let mut command = server_command("postgres", folder);
        command.arg("-D").arg(folder.join("data"));
        for setting in [
            format!("port={}", self.port),
            "listen_addresses=127.0.0.1".to_owned(),
            format!("unix_socket_directories={}", folder.display()),
            "max_connections=100".to_owned(),
        ] {
            command.arg("-c").arg(setting);
        }
        command
    }

    /// Runs the server and awaits that it answers; its process id.
    async fn run(&mut self, command: &mut Command) -> u32 {
        let log = self.folder.path().join("log");
        let server = Process::start("PostgreSQL", command, &log);
        let id = server.id();
        self.server = Some(server);
        let url = self.url();
        wait::until("PostgreSQL answers", DEADLINE, async || {
            use sqlx::Connection;
            sqlx::PgConnection::connect(&url).await.ok()
        })
        .await;
        id
    }

    /// An ordered stop that does not wait for clients ("fast").
    pub async fn stop(&mut self) {
        if let Some(mut server) = self.server.take() {
            server.stop(Signal::SIGINT, DEADLINE).await;
        }
    }

    /// The stop of a pulled plug ("immediate"): the next start recovers from its log.
    pub async fn crash(&mut self) {
        if let Some(mut server) = self.server.take() {
            server.stop(Signal::SIGQUIT, DEADLINE).await;
        }
    }
}

/// A program of PostgreSQL, run by somebody who is not root: it refuses to be root.
fn server_command(program: &str, folder: &Path) -> Command {
    let program = Path::new(&required("VIGIE_TEST_PG_BIN")).join(program);
    let mut command = if Uid::effective().is_root() {
        let user = unprivileged_user();
        std::os::unix::fs::chown(folder, Some(user.uid.as_raw()), Some(user.gid.as_raw()))
            .expect("root may give a folder away");
        let mut command = Command::new("setpriv");
        command.args([
            format!("--reuid={}", user.uid),
            format!("--regid={}", user.gid),
            "--clear-groups".to_owned(),
        ]);
        command.arg(program);
        command
    } else {
        Command::new(program)
    };
    command.current_dir(folder);
    command
}

fn unprivileged_user() -> User {
    let named = |name| User::from_name(name).expect("the user database can be read");
    named("postgres")
        .or_else(|| named("nobody"))
        .expect("a user that is not root")
}
