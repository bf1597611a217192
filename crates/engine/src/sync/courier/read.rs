//! Taking a file of the hub: believed once it is whole, signed by the key that this device has pinned, and written for
//! this device; then taken as a round over a network is.

use std::fs::File;
use std::io::{BufReader, Seek as _, SeekFrom};
use std::path::Path;
use std::sync::Arc;

use contract::{CourierOutcome, CourierRead, Failure, FailureCode, Problem};
use sync_protocol::courier::{
    CourierError, ENVELOPE, Envelope, Heading, HubOpening, Label, News, OPENING_MAX, Part, Taken,
    Verdict, weigh,
};
use sync_protocol::device::round::{Local, Outcome};
use sync_protocol::message::Standing;
use sync_protocol::wire;

use super::carried::{Carried, Parts};
use super::{Files, Received, count};
use crate::commands::fault;
use crate::session::Session;
use crate::sync::driver::Driver;
use crate::sync::local::local;
use crate::sync::round::{Report, words};
use crate::sync::standing::StandingBoard;
use crate::sync::{Stop, blocking, refused};

/// A file that is believed.
struct Believed {
    label: Label,
    opening: HubOpening,
    parts: Parts,
    local: Local,
    files: Files,
}

/// Takes a file. What was done before it stopped is in `report` all the same.
///
/// # Errors
/// `Refused` for a file that is damaged, or not for this device; what a round may end with.
pub async fn read(
    session: &Arc<Session>,
    board: &Arc<StandingBoard>,
    path: &Path,
    report: &mut Report,
) -> Result<CourierRead, Stop> {
    let (here, path) = (Arc::clone(session), path.to_owned());
    let believed = blocking(move || believed(&here, &path)).await?;
    let Believed { label, opening, parts, local, mut files } = believed;
    let (number, epoch) = (label.number, opening.reply.epoch);
    // The hub's word on them counts whatever becomes of this file: it answers from the newest that it has.
    if files.caught_up(label.answers) {
        let (here, files) = (Arc::clone(session), files.clone());
        crate::blocking(move || files.keep(&here)).await?;
    }
    let told = |came_of_it, report: &Report| CourierRead {
        number: count(number),
        came_of_it,
        round: report.view(0),
    };
    let (reply, news) = match weigh(&local, files.taken, number, opening) {
        Verdict::Older => return Ok(told(CourierOutcome::Older, report)),
        Verdict::Waits { answer } => {
            return Ok(told(CourierOutcome::Waits { missing: count(answer) }, report));
        }
        Verdict::Ahead => {
            let message = "the sync server holds work of this device that this copy never made; sync once over a \
                           network, so that it can be settled";
            return Err(refused(message).into());
        }
        Verdict::Takes { reply, news } => (*reply, news),
    };
    // What is in no file would be gone with the copy.
    if reply.standing == Standing::Wipe
        && local.unanswered > 0
        && !files.hold(label.answers, local.chain.op_seq)
    {
        return Err(must_be_written().into());
    }
    let carried = Carried::new(reply, parts);
    let outcome = Driver::by_file(carried, session, board, report).run_from(local).await?;
    let now = session.host().now();
    files.taken = files.taken.max(Taken { epoch, number });
    files.newest = Some(Received { at: now, written_at: label.time });
    let here = Arc::clone(session);
    crate::blocking(move || files.keep(&here)).await?;
    match outcome {
        Some(Outcome::UpToDate) if news == News::Unfit => Ok(told(CourierOutcome::Answers, report)),
        Some(Outcome::UpToDate) => Ok(told(CourierOutcome::Taken, report)),
        Some(Outcome::Wiped) => {
            report.wipe = true;
            Ok(told(CourierOutcome::Taken, report))
        }
        Some(ended) => Err(words(ended).into()),
        None => Err(words(Outcome::Again).into()),
    }
}

fn believed(session: &Session, path: &Path) -> Result<Believed, Stop> {
    let named = |error: CourierError| {
        let message = format!("{}: {error}", path.display());
        Stop::from(Failure::new(FailureCode::Refused, message))
    };
    let mut file = File::open(path).map_err(|error| named(error.into()))?;
    let envelope = Envelope::read(&mut file).map_err(named)?;
    let label = envelope.label;
    is_for(session, &label)?;
    let (parts, mut opening) = opened(session, &envelope, file).map_err(named)?;
    if let Some(lease) = &opening.reply.lease
        && !session.is_newer(lease)?
    {
        opening.reply.lease = None;
    }
    let files = session.store.read(|view| Ok(Files::of(view))).map_err(fault)??;
    // What a round over a network began goes on over a network.
    let local = Local { fill: None, page: None, doubtful: Vec::new(), ..local(session)? };
    Ok(Believed { label, opening, parts, local, files })
}

/// The refusal to destroy a copy with work that is in no file of which the hub has heard.
fn must_be_written() -> Failure {
    let message = "an administrator ordered this device to destroy its copy, which holds work that the sync server \
                   does not have: write one more file for the courier; the copy is destroyed once the sync server has \
                   it";
    let problem = Problem::new("", "courier_not_handed_in", message);
    Failure { problems: vec![problem], ..Failure::new(FailureCode::Refused, message) }
}

/// Refuses a file that is not for this device, by name.
fn is_for(session: &Session, label: &Label) -> Result<(), Failure> {
    let account = &session.identity.account;
    let message = if label.heading == Heading::ToHub {
        "a device wrote this file for the sync server; choose the file that the sync server wrote"
            .to_owned()
    } else if label.tenant != account.tenant_id {
        format!("this file is for another organisation, not for {}", account.tenant_name)
    } else if label.device != account.device_id {
        format!(
            "this file is for the device {}; this one is \"{}\" ({})",
            label.device, account.device_name, account.device_id
        )
    } else {
        return Ok(());
    };
    Err(Failure::new(FailureCode::Refused, message))
}

/// Proves the whole file before a word of it is acted upon. The key stays the one that is proven, so that a file that
/// is changed meanwhile does not open.
fn opened(
    session: &Session,
    envelope: &Envelope,
    mut file: File,
) -> Result<(Parts, HubOpening), CourierError> {
    let keys = &session.identity.keys;
    let hub = session.hub_key();
    let key = envelope.unlock(hub.key(), &keys.encryption_key(), |theirs| keys.agree(theirs))?;
    key.opener(BufReader::new(&file)).prove()?;
    file.seek(SeekFrom::Start(ENVELOPE as u64))?;
    let mut parts = key.opener(BufReader::new(file));
    match parts.part(OPENING_MAX)? {
        Some((Part::Opening, bytes)) => Ok((parts, wire::unpack(&bytes, OPENING_MAX)?)),
        _ => Err(CourierError::Damaged),
    }
}
