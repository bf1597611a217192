//! The environment as a source of settings: reads variables, collects everything that is wrong with them,
//! and refuses once with the whole list. It knows no setting's meaning.

use std::collections::BTreeMap;
use std::fmt;

/// Where the hub runs. Production allows no shortcut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    Development,
    Production,
}

/// One variable and what is wrong with it. Never holds the value: it may be a secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    pub variable: &'static str,
    pub message: String,
}

/// Every problem of the environment, in one error.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct ConfigError {
    pub problems: Vec<Problem>,
}

impl ConfigError {
    pub(super) fn unexplained() -> Self {
        let message = "the configuration is incomplete, but no reader said why".to_owned();
        Self { problems: vec![Problem { variable: "DAYBOOK_ENV", message }] }
    }
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "the configuration has {} problem(s):", self.problems.len())?;
        for problem in &self.problems {
            writeln!(f, "  {} {}", problem.variable, problem.message)?;
        }
        write!(f, "The file .env.example lists every variable.")
    }
}

/// The variables, and the problems found so far.
#[derive(Debug, Default)]
pub struct Environment {
    variables: BTreeMap<String, String>,
    read: Vec<&'static str>,
    problems: Vec<Problem>,
}

impl Environment {
    /// The variables of this process that begin with `DAYBOOK_`.
    pub fn of_process() -> Self {
        let mut environment = Self::default();
        for (name, value) in std::env::vars_os() {
            let (Some(name), value) = (name.to_str(), value.to_string_lossy()) else { continue };
            if name.starts_with("DAYBOOK_") {
                environment.variables.insert(name.to_owned(), value.into_owned());
            }
        }
        environment
    }

    /// Variables given by a test.
    pub fn of<'a>(variables: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let own = |(name, value): (&str, &str)| (name.to_owned(), value.to_owned());
        let variables = variables.into_iter().map(own).collect();
        Self { variables, ..Self::default() }
    }

    /// The value of a variable. Set to nothing counts as not set.
    pub fn text(&mut self, variable: &'static str) -> Option<String> {
        self.read.push(variable);
        let value = self.variables.get(variable)?.trim();
        (!value.is_empty()).then(|| value.to_owned())
    }

    /// The value of a variable that must be set.
    pub fn required(&mut self, variable: &'static str, what: &str) -> Option<String> {
        let value = self.text(variable);
        if value.is_none() {
            self.wrong(variable, format!("is not set; it must hold {what}"));
        }
        value
    }

    /// A whole number within bounds, or the default.
    pub fn number(
        &mut self,
        variable: &'static str,
        default: u64,
        bounds: std::ops::RangeInclusive<u64>,
    ) -> Option<u64> {
        let Some(value) = self.text(variable) else { return Some(default) };
        match value.parse() {
            Ok(number) if bounds.contains(&number) => Some(number),
            _ => {
                let (low, high) = (bounds.start(), bounds.end());
                self.wrong(variable, format!("must be a whole number from {low} to {high}"));
                None
            }
        }
    }

    /// `DAYBOOK_ENV`. Anything but the two known words is reported and judged like production.
    pub fn stage(&mut self) -> Stage {
        match self.required("DAYBOOK_ENV", "`development` or `production`").as_deref() {
            Some("development") => Stage::Development,
            Some("production") | None => Stage::Production,
            Some(_) => {
                self.wrong("DAYBOOK_ENV", "must be `development` or `production`".to_owned());
                Stage::Production
            }
        }
    }

    /// Notes a problem; the message continues a sentence that begins with the variable's name.
    pub fn wrong(&mut self, variable: &'static str, message: String) {
        self.problems.push(Problem { variable, message });
    }

    /// # Errors
    /// All problems noted so far, if there is one. A `DAYBOOK_` variable that nobody reads is no problem: the
    /// desktop and the command line have variables of their own.
    pub fn finish(&mut self) -> Result<(), ConfigError> {
        match std::mem::take(&mut self.problems) {
            problems if problems.is_empty() => Ok(()),
            problems => Err(ConfigError { problems }),
        }
    }

    /// The variables that were asked for, in the order of asking.
    pub fn variables_read(&self) -> &[&'static str] {
        &self.read
    }
}
