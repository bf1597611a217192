//! How an item of Attention is made: what the author wrote, what stands, and the common base, without
//! any value that the item's owner may not read.

use std::borrow::Cow;

use domain::attention::{ATTENTION, FIELD_ROWS, REASON_ROWS, REJECTED, WAITING};
use domain::permissions::Grants;
use domain::record::{
    Cell, ChildAction, ChildRow, EntityDef, Found, Kind, Problem, Problems, Record, Value, Values,
    clean,
};
use domain::synced;
use uuid::Uuid;

use super::{Case, Effect};
use crate::merge::FieldConflict;
use crate::merge::path::FieldPath;
use crate::op::Verb;
use crate::projection::{Projection, is_visible};
use crate::receipt::{Receipt, RejectCode};
use crate::redaction;

/// As much of a message as an item keeps, in characters.
const MESSAGE_MAX: usize = 10_000;

/// As much of a value as an item keeps, in bytes of JSON, and what is left of one that has more, in characters: each
/// may take twelve bytes in ASCII.
const JSON_MAX: usize = 1_200_000;
const CUT: usize = JSON_MAX / 12;

/// What an item says beside its fields.
#[derive(Clone, Debug)]
pub struct Item<'a> {
    /// Whose item it is.
    pub owner: Uuid,
    pub kind: &'static str,
    pub title: &'a str,
    pub by_user: Option<Uuid>,
    pub code: &'static str,
    /// Why there is one: each reason by its rule, for a person of any language.
    pub reasons: Problems,
}

impl Item<'_> {
    /// What is said of something that has one reason, which names itself.
    pub(super) fn because(rule: &str, message: impl Into<String>) -> Problems {
        Problems(vec![Problem::new("", rule, message)])
    }
}

impl Case<'_, '_> {
    /// Adds an item and gives its id.
    pub(super) fn open_item(&mut self, item: Item, fields: &[FieldConflict]) -> Uuid {
        let id = (self.moment.new_id)();
        let mut record = Record::new(&ATTENTION, id, self.author.user, self.moment.now);
        let intent = &self.op.intent;
        for (name, value) in [
            ("owner_id", Value::Id(item.owner)),
            ("row_id", Value::Id(self.about)),
            ("op_id", Value::Id(self.op.op_id)),
            ("by_user", item.by_user.map_or(Value::Null, Value::Id)),
        ] {
            record.values.set(name, value);
        }
        for (name, text) in [
            ("kind", item.kind),
            ("entity", &intent.entity),
            ("title", item.title),
            ("code", item.code),
            ("message", &item.reasons.to_string()),
        ] {
            set_fitting(&mut record.values, name, text);
        }
        for (index, conflict) in fields.iter().enumerate() {
            let row = self.field_row(item.owner, index, conflict);
            record.put_child(row);
        }
        for (index, reason) in item.reasons.0.iter().enumerate() {
            let row = self.reason_row(index, reason);
            record.put_child(row);
        }
        record.head.version = 1;
        if item.owner != self.author.user {
            record = self.as_seen_by(item.owner, record);
        }
        self.effects.push(Effect::Put { before: None, after: Box::new(record) });
        id
    }

    pub(super) fn reason_row(&mut self, index: usize, reason: &Problem) -> ChildRow {
        let mut values = Values::empty(rows(REASON_ROWS));
        values.set("position", position(index));
        set_fitting(&mut values, "path", &reason.field);
        set_fitting(&mut values, "rule", &reason.rule);
        set_fitting(&mut values, "message", &reason.message);
        if !reason.params.is_empty() {
            values.set("params", json(&reason.params));
        }
        ChildRow { id: (self.moment.new_id)(), values }
    }

    fn field_row(&mut self, owner: Uuid, index: usize, conflict: &FieldConflict) -> ChildRow {
        let mut values = Values::empty(rows(FIELD_ROWS));
        let readable = self.readable(owner, &conflict.path);
        let shown = |cell: Option<&Cell>| cell.filter(|_| readable).map_or(Value::Null, json);
        // What the owner entered is theirs to see, whatever they may read.
        let mine = Some(&conflict.mine).filter(|_| readable || owner == self.author.user);
        values.set("position", position(index));
        set_fitting(&mut values, "path", &conflict.path.to_string());
        values.set("mine", mine.map_or(Value::Null, json));
        values.set("theirs", shown(Some(&conflict.theirs)));
        values.set("base", shown(conflict.base.as_ref()));
        ChildRow { id: (self.moment.new_id)(), values }
    }

