//! Bytes: CBOR for one value, a zstd stream of CBOR values for many, and the bounds of both.
//! Everything that comes from outside passes here first.

use std::convert::Infallible;
use std::io::Read;

use cbor4ii::core::dec;
use cbor4ii::serde::{DecodeError, Deserializer};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// Deepest nesting that is read; our own messages need less than half of it.
const DEPTH_MAX: usize = 32;
/// Most values, of every kind and depth, that one message is made of: a list of empty texts takes many times more
/// memory than bytes. A push as our devices cut it has a twentieth of this.
pub const ITEMS_MAX: usize = 1 << 21;
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
    #[error("the message is made of more than {limit} values")]
    TooMany { limit: usize },
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
    cbor4ii::serde::to_vec(Vec::new(), value).map_err(|e| WireError::Encode(e.to_string()))
}

/// Decodes one CBOR value that fills `bytes`.
///
/// # Errors
/// Where the bytes are no such value, nest too deep, or have a tail.
pub fn decode<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, WireError> {
    match decode_next(bytes)? {
        Next::Value(value, length) if length == bytes.len() => Ok(value),
        Next::Value(..) => Err(WireError::Decode("trailing bytes".to_owned())),
        Next::Unfinished => Err(WireError::Decode("the bytes break off".to_owned())),
    }
}

/// The same for bytes of a stranger, who may put at most `limit` values into them.
///
/// # Errors
/// As [`decode`], and `TooMany`.
pub fn decode_within<T: DeserializeOwned>(bytes: &[u8], limit: usize) -> Result<T, WireError> {
    match items(bytes) > limit {
        true => Err(WireError::TooMany { limit }),
        false => decode(bytes),
    }
}

/// How many values CBOR is made of, each list, map and tag counted beside what it holds. Only heads are looked at
/// (RFC 8949, 3): where the bytes are no CBOR, up to where they stop being it.
pub fn items(bytes: &[u8]) -> usize {
    let (mut rest, mut items) = (bytes, 0);
    while let Some((head, after)) = rest.split_first() {
        items += 1;
        let (kind, short) = (head >> 5, head & 0x1f);
        // What follows the head, as a number: of bytes or of values, or the value itself.
        let width = match short {
            24..=27 => 1 << (short - 24),
            _ => 0,
        };
        let Some((number, content)) = after.split_at_checked(width) else { break };
        let number = match width {
            0 => u64::from(short),
            _ => number.iter().fold(0, |sum, byte| sum << 8 | u64::from(*byte)),
        };
        // Bytes (2) and texts (3) hold no values; without a length (31) their pieces follow, which do say it.
        let skipped = if matches!(kind, 2 | 3) && short < 28 { number } else { 0 };
        let skipped = usize::try_from(skipped).unwrap_or(usize::MAX);
        rest = content.get(skipped..).unwrap_or_default();
    }
    items
}

enum Next<T> {
    /// With how many bytes it took.
    Value(T, usize),
    /// More bytes are needed.
    Unfinished,
}

fn decode_next<T: DeserializeOwned>(bytes: &[u8]) -> Result<Next<T>, WireError> {
    let mut nested = Nested { rest: bytes, deeper: DEPTH_MAX };
    match T::deserialize(&mut Deserializer::new(&mut nested)) {
        Ok(value) => Ok(Next::Value(value, bytes.len() - nested.rest.len())),
        Err(DecodeError::Core(dec::Error::Eof { .. })) => Ok(Next::Unfinished),
        Err(error) => Err(WireError::Decode(error.to_string())),
    }
}

/// Bytes that are read no deeper than `deeper` levels.
struct Nested<'b> {
    rest: &'b [u8],
    deeper: usize,
}

