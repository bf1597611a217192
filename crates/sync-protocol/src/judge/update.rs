//! An edit: merged with what others did since, then every rule again.

use domain::attention::RETIRED_EDIT;
use domain::permissions::Action;
use domain::record::{
    Cell, Change, ChildAction, EntityDef, Record, RecordChanges, Value, approval, origin, row_facts,
};

use super::Case;
use super::attention::Item;
use super::validity::{self, Other};
use crate::merge::path::FieldPath;
use crate::merge::{FieldConflict, merge};
use crate::receipt::{Receipt, RejectCode};

/// What whoever deleted a record is told, in whichever order the deletion and an edit come.
pub(super) const BACK_INACTIVE: &str =
    "you deleted this while somebody else edited it; it is back, inactive";

/// What an edit comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Outcome {
    /// Equal values, or conflicts alone. What was deleted stays so.
    Nothing,
    Edited,
    /// Whoever deleted it changed their mind, or somebody who saw that asks for it: nobody needs to be told.
    BackAsItWas,
    /// Somebody works with it who did not know.
    BackInactive,
}

impl Case<'_, '_> {
    pub(super) fn update(&mut self, entity: &'static EntityDef) -> Receipt {
        if let Err(reason) = self.permitted(Action::Edit, entity, None) {
            return self.denied(&reason);
        }
        let Some(current) = self.standing(entity) else { return self.not_found() };
        if let Err(reason) = self.permitted(Action::Edit, entity, Some(&current)) {
            return self.denied(&reason);
        }
        let changes = match self.changes(entity) {
            Ok(changes) => changes,
            Err(problems) => return self.reject(RejectCode::Invalid, problems),
        };
        if let Some(survivor) = current.merged_into() {
            return self.edit_of_merged(entity, &current, survivor);
        }
        let merged = match merge(&current, &changes, &self.sight(entity)) {
            Ok(merged) => merged,
            Err(problems) => return self.reject(RejectCode::Invalid, problems),
        };
        let (mut record, mut left) = (merged.record, merged.conflicts);
        let stranger =
            (current.head.updated_by != self.author.user).then_some(current.head.updated_by);
        let unseen = current.head.version > self.op.intent.base_version;
        if unseen && stranger.is_some() {
            self.hold_back(&changes, &current, &mut record, &mut left);
        }
        if let Some(kept) = self.writes_kept(entity) {
            return self.refuse(RejectCode::NotPermitted, kept);
        }
        let author = self.author.user;
        origin::settle_owner(Some(&current), &mut record, author, self.view);
        approval::set_aside(Some(&current), &mut record, self.op.op_id, self.act());
        // An edit may move a row: the author needs the right where it goes as well.
        if row_facts(&record) != row_facts(&current)
            && let Err(reason) = self.permitted(Action::Edit, entity, Some(&record))
        {
            return self.denied(&reason);
        }
        if let Err(reason) = self.also_permitted(Some(&current), &record) {
            return self.denied(&reason);
        }
        let outcome = self.outcome(&current, &record, unseen);
        if outcome == Outcome::Nothing {
            let title = self.title_for(self.author.user, &current);
            let other = self.other(&current, &left);
            return self.conclude(current.head.version, &title, other, left, false);
        }
        if let Some(leased) = self.number_of_another(Some(&current), &record) {
            return self.refuse(RejectCode::Invalid, leased);
        }
        match validity::settle(&mut record, self.view) {
            Ok(taken) => left.extend(taken),
            // Each side was right by itself: a person must decide.
            Err(_) if unseen => {
                let wanted = self.with_standing(&current);
                let by = Other::Person(self.writer_since(&current));
                let title = self.title_for(self.author.user, &current);
                return self.conclude(current.head.version, &title, by, wanted, false);
            }
            Err(problems) => return self.reject(RejectCode::Invalid, problems),
        }
        match outcome {
            Outcome::Nothing | Outcome::Edited => {}
            Outcome::BackAsItWas => record.head.retired_at = None,
            Outcome::BackInactive => self.bring_back(&current, &mut record),
        }
        let title = self.title_for(self.author.user, &record);
        let other = self.other(&current, &left);
        let version = self.put(Some(current), record);
        self.conclude(version, &title, other, left, unseen && stranger.is_some())
    }

    /// With whom the author disagrees; only a disagreement needs a name.
    fn other(&self, current: &Record, left: &[FieldConflict]) -> Other {
        match left.is_empty() {
            true => Other::Record,
            false => Other::Person(self.writer_since(current)),
        }
    }

    /// What there is to write of `record`, which is `current` with the op's changes; `unseen` where it was changed
    /// since the author saw it.
    fn outcome(&self, current: &Record, record: &Record, unseen: bool) -> Outcome {
        let same = record.values == current.values && record.children() == current.children();
        if !current.is_retired() {
            return if same { Outcome::Nothing } else { Outcome::Edited };
        }
        let asks_back = writes_nothing(&self.op.intent.changes);
        let deleted_it = current.head.updated_by == self.author.user;
        match (asks_back, same) {
            // Who saw that it was deleted and asks for it, changed or as it was.
            (true, _) | (_, false) if !unseen => Outcome::BackAsItWas,
            _ if deleted_it => Outcome::BackAsItWas,
            (false, true) => Outcome::Nothing,
            (true, _) | (false, false) => Outcome::BackInactive,
        }
    }

    /// A deleted record that somebody edits without knowing comes back, inactive, and whoever deleted
    /// it is told.
    fn bring_back(&mut self, current: &Record, record: &mut Record) {
        record.head.retired_at = None;
        record.values.set("active", Value::Bool(false));
        let mut fields = vec![FieldConflict {
            path: FieldPath::Record,
            base: None,
            mine: Cell::Text("deleted".to_owned()),
            theirs: Cell::Text("edited".to_owned()),
        }];
        fields.extend(self.wanted().into_iter().map(|edit| FieldConflict {
            theirs: edit.mine,
            mine: Cell::Null,
            ..edit
        }));
        let deleter = current.head.updated_by;
        let item = Item {
            owner: deleter,
            kind: RETIRED_EDIT,
            title: &self.title_for(deleter, current),
            by_user: Some(self.author.user),
            code: RETIRED_EDIT,
            reasons: Item::because(RETIRED_EDIT, BACK_INACTIVE),
        };
        self.open_item(item, &fields);
    }

    /// All that the op wanted, beside what stands.
    pub(super) fn with_standing(&self, current: &Record) -> Vec<FieldConflict> {
        let mut wanted = self.wanted();
        for conflict in &mut wanted {
            conflict.theirs = match &conflict.path {
                FieldPath::Field(name) => current.values.cell(name).unwrap_or_default(),
                FieldPath::ChildField { entity, id, field } => {
                    let row = current.child(entity, *id);
                    row.and_then(|row| row.values.cell(field)).unwrap_or_default()
                }
                _ => Cell::Null,
            };
        }
        wanted
    }
}

/// Whether there is nothing in it but what the person saw, as `draft::bring_back` writes it for a record that is
/// to come back as it was.
fn writes_nothing(changes: &RecordChanges) -> bool {
    let rows = changes.children.iter();
    changes.fields.iter().all(Change::is_witness)
        && rows
            .into_iter()
            .all(|row| row.action == ChildAction::Edit && row.fields.iter().all(Change::is_witness))
}
