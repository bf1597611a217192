//! What the hubs of one control database tell each other through Redis: how far the order of a tenant reaches, once
//! that is committed. A word is a hint and is never believed: who hears one asks the database. So a Redis that is
//! away, slow, emptied or lies makes news late by a second or costs a question, and nothing else.

use std::collections::HashMap;
use std::convert::Infallible;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures_util::StreamExt as _;
use redis::aio::MultiplexedConnection;
use redis::{AsyncConnectionConfig, Client, Msg, RedisError};
use serde::{Deserialize, Serialize};
use sync_protocol::message::Position;
use tokio::sync::Notify;
use tokio::time::error::Elapsed;
use tokio::time::{MissedTickBehavior, interval, timeout};
use uuid::Uuid;

use crate::config::RedisConfig;
use crate::ids;

/// Where all hubs speak and listen.
const CHANNEL: &str = "daybook:news";
/// Whatever Redis does not answer within this time it does not answer at all.
const PATIENCE: Duration = Duration::from_secs(1);
/// The subscription is asked for a sign of life this often: one that is silent may be dead,
const PULSE: Duration = Duration::from_secs(5);
/// and one that was lost is taken up again after this time.
const AGAIN: Duration = Duration::from_secs(1);

/// How far the order of a tenant reaches, as one hub tells the others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Word {
    /// Who says so.
    hub: Uuid,
    pub tenant: Uuid,
    pub epoch: u64,
    pub head: Position,
}

/// Speaks to the other hubs, and hears them. Clones are one.
#[derive(Clone)]
pub struct Herald(Arc<Inner>);

struct Inner {
    client: Client,
    own: Uuid,
    /// What is still to be said: of each tenant the newest.
    unsaid: Mutex<HashMap<Uuid, Word>>,
    spoken: Notify,
}

/// Why the other hubs are not heard.
#[derive(Debug, thiserror::Error)]
enum Lost {
    #[error(transparent)]
    Redis(#[from] RedisError),
    #[error("no answer within {PATIENCE:?}")]
    Silent(#[from] Elapsed),
    #[error("the subscription ended")]
    Ended,
}

impl Herald {
    pub fn new(config: &RedisConfig) -> Self {
        // The program may have chosen already; any provider will do.
        let _ = rustls::crypto::ring::default_provider().install_default();
        Self(Arc::new(Inner {
            client: config.client.clone(),
            own: ids::opaque_id(),
            unsaid: Mutex::default(),
            spoken: Notify::new(),
        }))
    }

    /// Has the other hubs told that the order reaches this place. Waits for nobody.
    pub fn say(&self, tenant: Uuid, epoch: u64, head: Position) {
        let word = Word { hub: self.0.own, tenant, epoch, head };
        let mut unsaid = self.0.unsaid();
        let newest = unsaid.entry(tenant).or_insert(word);
        if (newest.epoch, newest.head) < (epoch, head) {
            *newest = word;
        }
        drop(unsaid);
        self.0.spoken.notify_one();
    }

    /// Speaks for this hub and hands on what the others say, for as long as it runs.
    pub async fn run(&self, hear: impl Fn(Word)) {
        let mut away = false;
        loop {
            let error = match self.0.attend(&hear, &mut away).await {
                Ok(never) => match never {},
                Err(error) => error,
            };
            if !away {
                tracing::warn!(%error, "Redis is away: the news of other hubs come up to a second late");
                away = true;
            }
            connected(false);
            tokio::time::sleep(AGAIN).await;
        }
    }
}

impl Inner {
    async fn attend(&self, hear: impl Fn(Word), away: &mut bool) -> Result<Infallible, Lost> {
        let subscription = timeout(PATIENCE, self.client.get_async_pubsub()).await??;
        let (mut sink, mut words) = subscription.split();
        timeout(PATIENCE, sink.subscribe(CHANNEL)).await??;
        let patient = AsyncConnectionConfig::new()
            .set_connection_timeout(Some(PATIENCE))
            .set_response_timeout(Some(PATIENCE));
        let mut speech = self.client.get_multiplexed_async_connection_with_config(&patient).await?;
        if std::mem::take(away) {
            tracing::info!("Redis is back: the news of other hubs come at once");
        }
        connected(true);
        let mut pulse = interval(PULSE);
        pulse.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                said = words.next() => match self.read(&said.ok_or(Lost::Ended)?) {
                    Some(word) if word.hub != self.own => hear(word),
                    _ => {}
                },
                () = self.spoken.notified() => self.speak(&mut speech).await?,
                _ = pulse.tick() => timeout(PATIENCE, sink.ping::<()>()).await??,
            }
        }
    }

    /// A word of a hub; nothing where somebody else writes into the channel.
    fn read(&self, said: &Msg) -> Option<Word> {
        serde_json::from_slice(said.get_payload_bytes()).ok()
    }

    async fn speak(&self, speech: &mut MultiplexedConnection) -> Result<(), Lost> {
        let words = std::mem::take(&mut *self.unsaid());
        let mut said = redis::pipe();
        for word in words.values() {
            // A value of four numbers can always be written.
            let Ok(text) = serde_json::to_string(word) else { continue };
            said.publish(CHANNEL, text).ignore();
        }
        Ok(said.exec_async(speech).await?)
    }

    /// The map is never left half changed: a panic elsewhere does not spoil it.
    fn unsaid(&self) -> MutexGuard<'_, HashMap<Uuid, Word>> {
        self.unsaid.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn connected(connected: bool) {
    metrics::gauge!("daybook_redis_connected").set(f64::from(u8::from(connected))); // float: a gauge, never money
}
