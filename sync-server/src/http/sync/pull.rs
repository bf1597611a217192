//! `POST /api/v1/sync/pull`

use axum::body::Body;
use axum::extract::State;
use axum::response::Response;
use sync_protocol::message::Pull;

use super::packed::{self, Packed};
use super::{device, same_epoch, same_view, sender};
use crate::http::{App, Problem, SignedIn};
use crate::sync::pull::pull as answer;
use crate::sync::sight::Sight;

pub async fn pull(
    State(app): State<App>,
    signed_in: SignedIn,
    pull: Packed<Pull>,
) -> Result<Response, Problem> {
    let pull = pull.message;
    let device = device(&signed_in)?;
    same_epoch(&signed_in, pull.epoch)?;
    let actor = signed_in.actor();
    let mut connection = signed_in.connection(&app).await?;
    let sender = sender(&signed_in, device, &actor);
    same_view(&mut connection, sender, pull.policy_version).await?;
    let sight = Sight::of(signed_in.grants());
    let frames = answer(&mut connection, &sight, &pull, app.clock.now()).await?;
    Ok(packed::stream(Body::from(frames)))
}
