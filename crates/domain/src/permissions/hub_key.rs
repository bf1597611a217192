//! The hub's public key as a device pins it at sign-in, and its succession: a new key is believed
//! because the old one signed it. Private keys are arguments and are kept nowhere here.

use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// Set before the signed bytes, so that a signature over a key is a signature over nothing else.
const CONTEXT: &[u8] = b"daybook hub key v1\0";

/// The one key a device believes. The generation counts successions, so that an old one cannot be
/// played again to bring back a key that was given up.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "PinnedBytes", into = "PinnedBytes")]
pub struct PinnedKey {
    generation: u32,
    key: VerifyingKey,
}

#[derive(Serialize, Deserialize)]
struct PinnedBytes {
    generation: u32,
    #[serde(with = "serde_bytes")]
    key: [u8; 32],
}

/// Why a key is not believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum HubKeyError {
    #[error("the sync server's key is no usable Ed25519 key")]
    NotAKey,
    #[error(
        "key {found} of the sync server does not follow key {pinned}, which this device knows; a key between them is missing"
    )]
    Gap { pinned: u32, found: u32 },
    #[error(
        "key {0} of the sync server was not signed by the key before it; do not go on, ask your administrator"
    )]
    NotSigned(u32),
}

/// The next key of the hub, signed by the one before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeySuccession {
    pub generation: u32,
    #[serde(with = "serde_bytes")]
    pub key: [u8; 32],
    #[serde(with = "serde_bytes")]
    pub signature: [u8; 64],
}

impl PinnedKey {
    /// The key as learnt at sign-in. Refuses bytes that are no point of the curve, and weak keys
    /// under which anything verifies.
    pub fn new(generation: u32, key: [u8; 32]) -> Result<PinnedKey, HubKeyError> {
        let key = VerifyingKey::from_bytes(&key).map_err(|_| HubKeyError::NotAKey)?;
        if key.is_weak() {
            return Err(HubKeyError::NotAKey);
        }
        Ok(PinnedKey { generation, key })
    }

    pub fn generation(&self) -> u32 {
        self.generation
    }

    pub fn key(&self) -> &VerifyingKey {
        &self.key
    }

    /// A short name of the key: the first 16 hexadecimal digits of its SHA-256.
    pub fn id(&self) -> String {
        key_id(&self.key)
    }

    /// The key after these successions, which are in order; those before the pinned key are passed
    /// over, so that the hub may always send all of them. The key before is no longer believed: the
    /// device stores the new key together with the lease that came with it.
    pub fn after(&self, successions: &[KeySuccession]) -> Result<PinnedKey, HubKeyError> {
        let mut pinned = self.clone();
        for next in successions.iter().filter(|next| next.generation > self.generation) {
            if pinned.generation.checked_add(1) != Some(next.generation) {
                return Err(HubKeyError::Gap { pinned: pinned.generation, found: next.generation });
            }
            let signature = Signature::from_bytes(&next.signature);
            pinned
                .key
                .verify_strict(&message(next.generation, &next.key), &signature)
                .map_err(|_| HubKeyError::NotSigned(next.generation))?;
            pinned = PinnedKey::new(next.generation, next.key)?;
        }
        Ok(pinned)
    }
}

impl KeySuccession {
    /// Hands over from the key `old` to `new`, which becomes the key of `generation`.
    pub fn sign(old: &SigningKey, generation: u32, new: &VerifyingKey) -> KeySuccession {
        let key = new.to_bytes();
        let signature = old.sign(&message(generation, &key)).to_bytes();
        KeySuccession { generation, key, signature }
    }
}

impl TryFrom<PinnedBytes> for PinnedKey {
    type Error = HubKeyError;

    fn try_from(bytes: PinnedBytes) -> Result<Self, HubKeyError> {
        PinnedKey::new(bytes.generation, bytes.key)
    }
}

impl From<PinnedKey> for PinnedBytes {
    fn from(pinned: PinnedKey) -> Self {
        PinnedBytes { generation: pinned.generation, key: pinned.key.to_bytes() }
    }
}

pub(super) fn key_id(key: &VerifyingKey) -> String {
    Sha256::digest(key.as_bytes()).iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

fn message(generation: u32, key: &[u8; 32]) -> Vec<u8> {
    [CONTEXT, &generation.to_be_bytes(), key].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(seed: u8) -> SigningKey {
        SigningKey::from_bytes(&[seed; 32])
    }

    fn pin(generation: u32, key: &SigningKey) -> PinnedKey {
        PinnedKey::new(generation, key.verifying_key().to_bytes()).unwrap()
    }

    #[test]
    fn a_device_that_was_away_for_two_successions_follows_both() {
        let chain = [
            KeySuccession::sign(&key(1), 2, &key(2).verifying_key()),
            KeySuccession::sign(&key(2), 3, &key(3).verifying_key()),
        ];
        assert_eq!(pin(1, &key(1)).after(&chain), Ok(pin(3, &key(3))));
        assert_eq!(pin(2, &key(2)).after(&chain), Ok(pin(3, &key(3))));
        assert_eq!(pin(3, &key(3)).after(&chain), Ok(pin(3, &key(3))));
        assert_eq!(
            pin(1, &key(1)).after(&chain[1..]),
            Err(HubKeyError::Gap { pinned: 1, found: 3 })
        );
    }

    #[test]
    fn a_key_that_the_pinned_one_did_not_sign_is_refused() {
        let thief = KeySuccession::sign(&key(9), 2, &key(8).verifying_key());
        assert_eq!(pin(1, &key(1)).after(&[thief]), Err(HubKeyError::NotSigned(2)));
        let mut moved = KeySuccession::sign(&key(1), 2, &key(2).verifying_key());
        moved.generation = 3;
        assert_eq!(pin(2, &key(1)).after(&[moved]), Err(HubKeyError::NotSigned(3)));
    }

    #[test]
    fn a_key_that_was_given_up_cannot_be_brought_back() {
        let old = KeySuccession::sign(&key(1), 2, &key(2).verifying_key());
        let now = pin(3, &key(3));
        assert_eq!(now.after(&[old]), Ok(now.clone()));
    }

    #[test]
    fn a_weak_key_is_no_key() {
        let mut identity = [0; 32];
        identity[0] = 1;
        assert_eq!(PinnedKey::new(1, identity), Err(HubKeyError::NotAKey));
    }

    #[test]
    fn a_pinned_key_is_kept_and_read_again() {
        let pinned = pin(4, &key(4));
        let bytes = cbor4ii::serde::to_vec(Vec::new(), &pinned).unwrap();
        assert_eq!(cbor4ii::serde::from_slice::<PinnedKey>(&bytes).unwrap(), pinned);
        assert_eq!(pinned.id().len(), 16);
    }
}
