//! Reading a request's body within bounds: so many bytes over the wire, so many unpacked, in one of two
//! packings. What the bytes mean is the handler's.

use std::io::Read;

use axum::body::{Body, Bytes};
use axum::extract::{FromRequest, Request};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::control_character::control_character;
use super::{App, Code, Problem};
use crate::config::LimitsConfig;

/// The window that a zstd frame may ask for: 8 MiB, which RFC 8878 recommends decoders to support.
const ZSTD_WINDOW_LOG: u32 = 23;

/// Reads a whole body and unpacks it as its `Content-Encoding` says: none, `gzip` or `zstd`.
///
/// Both sizes are bounded, `most` bytes unpacked, and so is what an unpacker reads: a zstd skippable frame gives no
/// output at all, but it is part of a body that has been measured before.
///
/// # Errors
/// A problem with the code `body_too_large`, `unsupported_media_type` or `invalid_request`.
pub async fn read(
    headers: &HeaderMap,
    body: Body,
    limits: &LimitsConfig,
    most: usize,
) -> Result<Bytes, Problem> {
    let packed = match Limited::new(body, limits.body).collect().await {
        Ok(body) => body.to_bytes(),
        Err(error) if error.is::<LengthLimitError>() => return Err(too_large(limits.body)),
        Err(_) => return Err(Problem::new(Code::InvalidRequest, "The request's body broke off.")),
    };
    let packing = headers.get(header::CONTENT_ENCODING).map(|value| value.as_bytes());
    match packing {
        None | Some(b"identity") => Ok(packed),
        Some(b"gzip") => unpack(flate2::read::MultiGzDecoder::new(&*packed), most),
        Some(b"zstd") => {
            let decoder = zstd::Decoder::new(&*packed).and_then(|mut decoder| {
                decoder.window_log_max(ZSTD_WINDOW_LOG)?;
                Ok(decoder)
            });
            unpack(decoder.map_err(|_| damaged())?, most)
        }
        Some(_) => {
            let detail = "The body may be packed with gzip or zstd, or not at all.";
            Err(Problem::new(Code::UnsupportedMediaType, detail))
        }
    }
}

fn unpack(reader: impl Read, most: usize) -> Result<Bytes, Problem> {
    let mut plain = Vec::new();
    // One byte more than allowed shows that there is more.
    let ahead = u64::try_from(most).unwrap_or(u64::MAX).saturating_add(1);
    reader.take(ahead).read_to_end(&mut plain).map_err(|_| damaged())?;
    if plain.len() > most {
        return Err(too_large(most));
    }
    Ok(plain.into())
}

fn damaged() -> Problem {
    Problem::new(Code::InvalidRequest, "The body cannot be unpacked.")
}

fn too_large(most: usize) -> Problem {
    Problem::new(Code::BodyTooLarge, format!("The body may have at most {most} bytes."))
}

/// A JSON body in, or out.
pub struct Json<T>(pub T);

impl<T: DeserializeOwned> FromRequest<App> for Json<T> {
    type Rejection = Problem;

    /// # Errors
    /// A problem that names the field and what is wrong with it.
    async fn from_request(request: Request, app: &App) -> Result<Self, Problem> {
        let (parts, body) = request.into_parts();
        let media_type =
            parts.headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
        let essence = media_type.and_then(|text| text.split(';').next()).map(str::trim);
        if !essence.is_some_and(|text| text.eq_ignore_ascii_case("application/json")) {
            let detail = "The body must be JSON, with Content-Type: application/json.";
            return Err(Problem::new(Code::UnsupportedMediaType, detail));
        }
        // Many times its size in memory: none of our documents comes near to what a packed message may have.
        let limits = &app.config.limits;
        let bytes = read(&parts.headers, body, limits, limits.body).await?;
        refuse_control_characters(&bytes)?;
        let mut decoder = serde_json::Deserializer::from_slice(&bytes);
        let value = serde_path_to_error::deserialize(&mut decoder).map_err(|error| {
            if error.inner().is_data() {
                let (field, message) = wrong_field(error.path().to_string(), error.inner());
                return Problem::field(&field, "form", message);
            }
            Problem::new(Code::InvalidRequest, "The body is no JSON.")
        })?;
        decoder
            .end()
            .map_err(|_| Problem::new(Code::InvalidRequest, "Something follows the JSON."))?;
        Ok(Self(value))
    }
}

/// Refuses text that no field of a request may hold, whichever field it is: a database refuses NUL, and a terminal
/// obeys the others. What is no JSON at all is told elsewhere.
fn refuse_control_characters(body: &[u8]) -> Result<(), Problem> {
    match control_character(body) {
        Some(field) => {
            Err(Problem::field(&field, "control_character", "has a control character; take it out"))
        }
        None => Ok(()),
    }
}

/// The field that serde stumbled over and what it says, without the place in the text. Of a field that is
/// missing it gives the parent's path; here it is named itself.
fn wrong_field(path: String, error: &serde_json::Error) -> (String, String) {
    let text = error.to_string();
    let message = text.split(" at line ").next().unwrap_or_default();
    let missing = message.strip_prefix("missing field `").and_then(|rest| rest.strip_suffix('`'));
    match missing {
        Some(field) if path == "." => (field.to_owned(), "must be there".to_owned()),
        Some(field) => (format!("{path}.{field}"), "must be there".to_owned()),
        None => (path, message.to_owned()),
    }
}

impl<T: Serialize> IntoResponse for Json<T> {
    fn into_response(self) -> Response {
        axum::Json(self.0).into_response()
    }
}
