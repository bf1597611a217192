//! A write as it comes: what is to be written where, on which state of the record, and by which key it is known.

use axum::body::Body;
use axum::http::{HeaderMap, Method, header};
use domain::record::EntityDef;
use serde_json::{Map, Value as Json};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use super::answer::IDEMPOTENCY_KEY;
use super::read::Named;
use crate::config::LimitsConfig;
use crate::http::{Code, Problem, body};

/// What is to be done.
pub(super) enum Verb {
    Create,
    Change(Named),
    /// Changed where there is one, and made otherwise.
    Upsert {
        system: String,
        id: String,
    },
    Retire(Named),
}

/// The state of the record that the write is about.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum IfMatch {
    /// Whichever it is.
    Any,
    Version(i64),
}

pub(super) struct Request {
    pub entity: &'static EntityDef,
    pub verb: Verb,
    pub document: Map<String, Json>,
    pub if_match: Option<IfMatch>,
    key: Option<String>,
    hash: [u8; 32],
}

/// Longest key that a client may give, in characters.
const KEY_MAX: usize = 200;

impl Request {
    /// Reads headers and, where there is one, the body.
    ///
    /// # Errors
    /// A problem that names the header or the member.
    pub async fn read(
        entity: &'static EntityDef,
        verb: Verb,
        parts: &axum::http::request::Parts,
        body: Body,
        limits: &LimitsConfig,
    ) -> Result<Self, Problem> {
        let document = match verb {
            Verb::Retire(_) => Map::new(),
            _ => document(&parts.headers, body, limits).await?,
        };
        let if_match = if_match(&parts.headers)?;
        if if_match.is_none() && matches!(verb, Verb::Change(_)) {
            let detail = "Say with If-Match which version of the record you have seen: its ETag.";
            return Err(Problem::new(Code::PreconditionRequired, detail));
        }
        let key = key(&parts.headers)?;
        let hash = hash(&parts.method, parts.uri.path(), if_match, &document)?;
        Ok(Self { entity, verb, document, if_match, key, hash })
    }

    pub fn is_keyed(&self) -> bool {
        self.key.is_some()
    }

    /// A hash of all that was asked.
    pub fn hash(&self) -> &[u8; 32] {
        &self.hash
    }

    /// The id of the op that it becomes: the same for the same key of the same person.
    pub fn op_id(&self, user: Uuid, drawn: Uuid) -> Uuid {
        let Some(key) = &self.key else { return drawn };
        derived("daybook idempotency key 1", &[user.as_bytes(), key.as_bytes()])
    }

    /// The version that the record must have.
    pub fn demanded(&self) -> Option<i64> {
        match self.if_match {
            Some(IfMatch::Version(version)) => Some(version),
            Some(IfMatch::Any) | None => None,
        }
    }
}

/// The device of a person that lives on the hub: what they write by the API comes from there.
pub(super) fn hub_device_of(user: Uuid) -> Uuid {
    derived("daybook device on the hub 1", &[user.as_bytes()])
}

/// A UUID of version 8 from a hash.
fn derived(purpose: &str, parts: &[&[u8]]) -> Uuid {
    let mut hash = Sha256::new().chain_update(purpose);
    for part in parts {
        hash.update([0]);
        hash.update(part);
    }
    let digest: [u8; 32] = hash.finalize().into();
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest[..16]); // half of it
    uuid::Builder::from_custom_bytes(bytes).into_uuid()
}

async fn document(
    headers: &HeaderMap,
    body: Body,
    limits: &LimitsConfig,
) -> Result<Map<String, Json>, Problem> {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let essence = kind.and_then(|text| text.split(';').next()).map(str::trim);
    let json = ["application/json", "application/merge-patch+json"];
    if !essence.is_some_and(|text| json.iter().any(|kind| text.eq_ignore_ascii_case(kind))) {
        let detail = "The body must be JSON, with Content-Type: application/json.";
        return Err(Problem::new(Code::UnsupportedMediaType, detail));
    }
    let bytes = body::read(headers, body, limits, limits.body).await?;
    match serde_json::from_slice(&bytes) {
        Ok(Json::Object(document)) => Ok(document),
        Ok(_) => Err(Problem::new(Code::InvalidRequest, "The body must be a JSON object.")),
        Err(_) => Err(Problem::new(Code::InvalidRequest, "The body is no JSON.")),
    }
}

fn if_match(headers: &HeaderMap) -> Result<Option<IfMatch>, Problem> {
    let Some(value) = headers.get(header::IF_MATCH) else { return Ok(None) };
    let text = value.to_str().unwrap_or_default().trim();
    if text == "*" {
        return Ok(Some(IfMatch::Any));
    }
    let version = text.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
    match version.and_then(|version| version.parse().ok()) {
        Some(version) => Ok(Some(IfMatch::Version(version))),
        None => {
            let message = "must be the ETag of the record, such as \"7\" with its quotes, or *";
            Err(Problem::field("If-Match", "form", message))
        }
    }
}

fn key(headers: &HeaderMap) -> Result<Option<String>, Problem> {
    let Some(value) = headers.get(IDEMPOTENCY_KEY) else { return Ok(None) };
    let text = value.to_str().unwrap_or_default();
    if (1..=KEY_MAX).contains(&text.len()) && text.bytes().all(|sign| sign.is_ascii_graphic()) {
        return Ok(Some(text.to_owned()));
    }
    let message = format!("must be 1 to {KEY_MAX} visible ASCII characters");
    Err(Problem::field("Idempotency-Key", "form", message))
}

/// Over all that says what is wanted; how the JSON was written does not count.
fn hash(
    method: &Method,
    path: &str,
    if_match: Option<IfMatch>,
    document: &Map<String, Json>,
) -> Result<[u8; 32], Problem> {
    let document = serde_json::to_vec(document).map_err(|error| Problem::internal(&error))?;
    let if_match = match if_match {
        None => String::new(),
        Some(IfMatch::Any) => "*".to_owned(),
        Some(IfMatch::Version(version)) => version.to_string(),
    };
    let words = Sha256::new().chain_update(format!("{method}\n{path}\n{if_match}\n"));
    Ok(words.chain_update(document).finalize().into())
}
