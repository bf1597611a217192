//! The content of one file as it lies on the disk: parts of one size, each sealed by itself, so that neither side
//! ever holds the whole. The STREAM construction (Hoang, Reyhanitabar, Rogaway, Vizár, "Online
//! Authenticated-Encryption and its Nonce-Reuse Misuse-Resistance", 2015): each part's nonce holds its number and
//! whether it is the last, so that none can be moved, left out or cut off. A key seals one file and no other.

use std::io::{self, Read, Write};

use chacha20poly1305::aead::{Aead as _, KeyInit as _};
use chacha20poly1305::{ChaCha20Poly1305, Nonce};
use hkdf::Hkdf;
use sha2::Sha256;
use zeroize::Zeroizing;

/// Bytes of a part, before it is sealed.
pub const PART: usize = 64 << 10;
const TAG: usize = 16;
const PURPOSE: &[u8] = b"daybook attachment 1";

/// The cipher of one file: of the database's key and the file's own salt. Without either there is none.
pub fn cipher(database_key: &[u8; 32], salt: &[u8; 32]) -> ChaCha20Poly1305 {
    let mut key = Zeroizing::new([0; 32]);
    let expanded = Hkdf::<Sha256>::new(Some(salt), database_key).expand(PURPOSE, &mut *key);
    // Fails only for outputs above 8160 bytes; this one has 32.
    debug_assert!(expanded.is_ok());
    ChaCha20Poly1305::new((&*key).into())
}

/// How many whole parts before the last a file of `length` sealed bytes holds, of a content of `size` bytes.
pub fn whole_parts(length: u64, size: u64) -> u32 {
    let sealed = length / (PART + TAG) as u64;
    let before_last = size.saturating_sub(1) / PART as u64;
    u32::try_from(sealed.min(before_last)).unwrap_or(u32::MAX)
}

/// How many parts end before a byte of a content of `size` bytes; before its end, all but the last.
pub fn parts_before(byte: u64, size: u64) -> u32 {
    let most = size.saturating_sub(1) / PART as u64;
    u32::try_from((byte / PART as u64).min(most)).unwrap_or(u32::MAX)
}

/// Where that many parts end in the file.
pub fn sealed_length(parts: u32) -> u64 {
    u64::from(parts) * (PART + TAG) as u64
}

/// Where they end in the content.
pub fn plain_length(parts: u32) -> u64 {
    u64::from(parts) * PART as u64
}

fn nonce(number: u32, last: bool) -> Nonce {
    let mut nonce = [0; 12];
    nonce[7..11].copy_from_slice(&number.to_be_bytes());
    nonce[11] = u8::from(last);
    Nonce::from(nonce)
}

fn damaged() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, "the file is damaged")
}

/// Seals what is written to it.
pub struct Sealer<W: Write> {
    to: W,
    cipher: ChaCha20Poly1305,
    number: u32,
    /// Plain bytes that are no part yet.
    left: Zeroizing<Vec<u8>>,
}

impl<W: Write> Sealer<W> {
    /// Goes on after so many parts, which `to` holds already.
    pub fn after(parts: u32, to: W, cipher: ChaCha20Poly1305) -> Self {
        Self { to, cipher, number: parts, left: Zeroizing::new(Vec::with_capacity(PART)) }
    }

    /// # Errors
    /// Where the disk refuses.
    pub fn write(&mut self, mut bytes: &[u8]) -> io::Result<()> {
        while !bytes.is_empty() {
            // A full part is sealed once there is more: the last one is another.
            if self.left.len() == PART {
                self.seal(false)?;
            }
            let room = PART - self.left.len();
            let (now, later) = bytes.split_at(room.min(bytes.len()));
            self.left.extend_from_slice(now);
            bytes = later;
        }
        Ok(())
    }

    /// Seals the last part, which may be empty.
    ///
    /// # Errors
    /// Where the disk refuses.
    pub fn finish(mut self) -> io::Result<W> {
        self.seal(true)?;
        Ok(self.to)
    }

    fn seal(&mut self, last: bool) -> io::Result<()> {
        let sealed = self.cipher.encrypt(&nonce(self.number, last), self.left.as_slice());
        self.to.write_all(&sealed.map_err(|_| damaged())?)?;
        self.number = self.number.checked_add(1).ok_or_else(damaged)?;
        self.left.clear();
        Ok(())
    }
}

