//! What is wrong with an input: which field, which rule, and what to do about it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// One refusal by a rule. `field` is the machine name (`customer_contact[<id>].email` for a child's field,
/// empty for the record as a whole); `rule` is stable for programs; `message` is for people, in English. Who says it
/// in another language has the rule, and in `params` by name what the sentence speaks of beside it: a record's name,
/// an instant in RFC 3339, a reason that somebody gave.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{}{message}", before(field))]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Problem {
    pub field: String,
    pub rule: String,
    pub message: String,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[cfg_attr(feature = "ts", ts(as = "Option<BTreeMap<String, String>>", optional))]
    pub params: BTreeMap<String, String>,
}

/// The field before what is said of it; of the record as a whole it is said alone.
fn before(field: &str) -> String {
    if field.is_empty() { String::new() } else { format!("{field}: ") }
}

impl Problem {
    pub fn new(field: impl Into<String>, rule: &str, message: impl Into<String>) -> Self {
        let (field, message) = (field.into(), message.into());
        Self { field, rule: rule.to_owned(), message, params: BTreeMap::new() }
    }

    /// The same with a parameter of its sentence.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<String>) -> Self {
        self.params.insert(name.to_owned(), value.into());
        self
    }
}

/// Every problem found, in field order: a person mends all at once.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problems(pub Vec<Problem>);

impl Problems {
    pub fn add(&mut self, field: impl Into<String>, rule: &str, message: impl Into<String>) {
        self.0.push(Problem::new(field, rule, message));
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// `Ok` where there is no problem.
    pub fn into_result(self) -> Result<(), Problems> {
        if self.is_empty() { Ok(()) } else { Err(self) }
    }
}

impl std::fmt::Display for Problems {
    fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        for (index, problem) in self.0.iter().enumerate() {
            if index > 0 {
                f.write_str("; ")?;
            }
            problem.fmt(f)?;
        }
        Ok(())
    }
}

impl std::error::Error for Problems {}
