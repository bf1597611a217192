//! The operating system's keyring. It is asked and believed; what to do without one is decided by the
//! vault. Every call blocks, and must not run on a thread that serves others.

use keyring::{Entry, Error};
use uuid::Uuid;
use zeroize::Zeroizing;

use super::SecretError;
use super::vault::Name;

/// What the entries stand under; the account is the profile and what is kept.
const SERVICE: &str = "daybook";

/// Asks whether there is a keyring and whether it answers, without keeping anything in it.
pub(super) fn prove() -> Result<(), SecretError> {
    if let Err(error) = Entry::store_status() {
        return Err(SecretError::NoKeyring { reason: error.to_string() });
    }
    let entry = Entry::new(SERVICE, "is there a keyring").map_err(|error| refused(&error))?;
    match entry.get_secret() {
        Ok(_) | Err(Error::NoEntry) => Ok(()),
        Err(error) => Err(refused(&error)),
    }
}

pub(super) fn read(profile: Uuid, name: Name) -> Result<Option<Zeroizing<Vec<u8>>>, SecretError> {
    match entry(profile, name)?.get_secret() {
        Ok(secret) => Ok(Some(Zeroizing::new(secret))),
        Err(Error::NoEntry) => Ok(None),
        Err(error) => Err(refused(&error)),
    }
}

pub(super) fn write(profile: Uuid, name: Name, secret: &[u8]) -> Result<(), SecretError> {
    entry(profile, name)?.set_secret(secret).map_err(|error| refused(&error))
}

pub(super) fn delete(profile: Uuid, name: Name) -> Result<(), SecretError> {
    match entry(profile, name)?.delete_credential() {
        Ok(()) | Err(Error::NoEntry) => Ok(()),
        Err(error) => Err(refused(&error)),
    }
}

fn entry(profile: Uuid, name: Name) -> Result<Entry, SecretError> {
    let account = format!("{profile}/{}", name.text());
    Entry::new(SERVICE, &account).map_err(|error| refused(&error))
}

/// The reason in the keyring's words; some of its errors carry what it holds, and those words are ours.
fn refused(error: &Error) -> SecretError {
    match error {
        Error::NoStorageAccess(reason) => SecretError::Locked { reason: reason.to_string() },
        Error::BadEncoding(_) | Error::BadDataFormat(..) => {
            SecretError::Damaged("the keyring holds something else under our name".to_owned())
        }
        Error::Ambiguous(_) => {
            SecretError::Damaged("the keyring holds more than one entry of our name".to_owned())
        }
        error => SecretError::NoKeyring { reason: error.to_string() },
    }
}

#[cfg(test)]
mod tests;
