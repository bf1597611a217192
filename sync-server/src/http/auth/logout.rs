//! `POST /api/v1/auth/logout`

use axum::extract::State;
use axum::http::StatusCode;

use crate::auth::session;
use crate::http::{App, Problem, SignedIn};

pub async fn logout(State(app): State<App>, signed_in: SignedIn) -> Result<StatusCode, Problem> {
    session::log_out(&app, &signed_in.claims).await?;
    Ok(StatusCode::NO_CONTENT)
}
