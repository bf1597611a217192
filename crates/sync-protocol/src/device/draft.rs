//! How an edit becomes an intent: which fields changed, with the witnesses that the hub's merge needs.

use domain::attention::{FIELD_ROWS, MINE};
use domain::record::{Cell, Change, ChildAction, ChildChange, Record, RecordChanges, witnesses};
use uuid::Uuid;

use crate::merge::path::FieldPath;
use crate::op::{Intent, Verb};

/// Version of the intents that this build writes.
pub const KIND_VERSION: u16 = 1;

fn intent(record: &Record, verb: Verb, changes: RecordChanges) -> Intent {
    Intent {
        entity: record.entity().name.to_owned(),
        verb,
        kind_version: KIND_VERSION,
        id: record.id(),
        base_version: record.head.version,
        changes,
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

/// The deletion of a record, with all that the person saw as witnesses, so that an edit which came
/// first is noticed.
pub fn retire(seen: &Record) -> Intent {
    let children = seen.children().iter().map(|row| ChildChange {
        entity: row.values.entity().name.to_owned(),
        id: row.id,
        action: ChildAction::Edit,
        fields: witnesses(&row.values),
    });
    let changes = RecordChanges { fields: witnesses(&seen.values), children: children.collect() };
    intent(seen, Verb::Retire, changes)
}

/// One decision about an Attention item: the path of its field and whose value is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    pub path: String,
    /// [`MINE`] or [`domain::attention::THEIRS`].
    pub keep: String,
}

/// The intents that decide an item: first the edit of the record itself where the person keeps what
/// they wrote (`target` is the record as it stands; `None` if it is gone or was never made), then the
/// closing of the item.
pub fn resolve(item: &Record, target: Option<&Record>, decisions: &[Decision]) -> Vec<Intent> {
    let mut intents = Vec::new();
    let mine: Vec<&str> =
        decisions.iter().filter(|d| d.keep == MINE).map(|d| d.path.as_str()).collect();
    if let Some(target) = target {
        if mine.contains(&FieldPath::RECORD) {
            intents.push(retire(target));
        } else {
            intents.extend(keep_mine(item, target, &mine));
        }
    }
    let fields = decisions
        .iter()
        .map(|decision| Change {
            field: decision.path.clone(),
            from: None,
            to: Cell::Text(decision.keep.clone()),
        })
        .collect();
    let changes = RecordChanges { fields, children: Vec::new() };
    intents.push(intent(item, Verb::Resolve, changes));
    intents
}

fn keep_mine(item: &Record, target: &Record, paths: &[&str]) -> Option<Intent> {
    let mut left = target.clone();
    for row in item.collection(FIELD_ROWS) {
        let Some(path) = row.values.get("path").text().filter(|path| paths.contains(path)) else {
            continue;
        };
        let mine = row.values.get("mine").text().unwrap_or("null");
        let (Some(path), Ok(cell)) = (FieldPath::parse(path), serde_json::from_str(mine)) else {
            continue;
        };
        path.write(&mut left, cell);
    }
    update(target, &left)
}

/// Which pending ops an intent needs: those that made the record itself or a record it refers to.
/// `made_by` answers with the pending op that creates a record, if one does.
pub fn needs(intent: &Intent, made_by: impl Fn(Uuid) -> Option<Uuid>) -> Vec<Uuid> {
    let mut ids = vec![intent.id];
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