    /// Whether the owner of an item may read what stands at the path.
    fn readable(&self, owner: Uuid, path: &FieldPath) -> bool {
        let Some(entity) = synced::find(&self.op.intent.entity) else { return false };
        let (row, field) = match path {
            FieldPath::Record | FieldPath::Row { .. } => return self.may_see(owner, entity),
            FieldPath::Field(field) => (Some(entity), field),
            FieldPath::ChildField { entity: child, field, .. } => (entity.child(child), field),
        };
        row.is_some_and(|row| self.may_read(owner, entity, row, field))
    }

    /// The rights by which an item is made for its owner; none where they may not work.
    fn rights_of(&self, owner: Uuid) -> Option<Cow<'_, Grants>> {
        if owner == self.author.user {
            return Some(Cow::Borrowed(self.author.grants));
        }
        match self.view.grants_of(owner) {
            Found::Yes(grants) => Some(grants),
            Found::No | Found::CannotTell => None,
        }
    }

    fn may_see(&self, owner: Uuid, entity: &EntityDef) -> bool {
        self.rights_of(owner).is_some_and(|grants| grants.holds(entity.guard.view))
    }

    /// Whether the owner of an item may read a field of `entity` or of one of its rows.
    fn may_read(
        &self,
        owner: Uuid,
        entity: &'static EntityDef,
        row: &EntityDef,
        field: &str,
    ) -> bool {
        let grants = self.rights_of(owner).filter(|grants| grants.holds(entity.guard.view));
        grants.is_some_and(|grants| !Projection::of(&grants, entity).hides(row.name, field))
    }

    /// An item for somebody else, without what their rights of this moment do not show them: of a record that they may
    /// not see any more they get no name and no value.
    fn as_seen_by(&self, owner: Uuid, item: Record) -> Record {
        let Some(entity) = synced::find(&self.op.intent.entity) else { return item };
        let grants = self.rights_of(owner).filter(|grants| grants.holds(entity.guard.view));
        let sight = grants.as_ref().map(|grants| Projection::of(grants, entity));
        let visible = grants.is_some_and(|grants| match self.view.record(entity, self.about) {
            Found::Yes(record) => is_visible(&grants, &record),
            Found::No => redaction::meant(&item).is_some_and(|record| is_visible(&grants, &record)),
            Found::CannotTell => false,
        });
        let seen = sight.as_ref().map(|sight| (entity, sight));
        redaction::left_of(&item, seen, visible).unwrap_or(item)
    }

    /// How the owner of an item knows the record.
    pub(super) fn title_for(&self, owner: Uuid, record: &Record) -> String {
        let entity = record.entity();
        record.title_of(|field| self.may_read(owner, entity, entity, field)).to_owned()
    }

    /// Everything the op wanted to write, as an item keeps it.
    pub(super) fn wanted(&self) -> Vec<FieldConflict> {
        let changes = &self.op.intent.changes;
        let entry = |path: FieldPath, change: &domain::record::Change| FieldConflict {
            path,
            base: change.from.clone(),
            mine: change.to.clone(),
            theirs: Cell::Null,
        };
        let own = changes
            .fields
            .iter()
            .filter(|change| !change.is_witness())
            .map(|change| entry(FieldPath::Field(change.field.clone()), change));
        let removed = changes.children.iter().filter(|row| row.action == ChildAction::Remove);
        let removed = removed.map(|row| FieldConflict {
            path: FieldPath::Row { entity: row.entity.clone(), id: row.id },
            base: None,
            mine: Cell::Text("removed".to_owned()),
            theirs: Cell::Null,
        });
        let rows = changes.children.iter().flat_map(|child| {
            let real = child.fields.iter().filter(|change| !change.is_witness());
            real.map(|change| {
                entry(FieldPath::child(&child.entity, child.id, &change.field), change)
            })
        });
        own.chain(rows).chain(removed).collect()
    }

    /// Refuses the op; what was entered goes to Attention.
    pub(super) fn reject(&mut self, code: RejectCode, problems: Problems) -> Receipt {
        let item = Item {
            owner: self.author.user,
            kind: REJECTED,
            title: &self.title(),
            by_user: None,
            code: code.as_str(),
            reasons: problems.clone(),
        };
        let attention = Some(self.open_item(item, &self.wanted()));
        Receipt::Rejected { code, problems: problems.0, attention }
    }

    /// Keeps the op until what it needs is done.
    pub(super) fn wait(&mut self, needs: Uuid) -> Receipt {
        let item = Item {
            owner: self.author.user,
            kind: WAITING,
            title: &self.title(),
            by_user: None,
            code: WAITING,
            reasons: Item::because(
                WAITING,
                "this builds on other work that was not accepted; decide that first",
            ),
        };
        let attention = self.open_item(item, &self.wanted());
        Receipt::Waiting { needs, attention }
    }

    /// How the author knows the record: as it stands, as far as they may see it, or as they called what they
    /// made.
    pub(super) fn title(&self) -> String {
        let Some(entity) = synced::find(&self.op.intent.entity) else { return String::new() };
        let made = self.op.intent.verb == Verb::Create;
        if let Some(record) = self.standing(entity).filter(|_| !made) {
            return self.title_for(self.author.user, &record);
        }
        let changes = &self.op.intent.changes.fields;
        // What they only saw when they could see it is not told back to them.
        let entered = |name: &str| changes.iter().find(|it| it.field == name && !it.is_witness());
        match entered("name").or_else(|| entered(entity.key)).map(|change| &change.to) {
            Some(Cell::Text(name)) => name.clone(),
            _ => String::new(),
        }
    }
}

