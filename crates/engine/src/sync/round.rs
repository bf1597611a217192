//! One round with the hub to its end, what it has done, and the words for an end that a person has to know of.

use std::sync::Arc;

use contract::{Failure, FailureCode, Line, ReceiptView, RoundReport, Stopped};
use local_store::{Mismatch, Touched};
use sync_protocol::device::round::{Effect, Event, Outcome, Round, Target};
use sync_protocol::message::{Pull, Standing};
use uuid::Uuid;

use super::driver::Driver;
use super::local::local;
use super::standing::StandingBoard;
use super::{Stop, numbers, refused};
use crate::commands::fault;
use crate::http::{HttpError, two_copies};
use crate::session::{Session, kept};

/// How often a round may begin anew because the hub changed under it.
const AGAIN_MAX: usize = 3;

/// What a round has done.
#[derive(Debug, Default)]
pub struct Report {
    pub pushed: u32,
    pub pulled: u32,
    pub receipts: Vec<(Uuid, sync_protocol::receipt::Receipt)>,
    /// Records that may look otherwise now.
    pub touched: Vec<Touched>,
    /// Where the copy was not what the hub says.
    pub mismatches: Vec<Mismatch>,
    /// An admin ordered the copy to be destroyed.
    pub wipe: bool,
    /// The hub will not go on with this device.
    pub turned_away: bool,
    /// Work that it took all the same, for others to decide about.
    pub handed_in: u64,
    /// More was said than that there is nothing new.
    pub exchanged: bool,
    pub line: Line,
    /// It ended at its limit; when the next one begins is not known here.
    pub stopped: Option<Stopped>,
}

impl Report {
    /// As a screen gets it; `attention` is what is open after the round.
    pub fn view(&self, attention: u32) -> RoundReport {
        let receipt = |(op_id, receipt): &(Uuid, sync_protocol::receipt::Receipt)| ReceiptView {
            op_id: *op_id,
            receipt: receipt.clone(),
        };
        RoundReport {
            pushed: self.pushed,
            pulled: self.pulled,
            line: self.line,
            stopped: self.stopped,
            receipts: self.receipts.iter().map(receipt).collect(),
            attention,
        }
    }
}

/// Runs one round to its end, or to its limit of bytes over the line. What was done before it stopped is in `report`
/// all the same.
///
/// # Errors
/// Where the hub was not reached or said no, or the copy cannot be written.
pub async fn round(
    session: &Arc<Session>,
    board: &Arc<StandingBoard>,
    limit: Option<u64>,
    report: &mut Report,
) -> Result<(), Stop> {
    for _ in 0..AGAIN_MAX {
        let left = limit.map(|limit| limit.saturating_sub(report.line.sent + report.line.received));
        let mut driver = Driver::within(left, session, board, report);
        let outcome = driver.run().await;
        let (line, (kept, to_receive)) = (driver.line(), driver.received());
        report.line.sent += line.sent;
        report.line.received += line.received;
        let outcome = match outcome {
            // The hub changed in the middle: what it says to the next hello stands.
            Err(Stop::Http(HttpError::Gone { .. })) => Some(Outcome::Again),
            Err(Stop::Http(error)) if error.orders_wipe() => Some(Outcome::Wiped),
            outcome => outcome?,
        };
        let Some(outcome) = outcome else {
            report.stopped = Some(stopped(session, limit, kept, to_receive).await?);
            return Ok(());
        };
        match outcome {
            Outcome::UpToDate => {
                numbers::follow(session, report.exchanged).await;
                let now = session.host().now().timestamp_micros().to_be_bytes();
                return keep(session, vec![(kept::LAST_SYNC, Some(now.to_vec()))]).await;
            }
            Outcome::Again => {}
            Outcome::Wiped => {
                report.wipe = true;
                return Ok(());
            }
            ended => {
                report.turned_away = matches!(ended, Outcome::Refused { .. });
                return Err(words(ended).into());
            }
        }
    }
    Err(refused("the sync server changes as it is asked; try again in a moment").into())
}

async fn stopped(
    session: &Arc<Session>,
    limit: Option<u64>,
    kept: u32,
    to_receive: Option<u32>,
) -> Result<Stopped, Stop> {
    let here = Arc::clone(session);
    let unanswered = move || here.store.read(|view| view.unanswered()).map_err(fault);
    let to_send = u32::try_from(crate::blocking(unanswered).await?).unwrap_or(u32::MAX);
    let limit = limit.unwrap_or_default();
    Ok(Stopped { limit, to_send, kept, to_receive, goes_on: None })
}

/// An end that a person has to know of.
pub(super) fn words(outcome: Outcome) -> Failure {
    match outcome {
        Outcome::Wait { reason, until } => Failure::new(
            FailureCode::Unreachable,
            format!("the sync server asks to wait until {until}: {reason}"),
        ),
        Outcome::Refused { reason } => refused(reason),
        Outcome::Outdated => refused(
            "this Daybook is too old to receive; what was typed here was sent. Update Daybook",
        ),
        Outcome::Forked => two_copies(),
        Outcome::NoParity => refused(
            "a fresh copy does not match what the sync server says of it; tell your administrator",
        ),
        Outcome::UpToDate | Outcome::Again | Outcome::Wiped => {
            Failure::new(FailureCode::Internal, "the round ended otherwise than it says")
        }
    }
}

pub(super) async fn keep(
    session: &Arc<Session>,
    values: Vec<(&'static str, Option<Vec<u8>>)>,
) -> Result<(), Stop> {
    let session = Arc::clone(session);
    crate::blocking(move || {
        let values: Vec<_> = values.iter().map(|(name, value)| (*name, value.as_deref())).collect();
        session.store.keep(&values).map_err(fault)
    })
    .await
    .map_err(Stop::from)
}

/// Pulls until nothing is new: such a checkpoint proves everything that is held. What does not match is
/// in the report, and is fetched anew by the next round.
///
/// # Errors
/// As [`round`]; also where nothing was fetched yet.
pub async fn prove(
    session: &Arc<Session>,
    board: &Arc<StandingBoard>,
    report: &mut Report,
) -> Result<(), Stop> {
    let here = Arc::clone(session);
    let local = crate::blocking(move || local(&here)).await?;
    let Some(mut cursor) = local.cursor else {
        return Err(refused("nothing was received from the sync server yet; sync first").into());
    };
    let mut policy_version = local.policy_version;
    let mut driver = Driver::new(session, board, report);
    let greeting = Round::new(local).step(Event::Start { now: session.host().now() });
    let Some(Effect::SendHello(hello)) = greeting.into_iter().next() else {
        return Err(unexpected());
    };
    let reply = driver.greet(&hello).await?;
    if reply.standing != Standing::Ok {
        return Err(refused("the sync server wants a sync first; sync, then verify again").into());
    }
    loop {
        let request = Pull {
            epoch: reply.epoch,
            policy_version,
            doubtful: Vec::new(),
            anew: Vec::new(),
            cursor,
            at_least: 0,
            page: None,
        };
        let Some(Event::PulledCheckpoint { cursor: reached, policy_version: version, doubts }) =
            driver.pull(request, Target::Live).await?
        else {
            return Err(unexpected());
        };
        if !doubts.is_empty() || reached == cursor {
            return Ok(());
        }
        (cursor, policy_version) = (reached, version);
    }
}

pub(super) fn unexpected() -> Stop {
    refused("the sync server answered something else than was asked").into()
}
