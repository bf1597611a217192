//! `POST /api/v1/sync/snapshot`: a stream. The next part is read while one is on its way; between two parts the
//! rights are asked for again, and no connection is held while the device is slow.

use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::response::Response;
use futures_util::stream;
use sync_protocol::message::SnapshotRequest;
use tokio::sync::mpsc;

use super::packed::{self, Packed};
use super::{device, same_epoch, same_view};
use crate::auth::rights::Standing;
use crate::http::{App, Problem, SignedIn};
use crate::store::pool::PoolError;
use crate::sync::snapshot::{Progress, Shelf, SnapshotError};

/// Parts that wait for the device.
const AHEAD: usize = 2;

pub async fn snapshot(
    State(app): State<App>,
    signed_in: SignedIn,
    request: Packed<SnapshotRequest>,
) -> Result<Response, Problem> {
    let (request, now) = (request.message, app.clock.now());
    device(&signed_in)?;
    same_epoch(&signed_in, request.epoch)?;
    let begun = {
        let mut connection = signed_in.connection(&app).await?;
        same_view(&mut connection, &signed_in, request.policy_version, now).await?;
        let (sight, page) = (signed_in.rights.sight(), request.page.as_ref());
        Progress::begin(&mut connection, sight, shelf(&app, &signed_in), page, now).await?
    };
    let (parts, receiver) = mpsc::channel(AHEAD);
    tokio::spawn(async move {
        if let Err(stopped) = send(&app, &signed_in, begun, &parts).await {
            // The device sees that the stream broke off, and goes on at its last page.
            let _ = parts.send(Err(std::io::Error::other(stopped.to_string()))).await;
        }
    });
    let body = stream::unfold(receiver, |mut receiver| async {
        receiver.recv().await.map(|part| (part, receiver))
    });
    Ok(packed::stream(Body::from_stream(body)))
}

/// Why a stream ended before its end.
#[derive(Debug, thiserror::Error)]
pub(super) enum Stopped {
    #[error("the rights have changed")]
    Rights,
    #[error("the hub is shutting down")]
    Closing,
    #[error(transparent)]
    Pool(#[from] PoolError),
    #[error(transparent)]
    Snapshot(#[from] SnapshotError),
}

type Part = Result<Bytes, std::io::Error>;

async fn send(
    app: &App,
    signed_in: &SignedIn,
    begun: Progress,
    parts: &mpsc::Sender<Part>,
) -> Result<(), Stopped> {
    let sight = signed_in.rights.sight();
    let shelf = shelf(app, signed_in);
    let mut progress = Some(begun);
    while let Some(place) = progress {
        still_served(app, signed_in).await?;
        let part = {
            let mut connection = signed_in.connection(app).await?;
            place.read(&mut connection, sight, shelf).await.map_err(SnapshotError::from)?
        };
        let (written, next) = part.write(sight, shelf).map_err(SnapshotError::from)?;
        progress = next;
        for bytes in written {
            if parts.send(Ok(bytes)).await.is_err() {
                return Ok(()); // the device has hung up
            }
        }
    }
    Ok(())
}

fn shelf<'a>(app: &'a App, signed_in: &SignedIn) -> Shelf<'a> {
    Shelf { segments: &app.segments, tenant: signed_in.tenant_id(), epoch: signed_in.epoch() }
}

/// Whether the person may still have what is on its way.
///
/// # Errors
/// Why the stream ends.
pub(super) async fn still_served(app: &App, signed_in: &SignedIn) -> Result<(), Stopped> {
    if *app.closing.borrow() {
        return Err(Stopped::Closing);
    }
    let rights = app.rights.of(&signed_in.claims).await?;
    let good = rights.is_some_and(|rights| {
        rights.standing(&signed_in.claims) == Standing::Good
            && rights.grants.policy_version == signed_in.policy_version()
    });
    if good { Ok(()) } else { Err(Stopped::Rights) }
}
