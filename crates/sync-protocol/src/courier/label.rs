//! The outside of a file: who wrote it, for whom, and the how-manieth it is, in clear, because whoever carries it has
//! to sort it; with the writer's signature. The key of what is inside is agreed with a key pair that is drawn for
//! this file and signed with the label, so that nobody but the writer and the reader can have sealed it.

use std::io::Read;

use chrono::{DateTime, Utc};
use ed25519_dalek::{Signature, VerifyingKey};
use hkdf::Hkdf;
use sha2::Sha256;
use uuid::Uuid;
use x25519_dalek::{PublicKey, SharedSecret, StaticSecret};
use zeroize::Zeroizing;

use super::CourierError;
use super::seal::FileKey;

const MAGIC: [u8; 16] = *b"daybook courier\n";
const VERSION: u16 = 1;
/// Set before what is signed, so that a signature over a file is a signature over nothing else.
const PURPOSE: &[u8] = b"daybook courier file 1\0";

const LABEL: usize = 16 + 2 + 1 + 16 + 16 + 8 + 8 + 8;
const KEY: usize = 32;
const SIGNATURE: usize = 64;
/// Bytes before what is sealed.
pub const ENVELOPE: usize = LABEL + KEY + SIGNATURE;

/// Which way a file goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Heading {
    ToHub,
    ToDevice,
}

/// What stands on a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Label {
    pub heading: Heading,
    pub tenant: Uuid,
    pub device: Uuid,
    /// The files of a device, and the hub's files for it, are counted from 1 on.
    pub number: u64,
    /// The newest file of the other side that the writer had taken; 0 for none.
    pub answers: u64,
    /// The hub's time of the writing, as far as the writer knows it.
    pub time: DateTime<Utc>,
}

/// What the writer of a file brings beside the label.
pub struct Writer<'a> {
    /// 32 bytes that are drawn for this file and used for nothing else.
    pub ephemeral: Zeroizing<[u8; 32]>,
    /// The reader's X25519 key.
    pub reader: &'a [u8; 32],
}

/// The outside of a file, read and not believed yet.
#[derive(Clone, Debug)]
pub struct Envelope {
    pub label: Label,
    /// As they came: the label and the key of the file.
    signed: [u8; LABEL + KEY],
    signature: [u8; SIGNATURE],
}

impl Writer<'_> {
    /// The outside of a file with this label, and the key that seals what comes behind it.
    ///
    /// # Errors
    /// `Damaged` where the reader's key is none.
    pub fn envelope(
        self,
        label: &Label,
        sign: impl FnOnce(&[u8]) -> [u8; SIGNATURE],
    ) -> Result<([u8; ENVELOPE], FileKey), CourierError> {
        let secret = StaticSecret::from(*self.ephemeral);
        let mut envelope = [0; ENVELOPE];
        let (signed, signature) = envelope.split_at_mut(LABEL + KEY);
        let (text, key) = signed.split_at_mut(LABEL);
        text.copy_from_slice(&label.to_bytes());
        key.copy_from_slice(PublicKey::from(&secret).as_bytes());
        signature.copy_from_slice(&sign(&message(signed, self.reader)));
        let shared = secret.diffie_hellman(&PublicKey::from(*self.reader));
        let key = agreed(&shared, signed, self.reader)?;
        Ok((envelope, key))
    }
}

impl Envelope {
    /// Reads the outside; the reader stands at what is sealed then.
    ///
    /// # Errors
    /// `NotOurs`, `Newer`, `Damaged`.
    pub fn read(source: &mut impl Read) -> Result<Self, CourierError> {
        let mut magic = [0; MAGIC.len()];
        fill(source, &mut magic).map_err(|error| match error {
            CourierError::Damaged => CourierError::NotOurs,
            error => error,
        })?;
        if magic != MAGIC {
            return Err(CourierError::NotOurs);
        }
        let mut version = [0; 2];
        fill(source, &mut version)?;
        match u16::from_be_bytes(version) {
            VERSION => {}
            newer if newer > VERSION => return Err(CourierError::Newer(newer)),
            _ => return Err(CourierError::Damaged),
        }
        let (mut signed, mut signature) = ([0; LABEL + KEY], [0; SIGNATURE]);
        let (begun, rest) = signed.split_at_mut(MAGIC.len() + version.len());
        begun.copy_from_slice(&[&MAGIC[..], &version].concat());
        fill(source, rest)?;
        fill(source, &mut signature)?;
        let label = Label::read(rest).ok_or(CourierError::Damaged)?;
        Ok(Self { label, signed, signature })
    }

    /// The key of what is inside, once it is proven who wrote the file. `agree` is the X25519 of the reader's secret
    /// key, `reader` its public half.
    ///
    /// # Errors
    /// `Damaged` where the writer did not sign this, or not for this reader.
    pub fn unlock(
        &self,
        writer: &VerifyingKey,
        reader: &[u8; 32],
        agree: impl FnOnce(&PublicKey) -> SharedSecret,
    ) -> Result<FileKey, CourierError> {
        let signature = Signature::from_bytes(&self.signature);
        writer
            .verify_strict(&message(&self.signed, reader), &signature)
            .map_err(|_| CourierError::Damaged)?;
        let key = self.signed.last_chunk::<KEY>().ok_or(CourierError::Damaged)?;
        agreed(&agree(&PublicKey::from(*key)), &self.signed, reader)
    }
}

