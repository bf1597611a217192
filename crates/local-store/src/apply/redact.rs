//! Fields that may no longer be held are emptied everywhere: in rows, in images below pending work, in
//! the search index, and with the acknowledged ops that wrote them. An unanswered op keeps what its
//! author typed until the hub has judged it.

use domain::record::{ChildRow, FieldPlace, Record, RecordChanges, Value};
use sync_protocol::op::SealedOp;
use uuid::Uuid;

use super::checkpoint::Work;
use crate::error::{Result, StoreError};
use crate::layout::{self, Layout};
use crate::records::overlay::{self, Base};
use crate::records::own::expression;
use crate::records::row;
use crate::unknown;

/// One field of a record or of its child rows.
struct Hidden<'f> {
    layout: &'static Layout,
    /// The child entity, or the record's own.
    entity: &'static str,
    field: &'f str,
    place: FieldPlace<'f>,
}

/// Empties fields named `customer.credit_limit` or `customer_contact.phone`.
pub(super) fn redact(work: &mut Work, fields: &[String]) -> Result<()> {
    for name in fields {
        let Some(hidden) = find(name)? else {
            forget_unknown(work, name)?;
            work.redacted = true;
            continue;
        };
        for id in rows_with(work, &hidden)? {
            empty(work, &hidden, id)?;
        }
        forget_acked(work, &hidden)?;
        work.redacted = true;
    }
    Ok(())
}

/// Nothing for a field that only a newer program has.
fn find(name: &str) -> Result<Option<Hidden<'_>>> {
    let (entity, field) = split(name)?;
    for layout in layout::all() {
        let children = layout.children.iter().map(|child| child.entity);
        for declared in std::iter::once(layout.entity).chain(children) {
            if declared.name == entity
                && let Some(place) = declared.place(field)
            {
                return Ok(Some(Hidden { layout, entity: declared.name, field, place }));
            }
        }
    }
    Ok(None)
}

fn split(name: &str) -> Result<(&str, &str)> {
    name.split_once('.').ok_or(StoreError::Frame("a field to be emptied without its entity"))
}

/// A field that is not declared stands nowhere but beside the rows that came with it. It may be one of a child that is
/// not declared either: then any record may have it.
fn forget_unknown(work: &mut Work, name: &str) -> Result<()> {
    let (of, field) = split(name)?;
    let db = work.db;
    for layout in layout::all() {
        let entity = db.numbers.of(layout);
        for id in unknown::redact(db, entity, layout.entity.name, of, field)? {
            let image = match overlay::base(db, layout, id)? {
                Base::Row => row::load(db, layout, id)?.map(|stored| stored.record),
                Base::Image(image) => image.map(|image| *image),
            };
            let Some(image) = image else { continue };
            work.sums.change(db, entity, id, unknown::image_digest(db, entity, &image)?)?;
            work.touched.insert((entity, id));
        }
    }
    Ok(())
}

/// The records that hold the field, in their row or in the image below it.
fn rows_with(work: &Work, hidden: &Hidden) -> Result<Vec<Uuid>> {
    let own = hidden.entity == hidden.layout.entity.name;
    let id = if own { "id" } else { "parent_id" };
    let sql = format!(
        "SELECT {id} FROM {} WHERE {} IS NOT NULL UNION SELECT row_id FROM base_row WHERE entity = ?1",
        hidden.entity,
        expression(hidden.place)
    );
    let mut query = work.db.connection.prepare(&sql)?;
    let rows = query.query_map([work.db.numbers.of(hidden.layout)], |row| row.get(0))?;
    rows.map(|id| Ok(Uuid::from_bytes(id?))).collect()
}

fn empty(work: &mut Work, hidden: &Hidden, id: Uuid) -> Result<()> {
    let (db, layout) = (work.db, hidden.layout);
    let entity = db.numbers.of(layout);
    let image = match overlay::base(db, layout, id)? {
        Base::Row => {
            let Some(before) = row::load(db, layout, id)? else { return Ok(()) };
            let image = without(&before.record, hidden);
            row::put(db, layout, Some(&before), Some(&image))?;
            Some(image)
        }
        Base::Image(image) => {
            let image = image.map(|image| without(&image, hidden));
            overlay::set_base(db, layout, id, image.as_ref())?;
            work.rebase.insert((entity, id));
            image
        }
    };
    work.touched.insert((entity, id));
    let Some(image) = image else { return Ok(()) };
    work.sums.change(db, entity, id, unknown::image_digest(db, entity, &image)?)
}

fn without(record: &Record, hidden: &Hidden) -> Record {
    let mut record = record.clone();
    if hidden.entity == record.entity().name {
        record.values.put(&hidden.place, Value::Null);
        return record;
    }
    let rows: Vec<ChildRow> = record.children().to_vec();
    for mut row in rows.into_iter().filter(|row| row.values.entity().name == hidden.entity) {
        row.values.put(&hidden.place, Value::Null);
        record.put_child(row);
    }
    record
}

/// Acknowledged ops that name the field go: their bytes cannot be rewritten.
fn forget_acked(work: &Work, hidden: &Hidden) -> Result<()> {
    let mut query =
        work.db.connection.prepare("SELECT op_seq, bytes FROM acked_op WHERE entity = ?1")?;
    let mut rows = query.query([work.db.numbers.of(hidden.layout)])?;
    let mut naming: Vec<i64> = Vec::new();
    while let Some(row) = rows.next()? {
        if names(SealedOp::open(row.get(1)?)?, hidden) {
            naming.push(row.get(0)?);
        }
    }
    let mut delete = work.db.connection.prepare_cached("DELETE FROM acked_op WHERE op_seq = ?1")?;
    for op_seq in naming {
        delete.execute([op_seq])?;
    }
    Ok(())
}

fn names(op: SealedOp, hidden: &Hidden) -> bool {
    let intent = &op.op().intent;
    let loser = intent.loser.iter().map(|loser| &loser.seen);
    std::iter::once(&intent.changes).chain(loser).any(|changes| says(changes, hidden))
}

fn says(changes: &RecordChanges, hidden: &Hidden) -> bool {
    if hidden.entity == hidden.layout.entity.name {
        return changes.fields.iter().any(|change| change.field == hidden.field);
    }
    changes
        .children
        .iter()
        .filter(|child| child.entity == hidden.entity)
        .any(|child| child.fields.iter().any(|change| change.field == hidden.field))
}
