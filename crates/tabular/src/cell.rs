//! What a table holds once it is read: texts as they stand, and what XLSX and JSON say of a type.

use chrono::{NaiveDate, NaiveDateTime};

use crate::Recognised;

/// One cell. A CSV has texts alone.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Cell {
    #[default]
    Empty,
    Text(String),
    /// A number with a point before its decimals, exactly as many as the file shows.
    Number(String),
    Flag(bool),
    Date(NaiveDate),
    /// A day with a time, of no time zone.
    Time(NaiveDateTime),
    List(Vec<String>),
}

impl Cell {
    /// A text as a file holds it; nothing but white space is an empty cell.
    pub fn text(text: &str) -> Self {
        if text.trim().is_empty() { Self::Empty } else { Self::Text(text.to_owned()) }
    }

    pub fn is_empty(&self) -> bool {
        matches!(self, Self::Empty)
    }
}

/// One row with as many cells as the table has columns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Where it begins in the file, counted from 1.
    pub line: u64,
    pub cells: Vec<Cell>,
}

/// A row that is no row of its table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowFault {
    pub line: u64,
    pub message: String,
}

/// A file that was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    pub recognised: Recognised,
    /// The names in the header, in the file's order; in JSON the path to a value, with dots.
    pub columns: Vec<String>,
    pub rows: Vec<Row>,
    /// Rows that could not be read; they are not among `rows`.
    pub faults: Vec<RowFault>,
}
