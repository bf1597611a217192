//! Making one record of two. Everything that refers to the loser refers to the survivor from then on, also where
//! the author may not see it; all of it is done or nothing. The loser is kept, retired, and says what it became.

mod account;
mod unite;

use domain::attention::CONFLICT;
use domain::permissions::{Action, Reason, Sensitivity};
use domain::record::{
    ChildRow, EntityDef, Found, Kind, Problem, Problems, Record, RecordChanges, Unique, Value,
    Values, approval, read_field,
};
use uuid::Uuid;

use super::Case;
use super::attention::Item;
use super::staged::Staged;
use crate::merge::changed_since;
use crate::op::Loser;
use crate::projection::is_visible;
use crate::receipt::{Receipt, RejectCode};

pub use account::caution;

/// Why an edit of a record that became another goes to its author.
const MERGED_MEANWHILE: &str = "merged_meanwhile";

impl Case<'_, '_> {
    pub(super) fn merge(&mut self, entity: &'static EntityDef) -> Receipt {
        if let Err(reason) = self.permitted(Action::Merge, entity, None) {
            return self.denied(&reason);
        }
        let Some(given) = self.op.intent.loser.clone() else {
            let message = "names no record to merge; update Daybook";
            return self.refuse(RejectCode::UnknownKind, Problem::new("", "unknown_kind", message));
        };
        let Some(survivor) = self.standing(entity) else { return self.not_found() };
        let Some(loser) = self.visible(entity, given.id) else { return self.not_found() };
        for record in [&survivor, &loser] {
            if let Err(reason) = self.permitted(Action::Merge, entity, Some(record)) {
                return self.denied(&reason);
            }
        }
        // Somebody did the same before.
        if loser.merged_into() == Some(survivor.id()) {
            return Receipt::Applied { version: survivor.head.version };
        }
        let called = |record: &Record| self.title_for(self.author.user, record);
        let unfit = unfit(&survivor, &loser, called);
        if let Some(problem) = unfit.or_else(|| self.stale(&survivor, &loser, &given)) {
            return self.refuse(RejectCode::Invalid, problem);
        }
        let (mut after, mut gone) = (survivor.clone(), loser.clone());
        match self.take(&mut after, &mut gone) {
            Ok(Ok(())) => {}
            Ok(Err(problems)) => return self.reject(RejectCode::Invalid, problems),
            Err(reason) => return self.denied(&reason),
        }
        let to_survivor = |target: &'static str, id: Uuid| {
            (target == entity.name && id == loser.id()).then_some(survivor.id())
        };
        if let Err(problem) = unite::lists(&mut after, &mut gone) {
            return self.refuse(RejectCode::Invalid, problem);
        }
        after.repoint(to_survivor);
        self.bring_rows(&mut after, &loser, to_survivor);
        if let Err(reason) = self.also_permitted(Some(&survivor), &after) {
            return self.denied(&reason);
        }
        // Nobody has approved yet that what was owed to the loser goes where the survivor is paid.
        if approval::differ(&survivor, &loser) {
            if !account::reads(&self.sight(entity), entity) {
                return self.denied_unread(entity);
            }
            approval::propose_anew(&mut after, self.op.op_id, self.act());
        }
        gone.head.retired_at = Some(self.moment.now);
        gone.values.set("merged_into", Value::Id(survivor.id()));
        let Found::Yes(referrers) = self.view.referrers(entity, loser.id()) else {
            // The judgement is made again once they are there.
            return self.cannot_judge_now();
        };
        let mut staged = Staged::over(self.view);
        for record in referrers {
            let own = record.entity().name == entity.name;
            if own && [survivor.id(), loser.id()].contains(&record.id()) {
                continue;
            }
            let mut pointed = record.clone().into_owned();
            pointed.repoint(to_survivor);
            staged.add(record.into_owned(), pointed);
        }
        let version = survivor.head.version + 1;
        let survivor_id = survivor.id();
        staged.add(survivor, after);
        staged.add(loser, gone);
        let broken = staged.broken();
        if !broken.is_empty() {
            let problems = broken
                .into_iter()
                .flat_map(|(record, problems)| self.told(entity, survivor_id, &record, problems));
            let mut problems: Vec<Problem> = problems.collect();
            problems.dedup();
            return self.reject(RejectCode::Invalid, Problems(problems));
        }
        for (before, after) in staged.into_changed() {
            self.put(Some(before), after);
        }
        Receipt::Applied { version }
    }

    /// What was changed since the author saw it: they decided about something else.
    fn stale(&self, survivor: &Record, loser: &Record, given: &Loser) -> Option<Problem> {
        let sight = self.sight(survivor.entity());
        let since = |record: &Record, version: i64, seen: &RecordChanges| {
            let newer = record.head.version > version;
            if newer { changed_since(record, seen, &sight) } else { Vec::new() }
        };
        let intent = &self.op.intent;
        let both = [
            (survivor, since(survivor, intent.base_version, &intent.changes)),
            (loser, since(loser, given.base_version, &given.seen)),
        ];
        let (record, edits) = both.into_iter().find(|(_, edits)| !edits.is_empty())?;
        let fields: Vec<String> = edits.iter().map(|edit| edit.path.to_string()).collect();
        let title = self.title_for(self.author.user, record);
        let message = format!(
            "{title} was changed meanwhile ({}); look at both again and merge them then",
            fields.join(", ")
        );
        Some(Problem::new("", "changed_meanwhile", message).with("record", title))
    }

    /// Writes the loser's values of the chosen fields; what stands once in the tenant the loser gives up.
    fn take(&self, after: &mut Record, loser: &mut Record) -> Result<Result<(), Problems>, Reason> {
        let entity = after.entity();
        let sight = self.sight(entity);
        let mut problems = Problems::default();
        let taken = self.op.intent.changes.fields.iter().filter(|change| !change.is_witness());
        let mut groups = Vec::new();
        for change in taken {
            if sight.hides(entity.name, &change.field) {
                return Err(Reason::FieldNotPermitted { field: change.field.clone() });
            }
            let (place, value) = match read_field(entity, &change.field, &change.to) {
                Ok(read) => read,
                Err(problem) => {
                    problems.0.push(problem);
                    continue;
                }
            };
            if !may_be_taken(entity, &change.field) {
                let message = "is never taken over by a merge; enter it in the record that stays";
                problems.add(&change.field, "not_taken", message);
                continue;
            }
            if *loser.values.at(&place) != value {
                let message = "is not what the record that goes has; look at both again";
                problems.add(&change.field, "not_the_losers", message);
                continue;
            }
            after.values.put(&place, value);
            groups.extend(place.merge_group());
        }
        for field in
            entity.all_fields().filter(|f| f.merge_group.is_some_and(|g| groups.contains(&g)))
        {
            if after.get(field.name) != loser.get(field.name) {
                let message = "belongs to a field that was chosen; take both or none";
                problems.add(field.name, "group", message);
            }
        }
        for field in entity.all_fields() {
            let single = matches!(field.unique, Unique::Tenant | Unique::Company);
            let same = after.get(field.name) == loser.get(field.name);
            if single && same {
                loser.values.set(field.name, Value::Null);
            }
        }
        Ok(problems.into_result())
    }

    /// The loser's rows, as new rows of the survivor, but for those that it has already and for the proposals that
    /// were decided: they tell what became of the loser.
    fn bring_rows(
        &mut self,
        after: &mut Record,
        loser: &Record,
        to_survivor: impl Fn(&'static str, Uuid) -> Option<Uuid> + Copy,
    ) {
        for child in loser.entity().children.iter().filter(|child| !child.proposals) {
            let mut position = after
                .collection(child.name)
                .iter()
                .filter_map(|row| row.values.get("position").int())
                .max();
            for row in loser.collection(child.name) {
                // The row's own references may be to the loser.
                let mut carrier = Record::from_parts(
                    loser.head.clone(),
                    Values::empty(loser.entity()),
                    vec![row.clone()],
                );
                carrier.repoint(to_survivor);
                let Some(ChildRow { mut values, .. }) = carrier.remove_child(child.name, row.id)
                else {
                    continue;
                };
                if has_row(after, &values) {
                    continue;
                }
                (child.arriving)(after, &mut values);
                if has_row(after, &values) {
                    continue;
                }
                if let Some(last) = position.as_mut() {
                    *last = last.saturating_add(1);
                    values.set("position", Value::Int(*last));
                }
                after.put_child(ChildRow { id: (self.moment.new_id)(), values });
            }
        }
    }

    /// The broken rules of a record in words for the author. Of a record that they may not see they learn that
    /// there is one.
    fn told(
        &self,
        entity: &EntityDef,
        survivor: Uuid,
        record: &Record,
        problems: Vec<Problem>,
    ) -> Vec<Problem> {
        if record.entity().name == entity.name && record.id() == survivor {
            return problems;
        }
        let other = record.entity();
        let sight = self.sight(other);
        let shown = |problem: &Problem| {
            let (row, field) = match problem.field.split_once('[') {
                Some((row, rest)) => (row, rest.split_once("].").map_or(rest, |(_, field)| field)),
                None => (other.name, problem.field.as_str()),
            };
            is_visible(self.author.grants, record) && !sight.hides(row, field)
        };
        let words = |problem: Problem| {
            if !shown(&problem) {
                let message = "a record that refers to it and that you may not see does not allow this; ask \
                               somebody who may see all";
                return Problem::new("", "hidden_record", message);
            }
            let title = self.title_for(self.author.user, record);
            let message = format!("{} {title}: {}", other.label.en, problem.message);
            Problem { message, ..problem }.with("entity", other.name).with("record", title)
        };
        problems.into_iter().map(words).collect()
    }

    /// An edit of a record that became another meanwhile: its author decides what of it belongs there.
    pub(super) fn edit_of_merged(
        &mut self,
        entity: &'static EntityDef,
        current: &Record,
        survivor: Uuid,
    ) -> Receipt {
        let survivor = self.visible(entity, survivor);
        let standing = survivor.as_ref().unwrap_or(current);
        let wanted = self.with_standing(standing);
        let version = current.head.version;
        if wanted.is_empty() {
            return Receipt::Applied { version };
        }
        self.about = standing.id();
        let title = self.title_for(self.author.user, standing);
        let item = Item {
            owner: self.author.user,
            kind: CONFLICT,
            title: &title,
            by_user: Some(current.head.updated_by),
            code: MERGED_MEANWHILE,
            reasons: Item::because(
                MERGED_MEANWHILE,
                "the record that you changed was merged into this one meanwhile; choose what is right here",
            ),
        };
        let attention = self.open_item(item, &wanted);
        let fields = wanted.iter().map(|conflict| conflict.path.to_string()).collect();
        Receipt::Conflict { version, attention, fields }
    }
}

