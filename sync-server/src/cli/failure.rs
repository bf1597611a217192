//! How a command that failed ends: one message on standard error, and an exit code.

use std::process::ExitCode;

use crate::audit::verify::VerifyError;
use crate::auth::password::{HashError, PasswordRefusal};
use crate::config::ConfigError;
use crate::http::serve::ServeError;
use crate::hub::StartError;
use crate::people::PeopleError;
use crate::store::StoreError;
use crate::store::pool::PoolError;
use crate::sync::push::PushError;
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
            | Self::Sample(SampleError::Tenant(_) | SampleError::NoCompany)
            | Self::Password(_)
            | Self::Refused(_) => 5,
            Self::Start(StartError::Store(error)) | Self::Store(error) => store_code(error),
            Self::Pool(error) => pool_code(error),
            Self::Start(_) | Self::Serve(_) | Self::Hash(_) | Self::Json(_) | Self::Io(_) => 1,
        }
    }

    /// Tells the person and gives the exit code.
    pub(super) fn tell(&self) -> ExitCode {
        eprintln!("daybook-server: {self}");
        let mut cause = std::error::Error::source(self);
        // The operator runs this command: the database's own words help, and reach no one else.
        while let Some(error) = cause {
            eprintln!("  because: {error}");
            cause = error.source();
        }
        ExitCode::from(self.code())
    }
}

fn pool_code(error: &PoolError) -> u8 {
    match error {
        PoolError::Busy => 6,
        PoolError::Store(error) => store_code(error),
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
