//! Why a file is no table. What is wrong with one row is said in the table.

/// A file that cannot be read or written as a whole, and what to do about it.
#[derive(Debug, thiserror::Error)]
pub enum TableError {
    #[error("the file cannot be read or written: {0}")]
    File(#[from] std::io::Error),
    #[error("the form of the file is not known from its name; say csv, xlsx or jsonl")]
    UnknownFormat,
    #[error("no encoding is called {0}; give its name on the web, like utf-8 or windows-1252")]
    UnknownEncoding(String),
    #[error(
        "the file is not written in {encoding}: line {line} holds bytes that it does not have; name another encoding"
    )]
    Undecodable { encoding: &'static str, line: u64 },
    #[error("{0} cannot part cells; give one sign like a comma, a semicolon, a tab or a bar")]
    BadDelimiter(String),
    #[error("the file is empty; its first row must name the columns")]
    NoHeader,
    #[error("two columns are called {0}; rename one of them")]
    DoubleColumn(String),
    #[error("the file is no spreadsheet that can be read: {0}")]
    Spreadsheet(String),
    #[error("there is no sheet called {name}; there are: {known}")]
    UnknownSheet { name: String, known: String },
    #[error(
        "the file has more than {most} columns; leave out what is not wanted, or part it into several files"
    )]
    TooWide { most: usize },
    #[error("the file needs more than a gigabyte once it is open; part it into several files")]
    TooLarge,
    #[error("the table does not fit a spreadsheet: {0}; choose csv or jsonl")]
    DoesNotFit(String),
}

impl From<csv::Error> for TableError {
    fn from(error: csv::Error) -> Self {
        match error.into_kind() {
            csv::ErrorKind::Io(error) => Self::File(error),
            other => Self::File(std::io::Error::other(format!("{other:?}"))),
        }
    }
}
