//! The forms in which a file writes its numbers and dates: said, or told by the cells of the columns that hold
//! them. What could be read two ways is noted.

use contract::{DecimalSign, Failure, FailureCode, ImportNote, ImportOptions};
use domain::record::Kind;
use tabular::{Cell, DatePattern, DecimalForm, Format, Table};

use super::notes::Remark;

/// How numbers and dates are read.
#[derive(Clone, Copy, Debug)]
pub struct Forms {
    pub decimal: DecimalForm,
    pub dates: DatePattern,
}

impl Forms {
    pub fn sign(self) -> DecimalSign {
        match self.decimal {
            DecimalForm::Point => DecimalSign::Point,
            DecimalForm::Comma => DecimalSign::Comma,
        }
    }

    /// `kinds` are those of the columns, in their order.
    ///
    /// # Errors
    /// `Usage` for a pattern of dates that is none.
    pub fn of(
        table: &Table,
        kinds: &[Option<Kind>],
        options: &ImportOptions,
        notes: &mut Vec<ImportNote>,
    ) -> Result<Self, Failure> {
        let texts = |wanted: fn(Kind) -> bool| -> Vec<&str> {
            let rows = table.rows.iter().flat_map(|row| row.cells.iter().zip(kinds));
            rows.filter_map(|(cell, kind)| match cell {
                Cell::Text(text) if kind.is_some_and(wanted) => Some(text.as_str()),
                _ => None,
            })
            .collect()
        };
        // In JSON a number or a date in quotes has the one form that this program writes.
        let is_json = table.recognised.format == Format::JsonLines;
        let decimal = match options.decimal {
            Some(DecimalSign::Point) => DecimalForm::Point,
            Some(DecimalSign::Comma) => DecimalForm::Comma,
            None if is_json => DecimalForm::Point,
            None => decimal(table, &texts(|kind| matches!(kind, Kind::Decimal(_))), notes),
        };
        let dates = match &options.dates {
            Some(name) => {
                name.parse().map_err(|message: String| Failure::new(FailureCode::Usage, message))?
            }
            None if is_json => DatePattern::Iso,
            None => dates(&texts(|kind| kind == Kind::Date), notes),
        };
        Ok(Self { decimal, dates })
    }
}

fn decimal(table: &Table, texts: &[&str], notes: &mut Vec<ImportNote>) -> DecimalForm {
    if let Some(form) = DecimalForm::recognise(texts.iter().copied()) {
        return form;
    }
    // Where the comma parts cells, it does not stand in numbers.
    let form = match table.recognised.delimiter {
        Some(';') => DecimalForm::Comma,
        _ => DecimalForm::Point,
    };
    let differs = |text: &&&str| DecimalForm::Point.read(text) != DecimalForm::Comma.read(text);
    let unclear = texts.iter().filter(differs).count();
    if let Some(example) = texts.iter().find(differs) {
        let read = form.read(example).unwrap_or_default();
        let message = format!(
            "{example} can be read in two ways and is read as {read}; say --decimal if it is the other"
        );
        let remark = Remark::new("decimal_form", message, [example, &read]);
        notes.push(remark.told(1, None, u32::try_from(unclear).unwrap_or(u32::MAX)));
    }
    form
}

fn dates(texts: &[&str], notes: &mut Vec<ImportNote>) -> DatePattern {
    let found = DatePattern::recognise(texts);
    let Some(first) = found.first().copied() else { return DatePattern::Iso };
    let differs = |text: &&&str| found.iter().any(|other| other.read(text) != first.read(text));
    let unclear = texts.iter().filter(differs).count();
    if let Some(example) = texts.iter().find(differs) {
        let message = format!(
            "{example} can be read in two ways and is read as {first}; say --dates if it is another"
        );
        let remark = Remark::new("date_pattern", message, [example, &first.to_string()]);
        notes.push(remark.told(1, None, u32::try_from(unclear).unwrap_or(u32::MAX)));
    }
    first
}
