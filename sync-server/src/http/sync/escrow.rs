//! `POST /api/v1/sync/escrow`

use std::time::Duration;

use axum::extract::State;
use axum::response::Response;
use sync_protocol::message::Escrow;

use super::packed::{self, Packed};
use crate::http::signed_in::Sender;
use crate::http::{App, Problem};
use crate::sync::escrow::{EscrowError, take};

/// How long a device waits for a tenant that is being changed.
const CHANGING: Duration = Duration::from_secs(30);

pub async fn escrow(
    State(app): State<App>,
    Sender(address): Sender,
    escrow: Packed<Escrow>,
) -> Result<Response, Problem> {
    let Packed { message: escrow, readable } = escrow;
    let reply = take(&app, escrow, address).await?;
    packed::reply(&reply, readable)
}

impl From<EscrowError> for Problem {
    fn from(error: EscrowError) -> Self {
        match error {
            EscrowError::NotTaken => Self::not_signed_in(),
            EscrowError::TooMany(wait) => wait.into(),
            EscrowError::Changing => Self::unavailable(CHANGING),
            EscrowError::Push(error) => error.into(),
            EscrowError::Json(error) => Self::internal(&error),
            EscrowError::Pool(error) => error.into(),
        }
    }
}
