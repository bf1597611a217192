//! Keys in a file under a passphrase, for machines without a keyring: Argon2id makes a key of the
//! passphrase, XChaCha20-Poly1305 seals the file. Chosen explicitly, never fallen back to.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Mutex;

use argon2::{Algorithm, Argon2, Params, Version};
use chacha20poly1305::aead::{Aead as _, KeyInit as _, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use serde::{Deserialize, Serialize};
use zeroize::{Zeroize as _, Zeroizing};

use super::SecretError;
use super::vault::Name;
use crate::host::Host;
use crate::profile::{Profile, files};

const FILE: &str = files::SECRETS;
/// Bound into the seal, so that no other sealed file of ours opens as this one.
const PURPOSE: &[u8] = b"daybook secrets 1";

/// The file as it lies on the disk. The cost stands in it, so that it can rise later.
#[derive(Serialize, Deserialize)]
struct Sealed {
    memory_kib: u32,
    passes: u32,
    lanes: u32,
    #[serde(with = "hex")]
    salt: [u8; 16],
    #[serde(with = "hex")]
    nonce: [u8; 24],
    #[serde(with = "hex")]
    sealed: Vec<u8>,
}

type Secrets = BTreeMap<String, String>;

pub struct SealedFile {
    passphrase: Zeroizing<String>,
    /// The derived key with its salt: deriving is slow by design, and done once.
    derived: Mutex<Option<Derived>>,
}

#[derive(Clone)]
struct Derived {
    memory_kib: u32,
    passes: u32,
    lanes: u32,
    salt: [u8; 16],
    key: Zeroizing<[u8; 32]>,
}

impl std::fmt::Debug for SealedFile {
    fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        f.write_str("SealedFile")
    }
}

/// The first line of the passphrase file.
///
/// # Errors
/// Where it cannot be read or is empty.
pub(super) fn passphrase(path: &Path) -> Result<Zeroizing<String>, SecretError> {
    let text = std::fs::read_to_string(path).map(Zeroizing::new).map_err(|source| {
        SecretError::PassphraseFile { path: path.display().to_string(), source }
    })?;
    let line = text.lines().next().unwrap_or_default();
    if line.trim().is_empty() {
        return Err(SecretError::EmptyPassphrase(path.display().to_string()));
    }
    Ok(Zeroizing::new(line.to_owned()))
}

impl SealedFile {
    pub(super) fn new(passphrase: Zeroizing<String>) -> Self {
        Self { passphrase, derived: Mutex::new(None) }
    }

    pub(super) fn read(
        &self,
        profile: &Profile,
        name: Name,
    ) -> Result<Option<Zeroizing<Vec<u8>>>, SecretError> {
        let Some((mut secrets, _)) = self.open(profile)? else { return Ok(None) };
        let found = secrets.get(name.text()).map(|text| Zeroizing::new(text.clone().into_bytes()));
        secrets.values_mut().for_each(|text| text.zeroize());
        Ok(found)
    }

    /// Writes one secret, or removes it, and leaves the others.
    pub(super) fn write(
        &self,
        profile: &Profile,
        name: Name,
        secret: Option<&[u8]>,
        host: &dyn Host,
    ) -> Result<(), SecretError> {
        let (mut secrets, derived) = match self.open(profile)? {
            Some(opened) => opened,
            None => (Secrets::new(), self.derive_anew(host)?),
        };
        match secret {
            Some(secret) => {
                let text = String::from_utf8_lossy(secret).into_owned();
                secrets.insert(name.text().to_owned(), text);
            }
            None => {
                secrets.remove(name.text());
            }
        }
        if secrets.is_empty() {
            return Ok(profile.remove(FILE)?);
        }
        // A map of texts is always printable.
        let plain = Zeroizing::new(serde_json::to_vec(&secrets).unwrap_or_default());
        secrets.values_mut().for_each(|text| text.zeroize());
        let mut nonce = [0; 24];
        host.random(&mut nonce);
        let sealed = cipher(&derived.key)
            .encrypt(&XNonce::from(nonce), Payload { msg: &plain, aad: PURPOSE })
            .map_err(|_| SecretError::Damaged("the keys could not be sealed".to_owned()))?;
        let Derived { memory_kib, passes, lanes, salt, .. } = derived;
        let file = Sealed { memory_kib, passes, lanes, salt, nonce, sealed };
        let json = serde_json::to_vec_pretty(&file)
            .map_err(|error| SecretError::Damaged(error.to_string()))?;
        Ok(profile.replace(FILE, &json)?)
    }

