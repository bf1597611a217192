//! The words about files: attached to a record, brought in, written out.

use clap::{Args, Subcommand};

#[derive(Debug, Args)]
pub struct Attach {
    pub entity: String,
    /// Its id, or its key or code.
    pub record: String,
    pub file: String,
    /// What to call it; as it is called on the disk otherwise.
    #[arg(long)]
    pub name: Option<String>,
    /// The field that names it; `attachments` otherwise.
    #[arg(long)]
    pub field: Option<String>,
}

#[derive(Debug, Subcommand)]
pub enum Attachment {
    /// Write the file to a path, or into a folder; nothing is written over.
    Save {
        entity: String,
        /// Its id, or its key or code.
        record: String,
        /// Its name, or the beginning of its SHA-256.
        file: String,
        #[arg(long, default_value = ".")]
        to: String,
    },
    /// Take the file away from the record.
    Remove {
        entity: String,
        /// Its id, or its key or code.
        record: String,
        /// Its name, or the beginning of its SHA-256.
        file: String,
    },
}

#[derive(Debug, Args)]
pub struct Import {
    pub entity: String,
    pub file: String,
    /// Say what would come of it, by line and column; write nothing.
    #[arg(long)]
    pub dry_run: bool,
    /// The form of the file; by its name otherwise.
    #[arg(long, value_parser = ["csv", "xlsx", "jsonl"])]
    pub format: Option<String>,
    /// Of a text, like utf-8 or windows-1252; recognised otherwise.
    #[arg(long)]
    pub encoding: Option<String>,
    /// Between the cells of a CSV: one sign, or tab; recognised otherwise.
    #[arg(long)]
    pub delimiter: Option<String>,
    /// Around the cells of a CSV; recognised otherwise.
    #[arg(long)]
    pub quote: Option<String>,
    /// The sheet of an XLSX; the first otherwise.
    #[arg(long)]
    pub sheet: Option<String>,
    /// Before the decimals of a number; recognised otherwise.
    #[arg(long, value_parser = ["point", "comma"])]
    pub decimal: Option<String>,
    /// The pattern of dates, like DD.MM.YYYY; recognised otherwise.
    #[arg(long)]
    pub dates: Option<String>,
    /// Where a column goes: a field, contact.1.name, extra.NAME, external_ids.SYSTEM, "not active", name#1 and
    /// name#2 for parts of a text, or ignore; may be given several times, and is remembered for this header.
    #[arg(long = "map", value_name = "COLUMN=FIELD")]
    pub mapping: Vec<String>,
    /// A value for every record that the file does not have; may be given several times.
    #[arg(long = "set", value_name = "FIELD=VALUE")]
    pub set: Vec<String>,
    /// The system whose ids the file has: its key column is taken for them.
    #[arg(long, value_name = "NAME")]
    pub system: Option<String>,
    /// An empty cell empties the field; otherwise it leaves it as it is.
    #[arg(long)]
    pub clear_empty: bool,
    /// Where values go that their own fields do not take, each as a line COLUMN: VALUE (notes, for example);
    /// otherwise such a row is refused.
    #[arg(long, value_name = "FIELD")]
    pub refused_to: Option<String>,
    /// Write nothing where any row is refused.
    #[arg(long)]
    pub all_or_nothing: bool,
}

#[derive(Debug, Subcommand)]
pub enum Imports {
    /// Every import of this device, newest first.
    List,
    /// Take one back: what nobody has changed since is deleted or put back, the rest is named.
    Undo {
        id: String,
        /// Also where others refer to what would be deleted.
        #[arg(long)]
        yes: bool,
    },
}

#[derive(Debug, Args)]
pub struct Export {
    pub entity: String,
    /// The file; one that is there is replaced.
    #[arg(long, value_name = "FILE")]
    pub to: String,
    /// The form of the file; by its name otherwise.
    #[arg(long, value_parser = ["csv", "xlsx", "jsonl"])]
    pub format: Option<String>,
    /// Only records whose field has this value; may be given several times.
    #[arg(long = "where", value_name = "FIELD=VALUE")]
    pub filters: Vec<String>,
    /// Only records with these words, as prefixes.
    #[arg(long)]
    pub search: Option<String>,
    /// The order of the records, as in `list`.
    #[arg(long, value_name = "FIELD", allow_hyphen_values = true)]
    pub sort: Option<String>,
    /// Only this field; may be given several times, in the order wanted.
    #[arg(long = "column", value_name = "FIELD")]
    pub columns: Vec<String>,
    /// Deleted records as well, each with the time in the column retired_at.
    #[arg(long)]
    pub retired: bool,
    /// The sign before the decimals in a CSV. A comma brings semicolons between the cells: the form that Excel
    /// opens in Germany.
    #[arg(long, value_parser = ["point", "comma"])]
    pub decimal: Option<String>,
    /// What an XLSX calls its sheet and its columns in; a CSV has the fields' own names, as `fields` lists them.
    #[arg(long, value_parser = ["en", "de"], default_value = "en")]
    pub language: String,
}
