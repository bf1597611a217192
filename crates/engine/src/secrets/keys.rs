//! The keys of a device and the secrets of its session, and the form in which a vault keeps them.

use domain::permissions::PinnedKey;
use ed25519_dalek::{Signer as _, SigningKey};
use serde::{Deserialize, Serialize};
use x25519_dalek::{PublicKey, SharedSecret, StaticSecret};
use zeroize::{Zeroize as _, Zeroizing};

use super::SecretError;
use crate::host::Host;

/// Drawn once, at the first sign-in; the same as long as the local copy lives.
pub struct DeviceKeys {
    database: Zeroizing<[u8; 32]>,
    signing: SigningKey,
    encryption: StaticSecret,
}

/// Text, so that a person who looks into their keyring sees what each part is.
#[derive(Serialize, Deserialize)]
struct KeysText {
    database_key: String,
    signing_key: String,
    encryption_key: String,
}

impl Drop for KeysText {
    fn drop(&mut self) {
        self.database_key.zeroize();
        self.signing_key.zeroize();
        self.encryption_key.zeroize();
    }
}

impl DeviceKeys {
    pub fn draw(host: &dyn Host) -> Self {
        let draw = || {
            let mut bytes = Zeroizing::new([0; 32]);
            host.random(&mut *bytes);
            bytes
        };
        Self {
            database: draw(),
            signing: SigningKey::from_bytes(&draw()),
            encryption: StaticSecret::from(*draw()),
        }
    }

    /// Other keys for the same copy: it becomes another device.
    pub fn of_another_device(&self, host: &dyn Host) -> Self {
        Self { database: self.database.clone(), ..Self::draw(host) }
    }

    /// Opens the local copy.
    pub fn database(&self) -> &[u8; 32] {
        &self.database
    }

    /// What the hub knows the device by: 64 hexadecimal digits.
    pub fn signing_public(&self) -> String {
        hex::encode(self.signing.verifying_key().to_bytes())
    }

    /// What others encrypt to this device with: 64 hexadecimal digits.
    pub fn encryption_public(&self) -> String {
        hex::encode(self.encryption_key())
    }

    /// The device's signature: 128 hexadecimal digits.
    pub fn sign(&self, message: &[u8]) -> String {
        hex::encode(self.sign_bytes(message))
    }

    /// Agrees on a key with whoever encrypted to this device.
    pub fn agree(&self, theirs: &PublicKey) -> SharedSecret {
        self.encryption.diffie_hellman(theirs)
    }

    pub fn encryption_key(&self) -> [u8; 32] {
        PublicKey::from(&self.encryption).to_bytes()
    }

    /// As [`DeviceKeys::sign`], in bytes.
    pub fn sign_bytes(&self, message: &[u8]) -> [u8; 64] {
        self.signing.sign(message).to_bytes()
    }

    pub(super) fn to_bytes(&self) -> Zeroizing<Vec<u8>> {
        let text = KeysText {
            database_key: hex::encode(*self.database),
            signing_key: hex::encode(self.signing.to_bytes()),
            encryption_key: hex::encode(self.encryption.to_bytes()),
        };
        // Three texts are always printable.
        Zeroizing::new(serde_json::to_vec(&text).unwrap_or_default())
    }

    pub(super) fn from_bytes(bytes: &[u8]) -> Result<Self, SecretError> {
        let damaged = |message: &str| SecretError::Damaged(message.to_owned());
        let text: KeysText = serde_json::from_slice(bytes).map_err(|_| damaged("no keys"))?;
        let key = |text: &str| {
            let mut key = Zeroizing::new([0; 32]);
            hex::decode_to_slice(text, &mut *key).map_err(|_| damaged("no key of 32 bytes"))?;
            Ok::<_, SecretError>(key)
        };
        Ok(Self {
            database: key(&text.database_key)?,
            signing: SigningKey::from_bytes(&*key(&text.signing_key)?),
            encryption: StaticSecret::from(*key(&text.encryption_key)?),
        })
    }
}

/// What changes with each sign-in and each refresh.
#[derive(Clone, Serialize, Deserialize)]
pub struct SessionSecrets {
    pub refresh_token: String,
    /// The key that leases are believed by.
    pub lease_key: PinnedKey,
}

impl Drop for SessionSecrets {
    fn drop(&mut self) {
        self.refresh_token.zeroize();
    }
}

impl SessionSecrets {
    pub(super) fn to_bytes(&self) -> Zeroizing<Vec<u8>> {
        // A text and a key are always printable.
        Zeroizing::new(serde_json::to_vec(self).unwrap_or_default())
    }

    pub(super) fn from_bytes(bytes: &[u8]) -> Result<Self, SecretError> {
        serde_json::from_slice(bytes).map_err(|_| SecretError::Damaged("no session".to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::host::SystemHost;

    #[test]
    fn keys_come_back_as_they_were_and_two_devices_share_none() {
        let host = SystemHost::new(|_| {});
        let keys = DeviceKeys::draw(&host);
        let again = DeviceKeys::from_bytes(&keys.to_bytes()).unwrap();
        assert_eq!(keys.database(), again.database());
        assert_eq!(keys.signing_public(), again.signing_public());
        assert_eq!(keys.encryption_public(), again.encryption_public());
        assert_eq!(keys.sign(b"x"), again.sign(b"x"));
        let other = DeviceKeys::draw(&host);
        assert_ne!(keys.database(), other.database());
        assert_ne!(keys.signing_public(), other.signing_public());
        assert!(DeviceKeys::from_bytes(b"{}").is_err());
    }
}
