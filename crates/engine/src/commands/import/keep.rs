//! Values that their fields do not take, where the person has said that they go elsewhere: nothing of a file is
//! lost for a postal code that its country does not have.

use domain::record::{OwnFields, Problem, Record, Value, read_field, validate};

use super::cells::name;
use super::draft::Draft;
use super::notes::Remark;
use super::plan::Planner;
use crate::commands::save;
use contract::{Cell, Change};

/// What is never moved: a record without it would be another one, or none.
const STAYS: [&str; 3] = ["required", "country_unknown", "double_row_differs"];

impl Planner<'_> {
    /// Moves each refused value of the draft into the text field `place`, a line each, and notes it.
    pub fn keep_refused(&mut self, place: &str, own: &OwnFields, now: &Record, draft: &mut Draft) {
        let mut lines: Vec<String> = Vec::new();
        for problem in self.refused(own, now, draft) {
            let Some(at) = draft.places.iter().position(|(path, _, _)| *path == problem.field)
            else {
                continue;
            };
            let (path, line, column) = draft.places.remove(at);
            let Some(text) = self.sheet.cell(line, &column).map(name) else { continue };
            take_out(draft, &path);
            lines.push(format!("{column}: {text}"));
            let Problem { rule, message: why, .. } = problem;
            let message = format!("\"{text}\" is kept in {place}: {why}");
            let remark = Remark::new("kept", message, [&text, place, &rule, &why]);
            self.state.notes.add(line, Some(&column), remark);
        }
        if !lines.is_empty() {
            self.add_lines(place, &lines, now, draft);
        }
    }

    /// What the fields by themselves say of the values that the file has for them.
    fn refused(&self, own: &OwnFields, now: &Record, draft: &Draft) -> Vec<Problem> {
        let mut problems: Vec<Problem> = draft
            .problems
            .iter()
            .map(|p| Problem::new(p.field.clone(), &p.rule, p.message.clone()))
            .collect();
        let (mut changes, mut record) = (draft.changes.clone(), now.clone());
        problems.extend(own.settle(now.entity(), &mut changes).err().unwrap_or_default().0);
        problems.extend(save::apply(&changes, &mut record).0);
        problems.extend(validate(&record).0);
        problems.retain(|problem| !STAYS.contains(&problem.rule.as_str()));
        problems
    }

    fn add_lines(&self, place: &str, lines: &[String], now: &Record, draft: &mut Draft) {
        let fields = &mut draft.changes.fields;
        let written = fields.iter().position(|change| change.field == place);
        let before = match written.and_then(|at| fields.get(at)).map(|change| &change.to) {
            Some(Cell::Text(text)) => text.clone(),
            _ => now
                .values
                .cell(place)
                .and_then(|cell| match read_field(now.entity(), place, &cell) {
                    Ok((_, Value::Text(text))) => Some(text),
                    _ => None,
                })
                .unwrap_or_default(),
        };
        let new = lines.iter().filter(|line| !before.lines().any(|known| known == line.as_str()));
        let all: Vec<&str> = before.lines().chain(new.map(String::as_str)).collect();
        let change = Change { field: place.to_owned(), from: None, to: Cell::Text(all.join("\n")) };
        match written.and_then(|at| fields.get_mut(at)) {
            Some(known) => *known = change,
            None => fields.push(change),
        }
    }
}

/// Leaves a value out of the draft, with what was said of it.
fn take_out(draft: &mut Draft, path: &str) {
    draft.problems.retain(|problem| problem.field != path);
    draft.changes.fields.retain(|change| change.field != path);
    for row in &mut draft.changes.children {
        let (entity, id) = (&row.entity, row.id);
        row.fields.retain(|change| domain::record::row_path(entity, id, &change.field) != path);
    }
}
