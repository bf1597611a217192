//! The file itself: written beside its place and moved there whole, readable by its owner alone.

use std::fs::{File, OpenOptions};
use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};

use contract::{Failure, FailureCode};
use tabular::TableError;

/// Writes a file at once or not at all.
///
/// # Errors
/// `Usage` where there is no room for it, or no right to write there.
pub fn write(
    path: &str,
    fill: impl FnOnce(&mut BufWriter<File>) -> Result<(), TableError>,
) -> Result<(), Failure> {
    let path = Path::new(path);
    let beside = beside(path);
    let written = create(&beside).map_err(TableError::File).and_then(|file| {
        let mut out = BufWriter::new(file);
        fill(&mut out)?;
        out.flush()?;
        out.get_ref().sync_all()?;
        std::fs::rename(&beside, path)?;
        Ok(())
    });
    written.map_err(|error| {
        // What is left of it helps nobody; that it cannot be removed is said by the failure before.
        let _ = std::fs::remove_file(&beside);
        Failure::new(FailureCode::Usage, format!("{} is not written: {error}", path.display()))
    })
}

fn beside(path: &Path) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".part");
    path.with_file_name(name)
}

#[cfg(unix)]
fn create(path: &Path) -> std::io::Result<File> {
    use std::os::unix::fs::OpenOptionsExt as _;
    OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(path)
}

#[cfg(not(unix))]
fn create(path: &Path) -> std::io::Result<File> {
    OpenOptions::new().write(true).create(true).truncate(true).open(path)
}
