//! What becomes of each record of a file: found or new, changed, the same, or refused. The rules and rights are
//! those of a single save; nothing is written here.

use std::cell::OnceCell;
use std::collections::HashMap;

use contract::{Failure, FailureCode, ImportProblem};
use domain::permissions::{Action, ReadRight};
use domain::record::{OwnFields, Problem, Problems, Record, RecordChanges, row_facts};
use local_store::{HeldLookup, View};
use sync_protocol::device::draft;
use sync_protocol::op::Intent;
use uuid::Uuid;

use super::cells::Refusal;
use super::draft::{Draft, refused};
use super::duplicates::Duplicates;
use super::lookup::{FileLookup, Known, Made};
use super::notes::{Notes, Remark};
use super::references::{Meant, Names, References};
use super::sheet::{Naming, Sheet};
use crate::commands::{approvals, fault, rules, save, shown};
use crate::host::Host;
use crate::session::Held;

/// What is known of the file's records, from one state of the copy to the next.
pub struct State {
    /// Which record each group of rows is; `None` where it was refused.
    pub ids: Vec<Option<Identity>>,
    pub refused: Vec<bool>,
    pub made: Made,
    pub references: References,
    pub names: Names,
    pub duplicates: Duplicates,
    pub notes: Notes,
    pub own: OnceCell<OwnFields>,
}

/// The record of a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Identity {
    Known(Uuid),
    New(Uuid),
}

impl Identity {
    pub fn id(self) -> Uuid {
        match self {
            Self::Known(id) | Self::New(id) => id,
        }
    }
}

/// What comes of one record.
pub enum Outcome {
    New(Intent),
    Changed(Intent),
    Unchanged,
    Refused(Vec<ImportProblem>),
}

/// Judges the records of a file against one state of the copy.
pub struct Planner<'v> {
    pub view: &'v View<'v>,
    pub held: &'v Held,
    pub host: &'v dyn Host,
    pub sheet: &'v Sheet,
    pub lookup: &'v HeldLookup<'v>,
    pub known: &'v Known,
    pub state: &'v mut State,
}

