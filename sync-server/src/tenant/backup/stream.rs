//! The content of a backup on its way: frames, compressed, then sealed in chunks of which each knows its place and
//! the last one that it is the last (STREAM), so that nothing can be changed, moved, left out or cut off. However
//! much goes through, it holds a few chunks.

use aead_stream::{DecryptorBE32, EncryptorBE32};
use chacha20poly1305::ChaCha20Poly1305;
use futures_util::StreamExt as _;
use futures_util::stream::BoxStream;
use object_store::{GetResult, WriteMultipart};
use std::io::Write as _;
use zeroize::Zeroizing;
use zstd::stream::raw::Operation as _;

use super::BackupError;
use super::place::Place;

/// Compressed bytes in a chunk.
const CHUNK: usize = 64 * 1024;
/// What sealing adds to it.
const TAG: usize = 16;
/// Bytes of a frame.
pub const FRAME: usize = 64 * 1024;
/// Unpacked bytes that are taken at once.
const UNPACKED: usize = 128 * 1024;
/// Parts that are on their way to the folder at one time.
const PARTS: usize = 2;
const LEVEL: i32 = 3;

/// Every backup has a key of its own, which makes every place in it a nonce that is used once.
type Nonce = [u8; 7];
const NONCE: Nonce = [0; 7];

/// Content that is written.
pub struct Writer {
    packer: zstd::stream::write::Encoder<'static, Vec<u8>>,
    seal: EncryptorBE32<ChaCha20Poly1305>,
    upload: WriteMultipart,
    bytes: u64,
}

impl Writer {
    /// # Errors
    /// The folder cannot be written.
    pub async fn begin(
        place: &Place,
        name: &str,
        key: &Zeroizing<[u8; 32]>,
    ) -> Result<Self, BackupError> {
        let packer = zstd::stream::write::Encoder::new(Vec::new(), LEVEL)?;
        let seal = EncryptorBE32::new((&**key).into(), (&NONCE).into());
        Ok(Self { packer, seal, upload: place.put_content(name).await?, bytes: 0 })
    }

    /// Adds a frame of at most [`FRAME`] bytes; an empty one marks the end of a table.
    ///
    /// # Errors
    /// The folder cannot be written.
    pub async fn frame(&mut self, frame: &[u8]) -> Result<(), BackupError> {
        let length = u32::try_from(frame.len()).map_err(std::io::Error::other)?;
        self.packer.write_all(&length.to_be_bytes())?;
        self.packer.write_all(frame)?;
        while self.packer.get_ref().len() > CHUNK {
            let chunk: Vec<u8> = self.packer.get_mut().drain(..CHUNK).collect();
            let sealed = self.seal.encrypt_next(chunk.as_slice()).map_err(too_much)?;
            self.put(&sealed).await?;
        }
        Ok(())
    }

    async fn put(&mut self, sealed: &[u8]) -> Result<(), BackupError> {
        self.upload.wait_for_capacity(PARTS).await?;
        self.upload.write(sealed);
        self.bytes += sealed.len() as u64;
        Ok(())
    }

    /// Ends the content. The bytes that lie in the folder.
    ///
    /// # Errors
    /// The folder cannot be written.
    pub async fn finish(mut self) -> Result<u64, BackupError> {
        let left = self.packer.finish()?;
        let (whole, last) = left.split_at(left.len().saturating_sub(1) / CHUNK * CHUNK);
        let mut sealed = Vec::new();
        for chunk in whole.chunks(CHUNK) {
            sealed.extend(self.seal.encrypt_next(chunk).map_err(too_much)?);
        }
        sealed.extend(self.seal.encrypt_last(last).map_err(too_much)?);
        self.upload.wait_for_capacity(PARTS).await?;
        self.upload.write(&sealed);
        self.upload.finish().await?;
        Ok(self.bytes + sealed.len() as u64)
    }

    /// Gives up, and clears away what was written.
    pub async fn abort(self) {
        if let Err(error) = self.upload.abort().await {
            tracing::warn!(%error, "half a backup is left in the folder; it counts for nothing");
        }
    }
}

/// Content that is read.
pub struct Reader {
    name: String,
    source: BoxStream<'static, object_store::Result<axum::body::Bytes>>,
    /// Gone once the last chunk was opened.
    seal: Option<DecryptorBE32<ChaCha20Poly1305>>,
    sealed: Vec<u8>,
    /// Opened, not unpacked; up to `packed_from` it is.
    packed: Vec<u8>,
    packed_from: usize,
    unpacker: zstd::stream::raw::Decoder<'static>,
    room: Vec<u8>,
    plain: Vec<u8>,
}

impl Reader {
    /// # Errors
    /// The packing library is out of memory.
    pub fn begin(
        name: &str,
        content: GetResult,
        key: &Zeroizing<[u8; 32]>,
    ) -> Result<Self, BackupError> {
        Ok(Self {
            name: name.to_owned(),
            source: content.into_stream(),
            seal: Some(DecryptorBE32::new((&**key).into(), (&NONCE).into())),
            sealed: Vec::new(),
            packed: Vec::new(),
            packed_from: 0,
            unpacker: zstd::stream::raw::Decoder::new()?,
            room: vec![0; UNPACKED],
            plain: Vec::new(),
        })
    }

    /// The next frame.
    ///
    /// # Errors
    /// `DoesNotOpen` where the content is not what was written.
    pub async fn frame(&mut self) -> Result<Vec<u8>, BackupError> {
        self.fill(4).await?;
        let length = self.plain.first_chunk::<4>().copied().map(u32::from_be_bytes);
        let length = length.and_then(|length| usize::try_from(length).ok());
        let length = length.filter(|length| *length <= FRAME);
        let length = length.ok_or_else(|| self.closed())?;
        self.fill(4 + length).await?;
        let frame = self.plain.get(4..4 + length).ok_or_else(|| self.closed())?.to_vec();
        self.plain.drain(..4 + length);
        Ok(frame)
    }

