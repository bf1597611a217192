//! The hub's configuration: read from the environment once, judged as a whole, then passed on as values.
//! One file for each concern. No default here hides a choice that an operator has to make in production.

mod database;
mod environment;
mod listen;
mod limits;
mod mail;
mod secret;

pub use database::{DatabaseConfig, SslMode};
pub use environment::{ConfigError, Environment, Problem, Stage};
pub use limits::LimitsConfig;
pub use listen::ListenConfig;
pub use mail::MailConfig;
pub use secret::SecretKey;

/// Everything the hub was told at start.
#[derive(Debug)]
pub struct Config {
    pub stage: Stage,
    pub database: DatabaseConfig,
    pub listen: ListenConfig,
    pub limits: LimitsConfig,
    pub mail: MailConfig,
    pub secret: SecretKey,
    /// A `tracing` filter, for instance `info,daybook_server=debug`.
    pub log: String,
}

impl Config {
    /// Reads and judges the whole environment.
    ///
    /// # Errors
    /// One error that names every wrong or missing variable with what to do about it.
    pub fn from_environment(environment: &mut Environment) -> Result<Self, ConfigError> {
        let stage = environment.stage();
        let database = DatabaseConfig::read(environment, stage);
        let listen = ListenConfig::read(environment, stage);
        let limits = LimitsConfig::read(environment);
        let mail = MailConfig::read(environment);
        let secret = SecretKey::read(environment);
        let log = environment.text("DAYBOOK_LOG").unwrap_or_else(|| "info".to_owned());
        if let Err(error) = tracing_subscriber::EnvFilter::try_new(&log) {
            environment.wrong("DAYBOOK_LOG", format!("is no log filter ({error}); for instance info"));
        }
        environment.finish()?;
        // `finish` has just failed if any of these is absent: each reader reports what it does not return.
        match (stage, database, listen, limits, mail, secret) {
            (stage, Some(database), Some(listen), Some(limits), Some(mail), Some(secret)) => {
                Ok(Self { stage, database, listen, limits, mail, secret, log })
            }
            _ => Err(ConfigError::unexplained()),
        }
    }
}
