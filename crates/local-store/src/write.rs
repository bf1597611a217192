//! THE function that writes a person's work: the ops into the chain and the outbox, the hub's images
//! below the rows they touch, and the rows themselves, all in one transaction. Rules are the caller's.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use chrono::{DateTime, NaiveDate, Utc};
use domain::record::{EntityDef, Record};
use rusqlite::{ErrorCode, OptionalExtension, params};
use sync_protocol::device::overlay::replay;
use sync_protocol::op::{ChainEnd, Intent, Op, SealedOp, Verb};
use uuid::Uuid;

use crate::attachments::{self, NewFile};
use crate::error::{Result, StoreError};
use crate::layout::{Db, Layout, layout};
use crate::numbers;
use crate::outbox::{chain_end, set_chain_end};
use crate::records::overlay;
use crate::records::row::{self, Stored};
use crate::search;
use crate::store::{Store, Touched};

/// One intent to be sealed into the chain.
#[derive(Clone, Debug)]
pub struct Draft {
    pub op_id: Uuid,
    pub intent: Intent,
    /// Ops without which this one makes no sense (see [`crate::View::made_by`]).
    pub needs: Vec<Uuid>,
    /// The refused op that this one mends.
    pub replaces: Option<Uuid>,
    /// The day on which a record that it makes without a code is given one by a series; none is without.
    pub numbered_on: Option<NaiveDate>,
}

/// Under what the drafts are sealed.
#[derive(Clone, Copy, Debug)]
pub struct Sealing {
    pub lease_serial: u64,
    pub occurred_at: DateTime<Utc>,
}

/// What was written.
#[derive(Clone, Debug)]
pub struct Written {
    /// The end of the chain, with these ops in it.
    pub chain: ChainEnd,
    pub touched: Touched,
}

/// A row on its way through the drafts.
struct Working {
    before: Option<Stored>,
    now: Option<Record>,
}

type Rows = BTreeMap<(&'static str, Uuid), (&'static Layout, Working)>;

impl Store {
    /// Writes the drafts in their order, all or none.
    ///
    /// # Errors
    /// `NoSuchRecord` for a draft about a record that is not held, `RecordExists` for a second creation,
    /// `OpIdUsed`, or `OutOfRange`; then nothing is written.
    pub fn write(&self, drafts: &[Draft], sealing: Sealing) -> Result<Written> {
        self.write_attaching(drafts, sealing, &[])
    }

    /// The same, with the files that the drafts attach.
    ///
    /// # Errors
    /// As [`Store::write`].
    pub fn write_attaching(
        &self,
        drafts: &[Draft],
        sealing: Sealing,
        files: &[NewFile],
    ) -> Result<Written> {
        self.transact(|db| {
            attachments::attach(db, files)?;
            let mut rows = Rows::new();
            let mut chain = chain_end(db)?;
            for draft in drafts {
                chain = add(db, &mut rows, chain, draft, sealing)?;
            }
            set_chain_end(db, chain)?;
            let mut touched: Vec<(&'static EntityDef, Uuid)> = Vec::new();
            for ((_, id), (layout, working)) in &rows {
                row::put(db, layout, working.before.as_ref(), working.now.as_ref())?;
                touched.push((layout.entity, *id));
            }
            search::index::catch_up(db, search::index::AT_ONCE, &|| false)?;
            Ok(Written { chain, touched: Touched::Records(touched) })
        })
    }
}

fn add(
    db: Db,
    rows: &mut Rows,
    chain: ChainEnd,
    draft: &Draft,
    sealing: Sealing,
) -> Result<ChainEnd> {
    let layout = layout(&draft.intent.entity)?;
    for id in draft.intent.touches() {
        fits(draft.intent.verb, layout, id, working(db, rows, layout, id)?)?;
    }
    let mut intent = draft.intent.clone();
    if let Some(day) = draft.numbered_on {
        intent.changes.fields.extend(numbers::draw(db, layout.entity, &intent, day)?);
    }
    let sealed = SealedOp::seal(Op {
        op_id: draft.op_id,
        op_seq: chain.op_seq + 1,
        prev_hash: chain.hash,
        lease_serial: sealing.lease_serial,
        occurred_at: sealing.occurred_at,
        needs: draft.needs.clone(),
        replaces: draft.replaces,
        intent,
    })?;
    for id in draft.intent.touches() {
        let working = working(db, rows, layout, id)?;
        if !overlay::has_base(db, layout, id)? {
            let image = working.before.as_ref().map(|stored| &stored.record);
            overlay::set_base(db, layout, id, image)?;
        }
        working.now = replay(working.now.as_ref(), &[sealed.op()]);
    }
    insert(db, layout, &sealed)?;
    Ok(ChainEnd::after(&sealed))
}

/// A row as the drafts before this one have left it.
fn working<'r>(
    db: Db,
    rows: &'r mut Rows,
    layout: &'static Layout,
    id: Uuid,
) -> Result<&'r mut Working> {
    let (_, working) = match rows.entry((layout.entity.name, id)) {
        Entry::Occupied(row) => row.into_mut(),
        Entry::Vacant(row) => {
            let before = row::load(db, layout, id)?;
            let now = before.as_ref().map(|stored| stored.record.clone());
            row.insert((layout, Working { before, now }))
        }
    };
    Ok(working)
}

fn fits(verb: Verb, layout: &Layout, id: Uuid, row: &Working) -> Result<()> {
    let entity = layout.entity.name;
    match (verb, &row.now) {
        (Verb::Create, Some(_)) => Err(StoreError::RecordExists { entity, id }),
        (Verb::Create, None) | (_, Some(_)) => Ok(()),
        (_, None) => Err(StoreError::NoSuchRecord { entity, id }),
    }
}

fn insert(db: Db, layout: &Layout, sealed: &SealedOp) -> Result<()> {
    let op = sealed.op();
    let used = StoreError::OpIdUsed(op.op_id);
    let mut acked = db.connection.prepare_cached("SELECT 1 FROM acked_op WHERE op_id = ?1")?;
    if acked.query_row([op.op_id.as_bytes()], |_| Ok(())).optional()?.is_some() {
        return Err(used);
    }
    let inserted = db
        .connection
        .prepare_cached(
            "INSERT INTO outbox (op_seq, op_id, entity, row_id, bytes, hash, other_id) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        )?
        .execute(params![
            i64::try_from(op.op_seq).unwrap_or(i64::MAX),
            op.op_id.as_bytes(),
            db.numbers.of(layout),
            op.intent.id.as_bytes(),
            sealed.bytes(),
            sealed.hash().0,
            op.intent.loser.as_ref().map(|loser| loser.id.into_bytes()),
        ]);
    match inserted {
        Ok(_) => Ok(()),
        Err(error) if error.sqlite_error_code() == Some(ErrorCode::ConstraintViolation) => {
            Err(used)
        }
        Err(error) => Err(error.into()),
    }
}
