//! Files brought in: what is asked, what was recognised, and what came, or would come, of each row.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use ts_rs::TS;
use uuid::Uuid;

use crate::FileFormat;

/// Which sign stands before the decimals of a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum DecimalSign {
    Point,
    Comma,
}

/// What is told of a file beforehand; the rest is recognised.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(default)]
pub struct ImportOptions {
    pub format: Option<FileFormat>,
    /// Its name on the web, like `utf-8` or `windows-1252`.
    pub encoding: Option<String>,
    /// One sign, or `tab`.
    pub delimiter: Option<String>,
    pub quote: Option<String>,
    pub sheet: Option<String>,
    pub decimal: Option<DecimalSign>,
    /// A pattern like `DD.MM.YYYY`.
    pub dates: Option<String>,
    /// Where a column goes, by its name in the header: the path of a field (`city`, `contact.1.name`,
    /// `extra.NAME`, `external_ids.SYSTEM`), `not` and a flag, `id`, `external_id`, or `ignore`.
    pub mapping: BTreeMap<String, String>,
    /// Values for each record, by field, that the file itself does not have.
    pub set: BTreeMap<String, String>,
    /// The system whose ids `external_id` holds; references are looked for among them too.
    pub system: Option<String>,
    /// An empty cell empties the field; otherwise it leaves it as it is.
    pub clear_empty: bool,
    /// The text field for values that their own fields do not take, each as a line `COLUMN: VALUE`; otherwise
    /// such a row is refused.
    pub refused_to: Option<String>,
    /// Write nothing where any row is refused.
    pub all_or_nothing: bool,
}

#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ImportRequest {
    pub entity: String,
    /// The path of the file; its name alone where the content comes with it.
    pub file: String,
    /// What was chosen in a window, in base 64.
    #[serde(default)]
    #[ts(optional = nullable)]
    pub content: Option<String>,
    #[serde(default)]
    pub options: ImportOptions,
}

// What a file holds must not reach a log.
impl std::fmt::Debug for ImportRequest {
    fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        f.debug_struct("ImportRequest").field("entity", &self.entity).finish_non_exhaustive()
    }
}

/// What the file turned out to be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ImportForm {
    pub format: FileFormat,
    pub encoding: Option<String>,
    pub delimiter: Option<String>,
    pub quote: Option<String>,
    pub sheet: Option<String>,
    pub sheets: Vec<String>,
    pub decimal: DecimalSign,
    pub dates: String,
}

/// Why a column goes where it goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum MappedBy {
    /// The person said so.
    Given,
    /// They said so before, for a file with this header.
    Remembered,
    Name,
    Label,
    /// A name in daily use, from the table of them.
    Alias,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ImportColumn {
    pub column: String,
    /// In the words of `mapping`; absent where nobody said.
    pub target: Option<String>,
    pub by: Option<MappedBy>,
    /// The first few values, to tell what it holds.
    pub samples: Vec<String>,
}

/// What is wrong with one cell, row or column, and what to do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ImportProblem {
    #[ts(type = "number")]
    pub line: u64,
    /// The name in the header; absent where the row as a whole is meant, or a field that the file has not.
    pub column: Option<String>,
    /// What stands in the cell; absent where it is empty or the row as a whole is meant.
    pub value: Option<String>,
    /// The path of the field.
    pub field: String,
    pub rule: String,
    pub message: String,
}

/// What was read otherwise than it stands, or is odd but allowed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ImportNote {
    /// The first such line.
    #[ts(type = "number")]
    pub line: u64,
    pub column: Option<String>,
    pub rule: String,
    pub message: String,
    /// What the message speaks of: the text of the file, then what it was read as, the record that is like it, or
    /// the field that keeps it and the rule that refused it. Of a record that may be there already: its title, the
    /// fields that agree, its key, and its id where it can be opened.
    pub words: Vec<String>,
    /// How many lines it is about.
    pub count: u32,
}

/// Records, not lines: a record may take several.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ImportCounts {
    pub new: u32,
    pub changed: u32,
    pub unchanged: u32,
    pub refused: u32,
}

/// What came of an import, or would come of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ImportReport {
    pub entity: String,
    pub dry_run: bool,
    pub form: ImportForm,
    pub columns: Vec<ImportColumn>,
    pub counts: ImportCounts,
    /// Of the new and changed records, those of which a value (the bank account of a supplier) takes effect only
    /// when a second person has approved it.
    pub awaiting_approval: u32,
    /// In the order of lines.
    pub problems: Vec<ImportProblem>,
    pub notes: Vec<ImportNote>,
    /// The batch that can be undone; absent where nothing was written.
    pub batch: Option<Uuid>,
    /// It was stopped; what is counted as new or changed was written before.
    pub cancelled: bool,
}

/// Tells how far an import is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ImportProgress {
    pub stage: ImportStage,
    pub done: u32,
    pub total: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ImportStage {
    Reading,
    Checking,
    Writing,
    Undoing,
}

/// An import of this device that may be undone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ImportBatch {
    pub id: Uuid,
    pub entity: String,
    /// The file's name, without its folder.
    pub file: String,
    pub at: String,
    pub new: u32,
    pub changed: u32,
    pub undone: bool,
}

/// What came of undoing a batch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ImportUndone {
    /// Records that the import had made, and that are deleted.
    pub retired: u32,
    /// Records that hold again what they held before.
    pub restored: u32,
    /// Proposals of the import that nobody had decided: they wait for no approval any more.
    pub withdrawn: u32,
    /// Proposals in whose place those had come: each is proposed anew and waits again.
    pub proposed_anew: u32,
    /// Records that were left as they are, and why.
    pub left: Vec<ImportLeft>,
    /// It was stopped: the rest of the batch still stands and can be undone later.
    pub cancelled: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ImportLeft {
    pub id: Uuid,
    pub title: String,
    pub rule: String,
    pub message: String,
}
