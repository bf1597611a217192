//! Where the backups of tenants lie. What is in them, and how they are sealed, is `tenant::backup`'s.

use std::path::PathBuf;

use super::environment::Environment;

/// A folder that holds backups; on another machine, if they are to survive this one.
#[derive(Debug, Clone)]
pub struct BackupConfig {
    pub folder: PathBuf,
}

impl BackupConfig {
    /// Outside: nothing where what is set is wrong. Inside: nothing where nothing is set.
    pub(super) fn read(environment: &mut Environment) -> Option<Option<Self>> {
        const NAME: &str = "DAYBOOK_BACKUP_URL";
        let Some(text) = environment.text(NAME) else { return Some(None) };
        let form =
            "must be the address of a folder that is there, like file:///var/backups/daybook";
        let url = url::Url::parse(&text).ok().filter(|url| url.scheme() == "file");
        let Some(folder) = url.and_then(|url| url.to_file_path().ok()) else {
            environment.wrong(NAME, form.to_owned());
            return None;
        };
        if !folder.is_dir() {
            environment.wrong(NAME, format!("names no folder; it {form}"));
            return None;
        }
        Some(Some(Self { folder }))
    }
}