/// Opens parts one after the other.
pub struct Opener<R: Read> {
    from: R,
    cipher: ChaCha20Poly1305,
    number: u32,
    /// Content bytes that are not read yet, this part's included.
    left: u64,
}

impl<R: Read> Opener<R> {
    /// Reads from `from`, which stands behind so many parts, the rest of a content of `size` bytes.
    pub fn after(parts: u32, from: R, cipher: ChaCha20Poly1305, size: u64) -> Self {
        let left = size.saturating_sub(plain_length(parts));
        Self { from, cipher, number: parts, left }
    }

    /// The next part; `None` after the last. An empty file has one empty part.
    ///
    /// # Errors
    /// Where the disk refuses, and where a part is not as it was sealed.
    pub fn part(&mut self) -> io::Result<Option<Zeroizing<Vec<u8>>>> {
        if self.left == u64::MAX {
            return Ok(None);
        }
        let last = self.left <= PART as u64;
        // At most PART.
        let plain = if last { usize::try_from(self.left).unwrap_or(PART) } else { PART };
        let mut sealed = vec![0; plain + TAG];
        self.from.read_exact(&mut sealed).map_err(|error| match error.kind() {
            io::ErrorKind::UnexpectedEof => damaged(),
            _ => error,
        })?;
        let opened = self.cipher.decrypt(&nonce(self.number, last), sealed.as_slice());
        let opened = opened.map(Zeroizing::new).map_err(|_| damaged())?;
        self.number = self.number.checked_add(1).ok_or_else(damaged)?;
        self.left = if last { u64::MAX } else { self.left - PART as u64 };
        Ok(Some(opened))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SALT: [u8; 32] = [3; 32];

    fn sealed(content: &[u8]) -> Vec<u8> {
        let mut sealer = Sealer::after(0, Vec::new(), cipher(&[7; 32], &SALT));
        content.chunks(10_007).for_each(|bytes| sealer.write(bytes).unwrap());
        sealer.finish().unwrap()
    }

    fn opened(sealed: &[u8], size: usize) -> io::Result<Vec<u8>> {
        let mut opener = Opener::after(0, sealed, cipher(&[7; 32], &SALT), size as u64);
        let mut content = Vec::new();
        while let Some(part) = opener.part()? {
            content.extend_from_slice(&part);
        }
        Ok(content)
    }

    fn content(size: usize) -> Vec<u8> {
        (0..size).map(|at| u8::try_from(at % 251).unwrap()).collect()
    }

    #[test]
    fn a_file_of_any_size_comes_back_byte_for_byte() {
        for size in [0, 1, PART - 1, PART, PART + 1, 3 * PART, 3 * PART + 5] {
            let content = content(size);
            assert_eq!(opened(&sealed(&content), size).unwrap(), content, "{size}");
        }
    }

    #[test]
    fn what_was_changed_moved_or_cut_off_is_not_opened() {
        let content = content(3 * PART);
        let whole = sealed(&content);
        let mut changed = whole.clone();
        changed[PART + 100] ^= 1;
        let mut moved = whole.clone();
        moved[..2 * (PART + TAG)].rotate_left(PART + TAG);
        let cut = &whole[..2 * (PART + TAG)];
        assert!(opened(&changed, 3 * PART).is_err());
        assert!(opened(&moved, 3 * PART).is_err());
        // Also where somebody says that there was no more.
        assert!(opened(cut, 3 * PART).is_err() && opened(cut, 2 * PART).is_err());
        let other = Opener::after(0, &whole[..], cipher(&[7; 32], &[4; 32]), 5).part();
        assert!(other.is_err());
    }

    #[test]
    fn sealing_goes_on_where_it_broke_off() {
        let content = content(2 * PART + 9);
        let whole = sealed(&content);
        for broke_off in [0, PART, PART + TAG, 2 * (PART + TAG) - 1, whole.len()] {
            let parts = whole_parts(broke_off as u64, content.len() as u64);
            let (kept, from) = (sealed_length(parts) as usize, plain_length(parts) as usize);
            let kept = whole[..kept].to_vec();
            let mut sealer = Sealer::after(parts, kept, cipher(&[7; 32], &SALT));
            sealer.write(&content[from..]).unwrap();
            assert_eq!(sealer.finish().unwrap(), whole, "{broke_off}");
        }
        assert_eq!(whole_parts(u64::MAX, 0), 0);
        assert_eq!(whole_parts(u64::MAX, PART as u64), 0);
    }
}
