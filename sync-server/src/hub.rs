//! The running hub: configuration, databases, keys and memories, put together once and shared by requests and
//! commands. It serves nothing by itself.

use std::sync::Arc;

use quick_cache::sync::Cache;
use tokio::sync::{Semaphore, watch};

use crate::auth::access_token::Claims;
use crate::auth::password::{HashError, PasswordHasher};
use crate::auth::rights::RightsReader;
use crate::clock::Clock;
use crate::config::Config;
use crate::keys::Keys;
use crate::meter::Meter;
use crate::store::pool::Pools;
use crate::store::{Control, StoreError};
use crate::sync::greetings::Greetings;
use crate::sync::herald::Herald;
use crate::sync::news::Newsroom;
use crate::sync::segments::Segments;
use crate::tenant::directory::Directory;

/// Bodies that are read at one time before it is known whose they are.
const HAND_IN: usize = 4;
/// Tokens whose signature has been checked, by their hash.
const CHECKED_TOKENS: usize = 50_000;

/// Everything a request or a command needs.
pub struct Hub {
    pub config: Config,
    pub clock: Clock,
    pub keys: Arc<Keys>,
    pub control: Control,
    pub directory: Directory,
    pub rights: RightsReader,
    pub passwords: PasswordHasher,
    pub meter: Meter,
    /// Whom to tell that something changed.
    pub news: Newsroom,
    pub greetings: Greetings,
    pub segments: Segments,
    /// Who may have a body read that nobody has signed in for.
    pub hand_in: Arc<Semaphore>,
    /// Becomes true when the hub shuts down; open streams end then.
    pub closing: watch::Sender<bool>,
    pub(crate) checked_tokens: Cache<[u8; 32], Claims>,
}

/// The hub could not be put together.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Hash(#[from] HashError),
}

impl Hub {
    /// Connects to the control database, brings its schema up to date and derives the keys.
    ///
    /// # Errors
    /// See [`StartError`].
    pub async fn open(config: Config, clock: Clock) -> Result<Arc<Self>, StartError> {
        let keys = Arc::new(Keys::derive(&config.secret));
        let control = Control::open(&config.database).await?;
        let pools = Pools::new(&config.database);
        let directory = Directory::new(control.clone(), keys.clone(), pools);
        let rights = RightsReader::new(control.clone(), directory.clone());
        let passwords = PasswordHasher::new(config.limits.password_checks, config.database.wait)?;
        let news = Newsroom::new(config.redis.as_ref().map(Herald::new));
        let checked_tokens = Cache::new(CHECKED_TOKENS);
        Ok(Arc::new(Self {
            config,
            clock,
            keys,
            control,
            directory,
            rights,
            passwords,
            news,
            greetings: Greetings::default(),
            segments: Segments::default(),
            hand_in: Arc::new(Semaphore::new(HAND_IN)),
            meter: Meter::default(),
            closing: watch::Sender::new(false),
            checked_tokens,
        }))
    }
}
