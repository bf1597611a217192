//! `/api/v1/sync/attachments/{entity}/{id}/{hash}`: the files that a record names. A file that the person does not
//! see named answers like one that is not there.

use axum::body::{Body, Bytes};
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use futures_util::stream;
use sync_protocol::attachment::{PART_MAX, Received, UPLOAD_OFFSET};
use uuid::Uuid;

use super::device;
use super::snapshot::still_served;
use crate::attachment::Named;
use crate::attachment::receive::{self, ReceiveError, Room, Standing};
use crate::http::body::{self, Json};
use crate::http::{App, Code, Problem, SignedIn};
use crate::store::control::usage::Measure;
use crate::store::tenant::attachment;
use crate::store::{Connection, StoreError};

type Address = Path<(String, String, String)>;

/// `POST`: where the file stands; begins it where nothing has come.
pub async fn begin(
    State(app): State<App>,
    signed_in: SignedIn,
    Path(address): Address,
) -> Result<Json<Received>, Problem> {
    let device = device(&signed_in)?.id;
    let mut connection = signed_in.connection(&app).await?;
    let named = named(&mut connection, &signed_in, &address).await?;
    let (room, now) = (room(&app, &signed_in), app.clock.now());
    Ok(said(receive::begin(&mut connection, &named, device, room, now).await?))
}

/// `PATCH`: the next bytes.
pub async fn receive(
    State(app): State<App>,
    signed_in: SignedIn,
    Path(address): Address,
    headers: HeaderMap,
    body: Body,
) -> Result<Json<Received>, Problem> {
    let device = device(&signed_in)?.id;
    let offset = headers.get(UPLOAD_OFFSET).and_then(|value| value.to_str().ok()?.parse().ok());
    let offset = offset.ok_or_else(|| {
        Problem::new(
            Code::InvalidRequest,
            "The header Upload-Offset must say where the bytes belong.",
        )
    })?;
    // Before the body is read: who may not send it does not cost its bytes.
    let named = {
        let mut connection = signed_in.connection(&app).await?;
        named(&mut connection, &signed_in, &address).await?
    };
    let limits = &app.config.limits;
    let bytes = body::read(&headers, body, limits, limits.body_unpacked).await?;
    if bytes.len() > PART_MAX {
        let detail = format!("One request may add at most {PART_MAX} bytes.");
        return Err(Problem::new(Code::BodyTooLarge, detail));
    }
    let mut connection = signed_in.connection(&app).await?;
    let (room, now) = (room(&app, &signed_in), app.clock.now());
    let part = (offset, &*bytes);
    let standing = receive::receive(&mut connection, &named, device, room, part, now).await?;
    if standing.complete {
        let size = usize::try_from(named.file.size()).unwrap_or(usize::MAX);
        app.meter.count(signed_in.tenant_id(), Measure::AttachmentBytes, size);
    }
    Ok(said(standing))
}

/// `GET`: the file, or with `Range: bytes=FROM-` the rest of it.
pub async fn send(
    State(app): State<App>,
    signed_in: SignedIn,
    Path(address): Address,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let (named, content) = {
        let mut connection = signed_in.connection(&app).await?;
        let named = named(&mut connection, &signed_in, &address).await?;
        let content = attachment::arrived(&mut connection, &named.place()).await?;
        (named, content.ok_or_else(Problem::not_found)?)
    };
    let size = named.file.size();
    let from = from(&headers).filter(|from| *from < size);
    let mut response = Response::new(body_of(app, signed_in, content.id, from.unwrap_or(0)));
    let headers = response.headers_mut();
    // Whatever it says it is: a browser runs nothing of it.
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(domain::record::OCTET_STREAM));
    headers.insert(header::CONTENT_DISPOSITION, HeaderValue::from_static("attachment"));
    headers.insert(header::ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    headers.insert(header::CONTENT_LENGTH, HeaderValue::from(size - from.unwrap_or(0)));
    if let Some(from) = from {
        let range = format!("bytes {from}-{}/{size}", size - 1);
        if let Ok(range) = HeaderValue::from_str(&range) {
            headers.insert(header::CONTENT_RANGE, range);
        }
        *response.status_mut() = StatusCode::PARTIAL_CONTENT;
    }
    Ok(response.into_response())
}

/// The parts of a file, one after the other. Between two the rights are asked for again, and no connection is
/// held while the other side is slow.
fn body_of(app: App, signed_in: SignedIn, id: Uuid, from: u64) -> Body {
    let at = i64::try_from(from).unwrap_or(i64::MAX);
    let parts = stream::unfold(Some((app, signed_in, at)), move |place| async move {
        let (app, signed_in, at) = place?;
        let part = async {
            still_served(&app, &signed_in).await.map_err(std::io::Error::other)?;
            let mut connection = signed_in.connection(&app).await.map_err(std::io::Error::other)?;
            attachment::part(&mut connection, id, at).await.map_err(std::io::Error::other)
        };
        match part.await {
            Ok(bytes) if bytes.is_empty() => None,
            Ok(bytes) => {
                let next = at.saturating_add(i64::try_from(bytes.len()).unwrap_or(i64::MAX));
                Some((Ok(Bytes::from(bytes)), Some((app, signed_in, next))))
            }
            Err(error) => Some((Err(error), None)),
        }
    });
    Body::from_stream(parts)
}

async fn named(
    connection: &mut Connection,
    signed_in: &SignedIn,
    (entity, id, hash): &(String, String, String),
) -> Result<Named, Problem> {
    let id: Uuid = id.parse().map_err(|_| Problem::not_found())?;
    let found = Named::find(connection, signed_in.rights.sight(), entity, id, hash).await;
    found.map_err(|error: StoreError| Problem::from(error))?.ok_or_else(Problem::not_found)
}

fn room(app: &App, signed_in: &SignedIn) -> Room {
    Room { file: app.config.limits.attachment, tenant: signed_in.tenant().max_storage }
}

fn said(standing: Standing) -> Json<Received> {
    Json(Received { received: standing.received, complete: standing.complete })
}

/// Where a range begins that goes to the end; of other ranges the whole file is sent, as RFC 9110 allows.
fn from(headers: &HeaderMap) -> Option<u64> {
    let range = headers.get(header::RANGE)?.to_str().ok()?;
    range.strip_prefix("bytes=")?.strip_suffix('-')?.parse().ok()
}

impl From<ReceiveError> for Problem {
    fn from(error: ReceiveError) -> Self {
        let words = error.to_string();
        match error {
            ReceiveError::TooLarge(_) => Self::new(Code::BodyTooLarge, words),
            ReceiveError::NoRoom | ReceiveError::Elsewhere { .. } => {
                Self::new(Code::Conflict, words)
            }
            ReceiveError::TooLong => Self::field("body", "too_long", words),
            ReceiveError::WrongHash => Self::field("body", "wrong_hash", words),
            ReceiveError::Store(error) => error.into(),
        }
    }
}
