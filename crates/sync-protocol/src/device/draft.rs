//! How an edit becomes an intent: which fields changed, with the witnesses that the hub's merge needs.

use domain::attention::{FIELD_ROWS, MINE, REJECTED, RETIRED_EDIT, THEIRS, WAITING};
use domain::record::{
    Cell, Change, ChildAction, ChildChange, ChildRow, Problems, Record, RecordChanges, Value,
    approval, witnesses,
};
use domain::{synced, versions};
use uuid::Uuid;

use crate::judge::review::REASON;
use crate::merge::path::FieldPath;
use crate::op::{Intent, Loser, Verb};

fn intent(record: &Record, verb: Verb, changes: RecordChanges) -> Intent {
    Intent {
        entity: record.entity().name.to_owned(),
        verb,
        kind_version: versions::declared().current,
        id: record.id(),
        base_version: record.head.version,
        changes,
        loser: None,
    }
}

/// The creation of `record`.
pub fn create(record: &Record) -> Intent {
    let head = &record.head;
    let empty = Record::from_parts(
        head.clone(),
        domain::record::Values::empty(record.entity()),
        Vec::new(),
    );
    intent(record, Verb::Create, RecordChanges::between(&empty, record))
}

/// The edit that leads from what the person saw to what they left; `None` where nothing changed.
pub fn update(seen: &Record, left: &Record) -> Option<Intent> {
    let changes = RecordChanges::between(seen, left);
    (!changes.is_empty()).then(|| intent(seen, Verb::Update, changes))
}

/// An edit of a deleted record by somebody who knows that it was: it comes back, be anything else changed or not.
/// It says all that was seen.
pub fn bring_back(seen: &Record, left: &Record) -> Intent {
    let mut changes = RecordChanges::between(seen, left);
    let mut unchanged = witnesses(&seen.values);
    unchanged.retain(|seen| changes.fields.iter().all(|change| change.field != seen.field));
    changes.fields.extend(unchanged);
    intent(seen, Verb::Update, changes)
}

/// Whether an intent is of [`bring_back`]: an edit of a record that stands says nothing of what it does not change
/// but the rest of a merge group.
pub fn brings_back(intent: &Intent) -> bool {
    let entity = synced::find(&intent.entity);
    let lone = |name: &str| {
        let place = entity.and_then(|entity| entity.place(name));
        place.is_some_and(|place| place.merge_group().is_none())
    };
    let mut fields = intent.changes.fields.iter();
    intent.verb == Verb::Update && fields.any(|seen| seen.is_witness() && lone(&seen.field))
}

/// The deletion of a record, with all that the person saw as witnesses, so that an edit which came
/// first is noticed.
pub fn retire(seen: &Record) -> Intent {
    intent(seen, Verb::Retire, all_seen(seen))
}

/// The merge of `loser` into `survivor`, both as the person saw them: the survivor takes the loser's values of the
/// fields named in `take`.
pub fn merge(survivor: &Record, loser: &Record, take: &[&str]) -> Intent {
    let mut changes = all_seen(survivor);
    changes.fields.retain(|seen| !take.contains(&seen.field.as_str()));
    changes.fields.extend(take.iter().filter_map(|name| {
        let (from, to) = (survivor.values.cell(name)?, loser.values.cell(name)?);
        Some(Change { field: (*name).to_owned(), from: Some(from), to })
    }));
    let loser = Loser { id: loser.id(), base_version: loser.head.version, seen: all_seen(loser) };
    Intent { loser: Some(Box::new(loser)), ..intent(survivor, Verb::Merge, changes) }
}

fn all_seen(seen: &Record) -> RecordChanges {
    let children = seen.children().iter().map(|row| ChildChange {
        entity: row.values.entity().name.to_owned(),
        id: row.id,
        action: ChildAction::Edit,
        fields: witnesses(&row.values),
    });
    RecordChanges { fields: witnesses(&seen.values), children: children.collect() }
}

/// Which proposal for fields under approval is meant, with everything the person saw of it as witnesses.
fn proposal(seen: &Record, row: &ChildRow, mut fields: Vec<Change>) -> RecordChanges {
    fields.extend(witnesses(&row.values));
    let entity = row.values.entity().name.to_owned();
    let row = ChildChange { entity, id: row.id, action: ChildAction::Edit, fields };
    debug_assert!(seen.child(&row.entity, row.id).is_some());
    RecordChanges { fields: Vec::new(), children: vec![row] }
}

