//! `POST /api/v1/auth/password/reset`

use axum::extract::State;
use axum::http::StatusCode;
use sync_protocol::auth::ResetRequest;

use crate::auth::link;
use crate::http::body::Json;
use crate::http::signed_in::Sender;
use crate::http::{App, Problem};

pub async fn reset(
    State(app): State<App>,
    Sender(address): Sender,
    Json(request): Json<ResetRequest>,
) -> Result<StatusCode, Problem> {
    link::reset(&app, &request, &address.to_string()).await?;
    Ok(StatusCode::NO_CONTENT)
}
