//! An attached file as a record names it: its content by SHA-256, and what people call it. The one text form that
//! fields, the wire and both databases hold. The content itself is no part of a record.

use std::fmt;
use std::str::FromStr;

use super::{Kind, Record, Value, Values};
use crate::standards::Fault;

/// Longest name, in characters.
const NAME_MAX: usize = 200;
/// Longest media type, in characters; RFC 6838, section 4.2, allows as much for each half, and none is so long.
const MEDIA_MAX: usize = 127;
/// What a file is whose media type nobody knows (RFC 2046, section 4.5.1).
pub const OCTET_STREAM: &str = "application/octet-stream";

/// An entry of a field of [`Kind::Attachments`]: `<sha-256> <bytes> <media type> <name>`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Attachment {
    hash: String,
    size: u64,
    media_type: String,
    name: String,
}

impl Attachment {
    /// A file by what was found in it and what it is called.
    ///
    /// # Errors
    /// The rule that the hash, the media type or the name breaks.
    pub fn new(hash: &str, size: u64, media_type: &str, name: &str) -> Result<Self, Fault> {
        let media_type = media_type.to_ascii_lowercase();
        if !is_sha256(hash) {
            return Err(fault(
                "not_a_hash",
                "must begin with the SHA-256 of the file: 64 hexadecimal digits",
            ));
        }
        if i64::try_from(size).is_err() {
            return Err(fault("out_of_range", "says a size that no file has"));
        }
        let halves = media_type.split_once('/').filter(|_| media_type.len() <= MEDIA_MAX);
        if !halves.is_some_and(|(kind, word)| is_media_word(kind) && is_media_word(word)) {
            return Err(fault("not_a_media_type", "must say what the file is, like image/png"));
        }
        let length = name.chars().count();
        let dots = matches!(name, "." | "..");
        let odd = |sign: char| matches!(sign, '/' | '\\') || sign.is_control();
        if length == 0 || length > NAME_MAX || dots || name.trim() != name || name.contains(odd) {
            return Err(fault(
                "not_a_file_name",
                format!(
                    "must end with the name of the file: at most {NAME_MAX} characters, without folders"
                ),
            ));
        }
        Ok(Self { hash: hash.to_owned(), size, media_type, name: name.to_owned() })
    }

    /// The SHA-256 of the content: 64 hexadecimal digits.
    pub fn hash(&self) -> &str {
        &self.hash
    }

    /// Bytes of the content.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// `image/png`, in lower case.
    pub fn media_type(&self) -> &str {
        &self.media_type
    }

    /// What people call it; no path.
    pub fn name(&self) -> &str {
        &self.name
    }
}

impl fmt::Display for Attachment {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "{} {} {} {}", self.hash, self.size, self.media_type, self.name)
    }
}

impl FromStr for Attachment {
    type Err = Fault;

    fn from_str(text: &str) -> Result<Self, Fault> {
        let mut words = text.splitn(4, ' ');
        let mut word = || words.next().unwrap_or_default();
        let (hash, size, media_type, name) = (word(), word(), word(), word());
        let canonical = size == "0" || !size.starts_with('0');
        match size.parse() {
            Ok(size) if canonical && is_sha256(hash) => Self::new(hash, size, media_type, name),
            _ => Err(fault(
                "not_an_attachment",
                "must be a file as it was attached: SHA-256, bytes, media type and name, with blanks between",
            )),
        }
    }
}

/// The files that a row names, each with the field that names it.
pub fn attachments(values: &Values) -> Vec<(&'static str, Attachment)> {
    let mut found = Vec::new();
    for (field, value) in values.iter().filter(|(field, _)| field.kind == Kind::Attachments) {
        let Value::List(files) = value else { continue };
        found.extend(files.iter().filter_map(|text| Some((field.name, text.parse().ok()?))));
    }
    found
}

/// The entries of three states of a list, merged by their content: what the author took out goes, what they added
/// comes at the end, everything else stays as it stands.
pub fn unite(base: &[String], mine: &[String], theirs: &[String]) -> Vec<String> {
    let hash = |entry: &String| entry.split(' ').next().unwrap_or_default().to_owned();
    let holds = |list: &[String], entry: &String| list.iter().any(|e| hash(e) == hash(entry));
    let stays = |entry: &&String| holds(mine, entry) || !holds(base, entry);
    let mut united: Vec<String> = theirs.iter().filter(stays).cloned().collect();
    let added = mine.iter().filter(|entry| !holds(base, entry));
    for entry in added {
        if !holds(&united, entry) {
            united.push(entry.clone());
        }
    }
    united
}