impl Planner<'_> {
    /// Finds the record of a group of rows, or draws the id of a new one.
    ///
    /// # Errors
    /// A failure of the copy; what is wrong with the naming is a problem.
    pub fn identify(&self, group: usize) -> Result<Result<Identity, ImportProblem>, Failure> {
        let sheet = self.sheet;
        let entity = sheet.entity;
        let first = sheet.groups.get(group).and_then(|rows| sheet.row(*rows.first()?));
        let Some(row) = first else { return Ok(Ok(Identity::New(self.host.new_id()))) };
        let new = || Identity::New(self.host.new_id());
        let mut ids = Vec::new();
        let mut text = String::new();
        let naming = sheet.naming(row);
        if let Naming::Id(id) = &naming
            && let Ok(id) = id.parse::<Uuid>()
            && self.visible(id)?.is_some()
        {
            ids.push(id);
        }
        if let (Naming::External(id), Some(system)) = (&naming, &sheet.options.system) {
            text.clone_from(id);
            ids = self.state.names.by_external(system, id).to_vec();
        }
        if ids.is_empty() {
            for key in [entity.key, "code"] {
                if let Some(key) = entity.field(key).filter(|field| field.is_folded())
                    && let Some(code) = sheet.text(row, key.name)
                {
                    ids = self.view.by_key(entity, &code).map_err(fault)?;
                    text = code;
                    break;
                }
            }
        }
        if let (true, Naming::Name(name)) = (ids.is_empty(), &naming) {
            ids = self.state.names.by_name(name).to_vec();
            text.clone_from(name);
        }
        let mut found = Vec::new();
        for id in ids {
            found.extend(self.visible(id)?);
        }
        if found.len() > 1
            && let Some(company) = sheet.text(row, "company_id")
        {
            let known = self.view.by_key(&domain::masters::COMPANY, &company).map_err(fault)?;
            found.retain(|record| {
                record.get("company_id").id().is_some_and(|id| known.contains(&id))
            });
        }
        let problem = |rule: &str, message: String| ImportProblem {
            line: row.line,
            column: sheet.naming_column(row),
            value: None,
            field: entity.key.to_owned(),
            rule: rule.to_owned(),
            message,
        };
        let called = entity.label.en.to_lowercase();
        Ok(match found.as_slice() {
            [] => Ok(new()),
            [record] if record.merged_into().is_some() => Err(problem(
                "deleted",
                format!("the {called} {} became another one; take the row out", record.title()),
            )),
            [record] => Ok(Identity::Known(record.id())),
            _ => Err(problem(
                "ambiguous",
                format!("more than one {called} is called \"{text}\"; give its id or code"),
            )),
        })
    }

    fn visible(&self, id: Uuid) -> Result<Option<Record>, Failure> {
        let found = self.view.get(self.sheet.entity, id).map_err(fault)?;
        Ok(found.map(|row| row.record).filter(|record| shown::may_see(self.held, record)))
    }

    /// What becomes of a group whose record is known by now.
    ///
    /// # Errors
    /// A failure of the copy.
    pub fn plan(&mut self, group: usize, identity: Identity) -> Result<Outcome, Failure> {
        let sheet = self.sheet;
        let rows = sheet.groups.get(group).map_or(&[][..], Vec::as_slice);
        let line = rows.first().and_then(|at| sheet.row(*at)).map_or(0, |row| row.line);
        let (now, is_new) = match identity {
            Identity::New(id) => (save::new_record(sheet.entity, id, self.held, self.host), true),
            Identity::Known(id) => match self.visible(id)? {
                Some(record) => (record, false),
                None => {
                    let message = "is no longer here; import the file again".to_owned();
                    let rule = "gone".to_owned();
                    let gone = ImportProblem {
                        line,
                        column: None,
                        value: None,
                        field: String::new(),
                        rule,
                        message,
                    };
                    return Ok(Outcome::Refused(vec![gone]));
                }
            },
        };
        let mut said = rows.iter().filter_map(|at| sheet.row(*at));
        if now.is_retired() && said.any(|row| sheet.is_deleted(row)) {
            self.state.made.put(now);
            return Ok(Outcome::Unchanged);
        }
        let mut draft = self.draft(rows, &now, is_new)?;
        let mut unread = Problems::default();
        let own = self.own().clone();
        if let Some(place) = &sheet.options.refused_to {
            self.keep_refused(place, &own, &now, &mut draft);
        }
        if let Err(problems) = own.settle(sheet.entity, &mut draft.changes) {
            unread = problems;
        }
        let mut left = now.clone();
        unread.0.extend(save::apply(&draft.changes, &mut left).0);
        let before = (!is_new).then_some(&now);
        if before.is_some() {
            approvals::leave_out_waiting(self.held, &now, &mut left, &draft.changes.fields);
        }
        let (held, lookup) = (self.held, self.file_lookup());
        let completed = rules::complete_from(held, before, &mut left, &draft.changes, &lookup);
        let changes = RecordChanges::between(&now, &left);
        let nothing = unread.is_empty() && draft.problems.is_empty() && completed.is_ok();
        if !is_new && nothing && changes.is_empty() && !now.is_retired() {
            self.state.made.put(left);
            return Ok(Outcome::Unchanged);
        }
        self.state.made.take(now.id());
        let judged = completed.and_then(|()| self.judge(&now, &left, &changes, is_new, unread));
        match judged {
            Ok(()) if draft.problems.is_empty() => {}
            Ok(()) => return Ok(Outcome::Refused(draft.problems)),
            Err(failure) if is_about_the_record(failure.code) => {
                let unread: Vec<String> = draft.problems.iter().map(|p| p.field.clone()).collect();
                let more = failure_problems(failure, &draft, line);
                // What could not be read is missing to the rules as well.
                draft.problems.extend(more.into_iter().filter(|p| !unread.contains(&p.field)));
                return Ok(Outcome::Refused(draft.problems));
            }
            Err(failure) => return Err(failure),
        }
        self.look_for_doubles(&left, &changes, is_new, line);
        self.state.made.put(left.clone());
        Ok(match is_new {
            true => Outcome::New(draft::create(&left)),
            // What was deleted is wanted again: it is in the file.
            false if now.is_retired() => {
                let title = left.title();
                let message = format!("\"{title}\" was deleted and comes back");
                self.state.notes.add(line, None, Remark::new("revived", message, [title]));
                let intent = draft::bring_back(&now, &left);
                Outcome::Changed(save::veiled(self.held, sheet.entity, intent))
            }
            false => match draft::update(&now, &left) {
                Some(intent) => Outcome::Changed(save::veiled(self.held, sheet.entity, intent)),
                None => Outcome::Unchanged,
            },
        })
    }

    fn judge(
        &self,
        now: &Record,
        left: &Record,
        changes: &RecordChanges,
        is_new: bool,
        unread: Problems,
    ) -> Result<(), Failure> {
        let (held, entity) = (self.held, self.sheet.entity);
        if is_new {
            save::permitted(held, Action::Create, entity, None, changes)?;
            save::permitted(held, Action::Create, entity, Some(left), changes)?;
        } else {
            save::permitted(held, Action::Edit, entity, Some(now), changes)?;
            if row_facts(left) != row_facts(now) {
                save::permitted(held, Action::Edit, entity, Some(left), changes)?;
            }
        }
        rules::obey(held, left, unread, &self.file_lookup())
    }

    /// What rules are answered from: the file's own records over those that are held.
    fn file_lookup(&self) -> FileLookup<'_> {
        FileLookup {
            entity: self.sheet.entity,
            made: &self.state.made,
            held: self.lookup,
            own: &self.state.own,
            known: self.known,
        }
    }

    fn own(&self) -> &OwnFields {
        use domain::record::Lookup as _;
        self.state.own.get_or_init(|| self.lookup.own_fields().into_owned())
    }

    fn look_for_doubles(
        &mut self,
        left: &Record,
        changes: &RecordChanges,
        is_new: bool,
        line: u64,
    ) {
        let wrote =
            |field: &str| is_new || changes.fields.iter().any(|change| change.field == field);
        let held = self.held;
        let readable =
            |field: &str| held.grants().field_right(left.entity(), field).read == ReadRight::Full;
        let said = self.state.duplicates.of(left, |field| wrote(field) && readable(field));
        for remark in said {
            self.state.notes.add(line, None, remark);
        }
        self.state.duplicates.put(left);
    }

    /// The record that a text in the file means: one that the file makes itself, or one that is there.
    ///
    /// # Errors
    /// A failure of the copy.
    pub fn reference(
        &mut self,
        target: &'static str,
        text: &str,
        current: Option<&domain::record::Value>,
    ) -> Result<Result<contract::Cell, Refusal>, Failure> {
        if target == self.sheet.entity.name
            && let Some(group) = self.sheet.called(text)
        {
            let line = || {
                let rows = self.sheet.groups.get(group);
                rows.and_then(|rows| self.sheet.row(*rows.first()?)).map_or(0, |row| row.line)
            };
            if self.state.refused.get(group).copied().unwrap_or_default() {
                let message =
                    format!("\"{text}\" is the record of line {}, which is refused", line());
                return Ok(Err(Refusal { rule: "refused_reference", message }));
            }
            if let Some(identity) = self.state.ids.get(group).copied().flatten() {
                return Ok(Ok(contract::Cell::Id(identity.id())));
            }
        }
        let system = self.sheet.options.system.as_deref();
        let found = self.state.references.resolve(self.view, self.held, system, target, text)?;
        Ok(match found {
            Ok(Meant { id, retired: true })
                if current.and_then(domain::record::Value::id) != Some(id) =>
            {
                let message = format!("\"{text}\" was deleted; choose another");
                Err(Refusal { rule: "deleted_reference", message })
            }
            found => found.map(|meant| contract::Cell::Id(meant.id)),
        })
    }

    /// The order in which groups are judged and written: each after those of the file that it refers to.
    pub fn order(&self) -> Vec<usize> {
        let sheet = self.sheet;
        let refers: Vec<usize> = (0..sheet.columns.len())
            .filter(|at| {
                let kind = sheet.kinds.get(*at).copied().flatten();
                kind == Some(domain::record::Kind::Reference(sheet.entity.name))
            })
            .collect();
        let mut order = Vec::with_capacity(sheet.groups.len());
        // 0 unseen, 1 on the way, 2 done; a circle is left for the rules to refuse.
        let mut seen: HashMap<usize, u8> = HashMap::new();
        for start in 0..sheet.groups.len() {
            let mut way = vec![(start, false)];
            while let Some((group, left)) = way.pop() {
                if left {
                    seen.insert(group, 2);
                    order.push(group);
                    continue;
                }
                if seen.get(&group).is_some_and(|state| *state > 0) {
                    continue;
                }
                seen.insert(group, 1);
                way.push((group, true));
                let rows = sheet.groups.get(group).into_iter().flatten();
                let cells = rows
                    .filter_map(|at| sheet.row(*at))
                    .flat_map(|row| refers.iter().filter_map(move |at| row.cells.get(*at)));
                let above = cells.filter_map(|cell| sheet.called(&super::cells::name(cell)));
                way.extend(
                    above.filter(|other| !seen.contains_key(other)).map(|other| (other, false)),
                );
            }
        }
        order
    }
}

fn is_about_the_record(code: FailureCode) -> bool {
    matches!(code, FailureCode::Refused | FailureCode::NotPermitted | FailureCode::NotFound)
}

/// A failure as problems of the lines and columns that its fields were written in.
fn failure_problems(failure: Failure, draft: &Draft, line: u64) -> Vec<ImportProblem> {
    let place = |problem: Problem| {
        let written = draft.places.iter().find(|(path, _, _)| *path == problem.field);
        match written {
            Some((_, line, column)) => {
                let rule = problem.rule;
                ImportProblem {
                    rule,
                    ..refused(
                        *line,
                        column,
                        problem.field,
                        Refusal { rule: "", message: problem.message },
                    )
                }
            }
            None => ImportProblem {
                line,
                column: None,
                value: None,
                field: problem.field,
                rule: problem.rule,
                message: problem.message,
            },
        }
    };
    if failure.problems.is_empty() {
        let rule = "not_permitted".to_owned();
        return vec![ImportProblem {
            line,
            column: None,
            value: None,
            field: String::new(),
            rule,
            message: failure.message,
        }];
    }
    failure.problems.into_iter().map(place).collect()
}
