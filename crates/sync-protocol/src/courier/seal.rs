//! The inside of a file: its parts one after the other, sealed in chunks of which each knows its place and the last
//! one that it is the last (STREAM), so that nothing can be changed, moved, left out or cut off. However large a file
//! is, one part and one chunk of it are held.

use std::io::{ErrorKind, Read, Write};

use aead_stream::{DecryptorBE32, EncryptorBE32};
use chacha20poly1305::ChaCha20Poly1305;
use zeroize::Zeroizing;

use super::parts::{PartReader, head};
use super::{CourierError, Part};

const CHUNK: usize = 64 * 1024;
/// What sealing adds to a chunk.
const TAG: usize = 16;
const SEALED: usize = CHUNK + TAG;
/// Every file has a key of its own, which makes every place in it a nonce that is used once.
const NONCE: [u8; 7] = [0; 7];

/// The key of one file.
pub struct FileKey(Zeroizing<[u8; 32]>);

impl FileKey {
    pub(super) fn new(key: Zeroizing<[u8; 32]>) -> Self {
        Self(key)
    }

    /// Seals parts into `out`, which stands behind the envelope.
    pub fn sealer<W: Write>(&self, out: W) -> Sealer<W> {
        Sealer {
            out,
            seal: EncryptorBE32::new((&*self.0).into(), (&NONCE).into()),
            plain: Vec::new(),
        }
    }

    /// Opens the parts of `source`, which stands behind the envelope.
    pub fn opener<R: Read>(&self, source: R) -> PartReader<Unsealed<R>> {
        let seal = Some(DecryptorBE32::new((&*self.0).into(), (&NONCE).into()));
        let (sealed, plain) = (Vec::new(), Vec::new());
        PartReader::new(Unsealed { source, seal, sealed, plain, given: 0 })
    }
}

/// Parts that are written.
pub struct Sealer<W: Write> {
    out: W,
    seal: EncryptorBE32<ChaCha20Poly1305>,
    plain: Vec<u8>,
}

impl<W: Write> Sealer<W> {
    /// # Errors
    /// `TooLarge` for a part whose length has no room, and where `out` cannot be written.
    pub fn part(&mut self, part: Part, body: &[u8]) -> Result<(), CourierError> {
        self.plain.extend_from_slice(&head(part, body)?);
        self.plain.extend_from_slice(body);
        let whole = self.plain.len().saturating_sub(1) / CHUNK * CHUNK;
        for chunk in self.plain.get(..whole).unwrap_or_default().chunks(CHUNK) {
            let sealed = self.seal.encrypt_next(chunk).map_err(|_| too_much())?;
            self.out.write_all(&sealed)?;
        }
        self.plain.drain(..whole);
        Ok(())
    }

    /// Ends the file and gives back where it was written.
    ///
    /// # Errors
    /// As [`Sealer::part`].
    pub fn finish(mut self) -> Result<W, CourierError> {
        let last = self.seal.encrypt_last(self.plain.as_slice()).map_err(|_| too_much())?;
        self.out.write_all(&last)?;
        self.out.flush()?;
        Ok(self.out)
    }
}

/// A file of more than 2^32 chunks: 256 TiB.
fn too_much() -> CourierError {
    CourierError::Io(std::io::Error::other("it is larger than a file for the courier can be"))
}

/// What was sealed, as it was before. Whatever is not what was written is `InvalidData`.
pub struct Unsealed<R: Read> {
    source: R,
    /// Gone once the last chunk was opened.
    seal: Option<DecryptorBE32<ChaCha20Poly1305>>,
    sealed: Vec<u8>,
    /// Opened; up to `given` it was given out.
    plain: Vec<u8>,
    given: usize,
}

impl<R: Read> Unsealed<R> {
    /// Opens the next chunk; nothing behind the last.
    fn chunk(&mut self) -> std::io::Result<()> {
        let Some(mut seal) = self.seal.take() else { return Ok(()) };
        // A chunk is known not to be the last once there is more behind it.
        let wanted = (SEALED + 1).saturating_sub(self.sealed.len());
        (&mut self.source).take(wanted as u64).read_to_end(&mut self.sealed)?;
        let opened = match self.sealed.len() > SEALED {
            true => {
                let rest = self.sealed.split_off(SEALED);
                let chunk = std::mem::replace(&mut self.sealed, rest);
                let opened = seal.decrypt_next(chunk.as_slice());
                self.seal = Some(seal);
                opened
            }
            false => seal.decrypt_last(std::mem::take(&mut self.sealed).as_slice()),
        };
        (self.plain, self.given) = (opened.map_err(|_| ErrorKind::InvalidData)?, 0);
        Ok(())
    }
}

impl<R: Read> Read for Unsealed<R> {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        if self.given == self.plain.len() {
            self.plain.clear();
            self.given = 0;
            self.chunk()?;
        }
        let mut left = self.plain.get(self.given..).unwrap_or_default();
        let read = left.read(into)?;
        self.given += read;
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(byte: u8) -> FileKey {
        FileKey::new(Zeroizing::new([byte; 32]))
    }

    fn sealed(parts: &[(Part, Vec<u8>)]) -> Vec<u8> {
        let mut sealer = key(1).sealer(Vec::new());
        for (part, body) in parts {
            sealer.part(*part, body).unwrap();
        }
        sealer.finish().unwrap()
    }

    fn read(bytes: &[u8], key: &FileKey) -> Result<Vec<(Part, Vec<u8>)>, CourierError> {
        let (mut opener, mut parts) = (key.opener(bytes), Vec::new());
        while let Some(part) = opener.part(super::super::PART_MAX)? {
            parts.push(part);
        }
        Ok(parts)
    }

    #[test]
    fn a_file_is_read_back_whole_or_not_at_all() {
        let noise = |length: usize| (0..length).map(|at| (at * 31 % 251) as u8).collect();
        let files: [Vec<(Part, Vec<u8>)>; 5] = [
            Vec::new(),
            vec![(Part::Opening, b"hello".to_vec())],
            vec![(Part::Opening, Vec::new()), (Part::Ops, noise(CHUNK - 10))],
            vec![(Part::Snapshot, noise(5 * CHUNK)), (Part::Pull, noise(1))],
            (1..40).map(|number| (Part::Pull, noise(number * 997))).collect(),
        ];
        for parts in files {
            let good = sealed(&parts);
            assert_eq!(read(&good, &key(1)).unwrap(), parts);
            key(1).opener(good.as_slice()).prove().unwrap();
            assert!(read(&good, &key(2)).is_err());
            for cut in (0..good.len()).step_by(SEALED).chain([good.len() - 1]) {
                assert!(read(&good[..cut], &key(1)).is_err(), "cut at {cut} of {}", good.len());
            }
            for at in [0, good.len() / 2, good.len() - 1] {
                let mut changed = good.clone();
                changed[at] ^= 1;
                assert!(read(&changed, &key(1)).is_err(), "byte {at}");
            }
            assert!(read(&[&good[..], &good].concat(), &key(1)).is_err());
        }
    }
}