impl Record {
    /// Whether any field that `shown` lets through, of the record or of its rows, names the file with this
    /// hash. `shown` is asked with the entity and the field.
    pub fn attached(&self, hash: &str, shown: impl Fn(&str, &str) -> bool) -> Option<Attachment> {
        let rows = self.children().iter().map(|row| &row.values);
        std::iter::once(&self.values).chain(rows).find_map(|values| {
            let named = attachments(values).into_iter();
            let mut visible = named
                .filter(|(field, file)| file.hash == hash && shown(values.entity().name, field));
            visible.next().map(|(_, file)| file)
        })
    }
}

fn is_sha256(word: &str) -> bool {
    word.len() == 64 && word.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
}

/// A restricted name of RFC 6838.
fn is_media_word(word: &str) -> bool {
    let sign = |b: u8| b.is_ascii_alphanumeric() || b"!#$&-^_.+".contains(&b);
    word.bytes().all(sign) && word.as_bytes().first().is_some_and(u8::is_ascii_alphanumeric)
}

fn fault(rule: &'static str, message: impl Into<String>) -> Fault {
    Fault { rule, message: message.into() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::Cell;

    fn entry(letter: char, name: &str) -> String {
        let hash: String = std::iter::repeat_n(letter, 64).collect();
        Attachment::new(&hash, 12, "application/PDF", name).unwrap().to_string()
    }

    #[test]
    fn a_file_is_written_one_way_and_read_back() {
        let text = entry('a', "Offer, signed (2).pdf");
        assert!(text.ends_with(" 12 application/pdf Offer, signed (2).pdf"));
        let file: Attachment = text.parse().unwrap();
        assert_eq!((file.size(), file.media_type()), (12, "application/pdf"));
        assert_eq!((file.name(), file.to_string()), ("Offer, signed (2).pdf", text));
    }

    #[test]
    fn a_name_is_no_path_and_a_hash_alone_is_no_file() {
        let hash: String = std::iter::repeat_n('a', 64).collect();
        for name in ["", "..", "a/b.pdf", "a\\b.pdf", " a.pdf", "a\nb"] {
            let fault = Attachment::new(&hash, 1, OCTET_STREAM, name).unwrap_err();
            assert_eq!(fault.rule, "not_a_file_name", "{name:?}");
        }
        assert_eq!(Attachment::new(&hash, 1, "pdf", "a").unwrap_err().rule, "not_a_media_type");
        for text in [hash.clone(), format!("{hash} 01 a/b c"), format!("{hash} x a/b c")] {
            assert_eq!(text.parse::<Attachment>().unwrap_err().rule, "not_an_attachment", "{text}");
        }
    }

    #[test]
    fn a_field_takes_each_file_once_and_commas_in_its_name() {
        let (one, two) = (entry('a', "a, b.pdf"), entry('b', "c.pdf"));
        let read = Kind::Attachments.read(&Cell::from(format!("{one}\n{two}").as_str()));
        assert_eq!(read, Ok(Value::List(vec![one.clone(), two.clone()])));
        let twice = Cell::List(vec![one.clone(), entry('a', "again.pdf")]);
        assert_eq!(Kind::Attachments.read(&twice).unwrap_err().rule, "attached_twice");
        assert_eq!(Kind::Attachments.read(&Cell::List(Vec::new())), Ok(Value::Null));
    }

    #[test]
    fn what_two_people_attached_is_all_there_and_what_one_took_out_is_gone() {
        let [a, b, c, d] = ['a', 'b', 'c', 'd'].map(|letter| entry(letter, "x.pdf"));
        let (base, mine) = (vec![a.clone(), b.clone()], vec![b.clone(), c.clone()]);
        let theirs = vec![a, b.clone(), d.clone()];
        assert_eq!(unite(&base, &mine, &theirs), [b, d, c]);
    }
}
