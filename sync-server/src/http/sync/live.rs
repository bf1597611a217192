//! `POST /api/v1/sync/live`: a request that is held until there is news. Rights are asked for again while it is
//! held, so that whoever loses them is let go within a moment.

use std::time::{Duration, Instant};

use axum::extract::State;
use axum::response::Response;
use sync_protocol::message::{Listen, News, Position};
use tokio::sync::watch;
use tokio::time::{MissedTickBehavior, interval_at};

use super::packed::{self, Packed};
use super::{device, same_epoch};
use crate::http::{App, Problem, SignedIn};
use crate::hub::Hub;
use crate::store::tenant::sync::commit;
use crate::sync::news::ASK_EVERY;

/// A request is held no longer than this, and no longer than half of what any request may take.
const HOLD: Duration = Duration::from_secs(25);

pub async fn live(
    State(app): State<App>,
    signed_in: SignedIn,
    listen: Packed<Listen>,
) -> Result<Response, Problem> {
    let Packed { message: Listen { epoch: named, after }, readable } = listen;
    device(&signed_in)?;
    same_epoch(&signed_in, named)?;
    let hold = tokio::time::sleep(HOLD.min(app.config.limits.request_time / 2));
    tokio::pin!(hold);
    let mut closing = app.closing.subscribe();
    // Subscribed before the database is asked: nothing falls between the two.
    let mut listener = app.news.listen(signed_in.tenant_id());
    let mut head = ask(&app, &signed_in).await?;
    // Goes on whatever else happens: rights are asked for however often somebody speaks of news.
    let mut each = interval_at((Instant::now() + ASK_EVERY).into(), ASK_EVERY);
    each.set_missed_tick_behavior(MissedTickBehavior::Delay);
    while head <= after {
        tokio::select! {
            news = listener.beyond(after) => head = match news {
                Some(head) => head,
                None => ask(&app, &signed_in).await?,
            },
            _ = each.tick() => {
                still_served(&app, &signed_in).await?;
                if listener.is_to_ask() {
                    head = ask(&app, &signed_in).await?;
                }
            }
            () = &mut hold => break,
            () = closed(&mut closing) => break,
        }
    }
    packed::reply(&News { head }, readable)
}

async fn closed(closing: &mut watch::Receiver<bool>) {
    // The sender lives as long as the hub, so that waiting for its word cannot fail.
    let _ = closing.wait_for(|closing| *closing).await;
}

/// Asks the database, and tells the others who wait.
async fn ask(hub: &Hub, signed_in: &SignedIn) -> Result<Position, Problem> {
    let asked = Instant::now();
    let head = commit::head(&mut *signed_in.connection(hub).await?).await?;
    hub.news.learn(signed_in.tenant_id(), signed_in.epoch(), head, asked);
    Ok(head)
}

async fn still_served(hub: &Hub, signed_in: &SignedIn) -> Result<(), Problem> {
    let rights = hub.rights.of(&signed_in.claims).await?.ok_or_else(Problem::not_signed_in)?;
    Problem::of_standing(rights.standing(&signed_in.claims)).map_or(Ok(()), Err)
}
