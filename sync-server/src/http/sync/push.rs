//! `POST /api/v1/sync/push`

use std::time::Instant;

use axum::extract::State;
use axum::response::Response;
use sync_protocol::message::Push;

use super::packed::{self, Packed};
use super::{device, same_epoch, sender};
use crate::http::{App, Problem, SignedIn};
use crate::store::control::usage::Measure;
use crate::sync::push::push as take;

pub async fn push(
    State(app): State<App>,
    signed_in: SignedIn,
    push: Packed<Push>,
) -> Result<Response, Problem> {
    let Packed { message: push, readable } = push;
    let device = device(&signed_in)?;
    same_epoch(&signed_in, push.epoch)?;
    let actor = signed_in.actor();
    let ops = push.ops.into_iter().map(|bytes| bytes.into_vec()).collect();
    let mut connection = signed_in.connection(&app).await?;
    let asked = Instant::now();
    let sender = sender(&signed_in, device, &actor);
    let pushed = take(&mut connection, sender, ops, app.clock.now()).await?;
    if let Some(version) = pushed.policy_version {
        // Last: the hubs hear of it and read the rights anew, and devices get another lease.
        app.control.raise_policy_version(signed_in.tenant_id(), version).await?;
    }
    app.news.learn(signed_in.tenant_id(), signed_in.epoch(), pushed.reply.position, asked);
    app.greetings.forget(device.id);
    app.meter.count(signed_in.tenant_id(), Measure::Ops, pushed.judged);
    metrics::counter!("daybook_ops_judged").increment(pushed.judged as u64);
    metrics::counter!("daybook_records_written").increment(pushed.rows as u64);
    packed::reply(&pushed.reply, readable)
}
