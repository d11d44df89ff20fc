//! The data folder: only we may enter it, and only one process may serve from it.

use super::TenancyError;
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read, Seek, Write};
use std::path::{Path, PathBuf};

/// Held by whoever serves from the folder; its text is the number of that process.
const LOCK_FILE: &str = "vigie.lock";

/// The right to serve from a data folder; given back when dropped, or when the process dies.
///
/// On SQLite the engines of a folder have one writer. A second serving process would take
/// them over and leave the first one fenced, so it is refused before it opens anything.
/// Short commands do not take the lock: they work beside a running server.
#[derive(Debug)]
pub struct DataFolderLock {
    _file: File,
}

impl DataFolderLock {
    /// Takes the lock of a folder, which is made if it is not there; never waits.
    /// [`TenancyError::InUse`] names the process that has it.
    pub fn take(data_dir: &Path) -> Result<Self, TenancyError> {
        make_private_folder(data_dir)?;
        let path = data_dir.join(LOCK_FILE);
        let mut file = open_private(&path).map_err(failed("open", &path))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(in_use(data_dir, file)),
            Err(TryLockError::Error(error)) => return Err(failed("lock", &path)(error)),
        }
        sign(&mut file).map_err(failed("write", &path))?;
        Ok(Self { _file: file })
    }
}

/// Makes a folder that nobody else may enter; one that is there stays as it is.
pub(super) fn make_private_folder(path: &Path) -> Result<(), TenancyError> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path).map_err(failed("create", path))
}

/// Says what was attempted at which path.
pub(super) fn failed(
    what: &'static str,
    path: &Path,
) -> impl FnOnce(std::io::Error) -> TenancyError + use<> {
    let path = PathBuf::from(path);
    move |source| TenancyError::File { what, path, source }
}

fn open_private(path: &Path) -> std::io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

fn sign(file: &mut File) -> std::io::Result<()> {
    file.set_len(0)?;
    file.rewind()?;
    write!(file, "{}", std::process::id())
}

/// The number may not be written yet, which must not hide that the folder is in use.
fn in_use(data_dir: &Path, mut file: File) -> TenancyError {
    let mut text = String::new();
    let read = file.read_to_string(&mut text);
    let process = read.ok().and_then(|_| text.trim().parse::<u32>().ok());
    TenancyError::InUse {
        path: data_dir.to_owned(),
        process: process.map_or_else(|| "of unknown number".to_owned(), |id| id.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_in_use_is_refused_by_the_number_of_its_process_until_it_is_given_back() {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("data");
        let held = DataFolderLock::take(&data).unwrap();
        let refused = DataFolderLock::take(&data).unwrap_err().to_string();
        let process = format!("already in use by process {}", std::process::id());
        assert!(refused.contains(&process), "{refused}");
        drop(held);
        DataFolderLock::take(&data).unwrap();
    }
}
