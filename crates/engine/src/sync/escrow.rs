//! The last work of a device that is not served any more: it is handed in to the hub, where others decide about it,
//! before the copy is destroyed or the round ends.

use std::sync::Arc;

use contract::{Failure, FailureCode};
use sync_protocol::auth::escrow_proof;
use sync_protocol::message::Escrow;
use sync_protocol::receipt::Receipt;
use uuid::Uuid;

use super::driver::HUB_OUTDATED;
use super::local::{Batch, ONE, PUSH};
use super::{Report, Stop};
use crate::commands::fault;
use crate::http::HttpError;
use crate::session::Session;

/// The hub's code for a device that was shut out.
const DEVICE_REVOKED: &str = "device_revoked";
/// The hub's code for attempts that come too fast.
const TOO_MANY_ATTEMPTS: &str = "too_many_attempts";

/// After a round: hands in what has no answer yet, where the round has shown that this device is not served any more.
/// The copy is not destroyed while its work can still go out.
///
/// # Errors
/// The round's own, with what was handed in; where a copy is to be destroyed and the hub cannot take its work now, why.
pub async fn hand_in(
    session: &Arc<Session>,
    report: &mut Report,
    outcome: Result<(), Stop>,
) -> Result<(), Stop> {
    if !is_shut_out(report, &outcome) {
        return outcome;
    }
    let mut handed_in = 0;
    let ended = send(session, report, &mut handed_in).await;
    report.handed_in = handed_in;
    if let Err(stop) = ended {
        if report.wipe && can_come_later(&stop) {
            report.wipe = false;
            return Err(stop);
        }
        tracing::warn!(%stop, "what was not sent could not be handed in");
    }
    match (outcome, handed_in) {
        (Err(stop), 1..) => Err(told(stop, handed_in).into()),
        (outcome, _) => outcome,
    }
}

fn is_shut_out(report: &Report, outcome: &Result<(), Stop>) -> bool {
    match outcome {
        Ok(()) => report.wipe,
        Err(Stop::Http(HttpError::Unauthorized)) => true,
        Err(Stop::Http(HttpError::Refused { code, .. })) => code == DEVICE_REVOKED,
        Err(_) => report.turned_away,
    }
}

async fn send(
    session: &Arc<Session>,
    report: &mut Report,
    handed_in: &mut u64,
) -> Result<(), Stop> {
    let identity = &session.identity;
    let (tenant, device_id) = (identity.account.tenant.clone(), identity.account.device_id);
    if report.wipe
        && let Err(failure) = offer_all(session).await
    {
        tracing::warn!(%failure, "only what has no answer is handed in");
    }
    let mut limits = PUSH;
    loop {
        let here = Arc::clone(session);
        // Behind what has an answer; how far the hub's chain reaches is not told to this device any more.
        let batch = crate::blocking(move || Batch::next(&here, u64::MAX - 1, limits)).await?;
        if batch.unanswered == 0 || batch.ops.is_empty() {
            return Ok(());
        }
        let proof = identity.keys.sign(&escrow_proof(&tenant, device_id, &batch.ops));
        let escrow = Escrow { tenant: tenant.clone(), device_id, ops: batch.ops, proof };
        let reply = match identity.hub.escrow(&escrow).await {
            Err(HttpError::TooLarge) if escrow.ops.len() > 1 => {
                limits = ONE;
                continue;
            }
            reply => reply?,
        };
        let here = Arc::clone(session);
        let settled = crate::blocking(move || {
            let receipts: Vec<(Uuid, Vec<u8>)> =
                reply.receipts.into_iter().map(|(id, bytes)| (id, bytes.into_vec())).collect();
            // What is held has no effect that a checkpoint could bring.
            here.store.save_receipts(&receipts, 0).map_err(fault)
        })
        .await?;
        if settled.receipts.is_empty() {
            return Ok(());
        }
        let decided_later =
            |it: &Receipt| matches!(it, Receipt::Review { .. } | Receipt::Waiting { .. });
        let held = settled.receipts.iter().filter(|(_, receipt)| decided_later(receipt));
        *handed_in += held.count() as u64;
        report.receipts.extend(settled.receipts);
        report.touched.push(settled.touched);
    }
}

