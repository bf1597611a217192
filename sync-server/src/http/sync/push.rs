//! `POST /api/v1/sync/push`

use std::time::Instant;

use axum::extract::State;
use axum::response::Response;
use sync_protocol::message::Push;

use super::packed::{self, Packed};
use super::{device, same_epoch, sender};
use crate::http::{App, Problem, SignedIn};
use crate::store::control::usage::Measure;
use crate::sync::leases::Leases;
use crate::sync::push::{PushError, push as take, read};
use crate::sync::{Sender, fork};

pub async fn push(
    State(app): State<App>,
    signed_in: SignedIn,
    push: Packed<Push>,
) -> Result<Response, Problem> {
    let Packed { message: push, readable } = push;
    let device = device(&signed_in)?;
    same_epoch(&signed_in, push.epoch)?;
    let actor = signed_in.actor();
    let ops = read(push.ops.into_iter().map(|bytes| bytes.into_vec()).collect())?;
    let (version, now) = (signed_in.policy_version(), app.clock.now());
    let leases = Leases::of(&app.control, device.id, &ops, version, now).await?;
    let mut connection = signed_in.connection(&app).await?;
    let asked = Instant::now();
    let sender = Sender { leases: &leases, ..sender(&signed_in, device, &actor) };
    let pushed = match take(&mut connection, sender, ops, now).await {
        Err(PushError::Forked { op_seq }) => {
            app.greetings.forget(device.id);
            fork::freeze(&app.control, &mut connection, sender, op_seq, now).await?;
            return Err(PushError::Forked { op_seq }.into());
        }
        pushed => pushed?,
    };
    if let Some(version) = pushed.policy_version {
        // Last: the hubs hear of it and read the rights anew, and devices get another lease.
        app.control.raise_policy_version(signed_in.tenant_id(), version).await?;
    }
    app.news.wrote(signed_in.tenant_id(), signed_in.epoch(), pushed.reply.position, asked);
    app.greetings.forget(device.id);
    app.meter.count(signed_in.tenant_id(), Measure::Ops, pushed.judged);
    metrics::counter!("daybook_ops_judged").increment(pushed.judged as u64);
    metrics::counter!("daybook_records_written").increment(pushed.rows as u64);
    packed::reply(&pushed.reply, readable)
}
