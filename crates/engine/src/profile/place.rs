//! Where the profile lies and what the environment says about it. The environment is read here and
//! nowhere else.

use std::env;
use std::path::{Path, PathBuf};

#[cfg(debug_assertions)]
use domain::versions::stand_in;
use etcetera::BaseStrategy as _;

use super::{Profile, ProfileError, files};

/// What the environment chose.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// `DAYBOOK_HOME`: the profile's folder.
    pub home: Option<PathBuf>,
    /// `DAYBOOK_SECRETS`: where keys are kept, if not in the keyring.
    pub secrets: Option<String>,
    /// `DAYBOOK_PASSPHRASE_FILE`: the passphrase for keys that are kept in a file.
    pub passphrase_file: Option<PathBuf>,
    /// `DAYBOOK_CA_FILE`: certificates in PEM that are trusted besides the system's.
    pub ca_file: Option<PathBuf>,
    /// The proxy that the profile's plan names; the environment's are used where it names none.
    pub proxy: Option<String>,
    /// `DAYBOOK_ALLOW_HTTP`: a sync server on another machine may be reached without encryption.
    pub allow_http: bool,
}

impl Settings {
    pub fn from_environment() -> Self {
        let text = |name| env::var_os(name).filter(|value| !value.is_empty());
        #[cfg(debug_assertions)]
        if let Err(wrong) = stand_in::become_one(text(stand_in::VARIABLE).as_deref()) {
            eprintln!("{wrong}");
        }
        Self {
            home: text("DAYBOOK_HOME").map(PathBuf::from),
            secrets: text("DAYBOOK_SECRETS").map(|value| value.to_string_lossy().into_owned()),
            passphrase_file: text("DAYBOOK_PASSPHRASE_FILE").map(PathBuf::from),
            ca_file: text("DAYBOOK_CA_FILE").map(PathBuf::from),
            proxy: None,
            allow_http: text("DAYBOOK_ALLOW_HTTP").is_some_and(|value| value == "1"),
        }
    }

    /// The same with what a profile keeps about the way to its hub. What the environment names goes before it.
    #[must_use]
    pub fn of(&self, profile: &Profile) -> Self {
        let kept = Some(profile.folder().join(files::CA)).filter(|path| path.is_file());
        let ca_file = self.ca_file.clone().or(kept);
        Self { ca_file, proxy: profile.plan().proxy, ..self.clone() }
    }

    /// What a person should mend about their choices, in words, if anything.
    pub fn advice(&self) -> Option<String> {
        let path = self.passphrase_file.as_deref().filter(|_| self.secrets.is_some())?;
        is_open_to_others(path).then(|| {
            format!(
                "others on this machine can read or write the passphrase file {}; make it yours alone \
                 (chmod 600)",
                path.display()
            )
        })
    }

    /// The profile's folder, absolute: as chosen, else `daybook` among the person's data.
    ///
    /// # Errors
    /// Where the machine knows no such place.
    pub fn folder(&self) -> Result<PathBuf, ProfileError> {
        let chosen = match &self.home {
            Some(home) => home.clone(),
            None => etcetera::choose_base_strategy()
                .map_err(|_| ProfileError::NoPlace)?
                .data_dir()
                .join("daybook"),
        };
        std::path::absolute(&chosen)
            .map_err(|source| ProfileError::Folder { path: chosen.display().to_string(), source })
    }
}

#[cfg(unix)]
fn is_open_to_others(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    path.metadata().is_ok_and(|file| file.permissions().mode() & 0o077 != 0)
}

/// Elsewhere a file in a person's folder is theirs alone unless they say otherwise.
#[cfg(not(unix))]
fn is_open_to_others(_: &Path) -> bool {
    false
}

pub(super) fn make(folder: &Path) -> Result<(), ProfileError> {
    let fault = |source| ProfileError::Folder { path: folder.display().to_string(), source };
    if folder.is_dir() {
        return Ok(());
    }
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder).map_err(fault)
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn a_passphrase_that_others_can_read_is_told_of() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("passphrase");
        std::fs::write(&path, "a passphrase").unwrap();
        let settings = Settings {
            secrets: Some("file".to_owned()),
            passphrase_file: Some(path.clone()),
            ..Settings::default()
        };
        let allow = |mode| std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode));
        for open in [0o644, 0o622, 0o640] {
            allow(open).unwrap();
            assert!(settings.advice().is_some_and(|words| words.contains("chmod 600")), "{open:o}");
        }
        allow(0o600).unwrap();
        assert_eq!(settings.advice(), None);
    }
}
