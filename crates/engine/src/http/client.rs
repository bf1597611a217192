//! One connection to one hub, and how a request is sent and its answer judged.

use std::path::Path;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use contract::Line;
use reqwest::header::{ACCEPT, CONTENT_TYPE};
use reqwest::{
    Certificate, Client, Method, NoProxy, Proxy, RequestBuilder, Response, StatusCode, redirect,
};
use serde::Serialize;
use serde::de::DeserializeOwned;
use sync_protocol::wire;
use url::Url;

use super::meter::Meter;
use super::problem;
use super::{HttpError, proxy_address, server_address};
use crate::profile::Settings;

/// How long a connection may take to come about.
const CONNECT: Duration = Duration::from_secs(10);
/// How long the hub may be silent in the middle of an answer.
const SILENCE: Duration = Duration::from_secs(60);
/// The largest answer of one value, packed and unpacked.
const ANSWER_MAX: usize = 16 << 20;

/// A hub by its address. Clones share the connection.
#[derive(Clone, Debug)]
pub struct Hub {
    way: Arc<RwLock<Way>>,
    base: Url,
    meter: Arc<Meter>,
}

/// The connection, and what stands between.
#[derive(Clone, Debug)]
struct Way {
    client: Client,
    /// Host and port of the proxy that the profile names.
    proxy: Option<String>,
}

impl Hub {
    /// Opens nothing yet. The system's trusted certificates and proxy settings are used.
    ///
    /// # Errors
    /// An address that is none, and certificates that cannot be read.
    pub fn at(address: &str, settings: &Settings) -> Result<Self, HttpError> {
        let base = server_address(address, settings.allow_http)?;
        let way = Arc::new(RwLock::new(Way::to(&base, settings)?));
        Ok(Self { way, base, meter: Arc::default() })
    }

    /// The same hub, counting for itself what goes over the line.
    #[must_use]
    pub fn metered(&self) -> Self {
        Self { meter: Arc::default(), ..self.clone() }
    }

    /// What went over the line since it counts.
    pub fn line(&self) -> Line {
        self.meter.line()
    }

    /// Goes another way from the next request on, with all its clones.
    ///
    /// # Errors
    /// As [`Hub::at`]; the way stays as it was.
    pub fn go_by(&self, settings: &Settings) -> Result<(), HttpError> {
        let way = Way::to(&self.base, settings)?;
        // A thread that panicked here left one way or the other, whole.
        *self.way.write().unwrap_or_else(PoisonError::into_inner) = way;
        Ok(())
    }

    pub(super) fn meter(&self) -> Arc<Meter> {
        Arc::clone(&self.meter)
    }

    fn way(&self) -> Way {
        self.way.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The address as the profile keeps it.
    pub fn address(&self) -> &str {
        self.base.as_str().trim_end_matches('/')
    }
}

impl Way {
    fn to(base: &Url, settings: &Settings) -> Result<Self, HttpError> {
        // Another crate of this program may have chosen first; any provider will do.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let proxy = settings.proxy.as_deref().map(proxy_address).transpose()?;
        let mut builder = Client::builder()
            .user_agent(concat!("daybook/", env!("CARGO_PKG_VERSION")))
            .connect_timeout(CONNECT)
            .read_timeout(SILENCE)
            // A token follows no redirect.
            .redirect(redirect::Policy::none());
        if let Some(path) = &settings.ca_file {
            builder = builder.tls_certs_merge(certificates(path)?);
        } else if base.scheme() == "http" {
            // No certificate is looked at: a machine without any can still reach its own hub.
            builder = builder.tls_certs_only([]);
        }
        if let Some(url) = &proxy {
            // In place of those of the environment, whose exceptions hold all the same.
            let chosen = Proxy::all(url.as_str()).map_err(|_| HttpError::Proxy)?;
            builder = builder.proxy(chosen.no_proxy(NoProxy::from_env()));
        }
        let client = builder.build().map_err(|error| match &settings.ca_file {
            Some(path) => HttpError::Certificates {
                path: path.display().to_string(),
                message: error.to_string(),
            },
            None => HttpError::NoTrust(error.to_string()),
        })?;
        let proxy = proxy.map(|url| url.authority().to_owned());
        Ok(Self { client, proxy })
    }
}

impl Hub {
    /// Sends and reads JSON.
    pub(super) async fn json<T: Serialize, R: DeserializeOwned>(
        &self,
        path: &str,
        token: Option<&str>,
        body: &T,
    ) -> Result<R, HttpError> {
        let body = serde_json::to_vec(body).map_err(|e| unreadable(&e))?;
        let request = self.post(path, token)?.header(CONTENT_TYPE, "application/json").body(body);
        self.read_json(self.send(request).await?).await
    }

    pub(super) async fn read_json<R: DeserializeOwned>(
        &self,
        response: Response,
    ) -> Result<R, HttpError> {
        let bytes = self.body(response).await?;
        serde_json::from_slice(&bytes).map_err(|error| unreadable(&error))
    }

    /// Sends JSON and wants no more than that it was taken.
    pub(super) async fn told<T: Serialize>(
        &self,
        path: &str,
        token: Option<&str>,
        body: &T,
    ) -> Result<(), HttpError> {
        let body = serde_json::to_vec(body).map_err(|e| unreadable(&e))?;
        let request = self.post(path, token)?.header(CONTENT_TYPE, "application/json").body(body);
        self.send(request).await.map(|_| ())
    }

