//! The hub's configuration: read from the environment once, judged as a whole, then passed on as values.
//! One file for each concern. No default here hides a choice that an operator has to make in production.

mod backup;
mod database;
mod environment;
mod limits;
mod listen;
mod redis;
mod secret;

pub use backup::BackupConfig;
pub use database::{DatabaseConfig, SslMode};
pub use environment::{ConfigError, Environment, Problem, Stage};
pub use limits::LimitsConfig;
pub use listen::ListenConfig;
pub use redis::RedisConfig;
pub use secret::SecretKey;

/// Everything the hub was told at start.
#[derive(Debug)]
pub struct Config {
    pub stage: Stage,
    pub database: DatabaseConfig,
    pub listen: ListenConfig,
    pub limits: LimitsConfig,
    pub secret: SecretKey,
    /// Without it, tenants are not backed up from here.
    pub backup: Option<BackupConfig>,
    /// Without it, each hub finds in the databases what the others did.
    pub redis: Option<RedisConfig>,
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
        let secret = SecretKey::read(environment);
        let backup = BackupConfig::read(environment);
        let redis = RedisConfig::read(environment, stage);
        let log = environment.text("DAYBOOK_LOG").unwrap_or_else(|| "info".to_owned());
        if let Err(error) = tracing_subscriber::EnvFilter::try_new(&log) {
            environment
                .wrong("DAYBOOK_LOG", format!("is no log filter ({error}); for instance info"));
        }
        environment.finish()?;
        // `finish` has just failed if any of these is absent: each reader reports what it does not return.
        match (database, listen, limits, secret, backup, redis) {
            (
                Some(database),
                Some(listen),
                Some(limits),
                Some(secret),
                Some(backup),
                Some(redis),
            ) => Ok(Self { stage, database, listen, limits, secret, backup, redis, log }),
            _ => Err(ConfigError::unexplained()),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_wrong_or_missing_variable_is_named_at_once() {
        let mut environment = Environment::of([
            ("DAYBOOK_ENV", "staging"),
            ("DAYBOOK_LISTEN", "here"),
            ("DAYBOOK_DB_SSL_MODE", "prefer"),
            ("DAYBOOK_DB_MAX_CONNECTIONS", "none"),
            ("DAYBOOK_SECRET_KEY_FILE", "/nowhere/at/all"),
        ]);
        let problems = Config::from_environment(&mut environment).unwrap_err().problems;
        let named: BTreeSet<&str> = problems.iter().map(|problem| problem.variable).collect();
        let expected = [
            "DAYBOOK_CONTROL_DATABASE_URL",
            "DAYBOOK_DB_MAX_CONNECTIONS",
            "DAYBOOK_DB_SSL_MODE",
            "DAYBOOK_ENV",
            "DAYBOOK_LISTEN",
            "DAYBOOK_PUBLIC_URL",
            "DAYBOOK_SECRET_KEY_FILE",
        ];
        assert_eq!(named, BTreeSet::from(expected));
    }

    #[test]
    fn backups_go_to_a_folder_that_is_there_or_nowhere() {
        let read = |url: &str| {
            let mut environment = Environment::of([("DAYBOOK_BACKUP_URL", url)]);
            BackupConfig::read(&mut environment).map(|set| set.map(|set| set.folder))
        };
        assert_eq!(read(""), Some(None));
        assert_eq!(read("file:///"), Some(Some("/".into())));
        for wrong in
            ["/var/backups", "file:///nowhere/at/all", "ftp://backup.example/", "file:there"]
        {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn production_takes_no_open_way_to_redis() {
        let read = |stage, url: &str| {
            let mut environment = Environment::of([("DAYBOOK_REDIS_URL", url)]);
            RedisConfig::read(&mut environment, stage).map(|set| set.is_some())
        };
        let addresses = [
            ("", Some(false), Some(false)),
            ("redis://hub:secret@redis.example:6379", Some(true), None),
            ("rediss://hub:secret@redis.example:6379", Some(true), Some(true)),
            ("unix:///run/redis/redis.sock", Some(true), Some(true)),
            // Whoever answers would be believed to be Redis.
            ("rediss://redis.example:6379/#insecure", None, None),
            ("redis.example:6379", None, None),
            ("http://redis.example", None, None),
        ];
        for (url, in_development, in_production) in addresses {
            assert_eq!(read(Stage::Development, url), in_development, "{url}");
            assert_eq!(read(Stage::Production, url), in_production, "{url}");
        }
    }

    #[test]
    fn production_takes_no_open_way_to_postgres() {
        let problems = |mode: &str| {
            let mut environment = Environment::of([
                ("DAYBOOK_ENV", "production"),
                ("DAYBOOK_CONTROL_DATABASE_URL", "postgres://hub@db.example/control"),
                ("DAYBOOK_DB_SSL_MODE", mode),
            ]);
            Config::from_environment(&mut environment).unwrap_err().problems
        };
        let names_mode = |mode| problems(mode).iter().any(|p| p.variable == "DAYBOOK_DB_SSL_MODE");
        assert!(names_mode("disable"));
        assert!(!names_mode("require"));
        assert!(!names_mode("verify-full"));
    }

    #[test]
    fn the_example_lists_every_variable_that_the_hub_asks_for() {
        let mut environment = Environment::default();
        assert!(Config::from_environment(&mut environment).is_err());
        let read: BTreeSet<&str> = environment.variables_read().iter().copied().collect();
        let listed: BTreeSet<&str> = include_str!("../../../.env.example")
            .lines()
            .filter_map(|line| line.trim_start_matches('#').split_once('='))
            .map(|(name, _)| name)
            .filter(|name| name.starts_with("DAYBOOK_"))
            .collect();
        assert!(!read.is_empty() && read.is_subset(&listed), "{:?}", read.difference(&listed));
    }
}
