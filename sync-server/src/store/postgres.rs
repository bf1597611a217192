//! How a connection to Postgres is made: address, encryption, patience. It knows no table.

use std::str::FromStr as _;
use std::time::Duration;

use backon::{ExponentialBuilder, Retryable as _};
use sqlx::postgres::{PgConnectOptions, PgSslMode};
use sqlx::{ConnectOptions as _, Connection as _};

use super::{Connection, StoreError};
use crate::config::{DatabaseConfig, SslMode};

/// Where a database is and how to log in to it. Holds a password, perhaps: never shown.
pub type Address = PgConnectOptions;

/// The options in a Postgres address, or nothing if it cannot be read or names no database.
pub fn parse_url(url: &str) -> Option<PgConnectOptions> {
    let options = PgConnectOptions::from_str(url).ok()?;
    options.get_database().is_some_and(|name| !name.is_empty()).then_some(options)
}

/// The options for the control database: address of the configuration, encryption as configured.
///
/// # Errors
/// The address cannot be read; the configuration has judged it before.
pub fn control_options(config: &DatabaseConfig) -> Result<PgConnectOptions, StoreError> {
    let Some(options) = parse_url(&config.control_url) else {
        let message = "the control database's address cannot be read".into();
        return Err(StoreError::Fault(sqlx::Error::Configuration(message)));
    };
    // A Unix socket never leaves the machine, and Postgres speaks no TLS on one.
    let on_socket = options.get_socket().is_some() || options.get_host().starts_with('/');
    let mode = match config.ssl_mode {
        _ if on_socket => PgSslMode::Disable,
        SslMode::Disable => PgSslMode::Disable,
        SslMode::Require => PgSslMode::Require,
        SslMode::VerifyCa => PgSslMode::VerifyCa,
        SslMode::VerifyFull => PgSslMode::VerifyFull,
    };
    let options = match &config.ssl_root_certificate {
        Some(path) => options.ssl_root_cert(path),
        None => options,
    };
    Ok(options
        .ssl_mode(mode)
        .application_name("daybook-server")
        // A slow statement is worth a line; the statements themselves are noise.
        .log_statements(tracing::log::LevelFilter::Off)
        .log_slow_statements(tracing::log::LevelFilter::Warn, Duration::from_secs(2)))
}

/// Opens one connection. Tries again for about three seconds while Postgres is not to be had.
///
/// # Errors
/// [`StoreError::Unavailable`] if it stays away, [`StoreError::Fault`] if it refuses the login.
pub async fn connect(options: &PgConnectOptions) -> Result<Connection, StoreError> {
    let attempt = || async { Connection::connect_with(options).await.map_err(StoreError::from) };
    attempt.retry(back_off()).when(StoreError::is_transient).await
}

/// Short waits that double and are jittered, so that hubs do not come back in step.
pub fn back_off() -> ExponentialBuilder {
    ExponentialBuilder::default()
        .with_min_delay(Duration::from_millis(50))
        .with_max_delay(Duration::from_secs(1))
        .with_max_times(6)
        .with_jitter()
}

/// A name as SQL text takes it: in double quotes, with those inside doubled.
pub fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_cannot_become_a_statement() {
        assert_eq!(quoted("erp_tenant_0a"), "\"erp_tenant_0a\"");
        assert_eq!(quoted("a\"; DROP DATABASE b"), "\"a\"\"; DROP DATABASE b\"");
    }

    #[test]
    fn an_address_without_a_database_is_no_address() {
        assert!(parse_url("postgres://me@%2Fvar%2Frun/control").is_some());
        assert!(parse_url("postgres://me@localhost").is_none());
        assert!(parse_url("postgres://").is_none());
    }
}
