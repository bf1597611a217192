//! From the rows of one record to what they change: the cells read, references found, child rows matched with
//! those that are there. Rules are asked by whoever calls.

use std::collections::BTreeMap;

use contract::{Cell, Change, ChildAction, ChildChange, Failure, ImportProblem, RecordChanges};
use domain::record::{ChildRow, EntityDef, Kind, Record, Value, Values, read_field, row_path};
use tabular::{Cell as Raw, Row};
use uuid::Uuid;

use super::cells::{self, Refusal};
use super::plan::Planner;
use super::target::Target;

/// What the rows of one record ask for.
#[derive(Default)]
pub struct Draft {
    pub changes: RecordChanges,
    pub problems: Vec<ImportProblem>,
    /// Where each path was written: its line and column.
    pub places: Vec<(String, u64, String)>,
}

/// One child row as a line has it.
struct FileRow<'r> {
    child: &'static EntityDef,
    number: Option<usize>,
    line: u64,
    /// The column's name, the field (`None` for the row's id), and the cell.
    cells: Vec<(&'r str, Option<&'r str>, &'r Raw)>,
}

impl Planner<'_> {
    /// Reads the rows of a record against what it holds now.
    ///
    /// # Errors
    /// A failure of the file of records; what is wrong with the rows is in the draft.
    pub fn draft(&mut self, rows: &[usize], now: &Record, is_new: bool) -> Result<Draft, Failure> {
        let sheet = self.sheet;
        let mut draft = Draft::default();
        let lines: Vec<&Row> = rows.iter().filter_map(|at| sheet.row(*at)).collect();
        let Some((first, further)) = lines.split_first() else { return Ok(draft) };
        self.fields(first, now, is_new, &mut draft)?;
        let mut children: Vec<FileRow> = self.child_rows(first);
        for row in further {
            if self.further(first, row, now, &mut draft)? {
                children.extend(self.child_rows(row));
            }
        }
        self.children(children, now, &mut draft)?;
        Ok(draft)
    }

    fn fields(
        &mut self,
        row: &Row,
        now: &Record,
        is_new: bool,
        draft: &mut Draft,
    ) -> Result<(), Failure> {
        let sheet = self.sheet;
        let mut maps: BTreeMap<&'static str, BTreeMap<String, String>> = BTreeMap::new();
        let mut joined: Vec<&str> = Vec::new();
        for (at, raw) in row.cells.iter().enumerate() {
            let (Some(target), Some(column)) = (sheet.target(at), sheet.columns.get(at)) else {
                continue;
            };
            let (path, raw, negated) = match target {
                Target::Field { name, part: Some(_), .. } => {
                    if joined.contains(&name.as_str()) {
                        continue;
                    }
                    joined.push(name);
                    let text = sheet.text(row, name).unwrap_or_default();
                    (name.clone(), Raw::text(&text), false)
                }
                Target::Field { name, negated, part: None } => {
                    (name.clone(), raw.clone(), *negated)
                }
                Target::External => {
                    let system = sheet.options.system.clone().unwrap_or_default();
                    self.entry(
                        row,
                        column.name.as_str(),
                        ("external_ids", &system),
                        raw,
                        now,
                        &mut maps,
                        draft,
                    );
                    continue;
                }
                Target::Entry { field, key } => {
                    self.entry(row, column.name.as_str(), (field, key), raw, now, &mut maps, draft);
                    continue;
                }
                Target::Ignore | Target::Id | Target::Child { .. } => continue,
            };
            // An empty cell leaves what is there, and a new record its default.
            if raw.is_empty() && (is_new || !sheet.options.clear_empty) {
                continue;
            }
            let kind = sheet.kinds.get(at).copied().flatten().unwrap_or(Kind::LongText);
            let current = now.values.entity().field(&path).map(|field| now.get(field.name).clone());
            draft.places.push((path.clone(), row.line, column.name.clone()));
            match self.cell(kind, &raw, current.as_ref(), (row.line, &column.name))? {
                Ok(Cell::Bool(flag)) if negated => {
                    draft.changes.fields.push(to(&path, Cell::Bool(!flag)))
                }
                Ok(cell) => draft.changes.fields.push(to(&path, cell)),
                Err(refusal) => draft.problems.push(refused(row.line, &column.name, path, refusal)),
            }
        }
        draft.changes.fields.extend(maps.into_iter().map(|(field, map)| to(field, Cell::Map(map))));
        Ok(())
    }

    #[allow(clippy::too_many_arguments, reason = "a cell with its place, and where it goes")]
    fn entry(
        &self,
        row: &Row,
        column: &str,
        (field, key): (&'static str, &str),
        raw: &Raw,
        now: &Record,
        maps: &mut BTreeMap<&'static str, BTreeMap<String, String>>,
        draft: &mut Draft,
    ) {
        let text = cells::name(raw);
        if text.is_empty() && !self.sheet.options.clear_empty {
            return;
        }
        let map = maps.entry(field).or_insert_with(|| match now.get(field) {
            Value::Map(map) => map.clone(),
            _ => BTreeMap::new(),
        });
        match text.is_empty() {
            true => map.remove(key),
            false => map.insert(key.to_owned(), text),
        };
        draft.places.push((field.to_owned(), row.line, column.to_owned()));
    }

    fn child_rows<'r>(&self, row: &'r Row) -> Vec<FileRow<'r>>
    where
        Self: 'r,
    {
        let sheet = self.sheet;
        let mut found: Vec<FileRow<'r>> = Vec::new();
        for (at, raw) in row.cells.iter().enumerate() {
            let Some(Target::Child { child, number, field }) = sheet.target(at) else { continue };
            let (Some(child), Some(column)) = (sheet.entity.child(child), sheet.columns.get(at))
            else {
                continue;
            };
            let cell = (column.name.as_str(), field.as_deref(), raw);
            match found.iter_mut().find(|row| row.child.name == child.name && row.number == *number)
            {
                Some(row) => row.cells.push(cell),
                None => found.push(FileRow {
                    child,
                    number: *number,
                    line: row.line,
                    cells: vec![cell],
                }),
            }
        }
        found.retain(|row| {
            row.cells.iter().any(|(_, field, raw)| field.is_some() && !raw.is_empty())
        });
        found.sort_by_key(|row| row.number);
        found
    }

    fn children(
        &mut self,
        rows: Vec<FileRow>,
        now: &Record,
        draft: &mut Draft,
    ) -> Result<(), Failure> {
        let mut taken: Vec<Uuid> = Vec::new();
        let mut added: BTreeMap<&'static str, i64> = BTreeMap::new();
        for row in rows {
            let (fields, id) = self.child_cells(&row, draft)?;
            let held = now.collection(row.child.name);
            let free: Vec<&ChildRow> =
                held.iter().copied().filter(|held| !taken.contains(&held.id)).collect();
            let known = same_row(row.child, &free, &fields, id);
            let (id, action) = match known {
                Some(known) => (known.id, ChildAction::Edit),
                None => (self.host.new_id(), ChildAction::Add),
            };
            taken.push(id);
            let mut changes: Vec<Change> = Vec::new();
            for (column, field, cell) in fields {
                draft.places.push((
                    row_path(row.child.name, id, field),
                    row.line,
                    column.to_owned(),
                ));
                changes.push(to(field, cell));
            }
            let placed = changes.iter().any(|change| change.field == "position");
            if action == ChildAction::Add && !placed {
                let last = held.iter().filter_map(|row| row.values.get("position").int()).max();
                let number = added.entry(row.child.name).or_insert(last.unwrap_or_default());
                *number += 1;
                changes.push(to("position", Cell::Int(*number)));
            }
            let entity = row.child.name.to_owned();
            draft.changes.children.push(ChildChange { entity, id, action, fields: changes });
        }
        Ok(())
    }

    /// The cells of a child row that hold something, and the id that it names.
    #[allow(clippy::type_complexity, reason = "a column, its field and the cell")]
    fn child_cells<'r>(
        &mut self,
        row: &FileRow<'r>,
        draft: &mut Draft,
    ) -> Result<(Vec<(&'r str, &'static str, Cell)>, Option<Uuid>), Failure> {
        let (mut fields, mut id) = (Vec::new(), None);
        for (column, field, raw) in &row.cells {
            let Some(field) = field.and_then(|field| row.child.field(field)) else {
                id = cells::name(raw).parse().ok();
                continue;
            };
            if raw.is_empty() {
                continue;
            }
            match self.cell(field.kind, raw, None, (row.line, column))? {
                Ok(cell) => fields.push((*column, field.name, cell)),
                Err(refusal) => {
                    let path = format!("{}.{}", row.child.name, field.name);
                    draft.problems.push(refused(row.line, column, path, refusal));
                }
            }
        }
        Ok((fields, id))
    }

    /// A cell for a field of this kind.
    fn cell(
        &mut self,
        kind: Kind,
        raw: &Raw,
        current: Option<&Value>,
        (line, column): (u64, &str),
    ) -> Result<Result<Cell, Refusal>, Failure> {
        if let (Kind::Reference(target), false) = (kind, raw.is_empty()) {
            return self.reference(target, &cells::name(raw), current);
        }
        Ok(cells::read(self.sheet.forms, kind, raw).map(|(cell, note)| {
            if let Some(remark) = note {
                self.state.notes.add(line, Some(column), remark);
            }
            cell
        }))
    }
}

