//! The forms a table may have in a file: what somebody says of a file, and what was recognised in it.

use std::path::Path;

/// The form of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    Csv,
    Xlsx,
    JsonLines,
}

impl Format {
    /// By the end of the file's name.
    pub fn of_path(path: &Path) -> Option<Self> {
        let extension = path.extension()?.to_str()?.to_ascii_lowercase();
        match extension.as_str() {
            "csv" | "tsv" | "tab" | "txt" => Some(Self::Csv),
            "xlsx" | "xlsm" => Some(Self::Xlsx),
            "jsonl" | "ndjson" => Some(Self::JsonLines),
            _ => None,
        }
    }
}

/// What is known of a file beforehand; the rest is recognised.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Given {
    pub format: Option<Format>,
    /// The name of an encoding on the web.
    pub encoding: Option<String>,
    /// One sign, or `tab`.
    pub delimiter: Option<String>,
    /// One sign.
    pub quote: Option<String>,
    pub sheet: Option<String>,
}

/// What a file turned out to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recognised {
    pub format: Format,
    /// The encoding's name, for a text.
    pub encoding: Option<&'static str>,
    pub delimiter: Option<char>,
    pub quote: Option<char>,
    /// The sheet that was read, of a spreadsheet.
    pub sheet: Option<String>,
    /// All its sheets.
    pub sheets: Vec<String>,
}

impl Recognised {
    pub(crate) fn text(format: Format, encoding: &'static str) -> Self {
        Self {
            format,
            encoding: Some(encoding),
            delimiter: None,
            quote: None,
            sheet: None,
            sheets: Vec::new(),
        }
    }
}
