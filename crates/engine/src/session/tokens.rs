//! Staying signed in: the access token of the moment, and its renewal by the refresh token, which the
//! device signs for and which is kept before it is used.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use sync_protocol::auth::{RefreshRequest, refresh_proof};
use tokio::sync::Mutex;

use super::Identity;
use crate::http::HttpError;
use crate::secrets::SessionSecrets;

/// Renewed this long before it ends, so that no request starts with a token that ends under way.
const EARLY: Duration = Duration::from_secs(30);

pub struct Tokens {
    held: Mutex<Held>,
    /// The hub ended this session; only a sign-in begins another.
    ended: AtomicBool,
}

struct Held {
    secrets: SessionSecrets,
    access: Option<Access>,
}

/// Good until the program has run this long.
#[derive(Clone)]
pub struct Access {
    pub token: String,
    pub good_until: Duration,
}

impl Tokens {
    pub fn new(secrets: SessionSecrets, access: Option<Access>) -> Self {
        Self { held: Mutex::new(Held { secrets, access }), ended: AtomicBool::new(false) }
    }

    /// Whether the hub ended this session.
    pub fn has_ended(&self) -> bool {
        self.ended.load(Ordering::Relaxed)
    }

    /// Runs a request with an access token; one that the hub does not accept any more is renewed once.
    ///
    /// # Errors
    /// The request's own; `Unauthorized` where the session has ended.
    pub async fn with<T, F: Future<Output = Result<T, HttpError>>>(
        &self,
        identity: &Identity,
        request: impl Fn(String) -> F,
    ) -> Result<T, HttpError> {
        let token = self.access(identity, None).await?;
        match request(token.clone()).await {
            Err(HttpError::Unauthorized) => {
                request(self.access(identity, Some(&token)).await?).await
            }
            answer => answer,
        }
    }

    /// A token that is good and is not `stale`.
    ///
    /// # Errors
    /// `Unauthorized` where the session has ended; where the hub does not answer.
    pub async fn access(
        &self,
        identity: &Identity,
        stale: Option<&str>,
    ) -> Result<String, HttpError> {
        if self.has_ended() {
            return Err(HttpError::Unauthorized);
        }
        let mut held = self.held.lock().await;
        let now = identity.host.running();
        let good = held.access.as_ref().filter(|access| {
            access.good_until > now + EARLY && stale.is_none_or(|stale| stale != access.token)
        });
        if let Some(access) = good {
            return Ok(access.token.clone());
        }
        let refresh_token = held.secrets.refresh_token.clone();
        let proof = identity.keys.sign(&refresh_proof(&refresh_token));
        let marks = identity.marks.clone();
        let reply =
            match identity.hub.refresh(&RefreshRequest { refresh_token, proof, marks }).await {
                Err(HttpError::Unauthorized) => {
                    self.ended.store(true, Ordering::Relaxed);
                    return Err(HttpError::Unauthorized);
                }
                reply => reply?,
            };
        held.secrets.refresh_token = reply.refresh_token;
        // A keyring that does not take it now still has the old one, which the hub exchanges once more;
        // the next renewal tries again.
        if let Err(error) = identity.keep_session(held.secrets.clone()).await {
            tracing::warn!(%error, "the renewed session could not be kept");
        }
        let access = Access {
            token: reply.access_token,
            good_until: now + Duration::from_secs(u64::from(reply.access_expires_in)),
        };
        let token = access.token.clone();
        held.access = Some(access);
        Ok(token)
    }
}

#[cfg(test)]
mod tests;