/// The approval of a proposal that stands beside `seen`.
pub fn approve(seen: &Record, row: &ChildRow) -> Intent {
    intent(seen, Verb::Approve, proposal(seen, row, Vec::new()))
}

/// The refusal of a proposal, with a reason for whoever made it.
pub fn refuse(seen: &Record, row: &ChildRow, reason: Option<&str>) -> Intent {
    let reason = reason.map(|reason| Change {
        field: approval::REASON.to_owned(),
        from: None,
        to: Cell::Text(reason.to_owned()),
    });
    intent(seen, Verb::Refuse, proposal(seen, row, reason.into_iter().collect()))
}

/// One decision about an Attention item: the path of its field and whose value is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    pub path: String,
    /// [`MINE`] or [`domain::attention::THEIRS`].
    pub keep: String,
}

/// What a person makes of an item.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Choice {
    pub decisions: Vec<Decision>,
    /// What they write instead of what is kept, or beside it.
    pub mended: RecordChanges,
}

/// An intent on its way into the chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Drafted {
    pub intent: Intent,
    /// The refused op that it mends.
    pub replaces: Option<Uuid>,
}

impl From<Intent> for Drafted {
    fn from(intent: Intent) -> Self {
        Self { intent, replaces: None }
    }
}

/// The intents that decide an item: first the work on the record itself where the person keeps what they
/// wrote or mends it (`target` is the record as it stands; `None` if it is gone or was never made), then
/// the closing of the item. Work that was refused is done anew and takes the place of the refused op, so
/// that what builds on that one builds on this.
///
/// # Errors
/// Each kept or mended value that its field does not take.
pub fn resolve(
    item: &Record,
    target: Option<&Record>,
    choice: &Choice,
) -> Result<Vec<Drafted>, Problems> {
    // Who deleted wrote nothing into the fields that somebody else edited: the record as a whole is in question.
    let deleted = item.get("kind").text() == Some(RETIRED_EDIT);
    let in_question = |path: &str| !deleted || path == FieldPath::RECORD;
    let kept = choice.decisions.iter().filter(|decision| decision.keep == MINE);
    let kept = kept.map(|decision| decision.path.as_str()).filter(|path| in_question(path));
    let mine: Vec<&str> = kept.collect();
    let refused = matches!(item.get("kind").text(), Some(REJECTED | WAITING));
    let keeps = !mine.is_empty() || !choice.mended.is_empty();
    let work = match target {
        Some(target) if mine.contains(&FieldPath::RECORD) => Some(retire(target)),
        Some(target) => {
            let mut left = left(item, target.clone(), &mine, &choice.mended)?;
            if deleted {
                in_use_again(&mut left);
            }
            let mut work = update(target, &left);
            if refused && let Some(work) = &mut work {
                as_seen_then(item, work, &choice.mended);
            }
            work
        }
        None if refused && keeps => match never_made(item) {
            Some(empty) => Some(create(&left(item, empty, &mine, &choice.mended)?)),
            None => None,
        },
        None => None,
    };
    let replaces = item.get("op_id").id().filter(|_| refused);
    let work = work.map(|intent| Drafted { intent, replaces });
    let decision = |decision: &Decision| Change {
        field: decision.path.clone(),
        from: None,
        to: Cell::Text(decision.keep.clone()),
    };
    let fields = choice.decisions.iter().map(decision).collect();
    let changes = RecordChanges { fields, children: Vec::new() };
    Ok(work.into_iter().chain([intent(item, Verb::Resolve, changes).into()]).collect())
}

/// The intent that decides about somebody else's work: it is applied, or returned to its author with the reason.
pub fn review(item: &Record, applies: bool, reason: Option<&str>) -> Intent {
    let said = |field: &str, text: &str| Change {
        field: field.to_owned(),
        from: None,
        to: Cell::Text(text.to_owned()),
    };
    let decision = said(FieldPath::RECORD, if applies { MINE } else { THEIRS });
    let reason = reason.filter(|_| !applies).map(|reason| said(REASON, reason));
    let fields = std::iter::once(decision).chain(reason).collect();
    intent(item, Verb::Resolve, RecordChanges { fields, children: Vec::new() })
}

