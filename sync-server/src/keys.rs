//! The hub's keys, each derived from the one secret for one purpose: signing access tokens, signing leases and files
//! for the courier, opening those files, sealing what the control database stores. It holds no policy about when they are used.

use chacha20poly1305::aead::{Aead as _, KeyInit as _, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use ed25519_dalek::{Signer as _, SigningKey, VerifyingKey};
use hkdf::Hkdf;
use sha2::Sha256;
use uuid::Uuid;
use x25519_dalek::{PublicKey, StaticSecret};
use zeroize::Zeroizing;

use crate::config::SecretKey;
use crate::ids;

const NONCE: usize = 24;

#[derive(Clone)]
pub struct Keys {
    access: SigningKey,
    lease: SigningKey,
    courier: StaticSecret,
    seal: XChaCha20Poly1305,
    /// Seals nothing itself: every backup has keys of its own, derived from it.
    backup: Zeroizing<[u8; 32]>,
}

/// The keys of one backup of one tenant.
pub struct BackupKeys {
    pub manifest: Zeroizing<[u8; 32]>,
    pub content: Zeroizing<[u8; 32]>,
}

/// A sealed value that this hub's key does not open: it is damaged, or was sealed with another secret.
#[derive(Debug, thiserror::Error)]
#[error("a sealed value does not open: DAYBOOK_SECRET_KEY_FILE is not the one it was sealed with")]
pub struct SealError;

impl Keys {
    /// Derives every key (HKDF-SHA-256, RFC 5869).
    pub fn derive(secret: &SecretKey) -> Self {
        let key = |purpose: &str| derived(None, secret.bytes(), &[purpose.as_bytes()]);
        Self {
            access: SigningKey::from_bytes(&key("daybook access token 1")),
            lease: SigningKey::from_bytes(&key("daybook lease 1")),
            courier: StaticSecret::from(*key("daybook courier 1")),
            seal: XChaCha20Poly1305::new((&*key("daybook sealed value 1")).into()),
            backup: key("daybook backup 1"),
        }
    }

    /// The keys of a backup, which its random salt sets apart from those of every other.
    pub fn of_backup(&self, tenant: Uuid, salt: &[u8; 32]) -> BackupKeys {
        let key =
            |part: &str| derived(Some(salt), &self.backup, &[part.as_bytes(), tenant.as_bytes()]);
        BackupKeys { manifest: key("manifest"), content: key("content") }
    }

    /// Signs access tokens, and nothing else.
    pub fn access(&self) -> &SigningKey {
        &self.access
    }

    /// Signs leases, and nothing else but [`Keys::sign_file`].
    pub fn lease(&self) -> &SigningKey {
        &self.lease
    }

    /// Signs the label of a file for the courier with the key that devices have pinned. It begins with its purpose, so
    /// that it is no lease.
    pub fn sign_file(&self, label: &[u8]) -> [u8; 64] {
        self.lease.sign(label).to_bytes()
    }

    /// Opens files that devices wrote for the courier.
    pub fn courier(&self) -> &StaticSecret {
        &self.courier
    }

    /// The public half of [`Keys::courier`].
    pub fn courier_public(&self) -> [u8; 32] {
        PublicKey::from(&self.courier).to_bytes()
    }

    /// The public half of [`Keys::access`].
    pub fn access_public(&self) -> VerifyingKey {
        self.access.verifying_key()
    }

    /// Encrypts a value so that it opens only for the same tenant: nonce, then ciphertext.
    ///
    /// # Errors
    /// The value is longer than the cipher takes (256 GiB).
    pub fn seal(&self, tenant: Uuid, plain: &[u8]) -> Result<Vec<u8>, SealError> {
        let nonce = ids::random::<NONCE>();
        let payload = Payload { msg: plain, aad: tenant.as_bytes() };
        let sealed = self.seal.encrypt(&XNonce::from(nonce), payload).map_err(|_| SealError)?;
        Ok([nonce.as_slice(), &sealed].concat())
    }

    /// Decrypts what [`Keys::seal`] made for this tenant.
    ///
    /// # Errors
    /// The value was sealed with another key, for another tenant, or was changed.
    pub fn open(&self, tenant: Uuid, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, SealError> {
        let (nonce, sealed) = sealed.split_first_chunk::<NONCE>().ok_or(SealError)?;
        let payload = Payload { msg: sealed, aad: tenant.as_bytes() };
        let plain = self.seal.decrypt(&XNonce::from(*nonce), payload).map_err(|_| SealError)?;
        Ok(Zeroizing::new(plain))
    }
}

/// HKDF-SHA-256, for one purpose.
fn derived(salt: Option<&[u8]>, from: &[u8; 32], purpose: &[&[u8]]) -> Zeroizing<[u8; 32]> {
    let mut bytes = Zeroizing::new([0; 32]);
    // Fails only for outputs above 8160 bytes; this one has 32.
    let expanded = Hkdf::<Sha256>::new(salt, from).expand_multi_info(purpose, &mut *bytes);
    debug_assert!(expanded.is_ok());
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sealed_value_opens_for_its_tenant_with_its_key_alone() {
        let keys = Keys::derive(&SecretKey::new([7; 32]));
        let (mine, other) = (Uuid::from_u128(1), Uuid::from_u128(2));
        let sealed = keys.seal(mine, b"correct horse").unwrap();
        assert_eq!(keys.open(mine, &sealed).unwrap().as_slice(), b"correct horse");
        assert!(keys.open(other, &sealed).is_err());
        assert!(Keys::derive(&SecretKey::new([8; 32])).open(mine, &sealed).is_err());
        assert!(keys.open(mine, &sealed[..NONCE]).is_err());
        assert!(!sealed.windows(5).any(|window| window == b"horse"));
    }

    #[test]
    fn every_backup_of_every_tenant_has_keys_of_its_own() {
        let keys = Keys::derive(&SecretKey::new([7; 32]));
        let of = |tenant: u128, salt: u8| keys.of_backup(Uuid::from_u128(tenant), &[salt; 32]);
        let all = [of(1, 1), of(1, 2), of(2, 1)];
        let bytes = all.iter().flat_map(|keys| [*keys.manifest, *keys.content]);
        let different: std::collections::BTreeSet<[u8; 32]> = bytes.collect();
        assert_eq!(different.len(), 6);
    }

    #[test]
    fn no_two_purposes_share_a_key() {
        let keys = Keys::derive(&SecretKey::new([7; 32]));
        assert_ne!(keys.access().to_bytes(), keys.lease().to_bytes());
    }
}
