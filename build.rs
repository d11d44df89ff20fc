//! Bundles the front end (`assets/`) into `OUT_DIR/dist`, which the binary embeds.
//!
//! The sources are copied to `OUT_DIR/front` first, so that neither `node_modules`
//! nor a bundle ever lies in the tree. `npm ci` runs only when the lock file
//! changed, and without any package's scripts; a later build needs no network.

use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

const NEEDS_NODE: &str = "install Node >= 18 (with npm): the front end is bundled with it";
/// What the bundler reads.
const FOLDERS: &[&str] = &["src", "css"];
const FILES: &[&str] = &[
    "package.json",
    "package-lock.json",
    ".npmrc",
    "build.mjs",
    "world.mjs",
    "tsconfig.json",
];
/// What makes a new build: the bundler's sources, and what macros embed without saying so.
const WATCHED: &[&str] = &[
    "assets/src",
    "assets/css",
    "assets/locales",
    "assets/package.json",
    "assets/package-lock.json",
    "assets/build.mjs",
    "assets/world.mjs",
    "migrations",
];
/// Written after `npm ci` succeeded: the lock file it was run for.
const INSTALLED_LOCK: &str = "node_modules/.vigie-lock.json";

fn main() {
    if let Err(error) = bundle() {
        eprintln!("cannot bundle the front end: {error}");
        std::process::exit(1);
    }
}

fn bundle() -> Result<(), Box<dyn Error>> {
    for path in WATCHED {
        println!("cargo:rerun-if-changed={path}");
    }
    let out = PathBuf::from(env::var("OUT_DIR")?);
    let front = out.join("front");
    for folder in FOLDERS {
        copy_folder(&Path::new("assets").join(folder), &front.join(folder))?;
    }
    for file in FILES {
        fs::copy(Path::new("assets").join(file), front.join(file))?;
    }
    install(&front)?;
    let dist = out.join("dist");
    run(Command::new("node")
        .arg("build.mjs")
        .arg(&dist)
        .current_dir(&front))
}

/// Runs `npm ci` unless the packages of this very lock file are there.
fn install(front: &Path) -> Result<(), Box<dyn Error>> {
    let lock = fs::read(front.join("package-lock.json"))?;
    let installed = front.join(INSTALLED_LOCK);
    if fs::read(&installed).is_ok_and(|known| known == lock) {
        return Ok(());
    }
    let npm = if cfg!(windows) { "npm.cmd" } else { "npm" };
    run(Command::new(npm)
        .args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"])
        .current_dir(front))?;
    fs::write(installed, lock)?;
    Ok(())
}

fn run(command: &mut Command) -> Result<(), Box<dyn Error>> {
    let output = command
        .output()
        .map_err(|cause| format!("{command:?}: {cause}; {NEEDS_NODE}"))?;
    if output.status.success() {
        return Ok(());
    }
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    Err(format!("{command:?} failed; {NEEDS_NODE}\n{told}").into())
}

/// Makes `to` hold exactly the files of `from`.
fn copy_folder(from: &Path, to: &Path) -> Result<(), Box<dyn Error>> {
    if to.exists() {
        fs::remove_dir_all(to)?;
    }
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy_folder(&entry.path(), &target)?;
        } else {
            fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}
