//! Bytes: CBOR for one value, a zstd stream of CBOR values for many, and the bounds of both.
//! Everything that comes from outside passes here first.

use std::io::Read;

use serde::Serialize;
use serde::de::DeserializeOwned;

/// Deepest nesting that is read; our own messages need less than half of it.
const DEPTH_MAX: usize = 32;
/// Compression level of everything we send: level 3 is zstd's own balance.
const LEVEL: i32 = 3;

/// What cannot be read or written.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WireError {
    #[error("the message could not be encoded: {0}")]
    Encode(String),
    #[error("the message could not be read: {0}")]
    Decode(String),
    #[error("the message is larger than {limit} bytes")]
    TooLarge { limit: usize },
    #[error("{0} came over the wire")]
    Layout(&'static str),
    #[error("field {field} {message}")]
    Value { field: String, message: String },
}

/// Encodes one value as CBOR.
///
/// # Errors
/// Where the value has a type that CBOR cannot say; none of ours has.
pub fn encode<T: Serialize>(value: &T) -> Result<Vec<u8>, WireError> {
    let mut bytes = Vec::new();
    ciborium::into_writer(value, &mut bytes).map_err(|e| WireError::Encode(e.to_string()))?;
    Ok(bytes)
}

/// Decodes one CBOR value that fills `bytes`.
///
/// # Errors
/// Where the bytes are no such value, nest too deep, or have a tail.
pub fn decode<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, WireError> {
    let mut rest = bytes;
    let value = decode_next(&mut rest)?;
    if rest.is_empty() { Ok(value) } else { Err(WireError::Decode("trailing bytes".to_owned())) }
}

fn decode_next<T: DeserializeOwned>(reader: impl Read) -> Result<T, WireError> {
    ciborium::de::from_reader_with_recursion_limit(reader, DEPTH_MAX)
        .map_err(|e| WireError::Decode(e.to_string()))
}

/// Compresses bytes into one zstd frame.
///
/// # Errors
/// Where zstd itself fails.
pub fn compress(bytes: &[u8]) -> Result<Vec<u8>, WireError> {
    zstd::encode_all(bytes, LEVEL).map_err(|e| WireError::Encode(e.to_string()))
}

/// Decompresses at most `limit` bytes.
///
/// # Errors
/// `TooLarge` beyond the limit, `Decode` where the bytes are no zstd stream.
pub fn decompress(bytes: &[u8], limit: usize) -> Result<Vec<u8>, WireError> {
    let decoder =
        zstd::stream::read::Decoder::new(bytes).map_err(|e| WireError::Decode(e.to_string()))?;
    let mut plain = Vec::new();
    let read = decoder
        .take(limit as u64 + 1)
        .read_to_end(&mut plain)
        .map_err(|e| WireError::Decode(e.to_string()))?;
    if read > limit { Err(WireError::TooLarge { limit }) } else { Ok(plain) }
}

/// A value as it is sent: CBOR in zstd.
///
/// # Errors
/// As [`encode`] and [`compress`].
pub fn pack<T: Serialize>(value: &T) -> Result<Vec<u8>, WireError> {
    compress(&encode(value)?)
}

/// Reads what [`pack`] wrote, within `limit` decoded bytes.
///
/// # Errors
/// As [`decompress`] and [`decode`].
pub fn unpack<T: DeserializeOwned>(bytes: &[u8], limit: usize) -> Result<T, WireError> {
    decode(&decompress(bytes, limit)?)
}

/// Writes a sequence of values (RFC 8742) into one zstd stream, part by part: the body of a snapshot.
pub struct FrameWriter {
    encoder: zstd::stream::write::Encoder<'static, Vec<u8>>,
    plain: Vec<u8>,
    written: usize,
}

impl FrameWriter {
    /// # Errors
    /// Where zstd cannot start.
    pub fn new() -> Result<Self, WireError> {
        let encoder = zstd::stream::write::Encoder::new(Vec::new(), LEVEL);
        let encoder = encoder.map_err(|e| WireError::Encode(e.to_string()))?;
        Ok(Self { encoder, plain: Vec::new(), written: 0 })
    }

