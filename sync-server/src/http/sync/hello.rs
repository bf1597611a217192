//! `POST /api/v1/sync/hello`

use axum::extract::State;
use axum::response::Response;
use domain::permissions::SignedLease;
use sync_protocol::message::{Hello, HelloReply, Standing};

use super::packed::{self, Packed};
use super::{device, epoch, sender};
use crate::auth::lease;
use crate::http::{App, Problem, SignedIn};
use crate::hub::Hub;
use crate::sync::hello::{Greeting, greet, turned_away};

pub async fn hello(
    State(app): State<App>,
    signed_in: SignedIn,
    hello: Packed<Hello>,
) -> Result<Response, Problem> {
    let Packed { message: hello, readable } = hello;
    let now = app.clock.now();
    let device = device(&signed_in)?;
    if let Some(standing) = turned_away(signed_in.standing, now) {
        // Whoever is turned away learns nothing but that.
        let reply = HelloReply {
            standing,
            epoch: hello.epoch,
            policy_version: hello.policy_version,
            server_time: now,
            head: 0,
            chain: hello.chain,
            lease: None,
            attachment_max: None,
        };
        return packed::reply(&reply, readable);
    }
    let actor = signed_in.actor();
    let greeting = {
        let mut connection = signed_in.connection(&app).await?;
        let sender = sender(&signed_in, device, &actor);
        let sight = signed_in.rights.sight();
        greet(&mut connection, sender, sight, epoch(&signed_in), &hello, now).await?
    };
    let Greeting { standing, head, chain } = greeting;
    let lease = match standing {
        Standing::Wait { .. } => None,
        _ => due_lease(&app, &signed_in, &hello).await?,
    };
    let reply = HelloReply {
        standing,
        epoch: epoch(&signed_in),
        policy_version: signed_in.policy_version(),
        server_time: now,
        head,
        chain,
        lease,
        attachment_max: Some(app.config.limits.attachment),
    };
    packed::reply(&reply, readable)
}

/// A new lease, where the device's own is not the newest, was given for other rights, or is half over.
async fn due_lease(
    hub: &Hub,
    signed_in: &SignedIn,
    hello: &Hello,
) -> Result<Option<SignedLease>, Problem> {
    let (now, device) = (hub.clock.now(), device(signed_in)?.id);
    let newest = hub.control.newest_lease(device).await?;
    let held = i64::try_from(hello.lease_serial).unwrap_or_default();
    if !lease::is_due(newest, held, signed_in.policy_version(), now) {
        return Ok(None);
    }
    let grants = signed_in.grants();
    let lease = lease::issue(&hub.control, &hub.keys, signed_in.tenant(), device, grants, now);
    Ok(Some(lease.await?))
}
