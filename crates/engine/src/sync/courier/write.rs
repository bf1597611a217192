//! Writing a file for the hub: what this device would say in a round, and all of its work that has no answer.

use std::io::{BufWriter, Write as _};
use std::path::Path;

use contract::{CourierFile, Failure, FailureCode};
use sync_protocol::courier::{CourierError, DeviceOpening, Heading, Label, Part, Sealer, Writer};
use sync_protocol::device::round::{Effect, Event, Local, Round};
use sync_protocol::message::{Hello, PurgeReceipt, Push};
use sync_protocol::op::SealedOp;
use sync_protocol::wire;
use tempfile::Builder;
use zeroize::Zeroizing;

use super::{Files, Written, count};
use crate::commands::fault;
use crate::session::{Session, kept};
use crate::sync::local::{PUSH, local};

/// Writes a file to a place where none is. Writing is not sending: what is in it goes on waiting for an answer. Blocks.
///
/// # Errors
/// `Usage` where it cannot be written there; `Refused` where this device does not know the hub's key for such files.
pub fn write(session: &Session, path: &Path) -> Result<CourierFile, Failure> {
    must_be_free(path)?;
    let reader = hub_key(session)?;
    let local = local(session)?;
    let (mut files, purged, first) = session
        .store
        .read(|view| Ok((Files::of(view), view.kept(kept::PURGED)?, view.first_unanswered()?)))
        .map_err(fault)
        .and_then(|(files, purged, first)| Ok((files?, purged, first)))?;
    let (end, epoch) = (local.chain.op_seq, local.epoch);
    let answered = first.map_or(end, |first| first.saturating_sub(1));
    let purged = purged.and_then(|bytes| wire::decode::<PurgeReceipt>(&bytes).ok());
    let marks = session.identity.marks.clone();
    let opening = DeviceOpening { hello: hello(session, local)?, answered, purged, marks };
    files.written += 1;
    let account = &session.identity.account;
    let label = Label {
        heading: Heading::ToHub,
        tenant: account.tenant_id,
        device: account.device_id,
        number: files.written,
        answers: files.taken.number,
        time: session.time(),
    };
    let not_written = |error: &dyn std::fmt::Display| {
        Failure::new(FailureCode::Usage, format!("{} is not written: {error}", path.display()))
    };
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let beside = Builder::new().prefix(".courier-").tempfile_in(folder.unwrap_or(Path::new(".")));
    let beside = beside.map_err(|error| not_written(&error))?;
    let mut ephemeral = Zeroizing::new([0; 32]);
    session.host().random(&mut *ephemeral);
    let sealed = (|| {
        let writer = Writer { ephemeral, reader: &reader };
        let sign = |message: &[u8]| session.identity.keys.sign_bytes(message);
        let (envelope, key) = writer.envelope(&label, sign)?;
        let mut out = BufWriter::new(beside.as_file());
        out.write_all(&envelope)?;
        let mut sealer = key.sealer(out);
        sealer.part(Part::Opening, &wire::pack(&opening)?)?;
        Ok::<_, CourierError>(sealer)
    })();
    let mut sealer = sealed.map_err(|error| not_written(&error))?;
    let changes = work(session, answered, end, epoch, &mut sealer, &not_written)?;
    sealer.finish().map_err(|error| not_written(&error))?;
    beside.as_file().sync_all().map_err(|error| not_written(&error))?;
    let bytes = beside.as_file().metadata().map_err(|error| not_written(&error))?.len();
    files.last = Some(Written { at: session.host().now(), changes, op_seq: end });
    // Before it is there: no two files have one number.
    files.keep(session)?;
    beside.persist_noclobber(path).map_err(|error| match error.error.kind() {
        std::io::ErrorKind::AlreadyExists => taken(path),
        _ => not_written(&error.error),
    })?;
    let (path, number) = (path.display().to_string(), count(files.written));
    Ok(CourierFile { path, number, changes: count(changes), bytes })
}

/// The ops after a place of the chain up to its end; answers how many.
fn work(
    session: &Session,
    answered: u64,
    end: u64,
    epoch: u64,
    sealer: &mut Sealer<impl std::io::Write>,
    not_written: &impl Fn(&dyn std::fmt::Display) -> Failure,
) -> Result<u64, Failure> {
    let (mut next, mut changes) = (answered + 1, 0);
    while next <= end {
        let ops = session.store.read(|view| view.ops_from(next, PUSH)).map_err(fault)?;
        let Some(last) = ops.last() else { break };
        let last = SealedOp::open(last.clone()).map_err(|error| fault(error.into()))?;
        next = last.op().op_seq + 1;
        changes += ops.len() as u64;
        let push = Push { epoch, ops: ops.into_iter().map(Into::into).collect() };
        let body = wire::pack(&push).map_err(|error| fault(error.into()))?;
        sealer.part(Part::Ops, &body).map_err(|error| not_written(&error))?;
    }
    Ok(changes)
}

/// What a round would begin with. A copy that is not what the hub said of it asks for a fresh one.
fn hello(session: &Session, local: Local) -> Result<Hello, Failure> {
    let cursor = local.cursor.filter(|_| local.doubtful.is_empty());
    let mut round = Round::new(Local { cursor, ..local });
    let begun = round.step(Event::Start { now: session.host().now() });
    match begun.into_iter().next() {
        Some(Effect::SendHello(hello)) => Ok(hello),
        _ => Err(Failure::new(FailureCode::Internal, "the round began without a hello")),
    }
}

fn hub_key(session: &Session) -> Result<[u8; 32], Failure> {
    let key = session.store.read(|view| view.kept(kept::COURIER_KEY)).map_err(fault)?;
    key.and_then(|key| key.try_into().ok()).ok_or_else(|| {
        let message = "this device does not know the sync server's key for such files; sign in once more while the \
                       sync server can be reached (daybook login), then write it again";
        Failure::new(FailureCode::Refused, message)
    })
}

fn must_be_free(path: &Path) -> Result<(), Failure> {
    match path.symlink_metadata() {
        Ok(_) => Err(taken(path)),
        Err(_) => Ok(()),
    }
}

fn taken(path: &Path) -> Failure {
    let message =
        format!("{} is there already and is not written over; choose another name", path.display());
    Failure::new(FailureCode::Usage, message)
}
