//! The way back when the keyring is lost: the device's keys, sealed under a code that was printed at
//! the first sign-in and is kept nowhere. All keys are in it, not the database's alone, so that the
//! device stays the one that the hub knows and what it had not sent can still be sent.

use chacha20poly1305::aead::{Aead as _, KeyInit as _, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use data_encoding::{Encoding, Specification};
use hkdf::Hkdf;
use serde::{Deserialize, Serialize};
use sha2::Sha256;
use uuid::Uuid;
use zeroize::Zeroizing;

use super::{DeviceKeys, SecretError};
use crate::host::Host;
use crate::profile::{Profile, files};

const FILE: &str = files::RECOVERY;
const PURPOSE: &[u8] = b"daybook recovery 1";
/// 160 bits: too many to try, so that the code needs no slow derivation.
const BYTES: usize = 20;
const GROUP: usize = 4;

/// 160 random bits as eight groups of four letters and digits, without those that look alike
/// (Crockford's base 32).
pub struct RecoveryCode(Zeroizing<[u8; BYTES]>);

impl RecoveryCode {
    pub fn draw(host: &dyn Host) -> Self {
        let mut bytes = Zeroizing::new([0; BYTES]);
        host.random(&mut *bytes);
        Self(bytes)
    }

    /// Reads what a person typed: in any case, with or without the dashes, `O` for zero.
    ///
    /// # Errors
    /// `WrongRecoveryCode` where it cannot be one.
    pub fn read(text: &str) -> Result<Self, SecretError> {
        let typed: Zeroizing<String> =
            Zeroizing::new(text.chars().filter(|sign| sign.is_ascii_alphanumeric()).collect());
        let decoded = alphabet().and_then(|letters| letters.decode(typed.as_bytes()).ok());
        let bytes = decoded.map(Zeroizing::new).ok_or(SecretError::WrongRecoveryCode)?;
        let bytes = <[u8; BYTES]>::try_from(bytes.as_slice());
        Ok(Self(Zeroizing::new(bytes.map_err(|_| SecretError::WrongRecoveryCode)?)))
    }

    /// As it is printed.
    pub fn text(&self) -> String {
        let letters = alphabet().map(|letters| letters.encode(&*self.0)).unwrap_or_default();
        let groups: Vec<&str> =
            letters.as_bytes().chunks(GROUP).filter_map(|g| std::str::from_utf8(g).ok()).collect();
        groups.join("-")
    }

    fn cipher(&self, profile: Uuid) -> XChaCha20Poly1305 {
        let mut key = Zeroizing::new([0; 32]);
        let expanded =
            Hkdf::<Sha256>::new(Some(profile.as_bytes()), &*self.0).expand(PURPOSE, &mut *key);
        // Fails only for outputs above 8160 bytes; this one has 32.
        debug_assert!(expanded.is_ok());
        XChaCha20Poly1305::new((&*key).into())
    }
}

/// `None` never: the specification is a constant, and a test reads it.
fn alphabet() -> Option<Encoding> {
    let mut specification = Specification::new();
    specification.symbols.push_str("0123456789ABCDEFGHJKMNPQRSTVWXYZ");
    specification.translate.from.push_str("abcdefghjkmnpqrstvwxyzoOiIlL");
    specification.translate.to.push_str("ABCDEFGHJKMNPQRSTVWXYZ001111");
    specification.encoding().ok()
}

/// The sealed keys as they lie beside the profile.
#[derive(Serialize, Deserialize)]
pub struct Recovery {
    /// Whose keys: the profile's own file may be lost too.
    #[serde(default)]
    profile_id: Option<Uuid>,
    #[serde(with = "hex")]
    nonce: [u8; 24],
    #[serde(with = "hex")]
    sealed: Vec<u8>,
}

impl Recovery {
    /// Seals the keys under a code and keeps them beside the profile.
    ///
    /// # Errors
    /// Where the disk refuses.
    pub fn keep(
        profile: &Profile,
        id: Uuid,
        keys: &DeviceKeys,
        code: &RecoveryCode,
        host: &dyn Host,
    ) -> Result<(), SecretError> {
        let mut nonce = [0; 24];
        host.random(&mut nonce);
        let sealed = code
            .cipher(id)
            .encrypt(&XNonce::from(nonce), Payload { msg: &keys.to_bytes(), aad: PURPOSE })
            .map_err(|_| SecretError::Damaged("the keys could not be sealed".to_owned()))?;
        let json = serde_json::to_vec_pretty(&Self { profile_id: Some(id), nonce, sealed })
            .map_err(|error| SecretError::Damaged(error.to_string()))?;
        Ok(profile.replace(FILE, &json)?)
    }

    /// The keys of this profile, by the code.
    ///
    /// # Errors
    /// `WrongRecoveryCode`; `Damaged` where the sealed keys are not there.
    pub fn open(
        profile: &Profile,
        id: Uuid,
        code: &RecoveryCode,
    ) -> Result<DeviceKeys, SecretError> {
        let file = Self::read(profile)?;
        let payload = Payload { msg: &file.sealed, aad: PURPOSE };
        let plain = code
            .cipher(id)
            .decrypt(&XNonce::from(file.nonce), payload)
            .map(Zeroizing::new)
            .map_err(|_| SecretError::WrongRecoveryCode)?;
        DeviceKeys::from_bytes(&plain)
    }

    /// Whose keys lie here.
    ///
    /// # Errors
    /// `Damaged` where the sealed keys are not there or do not say whose they are.
    pub fn owner(profile: &Profile) -> Result<Uuid, SecretError> {
        let owner = Self::read(profile)?.profile_id;
        owner.ok_or_else(|| SecretError::Damaged(format!("{FILE} does not say whose it is")))
    }

    fn read(profile: &Profile) -> Result<Self, SecretError> {
        let damaged = |message: String| SecretError::Damaged(message);
        let json = profile.small_file(FILE)?.ok_or_else(|| damaged(format!("no {FILE}")))?;
        serde_json::from_slice(&json).map_err(|_| damaged(format!("{FILE} cannot be read")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::host::SystemHost;

    #[test]
    fn a_printed_code_is_read_as_people_type_it() {
        let code = RecoveryCode::draw(&SystemHost::new(|_| {}));
        let text = code.text();
        assert_eq!(text.len(), 39, "eight groups of four and seven dashes");
        let typed = format!(" {} ", text.to_lowercase().replace('-', " ").replace('0', "o"));
        assert_eq!(*RecoveryCode::read(&typed).unwrap().0, *code.0);
        let alike = text.replace('1', "l");
        assert_eq!(*RecoveryCode::read(&alike).unwrap().0, *code.0);
        for wrong in ["", "ABCD", "UUUU-UUUU-UUUU-UUUU-UUUU-UUUU-UUUU-UUUU"] {
            assert!(RecoveryCode::read(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn the_code_brings_the_keys_back_and_another_does_not() {
        let folder = tempfile::tempdir().unwrap();
        let profile = Profile::own(folder.path()).unwrap();
        let host = SystemHost::new(|_| {});
        let (id, keys, code) = (host.new_id(), DeviceKeys::draw(&host), RecoveryCode::draw(&host));
        Recovery::keep(&profile, id, &keys, &code, &host).unwrap();

        let back = Recovery::open(&profile, id, &code).unwrap();
        assert_eq!(back.database(), keys.database());
        assert_eq!(back.signing_public(), keys.signing_public());

        let other = RecoveryCode::draw(&host);
        assert!(matches!(
            Recovery::open(&profile, id, &other),
            Err(SecretError::WrongRecoveryCode)
        ));
        assert!(Recovery::open(&profile, host.new_id(), &code).is_err(), "another profile's code");
    }
}