fn to(field: &str, cell: Cell) -> Change {
    Change { field: field.to_owned(), from: None, to: cell }
}

pub fn refused(line: u64, column: &str, field: String, refusal: Refusal) -> ImportProblem {
    ImportProblem {
        line,
        column: Some(column.to_owned()),
        value: None,
        field,
        rule: refusal.rule.to_owned(),
        message: refusal.message,
    }
}

/// The row that is meant: the one with its id, one that holds all that the file says, one that is called the
/// same or refers to the same.
fn same_row<'c>(
    child: &'static EntityDef,
    held: &[&'c ChildRow],
    fields: &[(&str, &'static str, Cell)],
    id: Option<Uuid>,
) -> Option<&'c ChildRow> {
    if let Some(id) = id {
        return held.iter().copied().find(|row| row.id == id);
    }
    let mut values = Values::empty(child);
    for (_, field, cell) in fields {
        // What a field does not take is refused later.
        if let Ok((place, value)) = read_field(child, field, cell) {
            values.put(&place, value);
        }
    }
    (child.normalise)(&mut values);
    let same = |row: &&&ChildRow, fields: &[&'static str]| {
        fields.iter().all(|field| row.values.get(field) == values.get(field))
    };
    let all: Vec<&'static str> = fields.iter().map(|(_, field, _)| *field).collect();
    if let Some(row) = held.iter().find(|row| same(row, &all)) {
        return Some(row);
    }
    let given = |name: &'static str| !values.get(name).is_null();
    let names: Vec<&'static str> = match child.field("name") {
        Some(name) if given(name.name) => vec![name.name],
        _ => {
            let keys = child
                .all_fields()
                .filter(|field| matches!(field.kind, Kind::Reference(_) | Kind::Code | Kind::Gtin));
            keys.map(|field| field.name).filter(|name| given(name)).collect()
        }
    };
    (!names.is_empty()).then(|| held.iter().copied().find(|row| same(&row, &names))).flatten()
}