impl<'de> dec::Read<'de> for Nested<'de> {
    type Error = Infallible;

    fn fill<'b>(&'b mut self, wanted: usize) -> Result<dec::Reference<'de, 'b>, Infallible> {
        Ok(dec::Reference::Long(self.rest.get(..wanted).unwrap_or(self.rest)))
    }

    fn advance(&mut self, read: usize) {
        self.rest = self.rest.get(read..).unwrap_or_default();
    }

    fn step_in(&mut self) -> bool {
        let deeper = self.deeper.checked_sub(1);
        self.deeper = deeper.unwrap_or_default();
        deeper.is_some()
    }

    fn step_out(&mut self) {
        self.deeper += 1;
    }
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
        let plain = std::mem::take(&mut self.plain);
        self.plain =
            cbor4ii::serde::to_vec(plain, value).map_err(|e| WireError::Encode(e.to_string()))?;
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
    decoder: zstd::stream::read::Decoder<'static, std::io::BufReader<R>>,
    /// What was unpacked, of which `read` bytes are used up.
    plain: Vec<u8>,
    read: usize,
}

/// Unpacked at a time.
const CHUNK: usize = 1 << 17;
/// Most bytes of one value; a record with all its rows has a few megabytes at most.
const VALUE_MAX: usize = 1 << 26;

impl<R: Read> FrameReader<R> {
    /// # Errors
    /// Where zstd cannot start.
    pub fn new(reader: R) -> Result<Self, WireError> {
        let decoder = zstd::stream::read::Decoder::new(reader)
            .map_err(|e| WireError::Decode(e.to_string()))?;
        Ok(Self { decoder, plain: Vec::new(), read: 0 })
    }

    /// The next value; `None` at the end of the stream.
    ///
    /// # Errors
    /// Where the stream breaks off or holds something else.
    pub fn read<T: DeserializeOwned>(&mut self) -> Result<Option<T>, WireError> {
        loop {
            let rest = self.plain.get(self.read..).unwrap_or_default();
            if !rest.is_empty()
                && let Next::Value(value, length) = decode_next(rest)?
            {
                self.read += length;
                return Ok(Some(value));
            }
            let begun = rest.len();
            if begun > VALUE_MAX {
                return Err(WireError::TooLarge { limit: VALUE_MAX });
            }
            // As much again as was not enough: a long value is not begun anew for each chunk of it.
            if self.unpack(CHUNK.max(begun))? == 0 {
                return match begun {
                    0 => Ok(None),
                    _ => Err(WireError::Decode("the stream breaks off".to_owned())),
                };
            }
        }
    }

    /// Unpacks at most `most` bytes more, as many as have come. Answers how many.
    fn unpack(&mut self, most: usize) -> Result<usize, WireError> {
        self.plain.drain(..self.read);
        self.read = 0;
        let held = self.plain.len();
        self.plain.resize(held + most, 0);
        let (mut filled, mut failed) = (0, None);
        // One read gives what zstd has at hand: to wait for more would hold back what is complete.
        match self.decoder.read(self.plain.get_mut(held..).unwrap_or_default()) {
            Ok(read) => filled = read,
            Err(error) => failed = Some(WireError::Decode(error.to_string())),
        }
        self.plain.truncate(held + filled);
        failed.map_or(Ok(filled), Err)
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
        assert!(matches!(decode::<cbor4ii::core::Value>(&nest), Err(WireError::Decode(_))));
    }

    #[test]
    fn every_value_is_counted_and_none_of_its_bytes() {
        let message = (7u8, "a text", vec![("", 300u32, -1i64); 3], [1.5f64, f64::NAN], None::<()>);
        // The tuple, number, text, list of three times four, two numbers in theirs, and null.
        assert_eq!(items(&encode(&message).unwrap()), 1 + 1 + 1 + (1 + 3 * 4) + 3 + 1);
        let long = encode(&serde_bytes::ByteBuf::from(vec![0x40; 70_000])).unwrap();
        assert_eq!(items(&long), 1);
        // A length that is not there, one of no meaning, and pieces without a length of the whole.
        assert_eq!(items(&[0x5b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0]), 1);
        assert_eq!(items(&[0x1c, 0x5f, 0x41, 7, 0x41, 7, 0xff, 0x19, 1]), 6);
    }

    #[test]
    fn a_list_that_takes_more_memory_than_bytes_is_refused_before_it_is_read() {
        let empty = vec![String::new(); 1_000];
        let bytes = encode(&empty).unwrap();
        assert_eq!(decode_within::<Vec<String>>(&bytes, 1_001), Ok(empty));
        let refused = decode_within::<Vec<String>>(&bytes, 1_000);
        assert_eq!(refused, Err(WireError::TooMany { limit: 1_000 }));
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
