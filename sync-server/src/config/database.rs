//! How the hub reaches Postgres: the control database, the encryption of the way there, and how many
//! connections it may hold in all. Names of tenants' databases and their passwords are not configuration.

use std::path::PathBuf;
use std::time::Duration;

use super::environment::{Environment, Stage};

/// How the way to Postgres is protected. A Unix socket never leaves the machine and takes none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SslMode {
    Disable,
    Require,
    VerifyCa,
    VerifyFull,
}

impl SslMode {
    const ALL: [(&'static str, SslMode); 4] = [
        ("disable", SslMode::Disable),
        ("require", SslMode::Require),
        ("verify-ca", SslMode::VerifyCa),
        ("verify-full", SslMode::VerifyFull),
    ];
}

#[derive(Clone)]
pub struct DatabaseConfig {
    /// Holds a password, perhaps: never shown.
    pub(crate) control_url: String,
    pub ssl_mode: SslMode,
    pub ssl_root_certificate: Option<PathBuf>,
    /// Connections to all tenants' databases together.
    pub max_connections: usize,
    /// Connections one tenant may hold at once, so that no tenant starves the others.
    pub max_connections_per_tenant: usize,
    /// Connections to the control database.
    pub max_control_connections: u32,
    /// A tenant's connection that nobody used for this long is closed.
    pub idle: Duration,
    /// A request waits this long for a connection, then is told to come back.
    pub wait: Duration,
}

impl std::fmt::Debug for DatabaseConfig {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("DatabaseConfig")
            .field("ssl_mode", &self.ssl_mode)
            .field("max_connections", &self.max_connections)
            .finish_non_exhaustive()
    }
}

impl DatabaseConfig {
    pub(super) fn read(environment: &mut Environment, stage: Stage) -> Option<Self> {
        let control_url = Self::control_url(environment);
        let ssl_mode = Self::ssl_mode(environment, stage);
        let ssl_root_certificate = Self::root_certificate(environment, ssl_mode);
        let max_connections = environment.number("DAYBOOK_DB_MAX_CONNECTIONS", 60, 2..=5_000);
        let per_tenant = environment.number("DAYBOOK_DB_MAX_CONNECTIONS_PER_TENANT", 16, 1..=1_000);
        let control = environment.number("DAYBOOK_DB_MAX_CONTROL_CONNECTIONS", 10, 2..=200);
        let idle = environment.number("DAYBOOK_DB_IDLE_SECONDS", 300, 1..=86_400);
        let wait = environment.number("DAYBOOK_DB_WAIT_SECONDS", 5, 1..=120);
        Some(Self {
            control_url: control_url?,
            ssl_mode: ssl_mode?,
            ssl_root_certificate: ssl_root_certificate?,
            max_connections: usize::try_from(max_connections?).ok()?,
            max_connections_per_tenant: usize::try_from(per_tenant?).ok()?,
            max_control_connections: u32::try_from(control?).ok()?,
            idle: Duration::from_secs(idle?),
            wait: Duration::from_secs(wait?),
        })
    }

    fn control_url(environment: &mut Environment) -> Option<String> {
        const NAME: &str = "DAYBOOK_CONTROL_DATABASE_URL";
        let form = "postgres://user:password@host/database, or \
                    postgres://user@%2Fpath%2Fto%2Fsocket/database for a socket folder";
        let url = environment.required(NAME, form)?;
        if !url.starts_with("postgres://") && !url.starts_with("postgresql://") {
            environment.wrong(NAME, format!("is no Postgres address; write {form}"));
            return None;
        }
        if url.contains("sslmode=") || url.contains("ssl-mode=") {
            let message = "must not choose the encryption itself; set DAYBOOK_DB_SSL_MODE";
            environment.wrong(NAME, message.to_owned());
            return None;
        }
        if crate::store::postgres::parse_url(&url).is_none() {
            environment.wrong(NAME, format!("cannot be read or names no database; write {form}"));
            return None;
        }
        Some(url)
    }

    fn ssl_mode(environment: &mut Environment, stage: Stage) -> Option<SslMode> {
        const NAME: &str = "DAYBOOK_DB_SSL_MODE";
        let names = "disable, require, verify-ca or verify-full";
        let Some(text) = environment.text(NAME) else {
            return Some(match stage {
                Stage::Development => SslMode::Disable,
                Stage::Production => SslMode::Require,
            });
        };
        let known = SslMode::ALL.iter().find(|(name, _)| *name == text).map(|(_, mode)| *mode);
        match (known, stage) {
            (None, _) => {
                environment.wrong(NAME, format!("must be {names}"));
                None
            }
            (Some(SslMode::Disable), Stage::Production) => {
                let message = "must be require, verify-ca or verify-full in production: \
                               the way to Postgres is encrypted there";
                environment.wrong(NAME, message.to_owned());
                None
            }
            (Some(mode), _) => Some(mode),
        }
    }

    fn root_certificate(
        environment: &mut Environment,
        mode: Option<SslMode>,
    ) -> Option<Option<PathBuf>> {
        const NAME: &str = "DAYBOOK_DB_SSL_ROOT_CERT";
        let Some(path) = environment.text(NAME).map(PathBuf::from) else { return Some(None) };
        if !path.is_file() {
            environment
                .wrong(NAME, "names no file; it must be a certificate in PEM form".to_owned());
            return None;
        }
        if !matches!(mode, Some(SslMode::VerifyCa | SslMode::VerifyFull)) {
            let message = "is only used with DAYBOOK_DB_SSL_MODE verify-ca or verify-full";
            environment.wrong(NAME, message.to_owned());
            return None;
        }
        Some(Some(path))
    }
}
