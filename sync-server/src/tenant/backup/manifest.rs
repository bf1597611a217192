//! What a backup must be, table by table, and the sealed form in which it is written.

use chacha20poly1305::aead::{Aead as _, KeyInit as _, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::BackupError;
use crate::ids;
use crate::keys::{BackupKeys, Keys};
use crate::store::tenant::audit_chain::End;
use crate::store::tenant::whole::catalogue::{Applied, Sequence};

/// The form of manifest and content that this program writes.
pub const FORM: u32 = 1;
/// How every manifest begins; the form stands behind it.
const MAGIC: &[u8; 12] = b"daybook-bkup";
const SALT: usize = 32;
const NONCE: usize = 24;

/// What a backup holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    pub taken_at: DateTime<Utc>,
    /// The life of the database that it is of, and the newest place of it in the order.
    pub epoch: i64,
    pub position: u64,
    pub policy_version: i64,
    pub migrations: Vec<Applied>,
    /// In the order of the content.
    pub tables: Vec<TableSum>,
    pub sequences: Vec<Sequence>,
    /// Where the audit's chain ended.
    pub audit_end: Option<AuditEnd>,
    /// Bytes of the content as it lies there.
    pub bytes: u64,
}

/// What one table must be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TableSum {
    pub name: String,
    pub columns: Vec<String>,
    pub rows: u64,
    /// SHA-256 of the rows as Postgres writes them, in the order of the table's key.
    #[serde(with = "hex::serde")]
    pub sha256: [u8; 32],
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditEnd {
    pub place: i64,
    #[serde(with = "hex::serde")]
    pub hash: Vec<u8>,
}

impl From<End> for AuditEnd {
    fn from(End { place, hash }: End) -> Self {
        Self { place, hash }
    }
}

impl From<AuditEnd> for End {
    fn from(AuditEnd { place, hash }: AuditEnd) -> Self {
        Self { place, hash }
    }
}

impl Manifest {
    pub fn rows(&self) -> u64 {
        self.tables.iter().map(|table| table.rows).sum()
    }

    /// The newest migration that the backed-up database had been through.
    pub fn schema_version(&self) -> i64 {
        self.migrations.last().map_or(0, |applied| applied.version)
    }
}

/// The salt and the keys of one backup.
pub struct Seal {
    tenant: Uuid,
    salt: [u8; SALT],
    pub keys: BackupKeys,
}

impl Seal {
    /// For a new backup of a tenant.
    pub fn new(keys: &Keys, tenant: Uuid) -> Self {
        Self::with(keys, tenant, ids::random())
    }

    fn with(keys: &Keys, tenant: Uuid, salt: [u8; SALT]) -> Self {
        Self { tenant, salt, keys: keys.of_backup(tenant, &salt) }
    }

    /// The manifest as it is written under a name: what it is and whose stands ahead of it and is sealed with it.
    ///
    /// # Errors
    /// The manifest cannot be written as JSON, or is longer than the cipher takes.
    pub fn close(&self, name: &str, manifest: &Manifest) -> Result<Vec<u8>, BackupError> {
        let plain = serde_json::to_vec(manifest)?;
        let nonce = ids::random::<NONCE>();
        let head = [MAGIC.as_slice(), &FORM.to_be_bytes(), &self.salt].concat();
        let aad = [head.as_slice(), self.tenant.as_bytes(), name.as_bytes()].concat();
        let cipher = XChaCha20Poly1305::new((&*self.keys.manifest).into());
        let payload = Payload { msg: &plain, aad: &aad };
        let sealed = cipher.encrypt(&XNonce::from(nonce), payload);
        let sealed = sealed.map_err(|_| BackupError::DoesNotOpen(name.to_owned()))?;
        Ok([head.as_slice(), &nonce, &sealed].concat())
    }

    /// Opens the manifest of a tenant's backup of this name.
    ///
    /// # Errors
    /// `DoesNotOpen`, or `Newer`.
    pub fn open(
        keys: &Keys,
        tenant: Uuid,
        name: &str,
        written: &[u8],
    ) -> Result<(Self, Manifest), BackupError> {
        let (seal, plain) = Self::unseal(keys, tenant, name, written)?;
        let manifest = serde_json::from_slice(&plain);
        Ok((seal, manifest.map_err(|_| BackupError::DoesNotOpen(name.to_owned()))?))
    }

    fn unseal(
        keys: &Keys,
        tenant: Uuid,
        name: &str,
        written: &[u8],
    ) -> Result<(Self, Vec<u8>), BackupError> {
        let closed = || BackupError::DoesNotOpen(name.to_owned());
        let (magic, rest) = written.split_first_chunk::<12>().ok_or_else(closed)?;
        let (form, rest) = rest.split_first_chunk::<4>().ok_or_else(closed)?;
        let (salt, rest) = rest.split_first_chunk::<SALT>().ok_or_else(closed)?;
        let (nonce, sealed) = rest.split_first_chunk::<NONCE>().ok_or_else(closed)?;
        let form = u32::from_be_bytes(*form);
        if magic != MAGIC {
            return Err(closed());
        }
        if form > FORM {
            return Err(BackupError::Newer { name: name.to_owned(), form });
        }
        let seal = Self::with(keys, tenant, *salt);
        let head = [magic.as_slice(), &form.to_be_bytes(), salt].concat();
        let aad = [head.as_slice(), tenant.as_bytes(), name.as_bytes()].concat();
        let cipher = XChaCha20Poly1305::new((&*seal.keys.manifest).into());
        let payload = Payload { msg: sealed, aad: &aad };
        let plain = cipher.decrypt(&XNonce::from(*nonce), payload).map_err(|_| closed())?;
        Ok((seal, plain))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::SecretKey;

    fn manifest() -> Manifest {
        Manifest {
            taken_at: DateTime::UNIX_EPOCH,
            epoch: 1,
            position: 7,
            policy_version: 2,
            migrations: vec![Applied { version: 1, checksum: vec![3; 4] }],
            tables: vec![TableSum {
                name: "customer".to_owned(),
                columns: vec!["id".to_owned()],
                rows: 12,
                sha256: [9; 32],
            }],
            sequences: Vec::new(),
            audit_end: Some(AuditEnd { place: 3, hash: vec![1; 32] }),
            bytes: 100,
        }
    }

    #[test]
    fn a_manifest_opens_under_its_name_for_its_tenant_and_unchanged_alone() {
        let keys = Keys::derive(&SecretKey::new([7; 32]));
        let (mine, other) = (Uuid::from_u128(1), Uuid::from_u128(2));
        let written = Seal::new(&keys, mine).close("a", &manifest()).unwrap();
        let open = |keys: &Keys, tenant, name: &str, written: &[u8]| {
            Seal::open(keys, tenant, name, written).map(|(_, manifest)| manifest)
        };
        assert_eq!(open(&keys, mine, "a", &written).unwrap(), manifest());
        assert!(open(&keys, mine, "b", &written).is_err());
        assert!(open(&keys, other, "a", &written).is_err());
        assert!(open(&Keys::derive(&SecretKey::new([8; 32])), mine, "a", &written).is_err());
        for place in [0, 12, 15, 16, 48, 72, written.len() - 1] {
            let mut changed = written.clone();
            changed[place] ^= 1;
            assert!(open(&keys, mine, "a", &changed).is_err(), "{place}");
        }
        assert!(open(&keys, mine, "a", &written[..60]).is_err());
        let mut newer = written.clone();
        newer[15] = 2;
        let newer = open(&keys, mine, "a", &newer);
        assert!(matches!(newer, Err(BackupError::Newer { form: 2, .. })), "{newer:?}");
    }
}