/// Refused work says what its author saw when they did it, and not what stands: of that they are shown nothing, and
/// what somebody else wrote meanwhile is to be found on the hub.
fn as_seen_then(item: &Record, work: &mut Intent, mended: &RecordChanges) {
    for row in item.collection(FIELD_ROWS) {
        let path = row.values.get("path").text().and_then(FieldPath::parse);
        let Some(path) = path.filter(|path| !is_mended(path, mended)) else { continue };
        let change = match &path {
            FieldPath::Field(name) => work.changes.fields.iter_mut().find(|c| c.field == *name),
            FieldPath::ChildField { entity, id, field } => {
                let mut rows = work.changes.children.iter_mut();
                let row = rows.find(|row| row.entity == *entity && row.id == *id);
                let row = row.filter(|row| row.action == ChildAction::Edit);
                row.and_then(|row| row.fields.iter_mut().find(|c| c.field == *field))
            }
            FieldPath::Record | FieldPath::Row { .. } => None,
        };
        if let Some(change) = change.filter(|change| !change.is_witness()) {
            let base = row.values.get("base").text();
            change.from = base.and_then(|base| serde_json::from_str(base).ok());
        }
    }
}

/// The deletion is taken back for good: the hub had brought the record back inactive.
fn in_use_again(record: &mut Record) {
    if record.get("active") == &Value::Bool(false) {
        record.values.set("active", Value::Bool(true));
    }
}

/// What the record becomes with the values of these paths, and with what was mended on top.
fn left(
    item: &Record,
    mut record: Record,
    paths: &[&str],
    mended: &RecordChanges,
) -> Result<Record, Problems> {
    let mut problems = Problems::default();
    for row in item.collection(FIELD_ROWS) {
        let Some(path) = row.values.get("path").text().filter(|path| paths.contains(path)) else {
            continue;
        };
        let mine = row.values.get("mine").text().unwrap_or("null");
        let (Some(path), Ok(cell)) = (FieldPath::parse(path), serde_json::from_str(mine)) else {
            continue;
        };
        if is_mended(&path, mended) {
            continue;
        }
        if let Err(problem) = path.write(&mut record, &cell) {
            problems.0.push(problem);
        }
    }
    if let Err(refused) = mended.apply(&mut record) {
        problems.0.extend(refused.0);
    }
    problems.into_result()?;
    Ok(record)
}

/// Whether something else is written at this place than what the item keeps.
pub fn is_mended(path: &FieldPath, mended: &RecordChanges) -> bool {
    let names = |fields: &[Change], name: &str| fields.iter().any(|change| change.field == name);
    match path {
        FieldPath::Record => false,
        FieldPath::Field(name) => names(&mended.fields, name),
        FieldPath::ChildField { entity, id, field } => mended.children.iter().any(|row| {
            let same = row.entity == *entity && row.id == *id;
            same && (row.action == ChildAction::Remove || names(&row.fields, field))
        }),
        FieldPath::Row { entity, id } => {
            mended.children.iter().any(|row| row.entity == *entity && row.id == *id)
        }
    }
}

/// The record that refused work was to make, with nothing of that work in it.
fn never_made(item: &Record) -> Option<Record> {
    let entity = synced::find(item.get("entity").text()?)?;
    let owner = item.get("owner_id").id()?;
    Some(Record::new(entity, item.get("row_id").id()?, owner, item.head.created_at))
}

/// Which pending ops an intent needs: those that made the record itself or a record it refers to.
/// `made_by` answers with the pending op that creates a record, if one does.
pub fn needs(intent: &Intent, made_by: impl Fn(Uuid) -> Option<Uuid>) -> Vec<Uuid> {
    let mut ids: Vec<Uuid> = intent.touches().collect();
    let rows = intent.changes.children.iter().flat_map(|child| &child.fields);
    for change in intent.changes.fields.iter().chain(rows) {
        match &change.to {
            Cell::Id(id) => ids.push(*id),
            Cell::Text(text) => ids.extend(text.parse::<Uuid>().ok()),
            _ => {}
        }
    }
    let mut needs: Vec<Uuid> = ids.into_iter().filter_map(made_by).collect();
    needs.sort_unstable();
    needs.dedup();
    needs
}
