//! `POST /api/v1/auth/password/forgot`

use axum::extract::State;
use axum::http::StatusCode;
use sync_protocol::auth::ForgotRequest;
use tokio::time::Instant;

use super::until_same_time;
use crate::auth::link;
use crate::http::body::Json;
use crate::http::{App, Problem};

/// The same answer after the same time, whether or not there is such an account.
pub async fn forgot(
    State(app): State<App>,
    Json(request): Json<ForgotRequest>,
) -> Result<StatusCode, Problem> {
    let started = Instant::now();
    let done = link::forgot(&app, &request).await;
    until_same_time(started).await;
    done?;
    Ok(StatusCode::NO_CONTENT)
}
