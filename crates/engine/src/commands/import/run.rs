//! `ImportPreview` and `Import`: every record is judged first; a real run then judges each again beside its
//! writing, in steps, so that nobody waits long for the copy and nothing is written over what came meanwhile.

use std::cell::OnceCell;
use std::collections::HashMap;

use contract::{
    Failure, ImportCounts, ImportProblem, ImportReport, ImportRequest, ImportStage, Problem,
};
use local_store::{Touched, View};
use sync_protocol::op::Intent;
use uuid::Uuid;

use super::batch::Batch;
use super::cells::name;
use super::control::Running;
use super::duplicates::Duplicates;
use super::lookup::{Known, Made};
use super::notes::Notes;
use super::open::{open, remember};
use super::plan::{Outcome, Planner, State};
use super::references::{Names, References};
use super::sheet::{Findings, Sheet};
use crate::commands::{self, Done, approvals, fault, rules, write};
use crate::host::Host;
use crate::session::{Held, Session};

/// Records are written so many at a time.
const STEP: usize = 250;

/// What was found out of a file.
struct Checked {
    sheet: Sheet,
    state: State,
    findings: Findings,
    counts: ImportCounts,
    /// How many of those that are written wait for a second person with a part of them.
    awaiting: u32,
    /// The groups that are to be written, in their order.
    right: Vec<usize>,
    cancelled: bool,
}

impl Checked {
    /// What is wrong with the columns; nothing is written until it is mended.
    fn of_columns(&self) -> impl Iterator<Item = &ImportProblem> {
        self.findings.problems.iter().filter(|problem| problem.line == 1)
    }

    /// All or nothing was asked for, and not all is right.
    fn stays(&self) -> bool {
        self.sheet.options.all_or_nothing && !self.findings.problems.is_empty()
    }

    /// A dry run tells what a real one does.
    fn writes_nothing(&mut self) {
        (self.counts.new, self.counts.changed, self.awaiting) = (0, 0, 0);
    }
}

/// # Errors
/// As [`open`].
pub fn preview(
    session: &Session,
    held: &Held,
    request: &ImportRequest,
) -> Result<ImportReport, Failure> {
    let running = session.imports.begin()?;
    let mut checked = check(session, held, &running, request)?;
    if checked.of_columns().next().is_some() || checked.stays() {
        checked.writes_nothing();
    }
    Ok(report(checked, true, None))
}

/// # Errors
/// As [`open`]; `Refused` where columns have no place, then nothing is written.
pub fn import(
    session: &Session,
    held: &Held,
    request: &ImportRequest,
) -> Result<Done<ImportReport>, Failure> {
    let running = session.imports.begin()?;
    let mut checked = check(session, held, &running, request)?;
    let of_columns: Vec<Problem> = checked
        .of_columns()
        .map(|problem| {
            let column = problem.column.clone().unwrap_or_else(|| problem.field.clone());
            Problem::new(column, &problem.rule, problem.message.clone())
        })
        .collect();
    if !of_columns.is_empty() {
        return Err(commands::refused(of_columns));
    }
    if checked.stays() {
        checked.writes_nothing();
        return Ok(Done { answer: report(checked, true, None), touched: None });
    }
    if checked.cancelled {
        return Ok(Done { answer: report(checked, true, None), touched: None });
    }
    remember(session, &checked.sheet)?;
    let mut batch = Batch::begin(session, checked.sheet.entity, &request.file);
    let mut touched = Vec::new();
    checked.awaiting = 0;
    let right = std::mem::take(&mut checked.right);
    let mut done = 0;
    for step in right.chunks(STEP) {
        if running.is_cancelled() {
            checked.cancelled = true;
            break;
        }
        let host = session.host();
        let drafted = again(session, held, &mut checked, step)?;
        let (mut named, mut ops) = (Vec::new(), Vec::new());
        for (intent, is_new) in drafted {
            let op_id = host.new_id();
            ops.push(op_id);
            checked.awaiting += u32::from(approvals::awaits(&intent));
            match is_new {
                true => batch.new += 1,
                false => batch.changed += 1,
            }
            named.push((op_id, intent.into()));
        }
        if !named.is_empty() {
            batch.step(session, &ops)?;
            if let Touched::Records(records) = write::write_as(session, held, named)? {
                touched.extend(records);
            }
        }
        done += step.len();
        running.tell(host, ImportStage::Writing, done, right.len());
    }
    checked.counts.new = batch.new;
    checked.counts.changed = batch.changed;
    let id = (batch.new + batch.changed > 0).then_some(batch.id);
    let touched = id.map(|_| Touched::Records(touched));
    Ok(Done { answer: report(checked, false, id), touched })
}

fn check(
    session: &Session,
    held: &Held,
    running: &Running,
    request: &ImportRequest,
) -> Result<Checked, Failure> {
    let (sheet, mut findings) = open(session, held, running, request)?;
    let host = session.host();
    let faulty = sheet.table.faults.len();
    let (state, counts, awaiting, right, cancelled) = commands::read(session, |view| {
        let mut state = State {
            ids: vec![None; sheet.groups.len()],
            refused: vec![false; sheet.groups.len()],
            made: Made::default(),
            references: References::default(),
            names: Names::of(view, held, sheet.entity)?,
            duplicates: Duplicates::of_held(view, held, sheet.entity)?,
            notes: Notes::default(),
            own: OnceCell::new(),
        };
        let (mut counts, mut awaiting, mut right) = (ImportCounts::default(), 0, Vec::new());
        counts.refused = u32::try_from(faulty).unwrap_or(u32::MAX);
        let cancelled = with_planner(view, held, host, &sheet, &mut state, |planner| {
            let problems = &mut findings.problems;
            judge_all(planner, running, problems, &mut counts, &mut awaiting, &mut right)
        })?;
        Ok((state, counts, awaiting, right, cancelled))
    })?;
    Ok(Checked { sheet, state, findings, counts, awaiting, right, cancelled })
}

