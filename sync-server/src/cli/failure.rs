//! How a command that failed ends: one message on standard error, with `--json` one document on standard output,
//! and an exit code.

use std::process::ExitCode;

use clap::error::{ContextKind, ContextValue};
use serde::Serialize;

use super::output;
use crate::audit::verify::VerifyError;
use crate::auth::password::{HashError, PasswordRefusal};
use crate::config::ConfigError;
use crate::courier::ExchangeError;
use crate::http::serve::ServeError;
use crate::hub::StartError;
use crate::people::PeopleError;
use crate::store::StoreError;
use crate::store::pool::PoolError;
use crate::sync::push::PushError;
use crate::tenant::backup::BackupError;
use crate::tenant::create::CreateError;
use crate::tenant::first_records::FirstRecordsError;
use crate::tenant::manage::ManageError;
use crate::tenant::sample::SampleError;
use crate::tenant::typist::TypistError;

/// Why a command did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    #[error(transparent)]
    Config(#[from] ConfigError),
    #[error(transparent)]
    Start(#[from] StartError),
    #[error(transparent)]
    Serve(#[from] ServeError),
    #[error(transparent)]
    Create(#[from] CreateError),
    #[error(transparent)]
    Backup(#[from] BackupError),
    #[error(transparent)]
    Exchange(#[from] ExchangeError),
    #[error(transparent)]
    Manage(#[from] ManageError),
    #[error(transparent)]
    People(#[from] PeopleError),
    #[error(transparent)]
    Verify(#[from] VerifyError),
    #[error(transparent)]
    Sample(#[from] SampleError),
    #[error(transparent)]
    Password(#[from] PasswordRefusal),
    #[error(transparent)]
    Hash(#[from] HashError),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Pool(#[from] PoolError),
    #[error("{0}")]
    Refused(String),
    /// What was found stands on standard output already.
    #[error("{0}")]
    Found(String),
    #[error("the result cannot be written: {0}")]
    Json(#[from] serde_json::Error),
    #[error("{0}")]
    Io(#[from] std::io::Error),
}

impl Failure {
    /// 78: the configuration is wrong (`EX_CONFIG` of sysexits.h). 5: a rule refused it. 6: a database is away.
    /// 1: anything else.
    fn code(&self) -> u8 {
        match self {
            Self::Config(_) => 78,
            Self::Create(CreateError::Pool(error)) => pool_code(error),
            Self::Create(CreateError::FirstRecords(error)) => match error {
                FirstRecordsError::Data(_) => 1,
                FirstRecordsError::Typist(error) => typist_code(error),
                FirstRecordsError::Store(error) => store_code(error),
            },
            Self::Backup(error) => backup_code(error),
            Self::Exchange(error) if error.is_refusal() => 5,
            Self::Exchange(ExchangeError::Pool(error)) => pool_code(error),
            Self::Exchange(_) => 1,
            Self::Manage(ManageError::Store(error)) => store_code(error),
            Self::People(PeopleError::Pool(error)) => pool_code(error),
            Self::People(PeopleError::Tenant(ManageError::Store(error))) => store_code(error),
            Self::People(PeopleError::Json(_)) => 1,
            Self::Verify(VerifyError::Pool(error)) | Self::Sample(SampleError::Pool(error)) => {
                pool_code(error)
            }
            Self::Sample(SampleError::Tenant(ManageError::Store(error))) => store_code(error),
            Self::Sample(SampleError::Line(_)) => 1,
            Self::Sample(SampleError::Typist(error)) => typist_code(error),
            Self::Verify(VerifyError::Tenant(ManageError::Store(error))) => store_code(error),
            Self::Create(_)
            | Self::Manage(_)
            | Self::People(_)
            | Self::Verify(_)
            | Self::Sample(_)
            | Self::Password(_)
            | Self::Refused(_)
            | Self::Found(_) => 5,
            Self::Start(StartError::Store(error)) | Self::Store(error) => store_code(error),
            Self::Pool(error) => pool_code(error),
            Self::Start(_) | Self::Serve(_) | Self::Hash(_) | Self::Json(_) | Self::Io(_) => 1,
        }
    }

    /// Tells the person and gives the exit code.
    pub(super) fn tell(&self, json: bool) -> ExitCode {
        let mut told = self.told();
        eprintln!("daybook-server: {told}");
        let mut cause = std::error::Error::source(self);
        // The operator runs this command: the database's own words help, and reach no one else.
        while let Some(error) = cause {
            let words = output::visible(&error.to_string());
            // Many a message ends with its cause.
            if !told.contains(&words) {
                eprintln!("  because: {words}");
                told = format!("{told}: {words}");
            }
            cause = error.source();
        }
        if json && !matches!(self, Self::Found(_)) {
            let errors = self.field().into_iter().collect();
            document(&Document { code: name(self.code()), message: &told, errors });
        }
        ExitCode::from(self.code())
    }

    /// The message, safe for a terminal. The problems of a configuration stand on a line each: their words are the
    /// program's own, so that a line of them is no forged one.
    fn told(&self) -> String {
        match self {
            Self::Config(error) => {
                let lines = error.to_string();
                lines.lines().map(output::visible).collect::<Vec<_>>().join("\n")
            }
            other => output::visible(&other.to_string()),
        }
    }

    /// The argument that is at fault, where there is one.
    fn field(&self) -> Option<FieldError> {
        let (field, message) = match self {
            Self::Create(CreateError::Field { field, message })
            | Self::People(PeopleError::Field { field, message }) => (*field, message.clone()),
            Self::Create(CreateError::Slug(error)) => ("slug", error.to_string()),
            _ => {
                // The other refusals name it ahead of a colon.
                let told = self.to_string();
                let (field, message) = told.split_once(": ")?;
                let field = FIELDS.iter().find(|known| **known == field)?;
                (*field, message.to_owned())
            }
        };
        Some(FieldError { field: field.to_owned(), message: output::visible(&message) })
    }
}

/// The arguments that messages name.
const FIELDS: &[&str] = &["slug", "email", "role", "name", "company", "branch", "department"];

/// A failure, for programs.
#[derive(Serialize)]
struct Document<'a> {
    /// `usage`, `configuration`, `refused`, `unavailable` or `failed`.
    code: &'static str,
    message: &'a str,
    errors: Vec<FieldError>,
}

#[derive(Serialize)]
struct FieldError {
    field: String,
    message: String,
}

/// The exit codes by name.
fn name(code: u8) -> &'static str {
    match code {
        2 => "usage",
        5 => "refused",
        6 => "unavailable",
        78 => "configuration",
        _ => "failed",
    }
}

fn document(document: &Document<'_>) {
    // Where standard output is gone too, the exit code still says it.
    let _ = output::json(document);
}

/// Tells that the arguments were not understood, or what was asked of them: help, the version.
pub(super) fn usage(error: &clap::Error, json: bool) -> ExitCode {
    if json && error.use_stderr() {
        let told = error.render().to_string();
        let errors = match error.get(ContextKind::InvalidArg) {
            Some(ContextValue::String(argument)) => vec![argument.clone()],
            Some(ContextValue::Strings(arguments)) => arguments.clone(),
            _ => Vec::new(),
        };
        let message = told.lines().next().unwrap_or_default();
        let message = message.strip_prefix("error: ").unwrap_or(message);
        let error = |field| FieldError { field, message: message.to_owned() };
        let errors = errors.into_iter().map(error).collect();
        document(&Document { code: name(2), message: told.trim_end(), errors });
    }
    let _ = error.print(); // to whom it cannot be printed, the exit code still says it
    ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2))
}

fn pool_code(error: &PoolError) -> u8 {
    match error {
        PoolError::Busy => 6,
        PoolError::Store(error) => store_code(error),
    }
}

fn backup_code(error: &BackupError) -> u8 {
    match error {
        BackupError::Pool(error) => pool_code(error),
        BackupError::Tenant(ManageError::Store(error)) => store_code(error),
        BackupError::NotConfigured => 78,
        BackupError::Place(_) | BackupError::Packing(_) | BackupError::Json(_) => 1,
        _ => 5,
    }
}

fn typist_code(error: &TypistError) -> u8 {
    match error {
        TypistError::Refused(_) => 5,
        TypistError::Store(error) | TypistError::Push(PushError::Store(error)) => store_code(error),
        TypistError::Role(_) | TypistError::Wire(_) | TypistError::Push(_) => 1,
    }
}

fn store_code(error: &StoreError) -> u8 {
    match error {
        StoreError::Unavailable(_) | StoreError::Contention(_) => 6,
        StoreError::Taken(_) | StoreError::NeedsOperator(_) => 5,
        StoreError::Fault(_) | StoreError::Migration(_) | StoreError::Damaged(_) => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Problem;

    #[test]
    fn each_problem_of_a_configuration_stands_on_a_line_of_its_own() {
        let problem = |variable| Problem { variable, message: "is missing\u{1b}".to_owned() };
        let problems = vec![problem("DAYBOOK_ENV"), problem("DAYBOOK_SECRET_KEY_FILE")];
        let told = Failure::Config(ConfigError { problems }).told();
        let lines: Vec<&str> = told.lines().collect();
        assert_eq!(lines.len(), 4, "{told}");
        assert_eq!(lines[2], "  DAYBOOK_SECRET_KEY_FILE is missing\\u{1b}");
        // What others wrote is kept on one line: it could pass for words of this program.
        let refused = Failure::Refused("email: a\nhub: done".to_owned()).told();
        assert_eq!(refused, "email: a\\nhub: done");
    }
}
