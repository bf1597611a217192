//! What happens around every request: an id, a log line, a time limit, the counters, and the body of an error.

use std::time::Instant;

use axum::Json;
use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderName, HeaderValue, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use tracing::Instrument as _;

use super::{App, Code, Problem};
use crate::ids;

/// Every device that waits for news knocks here each second.
const HEALTH: &str = "/healthz";
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The middleware around everything.
pub(super) async fn around(State(app): State<App>, request: Request, next: Next) -> Response {
    let id = ids::opaque_id().to_string();
    let method = request.method().clone();
    // The route as it is declared: a path as it was sent could hold an id or a secret.
    let route = request.extensions().get::<MatchedPath>().map(|path| path.as_str().to_owned());
    let route = route.unwrap_or_else(|| "none".to_owned());
    let span = tracing::info_span!(
        "request",
        request_id = %id,
        method = %method,
        route = %route,
        tenant = tracing::field::Empty,
        user = tracing::field::Empty,
    );
    let started = Instant::now();
    let limit = app.config.limits.request_time;
    let answered = tokio::time::timeout(limit, next.run(request)).instrument(span.clone()).await;
    let response = answered.unwrap_or_else(|_| {
        Problem::new(Code::TimedOut, "The hub took too long. Try again.").into_response()
    });
    let response = with_body(response, &id);
    let (status, elapsed) = (response.status(), started.elapsed());
    span.in_scope(|| {
        let (status, micros) = (status.as_u16(), elapsed.as_micros());
        match route == HEALTH {
            true => tracing::debug!(status, micros, "answered"),
            false => tracing::info!(status, micros, "answered"),
        }
    });
    let labels =
        [("method", method.to_string()), ("route", route), ("status", status.as_u16().to_string())];
    metrics::histogram!("daybook_http_request_seconds", &labels).record(elapsed.as_secs_f64());
    response
}

/// Writes the body of an error, and the headers that every answer has.
fn with_body(mut response: Response, id: &str) -> Response {
    if let Some(problem) = response.extensions_mut().remove::<Problem>() {
        let (mut parts, _) = response.into_parts();
        let body = Json(problem.details(id)).into_response().into_body();
        let kind = HeaderValue::from_static("application/problem+json");
        parts.headers.insert(header::CONTENT_TYPE, kind);
        parts.headers.remove(header::CONTENT_LENGTH);
        response = Response::from_parts(parts, body);
    }
    let headers = response.headers_mut();
    if let Ok(id) = HeaderValue::from_str(id) {
        headers.insert(REQUEST_ID, id);
    }
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response
}
