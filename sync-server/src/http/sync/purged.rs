//! `POST /api/v1/sync/purged`

use axum::extract::State;
use axum::http::StatusCode;
use sync_protocol::message::PurgeReceipt;

use super::packed::Packed;
use super::{device, same_epoch, sender};
use crate::http::{App, Problem, SignedIn};
use crate::sync::purged::{PurgedError, note};

pub async fn purged(
    State(app): State<App>,
    signed_in: SignedIn,
    receipt: Packed<PurgeReceipt>,
) -> Result<StatusCode, Problem> {
    let receipt = receipt.message;
    let device = device(&signed_in)?;
    same_epoch(&signed_in, receipt.purge.epoch)?;
    let (actor, tenant) = (signed_in.actor(), signed_in.tenant_id());
    let mut connection = signed_in.connection(&app).await?;
    let sender = sender(&signed_in, device, &actor);
    note(&mut connection, sender, device, tenant, &receipt, app.clock.now()).await?;
    Ok(StatusCode::NO_CONTENT)
}

impl From<PurgedError> for Problem {
    fn from(error: PurgedError) -> Self {
        match error {
            PurgedError::Unsigned => Self::field("proof", "unsigned", error.to_string()),
            PurgedError::Json(error) => Self::internal(&error),
            PurgedError::Store(error) => error.into(),
        }
    }
}