/// Why these two can never be one; `called` is how the person knows each. Asked on both sides.
pub fn unfit(
    survivor: &Record,
    loser: &Record,
    called: impl Fn(&Record) -> String,
) -> Option<Problem> {
    let entity = survivor.entity();
    if !entity.merges {
        let plural = entity.plural.en.to_lowercase();
        let message = format!("{plural} are not merged; retire the one that is too many");
        return Some(Problem::new("", "never_merged", message));
    }
    if survivor.id() == loser.id() {
        let message = "this is one record already; choose another";
        return Some(Problem::new("", "merge_self", message));
    }
    if survivor.merged_into().is_some() {
        let title = called(survivor);
        let message = format!("{title} became another record already; choose that one to stay");
        return Some(Problem::new("", "merge_retired", message).with("record", title));
    }
    if survivor.is_retired() {
        let title = called(survivor);
        let message = format!("{title} was deleted; choose another to stay");
        return Some(Problem::new("", "merge_retired", message).with("record", title));
    }
    if loser.is_retired() {
        let title = called(loser);
        let message = format!("{title} was deleted or merged already; there is nothing to do");
        return Some(Problem::new("", "merge_retired", message).with("record", title));
    }
    // It was proposed for that record and no other: it neither comes along nor is left behind unseen.
    if !approval::pending(loser).is_empty() {
        let title = called(loser);
        let message = format!(
            "{title} has a change that waits for approval; have it approved or refused, or take it back, and \
             merge then"
        );
        return Some(Problem::new("", "waits_for_approval", message).with("record", title));
    }
    let company = |record: &Record| match entity.position("company_id") {
        Some(_) => record.get("company_id").id(),
        None => None,
    };
    // What belongs to one company would be referred to from another.
    if company(survivor).is_some() && company(survivor) != company(loser) {
        let message =
            "the two belong to different companies; keep both, or keep one that belongs to all";
        return Some(Problem::new("company_id", "other_company", message));
    }
    None
}

/// Whether a merge may write the field: not what names the record, what lists unite by themselves, where it
/// belongs, nor where money goes.
pub fn may_be_taken(entity: &EntityDef, name: &str) -> bool {
    const STAYS: [&str; 6] =
        ["code", "active", "company_id", "branch_id", "department_id", "owner_id"];
    let Some(place) = entity.place(name) else { return false };
    if place.own.is_some() {
        return true;
    }
    let field = place.field;
    let united =
        matches!(field.kind, Kind::Tags | Kind::Attachments) || field.unique == Unique::Entries;
    let approved = entity.approval.is_some_and(|approval| approval.fields.contains(&name));
    !(united
        || approved
        || field.kept
        || field.sensitivity == Sensitivity::BankAccount
        || name == entity.key
        || STAYS.contains(&name))
}

/// Whether the record has a row with these values, wherever it stands among the others.
fn has_row(record: &Record, values: &Values) -> bool {
    let same = |row: &ChildRow| {
        row.values.entity().name == values.entity().name
            && row
                .values
                .iter()
                .zip(values.iter())
                .all(|((field, own), (_, new))| field.name == "position" || own == new)
    };
    record.children().iter().any(same)
}
