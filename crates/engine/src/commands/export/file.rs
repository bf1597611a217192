//! The file itself: written beside its place and moved there whole, readable by its owner alone.

use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::Path;

use contract::{Failure, FailureCode};
use tabular::TableError;
use tempfile::Builder;

/// Writes a file at once or not at all.
///
/// # Errors
/// `Usage` where there is no room for it, or no right to write there.
pub fn write(
    path: &str,
    fill: impl FnOnce(&mut BufWriter<&mut File>) -> Result<(), TableError>,
) -> Result<(), Failure> {
    let path = Path::new(path);
    place(path, fill).map_err(|error| {
        Failure::new(FailureCode::Usage, format!("{} is not written: {error}", path.display()))
    })
}

fn place(
    path: &Path,
    fill: impl FnOnce(&mut BufWriter<&mut File>) -> Result<(), TableError>,
) -> Result<(), TableError> {
    // Under a name that nobody has, and removed where it comes to nothing.
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let mut beside =
        Builder::new().prefix(".export-").tempfile_in(folder.unwrap_or(Path::new(".")))?;
    let mut out = BufWriter::new(beside.as_file_mut());
    fill(&mut out)?;
    out.flush()?;
    drop(out);
    beside.as_file().sync_all()?;
    beside.persist(path).map_err(|error| error.error)?;
    Ok(())
}
