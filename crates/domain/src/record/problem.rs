//! What is wrong with an input: which field, which rule, and what to do about it.

use serde::{Deserialize, Serialize};

/// One refusal by a rule. `field` is the machine name (`customer_contact[<id>].email` for a child's field,
/// empty for the record as a whole); `rule` is stable for programs; `message` is for people.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{}{message}", before(field))]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Problem {
    pub field: String,
    pub rule: String,
    pub message: String,
}

/// The field before what is said of it; of the record as a whole it is said alone.
fn before(field: &str) -> String {
    if field.is_empty() { String::new() } else { format!("{field}: ") }
}

impl Problem {
    pub fn new(field: impl Into<String>, rule: &str, message: impl Into<String>) -> Self {
        Self { field: field.into(), rule: rule.to_owned(), message: message.into() }
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
