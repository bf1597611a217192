//! Lists taken out as files: what is asked and what was written.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{DecimalSign, Filter};

/// The forms in which tables come and go.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum FileFormat {
    Csv,
    Xlsx,
    Jsonl,
}

/// All records of an entity that the person sees, or those that a list is narrowed to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ExportRequest {
    pub entity: String,
    /// The path of the file; one that is there is replaced once the new one is whole.
    pub file: String,
    /// By the file's name where it is absent.
    pub format: Option<FileFormat>,
    #[serde(default)]
    pub filters: Vec<Filter>,
    #[serde(default)]
    pub search: Option<String>,
    /// As in a list.
    #[serde(default)]
    pub sort: Option<String>,
    /// Only these fields, in this order; otherwise all that the person may read, with the ids and child rows.
    #[serde(default)]
    pub columns: Option<Vec<String>>,
    /// Deleted records as well, each with the time in `retired_at`.
    #[serde(default)]
    pub retired: bool,
    /// The sign before the decimals in a CSV, a point where it is absent. A comma brings semicolons between the
    /// cells: so Excel reads it where people write numbers like this, and so an import recognises it.
    #[serde(default)]
    #[ts(optional = nullable)]
    pub decimal: Option<DecimalSign>,
    /// In which language a workbook speaks, English where it is absent: what its sheet and its columns are called.
    /// An import reads them in each. A CSV and JSON lines are read by programs and have the fields' own names.
    #[serde(default)]
    #[ts(optional = nullable)]
    pub language: Option<Language>,
}

/// The languages that Daybook speaks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Language {
    #[default]
    En,
    De,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Exported {
    pub entity: String,
    pub file: String,
    pub format: FileFormat,
    pub records: u32,
    /// The columns of the file; in jsonl the fields and child rows that any record has.
    pub columns: Vec<String>,
}
