//! `POST /api/v1/sync/pull`

use axum::body::Body;
use axum::extract::State;
use axum::response::Response;
use sync_protocol::message::Pull;

use super::packed::{self, Packed};
use super::{device, rights_changed, same_epoch};
use crate::http::{App, Problem, SignedIn};
use crate::sync::hello::{Held, keep_view};
use crate::sync::pull::pull as answer;

pub async fn pull(
    State(app): State<App>,
    signed_in: SignedIn,
    pull: Packed<Pull>,
) -> Result<Response, Problem> {
    let (pull, now) = (pull.message, app.clock.now());
    device(&signed_in)?;
    let signed_in = signed_in.no_older_than(pull.epoch, pull.policy_version, &app).await?;
    same_epoch(&signed_in, pull.epoch)?;
    let mut connection = signed_in.connection(&app).await?;
    let sight = signed_in.rights.sight();
    let before = match keep_view(&mut connection, sight, pull.policy_version, now).await? {
        Held::Same => None,
        Held::Earlier(view) => Some(view),
        Held::Unknown | Held::Outdated => return Err(rights_changed()),
    };
    let frames = answer(&mut connection, sight, &pull, before.as_ref(), now).await?;
    Ok(packed::stream(Body::from(frames)))
}
