//! The folder in the profile where attached files lie, sealed. It knows files by name and salt alone; what they
//! are attached to stands in the database.

use std::collections::BTreeSet;
use std::fs::{File, OpenOptions};
use std::io::{self, Read, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use local_store::SealedFile;
use sha2::{Digest as _, Sha256};
use uuid::Uuid;
use zeroize::Zeroizing;

use super::sealed::{self, Opener, PART, Sealer};
use crate::host::Host;

/// Of a file that is not whole yet.
const ARRIVING: &str = "part";
/// The folder of copies that another program shows.
const SHOWN: &str = "shown";

pub struct Cabinet {
    folder: PathBuf,
    database_key: Zeroizing<[u8; 32]>,
    /// Files that the database does not know yet.
    new: Arc<Mutex<BTreeSet<Uuid>>>,
}

/// A file that was put in and that the database is to be told of: until this is dropped, nobody sweeps it away.
pub struct Placed {
    pub file: SealedFile,
    new: Arc<Mutex<BTreeSet<Uuid>>>,
}

impl Drop for Placed {
    fn drop(&mut self) {
        lock(&self.new).remove(&self.file.file);
    }
}

impl Cabinet {
    pub fn new(folder: PathBuf, database_key: &[u8; 32]) -> Self {
        let database_key = Zeroizing::new(*database_key);
        Self { folder, database_key, new: Arc::default() }
    }

    /// Puts a file in, whole and on the disk when this returns. At most `most` bytes are taken: `None` where
    /// there are more.
    ///
    /// # Errors
    /// Where the source cannot be read or the disk refuses; nothing is left then.
    pub fn put(
        &self,
        source: &mut dyn Read,
        most: u64,
        host: &dyn Host,
    ) -> io::Result<Option<Placed>> {
        self.make()?;
        let file = arriving(host, String::new(), 0);
        let mut placed = Placed { file, new: Arc::clone(&self.new) };
        lock(&self.new).insert(placed.file.file);
        let path = self.path(&placed.file).with_extension(ARRIVING);
        let written = self.seal(&path, &mut placed.file, source, most);
        if !matches!(written, Ok(true)) {
            // It never was anybody's; what cannot be removed now is swept away later.
            let _ = std::fs::remove_file(&path);
            return written.map(|_| None);
        }
        std::fs::rename(&path, self.path(&placed.file))?;
        self.settle()?;
        Ok(Some(placed))
    }

    fn seal(
        &self,
        path: &Path,
        file: &mut SealedFile,
        source: &mut dyn Read,
        most: u64,
    ) -> io::Result<bool> {
        let mut sealer = Sealer::after(0, private(path)?, self.cipher(file));
        let mut hash = Sha256::new();
        let mut bytes = Zeroizing::new(vec![0; PART]);
        loop {
            let read = match source.read(&mut bytes) {
                Ok(0) => break,
                Ok(read) => read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            };
            file.size += read as u64;
            if file.size > most {
                return Ok(false);
            }
            let bytes = bytes.get(..read).unwrap_or_default();
            hash.update(bytes);
            sealer.write(bytes)?;
        }
        sealer.finish()?.sync_all()?;
        file.hash = hex::encode(hash.finalize());
        file.whole = true;
        Ok(true)
    }

    /// Opens a file that is whole, at the part in which this byte stands; answers also how many bytes of that
    /// part come before it.
    ///
    /// # Errors
    /// Where the disk refuses.
    pub fn open(&self, file: &SealedFile, from: u64) -> io::Result<(Opener<File>, usize)> {
        let parts = sealed::parts_before(from, file.size);
        let mut content = File::open(self.path(file))?;
        content.seek(SeekFrom::Start(sealed::sealed_length(parts)))?;
        let before = from.saturating_sub(sealed::plain_length(parts));
        let opener = Opener::after(parts, content, self.cipher(file), file.size);
        Ok((opener, usize::try_from(before).unwrap_or(usize::MAX)))
    }

    /// Goes on with a file that is on its way here; answers where in its content.
    ///
    /// # Errors
    /// Where the disk refuses.
    pub fn resume(&self, file: &SealedFile) -> io::Result<(Sealer<File>, u64)> {
        self.make()?;
        let path = self.path(file).with_extension(ARRIVING);
        let mut content = private_kept(&path)?;
        let parts = sealed::whole_parts(content.metadata()?.len(), file.size);
        content.set_len(sealed::sealed_length(parts))?;
        content.seek(SeekFrom::End(0))?;
        let from = sealed::plain_length(parts);
        Ok((Sealer::after(parts, content, self.cipher(file)), from))
    }

    /// Ends a file that has arrived, if it is the one with this hash; else nothing of it is kept.
    ///
    /// # Errors
    /// Where the disk refuses.
    pub fn end(&self, file: &SealedFile, sealer: Sealer<File>) -> io::Result<bool> {
        sealer.finish()?.sync_all()?;
        let path = self.path(file).with_extension(ARRIVING);
        let mut hash = Sha256::new();
        let mut opener = Opener::after(0, File::open(&path)?, self.cipher(file), file.size);
        while let Some(part) = opener.part()? {
            hash.update(&*part);
        }
        if hex::encode(hash.finalize()) != file.hash {
            std::fs::remove_file(&path)?;
            return Ok(false);
        }
        std::fs::rename(&path, self.path(file))?;
        self.settle()?;
        Ok(true)
    }

    /// Writes the content of a file to a path at which there is nothing yet.
    ///
    /// # Errors
    /// `AlreadyExists` where there is; where the file is damaged or the disk refuses, and then nothing is left
    /// there.
    pub fn copy_out(&self, file: &SealedFile, to: &Path) -> io::Result<()> {
        let mut written = OpenOptions::new().write(true).create_new(true).open(to)?;
        let copied = self.open(file, 0).and_then(|(mut opener, _)| {
            while let Some(part) = opener.part()? {
                written.write_all(&part)?;
            }
            written.sync_all()
        });
        if copied.is_err() {
            // Half a file is worse than none; it was made just now.
            let _ = std::fs::remove_file(to);
        }
        copied
    }

    /// Writes a copy that people look at and do not write to, under the file's own name.
    ///
    /// # Errors
    /// As [`Cabinet::copy_out`].
    pub fn show(&self, file: &SealedFile, name: &str, host: &dyn Host) -> io::Result<PathBuf> {
        let folder = self.folder.join(SHOWN).join(host.new_id().simple().to_string());
        make(&folder)?;
        let path = folder.join(name);
        self.copy_out(file, &path)?;
        let mut rights = std::fs::metadata(&path)?.permissions();
        rights.set_readonly(true);
        std::fs::set_permissions(&path, rights)?;
        Ok(path)
    }

    /// Removes the copies that were shown.
    pub fn hide(&self) {
        // What a program of the system still holds goes the next time.
        let _ = std::fs::remove_dir_all(self.folder.join(SHOWN));
    }

    /// Removes whatever lies here and is none of these.
    ///
    /// # Errors
    /// Where the disk refuses.
    pub fn sweep(&self, known: &[SealedFile]) -> io::Result<()> {
        let entries = match std::fs::read_dir(&self.folder) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            entries => entries?,
        };
        for entry in entries {
            let path = entry?.path();
            // Whatever else lies here is the person's own.
            let id = path.file_stem().and_then(|stem| stem.to_str()?.parse::<Uuid>().ok());
            let Some(id) = id else { continue };
            // A file that the database was told of after it was asked is still new.
            let is_known = known.iter().any(|file| file.file == id);
            if !is_known && !lock(&self.new).contains(&id) {
                std::fs::remove_file(&path)?;
            }
        }
        Ok(())
    }

    /// Removes everything.
    ///
    /// # Errors
    /// Where a file stays.
    pub fn destroy(&self) -> io::Result<()> {
        match std::fs::remove_dir_all(&self.folder) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }

    fn cipher(&self, file: &SealedFile) -> chacha20poly1305::ChaCha20Poly1305 {
        sealed::cipher(&self.database_key, &file.salt)
    }

    fn path(&self, file: &SealedFile) -> PathBuf {
        self.folder.join(file.file.simple().to_string())
    }

    fn make(&self) -> io::Result<()> {
        make(&self.folder)
    }

    /// Makes a rename last.
    fn settle(&self) -> io::Result<()> {
        // On other systems a folder cannot be opened as a file; the rename itself is kept there.
        #[cfg(unix)]
        File::open(&self.folder)?.sync_all()?;
        Ok(())
    }
}

