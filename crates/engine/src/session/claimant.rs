//! As which device a sign-in knocks: the one that this profile is, or a new one. Everything that a repeat
//! needs is kept here before the hub is asked. A copy that is here and cannot be opened is never left
//! behind unless the person says so.

use std::path::PathBuf;

use contract::{AmongCopies, Failure, FailureCode, SignIn};
use uuid::Uuid;

use super::restore::{gone, lost_keys, nameless, open, unopenable};
use super::sign_in::Door;
use crate::profile::{Document, Profile, ProfileError};
use crate::secrets::{DeviceKeys, Recovery, RecoveryCode};

/// The keys that the hub is to know the device by.
pub struct Claimant {
    pub document: Document,
    pub keys: DeviceKeys,
    /// The device that this copy was made of, where its person says that it is a copy.
    pub copy_of: Option<Uuid>,
    pub set_aside: Option<Aside>,
}

/// A copy that was put aside.
#[derive(Clone, Debug)]
pub struct Aside {
    pub place: PathBuf,
    /// What it held that the hub had not received, as far as it is known.
    pub unsent: Option<u64>,
}

/// Finds the keys of this profile, or draws them; they are kept before they are used.
///
/// # Errors
/// `CannotOpen` where a copy is here that cannot be opened; it was not touched.
pub fn claimant(door: &Door, request: &SignIn) -> Result<Claimant, Failure> {
    let profile = &*door.profile;
    let code = request.recovery_code.as_deref();
    let mut set_aside = None;
    if request.set_aside && profile.is_used()? {
        set_aside = Some(aside(door)?);
    }
    let found = match profile.document() {
        Err(ProfileError::Unreadable { .. }) => return Err(nameless(profile)),
        found => found?,
    };
    let Some(document) = found else {
        if !profile.is_used()? {
            return anew(door, set_aside);
        }
        let code = code.ok_or_else(|| nameless(profile))?;
        return recovered(door, Recovery::owner(profile)?, code);
    };
    door.vault.must_hold(document.secrets)?;
    let id = document.profile_id;
    let Some(account) = &document.account else {
        let keys = door.vault.keys(profile, id)?;
        // Never shown to anyone: an enrolment broke off.
        let begun = profile.database().exists();
        return match keys {
            Some(keys) if !begun || open(profile, keys.database()).is_ok() => {
                Ok(Claimant { document, keys, copy_of: None, set_aside })
            }
            _ if !begun => anew(door, set_aside),
            _ => {
                let begun = aside(door)?;
                tracing::warn!(place = %begun.place.display(), "an enrolment that broke off was put aside");
                anew(door, Some(begun))
            }
        };
    };
    if account.tenant != request.tenant {
        let message = format!(
            "this profile belongs to {} at {}; set DAYBOOK_HOME to a folder of its own for {}",
            account.email, account.tenant, request.tenant
        );
        return Err(Failure::new(FailureCode::Refused, message));
    }
    if !profile.has_copy() {
        return Err(gone(profile));
    }
    let keys = match code {
        Some(code) => {
            let keys = proven(profile, id, code)?;
            door.vault.keep_keys(profile, id, &keys, &*door.host)?;
            keys
        }
        None => door.vault.keys(profile, id)?.ok_or_else(|| lost_keys(profile))?,
    };
    let device = account.device_id;
    let (mut document, host) = (document, &*door.host);
    match request.among_copies {
        None => Ok(Claimant { document, keys, copy_of: None, set_aside }),
        Some(AmongCopies::Original) => {
            document.marks.push(host.new_id());
            profile.keep(&document)?;
            Ok(Claimant { document, keys, copy_of: None, set_aside })
        }
        Some(AmongCopies::Copy) => {
            let keys = door.vault.next_keys(profile, id, &keys, host)?;
            Ok(Claimant { document, keys, copy_of: Some(device), set_aside })
        }
    }
}

/// A device that nobody knows yet.
fn anew(door: &Door, set_aside: Option<Aside>) -> Result<Claimant, Failure> {
    let document = fresh(door, door.host.new_id());
    let keys = DeviceKeys::draw(&*door.host);
    // The document first: keys without one are what is left of a copy.
    door.profile.keep(&document)?;
    door.vault.keep_keys(&door.profile, document.profile_id, &keys, &*door.host)?;
    Ok(Claimant { document, keys, copy_of: None, set_aside })
}

/// The copy here without its document, by the recovery code. Whose it is the hub says next.
fn recovered(door: &Door, id: Uuid, code: &str) -> Result<Claimant, Failure> {
    let keys = proven(&door.profile, id, code)?;
    let document = fresh(door, id);
    // The keys first: a document without an account and without keys is an enrolment that broke off.
    door.vault.keep_keys(&door.profile, id, &keys, &*door.host)?;
    door.profile.keep(&document)?;
    Ok(Claimant { document, keys, copy_of: None, set_aside: None })
}

fn fresh(door: &Door, profile_id: Uuid) -> Document {
    let (account, marks) = (None, Vec::new());
    Document { profile_id, secrets: door.vault.place(), account, recovery_shown: false, marks }
}

/// Proven on the copy before anything is put in the place of what the vault has.
fn proven(profile: &Profile, id: Uuid, code: &str) -> Result<DeviceKeys, Failure> {
    let keys = Recovery::open(profile, id, &RecoveryCode::read(code)?)?;
    drop(open(profile, keys.database()).map_err(|error| unopenable(profile, error))?);
    Ok(keys)
}

fn aside(door: &Door) -> Result<Aside, Failure> {
    let name = format!("aside-{}", door.host.now().format("%Y%m%d-%H%M%S"));
    let unsent = door.profile.unsent().map(|unsent| unsent.pending);
    Ok(Aside { place: door.profile.set_aside(&name)?, unsent })
}
