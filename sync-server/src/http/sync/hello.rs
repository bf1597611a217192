//! `POST /api/v1/sync/hello`

use std::time::Instant;

use axum::extract::State;
use axum::response::Response;
use chrono::{DateTime, Utc};
use domain::permissions::SignedLease;
use sync_protocol::message::{Hello, HelloReply, Position, Standing};

use super::packed::{self, Packed};
use super::{device, sender};
use crate::auth::lease;
use crate::http::{App, Problem, SignedIn};
use crate::hub::Hub;
use crate::store::control::tenant::Tenant;
use crate::store::tenant::sync::courier;
use crate::sync::fork;
use crate::sync::hello::{Greeting, greet, turned_away};

pub async fn hello(
    State(app): State<App>,
    signed_in: SignedIn,
    hello: Packed<Hello>,
) -> Result<Response, Problem> {
    let Packed { message: hello, readable } = hello;
    let now = app.clock.now();
    device(&signed_in)?;
    // Whoever is turned away learns nothing but that.
    let nothing_but = |standing| HelloReply {
        standing,
        epoch: hello.epoch,
        policy_version: hello.policy_version,
        server_time: now,
        head: 0,
        chain: hello.chain,
        lease: None,
        attachment_max: None,
        backed_up: None,
    };
    if let Some(standing) = turned_away(signed_in.standing, now) {
        return packed::reply(&nothing_but(standing), readable);
    }
    let signed_in = signed_in.no_older_than(hello.epoch, hello.policy_version, &app).await?;
    let device = device(&signed_in)?;
    let news = app.news.fresh(signed_in.tenant_id(), signed_in.epoch());
    let remembered = news.and_then(|head| {
        app.greetings.recall(device.id, &hello, head, signed_in.policy_version(), now)
    });
    if let Some(reply) = remembered {
        let reply = HelloReply { backed_up: backed_up(signed_in.tenant()), ..reply };
        return packed::reply(&reply, readable);
    }
    let (actor, asked) = (signed_in.actor(), Instant::now());
    let greeting = {
        let mut connection = signed_in.connection(&app).await?;
        let sender = sender(&signed_in, device, &actor);
        let sight = signed_in.rights.sight();
        let greeting =
            greet(&mut connection, sender, sight, signed_in.epoch(), &hello, now).await?;
        if greeting.standing == Standing::Frozen {
            app.greetings.forget(device.id);
            let control = &app.control;
            fork::freeze(control, &mut connection, sender, hello.chain.op_seq, now).await?;
            return packed::reply(&nothing_but(Standing::Frozen), readable);
        }
        greeting
    };
    let Greeting { standing, head, chain } = greeting;
    app.news.learn(signed_in.tenant_id(), signed_in.epoch(), head, asked);
    let lease = match standing {
        Standing::Wait { .. } => Leased::Good { until: now },
        _ => leased(&app, &signed_in, &hello).await?,
    };
    let (lease, good_until) = match lease {
        Leased::Anew(lease) => (Some(*lease), None),
        Leased::Good { until } => (None, Some(until)),
    };
    let reply = HelloReply {
        standing,
        epoch: signed_in.epoch(),
        policy_version: signed_in.policy_version(),
        server_time: now,
        head,
        chain,
        lease,
        attachment_max: Some(app.config.limits.attachment),
        backed_up: backed_up(signed_in.tenant()),
    };
    match good_until {
        Some(until) if reply.standing == Standing::Ok => {
            app.greetings.remember(device.id, &hello, &reply, until);
        }
        _ => app.greetings.forget(device.id),
    }
    packed::reply(&reply, readable)
}

/// How a device's lease stands.
enum Leased {
    /// Nothing is due before this time.
    Good {
        until: DateTime<Utc>,
    },
    Anew(Box<SignedLease>),
}

/// How far everything lies in a verified backup, if one was ever verified.
fn backed_up(tenant: &Tenant) -> Option<Position> {
    Position::try_from(tenant.verified_position).ok().filter(|position| *position > 0)
}

/// A new lease, where the device's own is not the newest, was given for other rights, or is half over.
async fn leased(hub: &Hub, signed_in: &SignedIn, hello: &Hello) -> Result<Leased, Problem> {
    let (now, device) = (hub.clock.now(), device(signed_in)?.id);
    let newest = hub.control.newest_lease(device).await?;
    let held = i64::try_from(hello.lease_serial).unwrap_or_default();
    let courier = courier::lease_seconds(&mut *signed_in.connection(hub).await?, device).await?;
    let policy_version = signed_in.policy_version();
    if let Some(until) = lease::good_until(newest, held, policy_version, courier, now) {
        return Ok(Leased::Good { until });
    }
    let (tenant, grants) = (signed_in.tenant(), signed_in.grants());
    let lease = lease::issue(&hub.control, &hub.keys, tenant, device, grants, courier, now);
    Ok(Leased::Anew(Box::new(lease.await?)))
}
