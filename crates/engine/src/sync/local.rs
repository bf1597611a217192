//! What a round begins with: what the device knows of itself, and the next of its ops. Reads the copy
//! and changes nothing.

use contract::{Failure, FailureCode};
use domain::synced;
use local_store::{FillStage, Limits};
use serde_bytes::ByteBuf;
use sync_protocol::device::round::{Fill, Local};
use sync_protocol::message::Position;
use sync_protocol::op::SealedOp;
use sync_protocol::row::schema_hash;

use crate::commands::{self, fault, import};
use crate::session::{Session, kept};

/// How much one push carries: far below what the hub takes, so that progress shows on a slow link.
pub const PUSH: Limits = Limits { ops: 500, bytes: 1 << 20 };
/// The ops of a round's first push.
const FIRST: usize = 25;

/// What one push carries where so much may go over the line, and so many ops have gone over it in this round. A push
/// that is cut goes again as a whole: so it is never more than a quarter of what came through before, however soon the
/// line breaks.
pub fn push(left: Option<u64>, sent: u32) -> Limits {
    let left = left.map_or(usize::MAX, |left| usize::try_from(left).unwrap_or(usize::MAX));
    let ops = (sent as usize / 4).clamp(FIRST, PUSH.ops);
    Limits { ops, bytes: PUSH.bytes.min(left.max(ONE.bytes)) }
}

/// One op at a time, however large.
pub const ONE: Limits = Limits { ops: 1, bytes: 1 };

/// The next ops for the hub: those without an answer, and before them what it does not hold.
pub struct Batch {
    pub ops: Vec<ByteBuf>,
    pub unanswered: u64,
}

impl Batch {
    /// # Errors
    /// Where the copy cannot be read.
    pub fn next(session: &Session, hub_chain: u64, limits: Limits) -> Result<Self, Failure> {
        session
            .store
            .read(|view| {
                let first = view.first_unanswered()?.unwrap_or(u64::MAX).min(hub_chain + 1);
                let ops = view.ops_from(first, limits)?.into_iter().map(ByteBuf::from).collect();
                Ok(Self { ops, unanswered: view.unanswered()? })
            })
            .map_err(fault)
    }
}

/// What the device knows of itself.
///
/// # Errors
/// Where the copy cannot be read, or the lease in it is not to be believed.
pub fn local(session: &Session) -> Result<Local, Failure> {
    let filling = session.store.filling().map_err(fault)?;
    let lease_serial = u64::try_from(session.lease_serial()?).unwrap_or_default();
    let schema = schema_hash().map_err(|error| fault(error.into()))?;
    session
        .store
        .read(|view| {
            let cursor = view.cursor()?;
            // A first fill that broke off says which life of the hub it is of.
            let epoch = match (&filling, view.epoch()?) {
                (Some(filling), 0) => filling.epoch,
                (_, epoch) => epoch,
            };
            let fill =
                filling.filter(|filling| filling.epoch == epoch).map(|filling| {
                    match filling.stage {
                        FillStage::Snapshot { page } => Fill::Snapshot { page },
                        FillStage::CatchUp { cursor, policy_version, page } => {
                            Fill::CatchUp { cursor, policy_version, page }
                        }
                    }
                });
            Ok(Local {
                epoch,
                policy_version: view.policy_version()?,
                lease_serial,
                schema,
                cursor,
                chain: view.chain()?,
                unanswered: view.unanswered()?,
                life: view.life()?,
                doubtful: view.doubtful()?,
                fill,
                page: view.staged_page()?,
            })
        })
        .map_err(fault)
}

/// Forgets what a verified backup of the hub holds, but not what an import is undone by.
///
/// # Errors
/// Where the copy cannot be read or written.
pub fn forget(session: &Session, backed_up: Position, held: u64) -> Result<(), Failure> {
    let needed = commands::read(session, import::needed_ops)?;
    session.store.forget_answered(backed_up, held, &needed).map_err(fault)
}

/// Keeps what the hub takes: a person who is offline is told at once of a file that is too large.
///
/// # Errors
/// Where the copy cannot be written.
pub fn keep_attachment_max(session: &Session, most: Option<u64>) -> Result<(), Failure> {
    let Some(most) = most.map(u64::to_be_bytes) else { return Ok(()) };
    let kept = session.store.read(|view| view.kept(kept::ATTACHMENT_MAX)).map_err(fault)?;
    match kept.as_deref() == Some(&most[..]) {
        true => Ok(()),
        false => session.store.keep(&[(kept::ATTACHMENT_MAX, Some(&most))]).map_err(fault),
    }
}

/// The refusal of one op that the hub does not take for its size, by the record it is about.
///
/// # Errors
/// Where the copy cannot be read.
pub fn too_large(session: &Session, op: ByteBuf) -> Result<Failure, Failure> {
    let size = op.len();
    let sealed = SealedOp::open(op.into_vec()).map_err(|error| fault(error.into()))?;
    let intent = &sealed.op().intent;
    let record = match synced::find(&intent.entity) {
        Some(entity) => {
            let titles = session.store.read(|view| view.titles(entity, &[intent.id]));
            let title = titles.map_err(fault)?.into_iter().next().map(|title| title.title);
            let title = title.filter(|title| !title.is_empty());
            format!("{} \"{}\"", entity.name, title.unwrap_or_else(|| intent.id.to_string()))
        }
        None => format!("{} {}", intent.entity, intent.id),
    };
    let message = format!(
        "the sync server answers and does not take the change of {record}: with {} kB it is too large. It \
         and what was done after it stay here; ask your administrator to let the sync server take larger \
         requests (DAYBOOK_MAX_BODY_BYTES, and any proxy before it), then sync again",
        size.div_ceil(1000)
    );
    Ok(Failure::new(FailureCode::ServerRefused, message))
}

#[cfg(test)]
mod tests {
    use contract::{Cell, Change, Command, RecordChanges};
    use domain::permissions::StandardRole;

    use super::*;
    use crate::desk::Desk;

    #[tokio::test]
    async fn a_change_that_is_too_large_is_named_by_its_record_and_sent_alone() {
        let desk = Desk::of(StandardRole::Manager);
        for (name, code) in [("Ada", "C1"), ("Ben", "C2")] {
            let field = |field: &str, text: &str| Change {
                field: field.to_owned(),
                from: None,
                to: Cell::from(text),
            };
            let fields = vec![field("name", name), field("code", code)];
            let changes = RecordChanges { fields, children: Vec::new() };
            desk.call(Command::Save { entity: "customer".to_owned(), id: None, changes }).unwrap();
        }
        assert_eq!(Batch::next(&desk.session, 0, PUSH).unwrap().ops.len(), 2);
        let alone = Batch::next(&desk.session, 0, ONE).unwrap();
        assert_eq!((alone.ops.len(), alone.unanswered), (1, 2));
        let failure = too_large(&desk.session, alone.ops[0].clone()).unwrap();
        assert_eq!(failure.code, FailureCode::ServerRefused);
        assert!(failure.message.contains("customer \"Ada\""), "{failure}");
        assert!(!failure.message.contains("cannot be reached"), "{failure}");
    }
}
