//! What a start finds: nobody, an open session, or a copy that cannot be opened and is left as it is.

use std::sync::Arc;

use chrono::SecondsFormat;
use contract::{Failure, FailureCode, Problem};
use local_store::{Disk, Key, Store, StoreError};

use super::{Identity, Session};
use crate::commands::fault;
use crate::host::Host;
use crate::http::Hub;
use crate::profile::{Profile, ProfileError, Settings, Unsent};
use crate::secrets::Vault;

/// What a profile holds.
pub enum Restored {
    /// Nobody is signed in.
    Nobody,
    Session(Box<Session>),
    /// There is a copy that cannot be opened; it was not touched. The words say what to do.
    Shut(Failure),
}

/// Opens what the profile holds. Blocks.
///
/// # Errors
/// Where the profile's own file cannot be read, or its keys are kept in the other place.
pub fn restore(
    settings: &Settings,
    host: &Arc<dyn Host>,
    profile: &Arc<Profile>,
    vault: &Arc<Vault>,
) -> Result<Restored, Failure> {
    let document = match profile.document() {
        Err(ProfileError::Unreadable { .. }) => return Ok(Restored::Shut(nameless(profile))),
        document => document?,
    };
    let Some(document) = document else {
        return Ok(match profile.is_used()? {
            false => Restored::Nobody,
            true => Restored::Shut(nameless(profile)),
        });
    };
    vault.must_hold(document.secrets)?;
    let (shown, marks) = (document.recovery_shown, document.marks);
    let (id, Some(account)) = (document.profile_id, document.account) else {
        return Ok(Restored::Nobody);
    };
    if !profile.has_copy() {
        return Ok(Restored::Shut(gone(profile)));
    }
    let Some(keys) = vault.keys(profile, id)? else {
        return Ok(Restored::Shut(lost_keys(profile)));
    };
    let Some(secrets) = vault.session(profile, id)? else { return Ok(Restored::Nobody) };
    let store = match open(profile, keys.database()) {
        Ok(store) => store,
        Err(error) => return Ok(Restored::Shut(unopenable(profile, error))),
    };
    let hub = Hub::at(&account.server, settings)?;
    let identity = Identity {
        host: Arc::clone(host),
        profile: Arc::clone(profile),
        vault: Arc::clone(vault),
        profile_id: id,
        account,
        keys,
        marks,
        hub,
    };
    match Session::over(identity, secrets, None, store, shown) {
        Ok(session) => Ok(Restored::Session(Box::new(session))),
        // The copy is whole, the rights in it are not: a sign-in brings new ones.
        Err(failure) if failure.code == FailureCode::NotSignedIn => Ok(Restored::Nobody),
        // What was found cannot be read: the person may still put it aside.
        Err(failure) if failure.code == FailureCode::CannotOpen => Ok(Restored::Shut(failure)),
        Err(failure) => Err(failure),
    }
}

pub(super) fn open(profile: &Profile, key: &[u8; 32]) -> Result<Store, StoreError> {
    // An empty file would be made a new one.
    match profile.has_copy() {
        true => Store::open(&profile.database(), Key::new(*key), Disk::default()),
        false => Err(StoreError::Absent),
    }
}

/// The keyring holds no key for a copy that is there.
pub(super) fn lost_keys(profile: &Profile) -> Failure {
    let mend = "Sign in with the recovery code that was printed at the first sign-in (daybook login --recover)";
    shut(profile, ("keys_gone", "its keys are no longer where they were kept"), mend)
}

/// What belongs to a profile is here, and nothing says whose it is.
pub(super) fn nameless(profile: &Profile) -> Failure {
    let reason = "profile.json, which says whose it is, is missing or cannot be read";
    let mend = "Put that file back, or remove what is left of it and sign in with the recovery code that was \
                printed at the first sign-in (daybook login --recover)";
    shut(profile, ("profile_nameless", reason), mend)
}

/// Somebody is signed in, and their copy is not there.
pub(super) fn gone(profile: &Profile) -> Failure {
    let mend = "Put the file back as it was";
    shut(profile, ("copy_gone", "daybook.db is missing or empty"), mend)
}

pub(super) fn unopenable(profile: &Profile, error: StoreError) -> Failure {
    match error {
        // These are mended by another version, a disk with room or the rights to a folder; nothing is to be put
        // aside.
        StoreError::Newer { .. }
        | StoreError::DiskFull
        | StoreError::Disk(_)
        | StoreError::Unreachable(_)
        | StoreError::InUse => fault(error),
        error => shut(
            profile,
            ("copy_unreadable", &error.to_string()),
            "If the keys were lost and another set was put in their place, use the recovery code (daybook \
             login --recover)",
        ),
    }
}

fn shut(profile: &Profile, (rule, reason): (&str, &str), mend: &str) -> Failure {
    let unsent = profile.unsent().filter(|unsent| unsent.pending > 0).map(what_it_held);
    let held = unsent.as_ref().map(|held| format!(" {held}.")).unwrap_or_default();
    let message = format!(
        "the local copy in {} cannot be opened: {reason}. It was not touched.{held} {mend}, or put it aside \
         and begin anew (daybook login --set-aside); all that the sync server has received comes back",
        profile.folder().display()
    );
    let problems = std::iter::once(Problem::new("", rule, reason)).chain(unsent).collect();
    Failure { code: FailureCode::CannotOpen, message, problems }
}

/// Counts and times: that is all that stands beside a copy.
fn what_it_held(Unsent { pending, since, .. }: Unsent) -> Problem {
    let changes = if pending == 1 { "change" } else { "changes" };
    let held = format!("It held {pending} {changes} that the sync server had not received");
    let count = pending.to_string();
    match since {
        Some(since) => {
            let message = format!("{held}, the oldest of {}", since.format("%Y-%m-%d %H:%M UTC"));
            let since = since.to_rfc3339_opts(SecondsFormat::Secs, true);
            Problem::new("", "held_unsent_since", message).with("count", count).with("since", since)
        }
        None => Problem::new("", "held_unsent", held).with("count", count),
    }
}

#[cfg(test)]
mod tests;