/// A hub that came back from a backup does not tell this device what it lost, and what it had answered is nowhere else
/// once the copy is gone: all that is kept is to go, and what the hub holds it answers as before.
async fn offer_all(session: &Arc<Session>) -> Result<u64, Failure> {
    let here = Arc::clone(session);
    crate::blocking(move || {
        let life = here.store.read(|view| view.life()).map_err(fault)?;
        here.store.offer_again(life, 0).map_err(fault)
    })
    .await
}

/// Whether the same work may be taken at another time.
fn can_come_later(stop: &Stop) -> bool {
    match stop {
        Stop::Http(HttpError::Busy { .. }) => true,
        // A hub that is updated has the words for it.
        Stop::Http(HttpError::Refused { code, .. }) => {
            [TOO_MANY_ATTEMPTS, HUB_OUTDATED].contains(&code.as_str())
        }
        Stop::Http(error) => error.is_no_contact(),
        Stop::Failed(_) => false,
    }
}

fn told(stop: Stop, handed_in: u64) -> Failure {
    let failure = Failure::from(stop);
    let message = format!("{}. {}", failure.message, words(handed_in));
    // Nobody signs in again who is shut out; what was handed in is what there is to know.
    let code = match failure.code {
        FailureCode::NotSignedIn => FailureCode::NotSignedIn,
        _ => FailureCode::ServerRefused,
    };
    Failure { message, code, ..failure }
}

/// What a person is told whose copy was destroyed.
pub fn gone(handed_in: u64) -> Failure {
    let gone = "an administrator ordered this device to destroy its copy; it is gone";
    let message = match handed_in {
        0 => gone.to_owned(),
        handed_in => format!("{gone}. {}", words(handed_in)),
    };
    Failure::new(FailureCode::ServerRefused, message)
}

/// What a person is told of work that was handed in.
fn words(handed_in: u64) -> String {
    let what = match handed_in {
        1 => "1 change that had not been sent was".to_owned(),
        many => format!("{many} changes that had not been sent were"),
    };
    format!(
        "{what} handed in to the sync server; somebody who may decide about others' work applies or returns each"
    )
}

#[cfg(test)]
mod tests {
    use contract::{Cell, Change, Command, RecordChanges};
    use domain::permissions::StandardRole;
    use sync_protocol::op::SealedOp;
    use sync_protocol::wire;

    use super::*;
    use crate::desk::Desk;

    #[tokio::test]
    async fn what_was_answered_goes_once_more_before_a_copy_is_destroyed() {
        // Nobody is there to take it.
        let desk = Desk::of(StandardRole::Manager);
        let (field, to) = ("name".to_owned(), Cell::from("Ada"));
        let fields = vec![Change { field, from: None, to }];
        let changes = RecordChanges { fields, children: Vec::new() };
        desk.call(Command::Save { entity: "customer".to_owned(), id: None, changes }).unwrap();
        let store = &desk.session.store;
        let sealed = store.read(|view| view.ops_from(1, ONE)).unwrap().remove(0);
        let op_id = SealedOp::open(sealed).unwrap().op().op_id;
        let applied = wire::encode(&Receipt::Applied { version: 1 }).unwrap();
        store.save_receipts(&[(op_id, applied)], 1).unwrap();
        let unanswered = || store.read(|view| view.unanswered()).unwrap();
        assert_eq!(unanswered(), 0);

        let mut revoked = Report { turned_away: true, ..Report::default() };
        let outcome = Err(Failure::new(FailureCode::ServerRefused, "revoked").into());
        hand_in(&desk.session, &mut revoked, outcome).await.unwrap_err();
        assert_eq!(unanswered(), 0, "its copy stays");
        let mut wiped = Report { wipe: true, ..Report::default() };
        hand_in(&desk.session, &mut wiped, Ok(())).await.unwrap_err();
        assert_eq!((unanswered(), wiped.wipe), (1, false), "the hub may have lost it");
    }

    #[test]
    fn a_copy_is_not_destroyed_while_its_work_can_still_go_out() {
        assert!(can_come_later(&HttpError::Busy { until: None }.into()));
        assert!(can_come_later(&HttpError::Broken.into()));
        assert!(!can_come_later(&HttpError::Unauthorized.into()));
        let refused = |code: &str| HttpError::Refused {
            status: 400,
            code: code.to_owned(),
            detail: String::new(),
            problems: Vec::new(),
        };
        assert!(can_come_later(&refused(TOO_MANY_ATTEMPTS).into()));
        assert!(can_come_later(&refused(HUB_OUTDATED).into()));
        assert!(!can_come_later(&refused("chain_forked").into()));
    }
}
