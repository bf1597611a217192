//! `POST /api/v1/auth/device/wiped`

use std::time::Duration;

use axum::extract::State;
use axum::http::StatusCode;
use sync_protocol::auth::WipedRequest;

use crate::auth::wiped::{WipedError, confirm};
use crate::http::body::Json;
use crate::http::signed_in::Sender;
use crate::http::{App, Problem};

/// How long a device waits for a tenant that is being changed.
const CHANGING: Duration = Duration::from_secs(30);

pub async fn wiped(
    State(app): State<App>,
    Sender(address): Sender,
    Json(request): Json<WipedRequest>,
) -> Result<StatusCode, Problem> {
    confirm(&app, &request, &address.to_string()).await?;
    Ok(StatusCode::NO_CONTENT)
}

impl From<WipedError> for Problem {
    fn from(error: WipedError) -> Self {
        match error {
            WipedError::NotTold => Self::not_signed_in(),
            WipedError::Changing => Self::unavailable(CHANGING),
            WipedError::Json(error) => Self::internal(&error),
            WipedError::Pool(error) => error.into(),
        }
    }
}