fn with_planner<T>(
    view: &View,
    held: &Held,
    host: &dyn Host,
    sheet: &Sheet,
    state: &mut State,
    work: impl FnOnce(&mut Planner) -> Result<T, Failure>,
) -> Result<T, Failure> {
    let whole = rules::whole(view, held)?;
    let lookup = view.lookup(&whole);
    let known = Known::default();
    let planner = &mut Planner { view, held, host, sheet, lookup: &lookup, known: &known, state };
    let done = work(planner);
    lookup.into_result().map_err(fault)?;
    done
}

/// Finds each record and judges it; answers whether it was stopped.
fn judge_all(
    planner: &mut Planner,
    running: &Running,
    problems: &mut Vec<ImportProblem>,
    counts: &mut ImportCounts,
    awaiting: &mut u32,
    right: &mut Vec<usize>,
) -> Result<bool, Failure> {
    let total = planner.sheet.groups.len();
    let mut meant: HashMap<Uuid, usize> = HashMap::new();
    for group in 0..total {
        let found = match planner.identify(group)? {
            Ok(identity) => match *meant.entry(identity.id()).or_insert(group) {
                first if first != group => Err(double(planner.sheet, first, group)),
                _ => Ok(identity),
            },
            refused => refused,
        };
        match found {
            Ok(identity) => planner.state.ids[group] = Some(identity), // as many as there are groups
            Err(problem) => {
                problems.push(problem);
                planner.state.refused[group] = true; // likewise
                counts.refused += 1;
            }
        }
    }
    for (done, group) in planner.order().into_iter().enumerate() {
        if running.is_cancelled() {
            return Ok(true);
        }
        running.tell(planner.host, ImportStage::Checking, done + 1, total);
        let Some(identity) = planner.state.ids.get(group).copied().flatten() else { continue };
        match planner.plan(group, identity)? {
            Outcome::New(intent) => {
                counts.new += 1;
                *awaiting += u32::from(approvals::awaits(&intent));
                right.push(group);
            }
            Outcome::Changed(intent) => {
                counts.changed += 1;
                *awaiting += u32::from(approvals::awaits(&intent));
                right.push(group);
            }
            Outcome::Unchanged => counts.unchanged += 1,
            Outcome::Refused(found) => {
                problems.extend(found);
                planner.state.refused[group] = true; // as many as there are groups
                counts.refused += 1;
            }
        }
    }
    Ok(false)
}

/// That a group means a record that another names in another way, by its id for example.
fn double(sheet: &Sheet, first: usize, group: usize) -> ImportProblem {
    let row = |group: usize| sheet.groups.get(group).and_then(|rows| sheet.row(*rows.first()?));
    let line = |group: usize| row(group).map_or(0, |row| row.line);
    ImportProblem {
        line: line(group),
        column: row(group).and_then(|row| sheet.naming_column(row)),
        value: None,
        field: sheet.entity.key.to_owned(),
        rule: "double_row".to_owned(),
        message: format!("means the same record as line {}; take one of the two out", line(first)),
    }
}

/// Judges the records of a step against the copy as it is now. What is no longer right is told.
fn again(
    session: &Session,
    held: &Held,
    checked: &mut Checked,
    step: &[usize],
) -> Result<Vec<(Intent, bool)>, Failure> {
    let Checked { sheet, state, findings, counts, .. } = checked;
    // Notes and doubles were told when everything was judged first.
    let notes = std::mem::take(&mut state.notes);
    let intents = commands::read(session, |view| {
        with_planner(view, held, session.host(), sheet, state, |planner| {
            let mut intents = Vec::with_capacity(step.len());
            for group in step {
                let Some(identity) = planner.state.ids.get(*group).copied().flatten() else {
                    continue;
                };
                match planner.plan(*group, identity)? {
                    Outcome::New(intent) => intents.push((intent, true)),
                    Outcome::Changed(intent) => intents.push((intent, false)),
                    Outcome::Unchanged => counts.unchanged += 1,
                    Outcome::Refused(found) => {
                        findings.problems.extend(found);
                        planner.state.refused[*group] = true; // as many as there are groups
                        counts.refused += 1;
                    }
                }
            }
            Ok(intents)
        })
    });
    state.notes = notes;
    intents
}

fn report(checked: Checked, dry_run: bool, batch: Option<Uuid>) -> ImportReport {
    let Checked { sheet, state, mut findings, counts, awaiting, cancelled, .. } = checked;
    findings.problems.sort_by_key(|problem| problem.line);
    for problem in &mut findings.problems {
        let cell = |column: &String| sheet.cell(problem.line, column);
        problem.value = problem.column.as_ref().and_then(cell).map(name).filter(|v| !v.is_empty());
    }
    findings.notes.extend(state.notes.into_list());
    ImportReport {
        entity: sheet.entity.name.to_owned(),
        dry_run,
        form: sheet.form(),
        columns: sheet.columns.iter().map(super::columns::Column::view).collect(),
        counts,
        awaiting_approval: awaiting,
        problems: findings.problems,
        notes: findings.notes,
        batch,
        cancelled,
    }
}
