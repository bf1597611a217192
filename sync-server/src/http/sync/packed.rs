//! Messages as bodies: CBOR in zstd between programs, JSON for people who look. Both directions are bounded
//! where bodies are read.

use axum::body::Body;
use axum::extract::{FromRequest, Request};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse as _, Response};
use serde::Serialize;
use serde::de::DeserializeOwned;
use sync_protocol::wire::{self, ITEMS_MAX};

use crate::http::{App, Code, Problem, body};

pub(super) const CBOR: &str = "application/cbor";
const JSON: &str = "application/json";

/// A message in, in either form.
pub struct Packed<T> {
    pub message: T,
    /// Whether the sender wants to read the answer as a person.
    pub readable: bool,
}

impl<T: DeserializeOwned> FromRequest<App> for Packed<T> {
    type Rejection = Problem;

    /// # Errors
    /// A problem with the code `unsupported_media_type`, `body_too_large` or `invalid_request`.
    async fn from_request(request: Request, app: &App) -> Result<Self, Problem> {
        let (parts, body) = request.into_parts();
        let is_json = names(&parts.headers, header::CONTENT_TYPE, JSON);
        if !is_json && !names(&parts.headers, header::CONTENT_TYPE, CBOR) {
            let detail = "The body must be CBOR (or JSON), with its Content-Type.";
            return Err(Problem::new(Code::UnsupportedMediaType, detail));
        }
        let limits = &app.config.limits;
        let most = if is_json { limits.body } else { limits.body_unpacked };
        let bytes = body::read(&parts.headers, body, limits, most).await?;
        let unreadable = |error: &dyn std::fmt::Display| {
            Problem::new(Code::InvalidRequest, format!("The message cannot be read: {error}."))
        };
        let message = match is_json {
            true => serde_json::from_slice(&bytes).map_err(|error| unreadable(&error))?,
            false => wire::decode_within(&bytes, ITEMS_MAX).map_err(|error| unreadable(&error))?,
        };
        Ok(Self { message, readable: names(&parts.headers, header::ACCEPT, JSON) })
    }
}

fn names(headers: &HeaderMap, header: header::HeaderName, media_type: &str) -> bool {
    let value = headers.get(header).and_then(|value| value.to_str().ok());
    let essence = value.and_then(|text| text.split(';').next()).map(str::trim);
    essence.is_some_and(|text| text.eq_ignore_ascii_case(media_type))
}

/// A message out.
///
/// # Errors
/// It cannot be written: a fault of ours.
pub fn reply<T: Serialize>(message: &T, readable: bool) -> Result<Response, Problem> {
    if readable {
        return Ok(axum::Json(message).into_response());
    }
    let bytes = wire::pack(message).map_err(|error| Problem::internal(&error))?;
    Ok(stream(Body::from(bytes)))
}

/// A body that is packed already.
pub fn stream(body: Body) -> Response {
    let mut response = Response::new(body);
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(CBOR));
    headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("zstd"));
    response
}
