//! `POST /api/v1/sync/numbers`

use axum::extract::State;
use axum::response::Response;
use sync_protocol::numbers::NumbersRequest;

use super::packed::{self, Packed};
use super::{device, same_epoch, sender};
use crate::http::{App, Problem, SignedIn};
use crate::sync::numbers::{NumbersError, ask};

/// A device holds a few leases of each series.
const TOLD_MAX: usize = 1_000;

pub async fn numbers(
    State(app): State<App>,
    signed_in: SignedIn,
    request: Packed<NumbersRequest>,
) -> Result<Response, Problem> {
    let Packed { message: request, readable } = request;
    let device = device(&signed_in)?;
    same_epoch(&signed_in, request.epoch)?;
    if request.held.len() + request.returned.len() > TOLD_MAX {
        let message = format!("may be at most {TOLD_MAX}; no device holds so many");
        return Err(Problem::field("held", "too_many", message));
    }
    let actor = signed_in.actor();
    let mut connection = signed_in.connection(&app).await?;
    let sender = sender(&signed_in, device, &actor);
    let reply = ask(&mut connection, sender, &request, app.clock.now()).await?;
    packed::reply(&reply, readable)
}

impl From<NumbersError> for Problem {
    fn from(error: NumbersError) -> Self {
        match error {
            NumbersError::Store(error) => error.into(),
            NumbersError::Audit(error) => Self::internal(&error),
        }
    }
}
