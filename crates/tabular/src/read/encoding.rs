//! Bytes to text. A mark at the start or valid UTF-8 settles the encoding; what is neither is guessed from how
//! often letters stand beside each other. Nothing is replaced: bytes without a meaning are an error.

use std::borrow::Cow;

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

use crate::TableError;

/// The text and the name of its encoding.
///
/// # Errors
/// `UnknownEncoding` for a name there is none of, `Undecodable` with the line of the first such byte.
pub fn decode<'b>(
    bytes: &'b [u8],
    given: Option<&str>,
) -> Result<(Cow<'b, str>, &'static str), TableError> {
    let encoding = match given {
        Some(name) => Encoding::for_label(name.trim().as_bytes())
            .ok_or_else(|| TableError::UnknownEncoding(name.to_owned()))?,
        None => recognise(bytes),
    };
    // Removes the mark at the start, and heeds it where it names another encoding.
    let (text, used, faulty) = encoding.decode(bytes);
    if !faulty {
        return Ok((text, used.name()));
    }
    if given.is_none() && ![UTF_8, UTF_16LE, UTF_16BE].contains(&used) {
        // Every byte means something there.
        let (text, _, faulty) = WINDOWS_1252.decode(bytes);
        if !faulty {
            return Ok((text, WINDOWS_1252.name()));
        }
    }
    let line = 1 + text.split('\u{fffd}').next().unwrap_or_default().matches('\n').count();
    Err(TableError::Undecodable { encoding: used.name(), line: u64::try_from(line).unwrap_or(0) })
}

fn recognise(bytes: &[u8]) -> &'static Encoding {
    if let Some((encoding, _)) = Encoding::for_bom(bytes) {
        return encoding;
    }
    if let Some(wide) = wide(bytes) {
        return wide;
    }
    if is_utf_8(bytes) {
        return UTF_8;
    }
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Allow);
    detector.feed(bytes, true);
    detector.guess(None, Utf8Detection::Allow)
}

/// Whether it was written as UTF-8, be a byte of it damaged or from elsewhere: letters of more than one byte come
/// about by chance hardly ever. What is damaged is then refused by its line, and nothing is read as other letters.
fn is_utf_8(bytes: &[u8]) -> bool {
    let (mut letters, mut broken) = (0, 0);
    for chunk in bytes.utf8_chunks() {
        letters += chunk.valid().chars().filter(|letter| !letter.is_ascii()).count();
        broken += usize::from(!chunk.invalid().is_empty());
    }
    broken == 0 || letters > broken
}

/// UTF-16 without a mark: in Latin text every second byte is zero, and no other encoding has zeros.
fn wide(bytes: &[u8]) -> Option<&'static Encoding> {
    let head = bytes.get(..bytes.len().min(4_096)).unwrap_or(bytes);
    let zeros = |odd: usize| {
        let every_second = head.iter().enumerate().filter(|(at, _)| at % 2 == odd);
        every_second.filter(|(_, byte)| **byte == 0).count()
    };
    let (even, odd) = (zeros(0), zeros(1));
    if even.max(odd) * 8 < head.len() || even.max(odd) < 2 {
        return None;
    }
    Some(if odd > even { UTF_16LE } else { UTF_16BE })
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str =
        "Firma;Straße;Ort\nMüller & Söhne;Große Allee 5;Köln\nÇelik;Näs väg 1;Luleå\n";

    fn read(bytes: &[u8]) -> (String, &'static str) {
        let (text, encoding) = decode(bytes, None).unwrap();
        (text.into_owned(), encoding)
    }

    fn utf_16(text: &str, big: bool) -> Vec<u8> {
        let units = text.encode_utf16();
        units.flat_map(|unit| if big { unit.to_be_bytes() } else { unit.to_le_bytes() }).collect()
    }

    #[test]
    fn a_text_reads_the_same_in_every_encoding_that_spreadsheets_write() {
        let marked = |text: &str| format!("\u{feff}{text}");
        let (latin, _, faulty) = WINDOWS_1252.encode(TEXT);
        assert!(!faulty);
        for (bytes, encoding) in [
            (TEXT.as_bytes().to_vec(), "UTF-8"),
            (marked(TEXT).into_bytes(), "UTF-8"),
            (utf_16(&marked(TEXT), false), "UTF-16LE"),
            (utf_16(&marked(TEXT), true), "UTF-16BE"),
            (utf_16(TEXT, false), "UTF-16LE"),
            (latin.into_owned(), "windows-1252"),
        ] {
            assert_eq!(read(&bytes), (TEXT.to_owned(), encoding));
        }
    }

    #[test]
    fn the_encodings_of_other_alphabets_are_told_by_their_letters() {
        let russian = "имя;город\nООО Ромашка;Москва\nИванов и сыновья;Санкт-Петербург\n";
        let (bytes, _, _) = encoding_rs::WINDOWS_1251.encode(russian);
        assert_eq!(read(&bytes), (russian.to_owned(), "windows-1251"));
        let polish = "nazwa;miasto\nŻółw Sp. z o.o.;Łódź\nJarzębina;Gdańsk\nŚwiętosław;Kraśnik\n";
        let (bytes, _, _) = encoding_rs::WINDOWS_1250.encode(polish);
        assert_eq!(read(&bytes), (polish.to_owned(), "windows-1250"));
    }

    #[test]
    fn a_damaged_letter_is_named_by_its_line_and_makes_no_other_letters_of_the_rest() {
        let mut bytes = TEXT.as_bytes().to_vec();
        bytes.extend_from_slice(b"B\xfcro;Weg 1;Ulm\n");
        let error = decode(&bytes, None).unwrap_err();
        assert!(matches!(error, TableError::Undecodable { encoding: "UTF-8", line: 4 }), "{error}");
    }

    #[test]
    fn an_encoding_can_be_named_and_is_held_to_it() {
        let (bytes, _, _) = WINDOWS_1252.encode(TEXT);
        let error = decode(&bytes, Some("utf-8")).unwrap_err();
        assert!(matches!(error, TableError::Undecodable { encoding: "UTF-8", line: 1 }), "{error}");
        assert!(matches!(decode(b"", Some("latin-9000")), Err(TableError::UnknownEncoding(_))));
        assert_eq!(decode(b"a", Some("latin1")).unwrap().1, "windows-1252");
    }
}
