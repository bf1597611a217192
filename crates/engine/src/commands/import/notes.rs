//! What is said of a file beside its problems: what was read otherwise than it stands, or is odd but allowed.

use std::collections::BTreeMap;

use contract::ImportNote;

/// One thing that is said; `words` are what the message speaks of.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Remark {
    pub rule: &'static str,
    pub message: String,
    pub words: Vec<String>,
}

impl Remark {
    pub fn new<const N: usize>(rule: &'static str, message: String, words: [&str; N]) -> Self {
        Self { rule, message, words: words.map(str::to_owned).to_vec() }
    }

    /// As the report has it; `count` lines from `line` on are meant.
    pub fn told(self, line: u64, column: Option<String>, count: u32) -> ImportNote {
        let Self { rule, message, words } = self;
        ImportNote { line, column, rule: rule.to_owned(), message, words, count }
    }
}

/// Notes, one for each thing that is said.
#[derive(Default)]
pub struct Notes(BTreeMap<(Option<String>, Remark), (u64, u32)>);

impl Notes {
    pub fn add(&mut self, line: u64, column: Option<&str>, remark: Remark) {
        let (first, count) = self.0.entry((column.map(str::to_owned), remark)).or_insert((line, 0));
        *first = line.min(*first);
        *count += 1;
    }

    /// In the order of lines.
    pub fn into_list(self) -> Vec<ImportNote> {
        let told = self.0.into_iter();
        let mut notes: Vec<ImportNote> = told
            .map(|((column, remark), (line, count))| remark.told(line, column, count))
            .collect();
        notes.sort_by_key(|note| note.line);
        notes
    }
}