    fn open(&self, profile: &Profile) -> Result<Option<(Secrets, Derived)>, SecretError> {
        let Some(json) = profile.small_file(FILE)? else { return Ok(None) };
        let damaged = |message: String| SecretError::Damaged(message);
        let file: Sealed =
            serde_json::from_slice(&json).map_err(|_| damaged(format!("{FILE} cannot be read")))?;
        let derived = self.derive(file.memory_kib, file.passes, file.lanes, file.salt)?;
        let payload = Payload { msg: &file.sealed, aad: PURPOSE };
        let plain = cipher(&derived.key)
            .decrypt(&XNonce::from(file.nonce), payload)
            .map(Zeroizing::new)
            .map_err(|_| SecretError::WrongPassphrase {
                path: profile.folder().join(FILE).display().to_string(),
            })?;
        let secrets = serde_json::from_slice(&plain)
            .map_err(|_| damaged(format!("{FILE} holds no secrets")))?;
        Ok(Some((secrets, derived)))
    }

    /// 19 MiB, 2 passes, 1 lane: OWASP Password Storage Cheat Sheet, Argon2id.
    fn derive_anew(&self, host: &dyn Host) -> Result<Derived, SecretError> {
        let mut salt = [0; 16];
        host.random(&mut salt);
        self.derive(19 * 1024, 2, 1, salt)
    }

    fn derive(
        &self,
        memory_kib: u32,
        passes: u32,
        lanes: u32,
        salt: [u8; 16],
    ) -> Result<Derived, SecretError> {
        // A thread that panicked here left the key as it was, whole or absent.
        let mut held = self.derived.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if let Some(derived) = held.as_ref().filter(|derived| derived.salt == salt) {
            return Ok(derived.clone());
        }
        let damaged = |error: argon2::Error| SecretError::Damaged(error.to_string());
        let params = Params::new(memory_kib, passes, lanes, Some(32)).map_err(damaged)?;
        let mut key = Zeroizing::new([0; 32]);
        Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
            .hash_password_into(self.passphrase.as_bytes(), &salt, &mut *key)
            .map_err(damaged)?;
        let derived = Derived { memory_kib, passes, lanes, salt, key };
        *held = Some(derived.clone());
        Ok(derived)
    }
}

fn cipher(key: &[u8; 32]) -> XChaCha20Poly1305 {
    XChaCha20Poly1305::new(key.into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::host::SystemHost;

    fn sealed(passphrase: &str) -> SealedFile {
        SealedFile::new(Zeroizing::new(passphrase.to_owned()))
    }

    #[test]
    fn secrets_in_a_file_open_with_the_passphrase_alone_and_stand_nowhere_in_plain() {
        let folder = tempfile::tempdir().unwrap();
        let profile = Profile::own(folder.path()).unwrap();
        let host = SystemHost::new(|_| {});
        let file = sealed("correct horse battery");
        assert!(file.read(&profile, Name::Keys).unwrap().is_none());
        file.write(&profile, Name::Keys, Some(b"planted-secret"), &host).unwrap();
        file.write(&profile, Name::Session, Some(b"other"), &host).unwrap();

        let again = sealed("correct horse battery");
        assert_eq!(**again.read(&profile, Name::Keys).unwrap().unwrap(), *b"planted-secret");
        let bytes = std::fs::read(folder.path().join(FILE)).unwrap();
        assert!(!bytes.windows(7).any(|window| window == b"planted"));

        let wrong = sealed("correct horse batterz").read(&profile, Name::Keys).unwrap_err();
        assert!(matches!(wrong, SecretError::WrongPassphrase { .. }));
        assert_eq!(std::fs::read(folder.path().join(FILE)).unwrap(), bytes);

        again.write(&profile, Name::Session, None, &host).unwrap();
        assert!(file.read(&profile, Name::Session).unwrap().is_none());
        assert!(file.read(&profile, Name::Keys).unwrap().is_some());
        file.write(&profile, Name::Keys, None, &host).unwrap();
        assert!(!folder.path().join(FILE).exists());
    }

    #[test]
    fn a_passphrase_file_without_a_passphrase_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("passphrase");
        assert!(matches!(passphrase(&path), Err(SecretError::PassphraseFile { .. })));
        std::fs::write(&path, "\nsecond line").unwrap();
        assert!(matches!(passphrase(&path), Err(SecretError::EmptyPassphrase(_))));
        std::fs::write(&path, "a long one\r\nmore").unwrap();
        assert_eq!(passphrase(&path).unwrap().as_str(), "a long one");
    }
}
