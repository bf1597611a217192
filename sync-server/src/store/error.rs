//! What can go wrong with Postgres, sorted by what the caller can do about it. The SQL text and the server's
//! message stay inside: they go to the log, never into a reply.

/// A fault or a refusal of the database.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Postgres cannot be reached, is starting or shutting down, or has no connection left. Try again later.
    #[error("the database cannot be reached")]
    Unavailable(#[source] sqlx::Error),
    /// The statement ran into a time-out or lost against another transaction. Try the transaction again.
    #[error("the database was too busy for this transaction")]
    Contention(#[source] sqlx::Error),
    /// A uniqueness rule stands against it; holds the constraint's name.
    #[error("the value is taken ({0})")]
    Taken(String),
    /// The hub's own fault, or a damaged database.
    #[error("the database refused a statement of the hub")]
    Fault(#[source] sqlx::Error),
    /// The migrations in this program and those in the database do not fit together.
    #[error("the database's schema does not fit this program: {0}")]
    Migration(#[source] sqlx::migrate::MigrateError),
    /// The control login lacks a right on the cluster; says what an operator must do.
    #[error("{0}")]
    NeedsOperator(String),
    /// Something stored cannot be read back: JSON of another version, a key that does not open it.
    #[error("stored data cannot be read: {0}")]
    Damaged(String),
}

impl StoreError {
    /// Whether the same call may succeed if it is made again shortly.
    pub fn is_transient(&self) -> bool {
        matches!(self, Self::Unavailable(_) | Self::Contention(_))
    }

    /// Whether the database refused what was to be written (class 22, data exception, 23, integrity
    /// constraint, or 54, beyond a limit): the data is at fault and the transaction's other work is not.
    pub fn refuses_data(&self) -> bool {
        let code = match self {
            Self::Taken(_) => return true,
            Self::Fault(sqlx::Error::Database(refusal)) => refusal.code(),
            _ => return false,
        };
        code.is_some_and(|code| ["22", "23", "54"].iter().any(|class| code.starts_with(class)))
    }
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        use sqlx::Error;
        let Error::Database(refusal) = &error else {
            return match error {
                Error::Io(_) | Error::Tls(_) | Error::PoolTimedOut | Error::PoolClosed => {
                    Self::Unavailable(error)
                }
                _ => Self::Fault(error),
            };
        };
        if refusal.is_unique_violation() {
            return Self::Taken(refusal.constraint().unwrap_or("unnamed").to_owned());
        }
        // https://www.postgresql.org/docs/current/errcodes-appendix.html
        match refusal.code().as_deref() {
            // 08 connection, 53 out of connections, memory or disk, 57P admin shutdown and start-up
            Some(code)
                if code.starts_with("08") || code.starts_with("53") || code.starts_with("57P") =>
            {
                Self::Unavailable(error)
            }
            // serialization failure, deadlock, lock not available, statement time-out
            Some("40001" | "40P01" | "55P03" | "57014") => Self::Contention(error),
            _ => Self::Fault(error),
        }
    }
}

impl From<sqlx::migrate::MigrateError> for StoreError {
    fn from(error: sqlx::migrate::MigrateError) -> Self {
        match error {
            sqlx::migrate::MigrateError::Execute(error) => error.into(),
            other => Self::Migration(other),
        }
    }
}
