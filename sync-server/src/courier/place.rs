//! A file that is written: beside its place, moved there whole, and never over another.

use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use sync_protocol::courier::{CourierError, FileKey, Label, Sealer, Writer};
use tempfile::NamedTempFile;
use zeroize::Zeroizing;

use super::ExchangeError;
use crate::hub::Hub;
use crate::ids;

/// Refuses a place where something is, before anything is done.
pub(super) fn must_be_free(path: &Path) -> Result<(), ExchangeError> {
    match path.symlink_metadata() {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(at(path)(error.into())),
        Ok(_) => Err(ExchangeError::Exists(path.to_owned())),
    }
}

/// Names the file that an error is about.
pub(super) fn at(path: &Path) -> impl Fn(CourierError) -> ExchangeError + use<> {
    let path = path.to_owned();
    move |source| ExchangeError::File { path: path.clone(), source }
}

/// What is written; it is removed where it comes to nothing.
pub(super) struct Outgoing {
    place: PathBuf,
    sealer: Sealer<BufWriter<NamedTempFile>>,
}

impl Outgoing {
    /// Begins a file with this label for the device that has this encryption key.
    pub(super) fn begin(
        hub: &Hub,
        place: &Path,
        label: &Label,
        reader: &[u8; 32],
    ) -> Result<Self, ExchangeError> {
        let begun = begun(hub, place, label, reader).map_err(at(place))?;
        Ok(Self { place: place.to_owned(), sealer: begun })
    }

    pub(super) fn sealer(&mut self) -> &mut Sealer<BufWriter<NamedTempFile>> {
        &mut self.sealer
    }

    pub(super) fn at(&self) -> impl Fn(CourierError) -> ExchangeError + use<> {
        at(&self.place)
    }

    /// Puts the whole file into its place; answers its size.
    pub(super) fn finish(self) -> Result<u64, ExchangeError> {
        let Self { place, sealer } = self;
        let at = at(&place);
        let out = sealer.finish().map_err(&at)?;
        let io = |error: std::io::Error| at(error.into());
        let file = out.into_inner().map_err(|error| io(error.into_error()))?;
        file.as_file().sync_all().map_err(io)?;
        let bytes = file.as_file().metadata().map_err(io)?.len();
        file.persist_noclobber(&place).map_err(|error| match error.error.kind() {
            std::io::ErrorKind::AlreadyExists => ExchangeError::Exists(place.clone()),
            _ => at(error.error.into()),
        })?;
        Ok(bytes)
    }
}

fn begun(
    hub: &Hub,
    place: &Path,
    label: &Label,
    reader: &[u8; 32],
) -> Result<Sealer<BufWriter<NamedTempFile>>, CourierError> {
    let folder = place.parent().filter(|folder| !folder.as_os_str().is_empty());
    let folder = folder.unwrap_or(Path::new("."));
    let file = tempfile::Builder::new().prefix(".courier-").tempfile_in(folder)?;
    let writer = Writer { ephemeral: Zeroizing::new(ids::random()), reader };
    let (envelope, key): (_, FileKey) =
        writer.envelope(label, |message| hub.keys.sign_file(message))?;
    let mut out = BufWriter::new(file);
    out.write_all(&envelope)?;
    Ok(key.sealer(out))
}
