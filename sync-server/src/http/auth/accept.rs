//! `POST /api/v1/auth/invitation/accept`

use axum::extract::State;
use axum::http::StatusCode;
use sync_protocol::auth::AcceptRequest;

use crate::auth::link;
use crate::http::body::Json;
use crate::http::signed_in::Sender;
use crate::http::{App, Problem};

pub async fn accept(
    State(app): State<App>,
    Sender(address): Sender,
    Json(request): Json<AcceptRequest>,
) -> Result<StatusCode, Problem> {
    link::accept(&app, &request, &address.to_string()).await?;
    Ok(StatusCode::NO_CONTENT)
}