    /// # Errors
    /// As [`encode`].
    pub fn write<T: Serialize>(&mut self, value: &T) -> Result<(), WireError> {
        use std::io::Write as _;
        // One write for each value: the encoder is fast with bytes and slow with calls.
        self.plain.clear();
        ciborium::into_writer(value, &mut self.plain)
            .map_err(|e| WireError::Encode(e.to_string()))?;
        self.written += self.plain.len();
        self.encoder.write_all(&self.plain).map_err(|e| WireError::Encode(e.to_string()))
    }

    /// How many bytes the values have that were written so far, before compression.
    pub fn written(&self) -> usize {
        self.written
    }

    /// The bytes so far, flushed so that a reader can use all of them.
    ///
    /// # Errors
    /// Where zstd fails.
    pub fn take(&mut self) -> Result<Vec<u8>, WireError> {
        use std::io::Write as _;
        self.encoder.flush().map_err(|e| WireError::Encode(e.to_string()))?;
        Ok(std::mem::take(self.encoder.get_mut()))
    }

    /// Ends the stream and gives its last bytes.
    ///
    /// # Errors
    /// Where zstd fails.
    pub fn finish(self) -> Result<Vec<u8>, WireError> {
        self.encoder.finish().map_err(|e| WireError::Encode(e.to_string()))
    }
}

/// Reads what [`FrameWriter`] wrote from any reader, value by value.
pub struct FrameReader<R: Read> {
    decoder: std::io::BufReader<zstd::stream::read::Decoder<'static, std::io::BufReader<R>>>,
}

impl<R: Read> FrameReader<R> {
    /// # Errors
    /// Where zstd cannot start.
    pub fn new(reader: R) -> Result<Self, WireError> {
        let decoder = zstd::stream::read::Decoder::new(reader)
            .map_err(|e| WireError::Decode(e.to_string()))?;
        Ok(Self { decoder: std::io::BufReader::with_capacity(1 << 16, decoder) })
    }

    /// The next value; `None` at the end of the stream.
    ///
    /// # Errors
    /// Where the stream breaks off or holds something else.
    pub fn read<T: DeserializeOwned>(&mut self) -> Result<Option<T>, WireError> {
        use std::io::BufRead as _;
        let ahead = self.decoder.fill_buf().map_err(|e| WireError::Decode(e.to_string()))?;
        if ahead.is_empty() { Ok(None) } else { decode_next(&mut self.decoder).map(Some) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bomb_is_refused_within_its_limit() {
        let bomb = compress(&vec![0; 10_000_000]).unwrap();
        assert!(bomb.len() < 2_000);
        assert_eq!(decompress(&bomb, 1_000_000), Err(WireError::TooLarge { limit: 1_000_000 }));
    }

    #[test]
    fn a_tail_and_a_deep_nest_are_refused() {
        let mut bytes = encode(&7u8).unwrap();
        bytes.push(0);
        assert!(matches!(decode::<u8>(&bytes), Err(WireError::Decode(_))));
        let nest = vec![0x81; 1000];
        assert!(matches!(decode::<ciborium::Value>(&nest), Err(WireError::Decode(_))));
    }

    #[test]
    fn frames_can_be_read_as_soon_as_they_are_taken() {
        let mut writer = FrameWriter::new().unwrap();
        writer.write(&"first").unwrap();
        let mut bytes = writer.take().unwrap();
        let mut reader = FrameReader::new(bytes.as_slice()).unwrap();
        assert_eq!(reader.read::<String>().unwrap().as_deref(), Some("first"));
        writer.write(&"second").unwrap();
        bytes.extend(writer.finish().unwrap());
        let mut reader = FrameReader::new(bytes.as_slice()).unwrap();
        let mut all = Vec::new();
        while let Some(word) = reader.read::<String>().unwrap() {
            all.push(word);
        }
        assert_eq!(all, ["first", "second"]);
    }
}
