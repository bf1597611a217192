//! What `daybook-server tenant backup`, `backups`, `verify-backup` and `restore` print.

use chrono::{DateTime, Utc};

use super::failure::Failure;
use super::output;
use crate::hub::Hub;
use crate::tenant::backup::{self, BackupView};

pub(super) async fn take(hub: &Hub, slug: &str, json: bool) -> Result<(), Failure> {
    let taken = backup::take(hub, slug).await?;
    if json {
        return output::json(&taken);
    }
    let (name, rows, bytes) = (&taken.name, taken.rows, taken.bytes);
    output::print(&format!("The backup {name} holds {rows} rows in {bytes} bytes."))?;
    output::print(&format!("Verify it: daybook-server tenant verify-backup {slug} {name}"))
}

pub(super) async fn list(hub: &Hub, slug: &str, json: bool) -> Result<(), Failure> {
    let backups = backup::list(hub, slug).await?;
    if json {
        return output::json(&backups);
    }
    let count = |count: Option<u64>, of: &str| count.map(|count| format!("{count} {of}"));
    let row = |backup: &BackupView| {
        let standing = match (backup.opens, backup.verified_at) {
            (false, _) => "does not open".to_owned(),
            (true, None) => "not verified".to_owned(),
            (true, Some(at)) => format!("verified {}", minute(at)),
        };
        vec![
            backup.name.clone(),
            standing,
            count(backup.rows, "rows").unwrap_or_default(),
            count(backup.bytes, "bytes").unwrap_or_default(),
        ]
    };
    output::table(&backups.iter().map(row).collect::<Vec<_>>())
}

pub(super) async fn verify(
    hub: &Hub,
    slug: &str,
    name: Option<&str>,
    json: bool,
) -> Result<(), Failure> {
    let verified = backup::verify(hub, slug, name).await?;
    let found = verified.findings.len();
    if json {
        output::json(&verified)?;
    } else {
        let rows: Vec<_> =
            verified.findings.iter().map(|finding| vec![finding.to_string()]).collect();
        output::table(&rows)?;
    }
    match found {
        0 if json => Ok(()),
        0 => output::print(&format!("The backup {} is what was backed up.", verified.name)),
        _ => Err(Failure::Found(format!(
            "the backup {} is not what was backed up: {found} finding(s)",
            verified.name
        ))),
    }
}

pub(super) async fn restore(
    hub: &Hub,
    slug: &str,
    name: &str,
    confirmed: bool,
    json: bool,
) -> Result<(), Failure> {
    let restored = backup::restore(hub, slug, name, confirmed).await?;
    if json {
        return output::json(&restored);
    }
    output::print(&format!("{slug} is back at {}.", minute(restored.taken_at)))?;
    output::print(&format!("The database until now is kept: {}", restored.kept_aside))?;
    if !restored.people_kept {
        output::print(
            "It could not be read: people and roles are those of the backup. Take again what was taken from \
             somebody since.",
        )?;
    }
    let ahead = match restored.devices_ahead {
        Some(0) => return output::print("No device has sent anything since."),
        Some(ahead) => format!("{ahead} device(s) sent something since and offer it again"),
        None => "Devices that sent something since offer it again".to_owned(),
    };
    output::print(&format!("{ahead}: daybook-server device list {slug}"))
}

fn minute(at: DateTime<Utc>) -> String {
    at.format("%Y-%m-%d %H:%M UTC").to_string()
}