/// A place in a list of rows.
fn position(index: usize) -> Value {
    Value::Int(i64::try_from(index).unwrap_or(i64::MAX))
}

/// As an item keeps it; nothing that it keeps is unprintable, and an absent value still opens the item.
fn json(value: &impl serde::Serialize) -> Value {
    let Ok(json) = serde_json::to_string(value) else { return Value::Null };
    let line = Some(&json).filter(|json| json.len() <= JSON_MAX).map(|json| on_one_line(json));
    if let Some(line) = line.filter(|line| line.len() <= JSON_MAX) {
        return Value::Text(line);
    }
    // No form takes so much; one that was sent all the same is kept whole with its op.
    let cut: String = json.chars().take(CUT).collect();
    serde_json::to_string(&cut).map_or(Value::Null, |json| Value::Text(on_one_line(&json)))
}

/// Sets a text that an op brought, cut to what the field can hold: an item must be storable and readable
/// whatever was sent.
fn set_fitting(values: &mut Values, name: &str, text: &str) {
    let kind = values.entity().field(name).map(|field| field.kind);
    let most = match kind {
        Some(Kind::Text { max }) => max,
        _ => MESSAGE_MAX,
    };
    let clean = text.chars().map(|sign| if sign.is_control() { ' ' } else { sign });
    let cut: String = clean.take(most).collect();
    let value = kind.and_then(|kind| kind.read(&Cell::Text(cut)).ok());
    values.set(name, value.unwrap_or_default());
}

/// JSON as a text field keeps it: without control characters, and in ASCII where it holds signs that a text
/// would lose or write otherwise, so that it is read back on every side as it was written.
fn on_one_line(json: &str) -> String {
    let plain = clean(json) == json;
    let mut line = String::with_capacity(json.len());
    for sign in json.chars() {
        match sign.is_control() || !(plain || sign.is_ascii()) {
            true => sign
                .encode_utf16(&mut [0; 2])
                .iter()
                .for_each(|unit| line.push_str(&format!("\\u{unit:04x}"))),
            false => line.push(sign),
        }
    }
    line
}

fn rows(name: &str) -> &'static EntityDef {
    // The list of ATTENTION's children is a literal in its declaration; a test holds them together.
    ATTENTION.child(name).unwrap_or(&ATTENTION)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_was_sent_an_item_can_be_read_where_it_arrives() {
        let kind = rows(FIELD_ROWS).field("mine").unwrap().kind;
        for text in ["x", "\0", "\"", "\u{1F600}", "é\u{7}"] {
            for count in [1, 90_000, 1_300_000 / text.len()] {
                let cell = Cell::Text(text.repeat(count));
                let Value::Text(kept) = json(&cell) else { panic!("{text:?}") };
                kind.read(&Cell::Text(kept.clone())).unwrap_or_else(|e| panic!("{}", e.message));
                let told: Cell = serde_json::from_str(&kept).unwrap();
                assert!(told == cell || kept.len() < JSON_MAX && count > 1, "{text:?}");
            }
        }
    }
}