    /// Sends and reads one packed value.
    pub(super) async fn packed<T: Serialize, R: DeserializeOwned>(
        &self,
        path: &str,
        token: &str,
        body: &T,
    ) -> Result<R, HttpError> {
        self.unpacked(path, Some(token), body).await
    }

    /// The same with an access token or without one.
    pub(super) async fn unpacked<T: Serialize, R: DeserializeOwned>(
        &self,
        path: &str,
        token: Option<&str>,
        body: &T,
    ) -> Result<R, HttpError> {
        let response = self.send(self.pack(path, token, body)?).await?;
        let bytes = self.body(response).await?;
        wire::unpack(&bytes, ANSWER_MAX).map_err(|error| unreadable(&error))
    }

    /// Sends one packed value and answers with the open response.
    pub(super) async fn opened<T: Serialize>(
        &self,
        path: &str,
        token: &str,
        body: &T,
    ) -> Result<Response, HttpError> {
        self.send(self.pack(path, Some(token), body)?).await
    }

    pub(super) async fn alive(&self) -> bool {
        let Ok(url) = self.base.join("healthz") else { return false };
        let answer = self.way().client.get(url).send().await;
        // A network that wants a sign-in of its own answers everything, with a page.
        answer.is_ok_and(|response| {
            let kind = response.headers().get(CONTENT_TYPE);
            response.status().is_success()
                && kind.is_some_and(|kind| kind.as_bytes().starts_with(b"application/json"))
        })
    }

    pub(super) fn unreachable(&self, error: &reqwest::Error) -> HttpError {
        let reason = match error.is_timeout() {
            true => "it does not answer in time".to_owned(),
            false => innermost(error),
        };
        let reason = match self.way().proxy {
            Some(proxy) => format!("{reason}; by the proxy {proxy}"),
            None => reason,
        };
        HttpError::Unreachable { server: self.address().to_owned(), reason }
    }

    fn pack<T: Serialize>(
        &self,
        path: &str,
        token: Option<&str>,
        body: &T,
    ) -> Result<RequestBuilder, HttpError> {
        let body = wire::pack(body).map_err(|error| unreadable(&error))?;
        self.meter.sent(body.len());
        Ok(self
            .post(path, token)?
            .header(CONTENT_TYPE, "application/cbor")
            .header(ACCEPT, "application/cbor")
            .header("content-encoding", "zstd")
            .body(body))
    }

    fn post(&self, path: &str, token: Option<&str>) -> Result<RequestBuilder, HttpError> {
        self.request(Method::POST, path, token)
    }

    pub(super) fn request(
        &self,
        method: Method,
        path: &str,
        token: Option<&str>,
    ) -> Result<RequestBuilder, HttpError> {
        let url = self.base.join(path).map_err(|_| HttpError::Address(self.base.to_string()))?;
        let request = self.way().client.request(method, url);
        Ok(match token {
            Some(token) => request.bearer_auth(token),
            None => request,
        })
    }

    pub(super) async fn send(&self, request: RequestBuilder) -> Result<Response, HttpError> {
        let response = request.send().await.map_err(|error| self.unreachable(&error))?;
        match response.status() {
            status if status.is_success() => Ok(response),
            StatusCode::UNAUTHORIZED => Err(HttpError::Unauthorized),
            status => {
                let retry_after = problem::retry_after(response.headers());
                let bytes = self.body(response).await?;
                Err(problem::read(status.as_u16(), retry_after, &bytes))
            }
        }
    }

    /// The whole body, bounded before and, by whoever unpacks it, after decompression.
    async fn body(&self, mut response: Response) -> Result<Vec<u8>, HttpError> {
        let mut bytes = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|error| self.unreachable(&error))? {
            if bytes.len() + chunk.len() > ANSWER_MAX {
                return Err(HttpError::Unreadable("its answer does not end"));
            }
            self.meter.received(chunk.len());
            bytes.extend_from_slice(&chunk);
        }
        Ok(bytes)
    }
}

/// An answer of other bytes than ours; which, is for the log.
pub(super) fn unreadable(error: &dyn std::fmt::Display) -> HttpError {
    tracing::warn!(%error, "an answer cannot be read");
    HttpError::Unreadable("its answer is none of ours")
}

/// The reason at the bottom: "Connection refused" and not "error sending request".
fn innermost(error: &reqwest::Error) -> String {
    let mut reason: &dyn std::error::Error = error;
    while let Some(below) = reason.source() {
        reason = below;
    }
    reason.to_string()
}

fn certificates(path: &Path) -> Result<Vec<Certificate>, HttpError> {
    let fault =
        |message: String| HttpError::Certificates { path: path.display().to_string(), message };
    let pem = std::fs::read(path).map_err(|error| fault(error.to_string()))?;
    let found = Certificate::from_pem_bundle(&pem).map_err(|error| fault(error.to_string()))?;
    if found.is_empty() {
        return Err(fault("there is no certificate in it".to_owned()));
    }
    Ok(found)
}

#[cfg(test)]
mod tests;