    /// Whether everything was read, to the chunk that is the last.
    ///
    /// # Errors
    /// `DoesNotOpen` where there is more.
    pub async fn finish(mut self) -> Result<(), BackupError> {
        while self.unpack().await? {}
        if self.plain.is_empty() { Ok(()) } else { Err(self.closed()) }
    }

    fn closed(&self) -> BackupError {
        BackupError::DoesNotOpen(self.name.clone())
    }

    async fn fill(&mut self, bytes: usize) -> Result<(), BackupError> {
        while self.plain.len() < bytes {
            if !self.unpack().await? {
                return Err(self.closed());
            }
        }
        Ok(())
    }

    /// Unpacks some more. False at the end.
    async fn unpack(&mut self) -> Result<bool, BackupError> {
        loop {
            let packed = self.packed.get(self.packed_from..).unwrap_or_default();
            let status = self.unpacker.run_on_buffers(packed, &mut self.room)?;
            self.packed_from += status.bytes_read;
            if let Some(plain) =
                self.room.get(..status.bytes_written).filter(|plain| !plain.is_empty())
            {
                self.plain.extend_from_slice(plain);
                return Ok(true);
            }
            if self.packed_from == self.packed.len() && !self.open().await? {
                return Ok(false);
            }
        }
    }

    /// Opens the next chunk. False behind the last.
    async fn open(&mut self) -> Result<bool, BackupError> {
        // A chunk is known not to be the last once there is more behind it.
        let mut ended = false;
        while self.sealed.len() <= CHUNK + TAG && !ended {
            match self.source.next().await {
                Some(piece) => self.sealed.extend_from_slice(&piece?),
                None => ended = true,
            }
        }
        let Some(mut seal) = self.seal.take() else {
            return if self.sealed.is_empty() { Ok(false) } else { Err(self.closed()) };
        };
        let opened = match self.sealed.len() > CHUNK + TAG {
            true => {
                let chunk: Vec<u8> = self.sealed.drain(..CHUNK + TAG).collect();
                let opened = seal.decrypt_next(chunk.as_slice());
                self.seal = Some(seal);
                opened
            }
            false => seal.decrypt_last(std::mem::take(&mut self.sealed).as_slice()),
        };
        self.packed = opened.map_err(|_| self.closed())?;
        self.packed_from = 0;
        Ok(true)
    }
}

/// A content of more than 2^32 chunks: 256 TiB.
fn too_much(_: aead_stream::aead::Error) -> BackupError {
    BackupError::Packing(std::io::Error::other("it is larger than a backup can be"))
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::ids;

    fn key(byte: u8) -> Zeroizing<[u8; 32]> {
        Zeroizing::new([byte; 32])
    }

    async fn read(place: &Place, key: &Zeroizing<[u8; 32]>) -> Result<Vec<Vec<u8>>, BackupError> {
        let mut reader = Reader::begin("a", place.content("a").await?, key)?;
        let mut frames = Vec::new();
        loop {
            let frame = reader.frame().await?;
            if frame.is_empty() {
                break;
            }
            frames.push(frame);
        }
        reader.finish().await?;
        Ok(frames)
    }

    /// Frames that are read back, and nothing but them, whatever is done to what lies there.
    async fn told(frames: Vec<Vec<u8>>) {
        let folder = std::env::temp_dir().join(format!("daybook-{}", ids::opaque_id()));
        std::fs::create_dir(&folder).unwrap();
        let place = Place::at(&folder, Uuid::from_u128(1)).unwrap();
        let mut writer = Writer::begin(&place, "a", &key(1)).await.unwrap();
        for frame in &frames {
            writer.frame(frame).await.unwrap();
        }
        writer.frame(&[]).await.unwrap();
        let bytes = writer.finish().await.unwrap();
        let path = folder.join(Uuid::from_u128(1).to_string()).join("a/content");
        let good = std::fs::read(&path).unwrap();
        assert_eq!(good.len() as u64, bytes);
        assert_eq!(read(&place, &key(1)).await.unwrap(), frames);
        assert!(matches!(read(&place, &key(2)).await, Err(BackupError::DoesNotOpen(_))));
        let cuts = (0..good.len()).step_by(CHUNK + TAG).chain([good.len() - 1]);
        for cut in cuts {
            std::fs::write(&path, &good[..cut]).unwrap();
            assert!(read(&place, &key(1)).await.is_err(), "cut at {cut} of {}", good.len());
        }
        for place_of_bit in [0, good.len() / 2, good.len() - 1] {
            let mut changed = good.clone();
            changed[place_of_bit] ^= 1;
            std::fs::write(&path, changed).unwrap();
            assert!(read(&place, &key(1)).await.is_err(), "{place_of_bit}");
        }
        std::fs::write(&path, [&good[..], &good[..]].concat()).unwrap();
        assert!(read(&place, &key(1)).await.is_err());
        std::fs::remove_dir_all(&folder).unwrap();
    }

    #[tokio::test]
    async fn content_is_read_back_whole_or_not_at_all() {
        let noise = |length: usize| -> Vec<u8> {
            let block = ids::random::<1024>();
            (0..length).map(|at| block[at % 1024] ^ (at / 1024).to_le_bytes()[0]).collect()
        };
        told(Vec::new()).await;
        told(vec![b"one row".to_vec()]).await;
        told(vec![vec![0; FRAME]; 200]).await;
        told((0..12).map(|_| noise(FRAME)).collect()).await;
        told((1..40).map(|number| noise(number * 997)).collect()).await;
    }
}
