//! Rows of a file that mean one record: what a further one may bring, and what is said of one that stands twice.
//! Values are compared as they are read: `Deutschland` and `DE` are no difference.

use contract::{Cell, Failure, ImportProblem};
use domain::record::{Kind, Record};
use tabular::{Cell as Raw, Row};

use super::cells;
use super::draft::Draft;
use super::notes::Remark;
use super::plan::Planner;
use super::target::Target;

impl Planner<'_> {
    /// Reads a further row of a record: it brings child rows, and its fields may repeat those of the first. One
    /// that repeats all of it is noted and left out; one with another value is a problem, and since nobody knows
    /// which of the two is meant, neither is imported. Answers whether its child rows are to be read.
    ///
    /// # Errors
    /// A failure of the copy.
    pub fn further(
        &mut self,
        first: &Row,
        row: &Row,
        now: &Record,
        draft: &mut Draft,
    ) -> Result<bool, Failure> {
        let sheet = self.sheet;
        let (mut brings, mut other): (bool, Vec<&str>) = (false, Vec::new());
        for (at, raw) in row.cells.iter().enumerate().filter(|(_, raw)| !raw.is_empty()) {
            let before = first.cells.get(at).unwrap_or(&Raw::Empty);
            match sheet.target(at) {
                Some(Target::Child { child, field, .. }) if !brings => {
                    let child = sheet.entity.child(child);
                    let field = field.as_deref().and_then(|field| child?.field(field));
                    brings = !self.same(field.map(|field| field.kind), before, raw, None)?;
                }
                Some(Target::Field { name, .. }) => {
                    let kind = sheet.kinds.get(at).copied().flatten();
                    if !self.same(kind, before, raw, Some((now, name)))?
                        && !other.contains(&&**name)
                    {
                        other.push(name);
                    }
                }
                _ => {}
            }
        }
        let line = first.line;
        if !other.is_empty() {
            let other = other.join(", ");
            draft.problems.push(ImportProblem {
                line: row.line,
                column: sheet.naming_column(row),
                value: None,
                field: sheet.entity.key.to_owned(),
                rule: "double_row_differs".to_owned(),
                message: format!(
                    "means the same record as line {line} with another {other}, so neither is imported; take \
                     one of the two out"
                ),
            });
        } else if !brings {
            let message =
                format!("line {} means the same record as line {line} and is left out", row.line);
            let remark = Remark::new("same_row", message, [&line.to_string()]);
            self.state.notes.add(row.line, sheet.naming_column(row).as_deref(), remark);
        }
        Ok(brings)
    }

    /// Whether two cells for a field of this kind are read as one value.
    fn same(
        &mut self,
        kind: Option<Kind>,
        one: &Raw,
        other: &Raw,
        field: Option<(&Record, &str)>,
    ) -> Result<bool, Failure> {
        if one == other {
            return Ok(true);
        }
        if one.is_empty() {
            return Ok(false);
        }
        let kind = kind.unwrap_or(Kind::LongText);
        let current = field.and_then(|(now, name)| {
            now.values.entity().field(name).map(|field| now.get(field.name).clone())
        });
        let mut read = |raw: &Raw| -> Result<Option<Cell>, Failure> {
            if let Kind::Reference(target) = kind {
                return Ok(self.reference(target, &cells::name(raw), current.as_ref())?.ok());
            }
            let Ok((cell, _)) = cells::read(self.sheet.forms, kind, raw) else { return Ok(None) };
            // As the kind keeps it: without the blanks of a phone number, in the letters of a code.
            Ok(Some(kind.read(&cell).map_or(cell, |value| value.to_cell())))
        };
        let (one, other) = (read(one)?, read(other)?);
        Ok(one.is_some() && one == other)
    }
}
