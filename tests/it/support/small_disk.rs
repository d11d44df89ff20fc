//! A disk of a few megabytes that a test fills and empties.
//!
//! It is a tmpfs in a mount namespace of the process that stands on it, so it needs no rights
//! beyond those of any user, and goes when the process goes.

use nix::unistd::Uid;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The disk of one running process.
pub struct SmallDisk {
    ballast: PathBuf,
}

impl SmallDisk {
    /// The command that mounts the disk over `folder`, copies what the folder holds onto it,
    /// and then becomes `program`.
    pub fn around(program: &Command, folder: &Path, mib: u32) -> Command {
        let mut command = Command::new("unshare");
        if !Uid::effective().is_root() {
            command.args(["--user", "--map-current-user", "--keep-caps"]);
        }
        command.args(["--mount", "sh", "-ec"]);
        command.arg(format!(
            "cp -a \"$0\" \"$0.copy\"; \
             mount -t tmpfs -o \"size={mib}m,mode=700,$(stat -c uid=%u,gid=%g \"$0\")\" tmpfs \"$0\"; \
             cp -a \"$0.copy/.\" \"$0/\"; exec \"$@\""
        ));
        command
            .arg(folder)
            .arg(program.get_program())
            .args(program.get_args());
        if let Some(start) = program.get_current_dir() {
            command.current_dir(start);
        }
        for (name, value) in program.get_envs() {
            command.env(name, value.unwrap_or_default());
        }
        command
    }

    /// The disk under a folder of a process that was started this way.
    pub fn of(process: u32, folder: &Path) -> Self {
        let inside = folder.strip_prefix("/").expect("an absolute path");
        let root = Path::new("/proc").join(process.to_string()).join("root");
        Self {
            ballast: root.join(inside).join("ballast"),
        }
    }

    /// Fills it to the last byte.
    pub fn fill(&self) {
        let mut ballast = std::fs::File::create(&self.ballast).expect("the disk of the process");
        for size in [1 << 16, 1] {
            let block = vec![0; size];
            while ballast.write_all(&block).is_ok() {}
        }
    }

    /// Gives the space back.
    pub fn free(&self) {
        std::fs::remove_file(&self.ballast).expect("the ballast was there");
    }
}
