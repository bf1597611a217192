//! The files of a profile by name. Whatever else lies in the folder is the person's own and is left alone.

use std::path::{Path, PathBuf};

pub const DATABASE: &str = "daybook.db";
pub const DOCUMENT: &str = "profile.json";
pub const UNSENT: &str = "unsent.json";
pub const SECRETS: &str = "secrets.json";
pub const RECOVERY: &str = "recovery.json";
pub const LOCK: &str = "lock";
/// When this device syncs, and over what line. A copy that is put aside leaves it here, for the next one.
pub const PLAN: &str = "sync.json";
/// Certificates that are believed besides the system's, likewise.
pub const CA: &str = "ca.pem";
/// The folder of attached files.
pub const ATTACHMENTS: &str = "attachments";

/// What the profile holds, its document last; without the lock. The database has files beside it, whose
/// names begin like its own.
///
/// # Errors
/// Where the folder cannot be read.
pub(super) fn held(folder: &Path) -> std::io::Result<Vec<PathBuf>> {
    let mut held = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name();
        let name = name.to_string_lossy();
        let ours = name.starts_with(DATABASE) || [UNSENT, SECRETS, RECOVERY].contains(&&*name);
        if ours && entry.file_type()?.is_file() {
            held.push(entry.path());
        }
    }
    let document = folder.join(DOCUMENT);
    if document.is_file() {
        held.push(document);
    }
    Ok(held)
}

/// Opens a file that its owner alone may read, made where it is missing.
pub fn private(options: &mut std::fs::OpenOptions, path: &Path) -> std::io::Result<std::fs::File> {
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(options, 0o600);
    options.create(true).write(true).open(path)
}

/// Takes a file from everybody but its owner.
pub(super) fn make_private(path: &Path) -> std::io::Result<()> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        if path.metadata()?.permissions().mode() & 0o077 != 0 {
            std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600))?;
        }
    }
    #[cfg(not(unix))]
    let _ = path;
    Ok(())
}
