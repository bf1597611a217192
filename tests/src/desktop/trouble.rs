//! Why a story could not go on, in words that help to mend it. Test runners print the debug form, so
//! that is the readable one.

use std::fmt;
use std::path::PathBuf;

use fantoccini::error::{CmdError, NewSessionError};

#[derive(thiserror::Error)]
pub enum Trouble {
    #[error("{program} is missing: {cure}")]
    Missing { program: String, cure: &'static str },
    #[error("{program} did not start: {source}")]
    Start { program: String, source: std::io::Error },
    #[error("{program} started, but {expected}")]
    Silent { program: &'static str, expected: &'static str },
    #[error("{path}: {source}")]
    File { path: PathBuf, source: std::io::Error },
    #[error("\"{0}\" is no key: write it like Control+K, Alt+C, F2 or Enter")]
    Key(String),
    #[error("no session with the app: {0}")]
    Session(#[from] NewSessionError),
    #[error("the app's WebDriver: {0}")]
    Driver(#[from] CmdError),
    #[error("the page answered {answer} to a question of the harness")]
    Answer { answer: String },
    /// What was wanted never came true.
    #[error("{wanted}\nThe screen shows:\n{outline}\nPicture: {picture}")]
    Unmet { wanted: String, outline: String, picture: String },
}

impl fmt::Debug for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