/// A file that is on its way here, under a name and a salt of its own.
pub fn arriving(host: &dyn Host, hash: String, size: u64) -> SealedFile {
    let (mut name, mut salt) = ([0; 16], [0; 32]);
    host.random(&mut name);
    host.random(&mut salt);
    let file = uuid::Builder::from_random_bytes(name).into_uuid();
    SealedFile { hash, file, salt, size, whole: false }
}

fn make(folder: &Path) -> io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

fn private(path: &Path) -> io::Result<File> {
    crate::profile::files::private(OpenOptions::new().truncate(true), path)
}

fn private_kept(path: &Path) -> io::Result<File> {
    crate::profile::files::private(OpenOptions::new().truncate(false), path)
}

/// A set of ids is whole whatever panicked while it was held.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::host::SystemHost;

    fn cabinet(folder: &Path) -> (Cabinet, SystemHost) {
        (Cabinet::new(folder.join("attachments"), &[7; 32]), SystemHost::new(|_| {}))
    }

    fn content(size: usize) -> Vec<u8> {
        (0..size).map(|at| u8::try_from(at % 253).unwrap()).collect()
    }

    #[test]
    fn a_file_is_put_in_and_copied_out_and_cannot_be_read_beside() {
        let folder = tempfile::tempdir().unwrap();
        let (cabinet, host) = cabinet(folder.path());
        let content = content(3 * PART + 77);
        let placed = cabinet.put(&mut &content[..], u64::MAX, &host).unwrap().unwrap();
        assert_eq!(placed.file.hash, hex::encode(Sha256::digest(&content)));
        assert_eq!((placed.file.size, placed.file.whole), (content.len() as u64, true));
        let sealed = std::fs::read(cabinet.path(&placed.file)).unwrap();
        assert!(!sealed.windows(32).any(|window| window == &content[..32]));
        let to = folder.path().join("copy");
        cabinet.copy_out(&placed.file, &to).unwrap();
        assert_eq!(std::fs::read(&to).unwrap(), content);
        let again = cabinet.copy_out(&placed.file, &to).unwrap_err();
        assert_eq!(again.kind(), io::ErrorKind::AlreadyExists);
        let other = SealedFile { salt: [0; 32], ..placed.file.clone() };
        let nowhere = folder.path().join("nowhere");
        assert!(cabinet.copy_out(&other, &nowhere).is_err() && !nowhere.exists());
    }

    #[test]
    fn a_file_that_is_too_large_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let (cabinet, host) = cabinet(folder.path());
        assert!(cabinet.put(&mut &content(100)[..], 99, &host).unwrap().is_none());
        assert_eq!(std::fs::read_dir(&cabinet.folder).unwrap().count(), 0);
        assert!(cabinet.put(&mut &content(99)[..], 99, &host).unwrap().is_some());
    }

    #[test]
    fn an_arriving_file_goes_on_after_a_kill_and_another_content_is_not_kept() {
        let folder = tempfile::tempdir().unwrap();
        let (cabinet, host) = cabinet(folder.path());
        let content = content(4 * PART);
        let hash = hex::encode(Sha256::digest(&content));
        let file = arriving(&host, hash, content.len() as u64);
        let (mut sealer, from) = cabinet.resume(&file).unwrap();
        assert_eq!(from, 0);
        sealer.write(&content[..2 * PART + 9]).unwrap();
        drop(sealer);
        let (mut sealer, from) = cabinet.resume(&file).unwrap();
        assert_eq!(from, 2 * PART as u64);
        sealer.write(&content[2 * PART..]).unwrap();
        assert!(cabinet.end(&file, sealer).unwrap());
        let (mut opener, before) = cabinet.open(&file, PART as u64 + 5).unwrap();
        assert_eq!(before, 5);
        assert_eq!(*opener.part().unwrap().unwrap(), content[PART..2 * PART]);

        let wrong = arriving(&host, file.hash.clone(), 3);
        let (mut sealer, _) = cabinet.resume(&wrong).unwrap();
        sealer.write(b"abc").unwrap();
        assert!(!cabinet.end(&wrong, sealer).unwrap());
        cabinet.sweep(&[file]).unwrap();
        assert_eq!(std::fs::read_dir(&cabinet.folder).unwrap().count(), 1);
        cabinet.destroy().unwrap();
        assert!(!cabinet.folder.exists());
    }

    #[test]
    fn what_is_put_in_now_is_not_swept_away() {
        let folder = tempfile::tempdir().unwrap();
        let (cabinet, host) = cabinet(folder.path());
        let placed = cabinet.put(&mut &b"x"[..], 9, &host).unwrap().unwrap();
        let path = cabinet.path(&placed.file);
        cabinet.sweep(&[]).unwrap();
        assert!(path.exists());
        drop(placed);
        cabinet.sweep(&[]).unwrap();
        assert!(!path.exists());
    }
}
