//! `POST /api/v1/sync/escrow`

use std::sync::Arc;
use std::time::Duration;

use axum::extract::{FromRequestParts, State};
use axum::http::request::Parts;
use axum::response::Response;
use sync_protocol::message::Escrow;
use tokio::sync::OwnedSemaphorePermit;

use super::packed::{self, Packed};
use crate::http::signed_in::Sender;
use crate::http::{App, Problem};
use crate::sync::escrow::{EscrowError, take};

/// How long a device waits for a tenant that is being changed.
const CHANGING: Duration = Duration::from_secs(30);

/// How long a device waits while so many are.
const BUSY: Duration = Duration::from_secs(5);

/// A place among those whose body may be read.
pub struct Turn(
    #[expect(dead_code, reason = "it is given back when it is dropped")] OwnedSemaphorePermit,
);

impl FromRequestParts<App> for Turn {
    type Rejection = Problem;

    /// # Errors
    /// `unavailable` where too many hand something in.
    async fn from_request_parts(_: &mut Parts, app: &App) -> Result<Self, Problem> {
        let turn = Arc::clone(&app.hand_in).try_acquire_owned();
        turn.map(Self).map_err(|_| Problem::unavailable(BUSY))
    }
}

pub async fn escrow(
    State(app): State<App>,
    _turn: Turn,
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
