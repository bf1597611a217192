//! `POST /api/v1/sync/pull`

use axum::body::Body;
use axum::extract::State;
use axum::response::Response;
use sync_protocol::message::Pull;

use super::packed::{self, Packed};
use super::{device, same_epoch, same_view};
use crate::http::{App, Problem, SignedIn};
use crate::sync::pull::pull as answer;

pub async fn pull(
    State(app): State<App>,
    signed_in: SignedIn,
    pull: Packed<Pull>,
) -> Result<Response, Problem> {
    let (pull, now) = (pull.message, app.clock.now());
    device(&signed_in)?;
    same_epoch(&signed_in, pull.epoch)?;
    let mut connection = signed_in.connection(&app).await?;
    same_view(&mut connection, &signed_in, pull.policy_version, now).await?;
    let frames = answer(&mut connection, signed_in.rights.sight(), &pull, now).await?;
    Ok(packed::stream(Body::from(frames)))
}