impl Label {
    fn to_bytes(self) -> [u8; LABEL] {
        let heading = match self.heading {
            Heading::ToHub => 1,
            Heading::ToDevice => 2,
        };
        let parts = [
            &MAGIC[..],
            &VERSION.to_be_bytes(),
            &[heading],
            self.tenant.as_bytes(),
            self.device.as_bytes(),
            &self.number.to_be_bytes(),
            &self.answers.to_be_bytes(),
            &self.time.timestamp_micros().to_be_bytes(),
        ];
        let mut bytes = [0; LABEL];
        bytes.copy_from_slice(&parts.concat());
        bytes
    }

    /// What stands behind the version.
    fn read(mut bytes: &[u8]) -> Option<Self> {
        let mut take = |length: usize| {
            let (taken, rest) = bytes.split_at_checked(length)?;
            bytes = rest;
            Some(taken)
        };
        let heading = match take(1)? {
            [1] => Heading::ToHub,
            [2] => Heading::ToDevice,
            _ => return None,
        };
        let (tenant, device) = (take(16)?, take(16)?);
        let mut number = || Some(u64::from_be_bytes(take(8)?.try_into().ok()?));
        let (count, answers, time) = (number()?, number()?, number()?);
        Some(Self {
            heading,
            tenant: Uuid::from_slice(tenant).ok()?,
            device: Uuid::from_slice(device).ok()?,
            number: count,
            answers,
            time: DateTime::from_timestamp_micros(time.cast_signed())?,
        })
    }
}

fn message(signed: &[u8], reader: &[u8; 32]) -> Vec<u8> {
    [PURPOSE, signed, reader].concat()
}

/// HKDF-SHA-256 (RFC 5869) over everything that both sides know of the file, as in HPKE (RFC 9180, 4.1). A key of low
/// order agrees with every other on nothing.
fn agreed(
    shared: &SharedSecret,
    signed: &[u8],
    reader: &[u8; 32],
) -> Result<FileKey, CourierError> {
    if !shared.was_contributory() {
        return Err(CourierError::Damaged);
    }
    let mut key = Zeroizing::new([0; 32]);
    Hkdf::<Sha256>::new(None, shared.as_bytes())
        .expand_multi_info(&[PURPOSE, signed, reader], &mut *key)
        .map_err(|_| CourierError::Damaged)?;
    Ok(FileKey::new(key))
}

fn fill(source: &mut impl Read, bytes: &mut [u8]) -> Result<(), CourierError> {
    source.read_exact(bytes).map_err(|error| match error.kind() {
        std::io::ErrorKind::UnexpectedEof => CourierError::Damaged,
        _ => error.into(),
    })
}

#[cfg(test)]
mod tests {
    use ed25519_dalek::{Signer as _, SigningKey};

    use super::*;

    #[test]
    fn a_label_is_read_as_it_was_written_and_believed_from_its_writer_for_its_reader_alone() {
        let label = Label {
            heading: Heading::ToDevice,
            tenant: Uuid::from_u128(1),
            device: Uuid::from_u128(2),
            number: 7,
            answers: 3,
            time: DateTime::from_timestamp_micros(1_700_000_000_123_456).unwrap(),
        };
        let (signer, secret) = (SigningKey::from_bytes(&[1; 32]), StaticSecret::from([2; 32]));
        let reader = PublicKey::from(&secret).to_bytes();
        let writer = Writer { ephemeral: Zeroizing::new([3; 32]), reader: &reader };
        let sign = |message: &[u8]| signer.sign(message).to_bytes();
        let (bytes, _) = writer.envelope(&label, sign).unwrap();
        let envelope = Envelope::read(&mut &bytes[..]).unwrap();
        assert_eq!(envelope.label, label);
        let agree = |key: &PublicKey| secret.diffie_hellman(key);
        assert!(envelope.unlock(&signer.verifying_key(), &reader, agree).is_ok());
        let other = SigningKey::from_bytes(&[9; 32]).verifying_key();
        assert!(envelope.unlock(&other, &reader, agree).is_err());
        assert!(envelope.unlock(&signer.verifying_key(), &[5; 32], agree).is_err());
        for at in 0..bytes.len() {
            let mut changed = bytes;
            changed[at] ^= 1;
            let opened = Envelope::read(&mut &changed[..])
                .and_then(|envelope| envelope.unlock(&signer.verifying_key(), &reader, agree));
            assert!(opened.is_err(), "byte {at}");
            assert!(Envelope::read(&mut &bytes[..at]).is_err(), "cut at {at}");
        }
    }

    #[test]
    fn another_file_and_one_of_a_newer_program_are_told_apart() {
        let refused = |bytes: &[u8]| Envelope::read(&mut &bytes[..]).unwrap_err();
        assert!(matches!(refused(b""), CourierError::NotOurs));
        assert!(matches!(refused(b"name;city\nAda;Bonn\n"), CourierError::NotOurs));
        let newer = [&MAGIC[..], &[0, 9], &[0; 400]].concat();
        assert!(matches!(refused(&newer), CourierError::Newer(9)));
    }
}
