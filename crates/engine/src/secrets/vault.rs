//! Where the secrets of a profile are: one of two places, chosen before anything is touched.

use uuid::Uuid;
use zeroize::Zeroizing;

use super::keyring;
use super::sealed_file::{self, SealedFile};
use super::{DeviceKeys, SecretError, SessionSecrets};
use crate::host::Host;
use crate::profile::{Profile, SecretsPlace, Settings};

/// What is kept under a name of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Name {
    /// [`DeviceKeys`].
    Keys,
    /// [`SessionSecrets`].
    Session,
    /// [`DeviceKeys`] of the device that this copy is about to become.
    NextKeys,
}

impl Name {
    pub(super) const fn text(self) -> &'static str {
        match self {
            Self::Keys => "keys",
            Self::Session => "session",
            Self::NextKeys => "next_keys",
        }
    }
}

/// An opened place. Every call may block for as long as the keyring asks a person.
#[derive(Debug)]
pub enum Vault {
    Keyring,
    File(SealedFile),
}

impl Vault {
    /// The place that the environment chose, proven to work. Writes nothing.
    ///
    /// # Errors
    /// `NoKeyring` without a keyring, and every way in which a passphrase file is none.
    pub fn choose(settings: &Settings) -> Result<Self, SecretError> {
        match settings.secrets.as_deref() {
            None | Some("keyring") => {
                keyring::prove()?;
                Ok(Self::Keyring)
            }
            Some("file") => {
                let path = settings.passphrase_file.as_deref().ok_or(SecretError::NoPassphrase)?;
                Ok(Self::File(SealedFile::new(sealed_file::passphrase(path)?)))
            }
            Some(other) => Err(SecretError::UnknownChoice(other.to_owned())),
        }
    }

    pub fn place(&self) -> SecretsPlace {
        match self {
            Self::Keyring => SecretsPlace::Keyring,
            Self::File(_) => SecretsPlace::File,
        }
    }

    /// Refuses a profile whose keys are in the other place.
    ///
    /// # Errors
    /// `OtherPlace`, with what to set.
    pub fn must_hold(&self, place: SecretsPlace) -> Result<(), SecretError> {
        match (place, self.place()) {
            (SecretsPlace::Keyring, SecretsPlace::File) => Err(SecretError::OtherPlace {
                holds: "the keyring",
                chosen: "a file",
                mend: "unset DAYBOOK_SECRETS",
            }),
            (SecretsPlace::File, SecretsPlace::Keyring) => Err(SecretError::OtherPlace {
                holds: "a file",
                chosen: "the keyring",
                mend: "set DAYBOOK_SECRETS=file and DAYBOOK_PASSPHRASE_FILE",
            }),
            _ => Ok(()),
        }
    }

    /// # Errors
    /// Where the place does not answer or holds something else; an absent secret is `None`.
    pub fn keys(&self, profile: &Profile, id: Uuid) -> Result<Option<DeviceKeys>, SecretError> {
        self.read(profile, id, Name::Keys)?.map(|bytes| DeviceKeys::from_bytes(&bytes)).transpose()
    }

    /// The keys of the device that this copy is about to become: drawn once and kept before the hub hears of them, so
    /// that a reply which is lost makes no second device.
    ///
    /// # Errors
    /// As [`Vault::keys`], and where the place refuses to keep them.
    pub fn next_keys(
        &self,
        profile: &Profile,
        id: Uuid,
        keys: &DeviceKeys,
        host: &dyn Host,
    ) -> Result<DeviceKeys, SecretError> {
        if let Some(bytes) = self.read(profile, id, Name::NextKeys)? {
            return DeviceKeys::from_bytes(&bytes);
        }
        let next = keys.of_another_device(host);
        self.write(profile, id, Name::NextKeys, &next.to_bytes(), host)?;
        Ok(next)
    }

    /// # Errors
    /// As [`Vault::keys`].
    pub fn session(
        &self,
        profile: &Profile,
        id: Uuid,
    ) -> Result<Option<SessionSecrets>, SecretError> {
        let bytes = self.read(profile, id, Name::Session)?;
        bytes.map(|bytes| SessionSecrets::from_bytes(&bytes)).transpose()
    }

    /// # Errors
    /// Where the place refuses to keep it.
    pub fn keep_keys(
        &self,
        profile: &Profile,
        id: Uuid,
        keys: &DeviceKeys,
        host: &dyn Host,
    ) -> Result<(), SecretError> {
        self.write(profile, id, Name::Keys, &keys.to_bytes(), host)
    }

    /// # Errors
    /// Where the place refuses to keep it.
    pub fn keep_session(
        &self,
        profile: &Profile,
        id: Uuid,
        session: &SessionSecrets,
        host: &dyn Host,
    ) -> Result<(), SecretError> {
        self.write(profile, id, Name::Session, &session.to_bytes(), host)
    }

    /// Forgets a secret; one that is not there is forgotten already.
    ///
    /// # Errors
    /// Where the place does not answer.
    pub fn forget(
        &self,
        profile: &Profile,
        id: Uuid,
        name: Name,
        host: &dyn Host,
    ) -> Result<(), SecretError> {
        match self {
            Self::Keyring => keyring::delete(id, name),
            Self::File(file) => file.write(profile, name, None, host),
        }
    }

    fn read(
        &self,
        profile: &Profile,
        id: Uuid,
        name: Name,
    ) -> Result<Option<Zeroizing<Vec<u8>>>, SecretError> {
        match self {
            Self::Keyring => keyring::read(id, name),
            Self::File(file) => file.read(profile, name),
        }
    }

    fn write(
        &self,
        profile: &Profile,
        id: Uuid,
        name: Name,
        secret: &[u8],
        host: &dyn Host,
    ) -> Result<(), SecretError> {
        match self {
            Self::Keyring => keyring::write(id, name, secret),
            Self::File(file) => file.write(profile, name, Some(secret), host),
        }
    }
}
