//! `Export`: records as a file, with what the person may read of them and nothing else. What is written here is
//! what an import reads. No file without its note, which the hub's audit is told.

mod columns;
mod file;
mod rows;
#[cfg(test)]
mod tests;

use contract::{
    DecimalSign, ExportRequest, Exported, Failure, FailureCode, FileFormat, ListRequest,
};
use domain::export_note::{EXPORT_NOTE, Taken};
use domain::permissions::Action;
use domain::record::{EntityDef, row_facts};
use local_store::{Start, Touched, View};
use sync_protocol::device::draft;
use tabular::{DecimalForm, Format};

pub use self::rows::is_retired_at;

use self::columns::Columns;
use self::rows::Reader;
use super::import::said;
use super::{Done, fault, list, save, write};
use crate::session::{Held, Session};

/// Records are read so many at a time.
const PAGE: usize = 500;

/// # Errors
/// `NotPermitted`; where the copy cannot be written; `Usage` for a file that cannot be written or whose form is not known.
pub fn export(
    session: &Session,
    held: &Held,
    request: &ExportRequest,
) -> Result<Done<Exported>, Failure> {
    let entity = super::entity(&request.entity)?;
    held.check(Action::Export, entity, None, &[])?;
    let format = request.format.or_else(|| by_name(&request.file)).ok_or_else(|| {
        let message = format!(
            "the form of {} is not known from its name; end it in .csv, .xlsx or .jsonl",
            request.file
        );
        Failure::new(FailureCode::Usage, message)
    })?;
    if let Some(columns) = &request.columns {
        chosen(held, entity, columns)?;
    }
    let records = super::read(session, |view| records(view, held, entity, request))?;
    let columns = Columns::of(entity, &records, request.columns.as_deref(), request.retired);
    let language = request.language.unwrap_or_default();
    let own = super::read(session, |view| view.own_fields().map_err(fault))?;
    let headings = columns.headings(&own, language);
    let names = match format {
        FileFormat::Jsonl => columns.paths(),
        FileFormat::Csv => columns.names(),
        FileFormat::Xlsx => headings.iter().map(|column| column.heading.clone()).collect(),
    };
    let count = u32::try_from(records.len()).unwrap_or(u32::MAX);
    let noted = columns.noted();
    let taken = Taken {
        entity: entity.name,
        records: count,
        columns: noted.iter().map(String::as_str).collect(),
        format: noted_as(format),
    };
    // Where the file then fails, the note says more than was taken, never less.
    let touched = note(session, held, &taken)?;
    file::write(&request.file, |out| match format {
        FileFormat::Csv => {
            let form = match request.decimal.unwrap_or(DecimalSign::Point) {
                DecimalSign::Point => DecimalForm::Point,
                DecimalSign::Comma => DecimalForm::Comma,
            };
            tabular::csv(out, &columns.names(), form, records.iter().map(|r| columns.cells(r)))
        }
        FileFormat::Xlsx => {
            let rows = records.iter().map(|record| columns.cells(record));
            tabular::xlsx(out, said(entity.plural, language), &headings, rows)
        }
        FileFormat::Jsonl => {
            let is_whole = request.columns.is_none();
            tabular::json_lines(out, records.iter().map(|record| record.json(is_whole)))
        }
    })?;
    let answer = Exported {
        entity: entity.name.to_owned(),
        file: request.file.clone(),
        format,
        records: count,
        columns: names,
    };
    Ok(Done { answer, touched: Some(touched) })
}

/// Whether there are such fields and the person may read them, so that no column is empty without a word.
fn chosen(held: &Held, entity: &'static EntityDef, columns: &[String]) -> Result<(), Failure> {
    if columns.is_empty() {
        let message = "no column is chosen; choose at least one, or leave the choice out for all";
        return Err(Failure::new(FailureCode::Usage, message));
    }
    if let Some(unknown) = columns.iter().find(|name| entity.place(name).is_none()) {
        let message = format!("{} has no field {unknown}; leave it out", entity.name);
        return Err(Failure::new(FailureCode::Usage, message));
    }
    let fields: Vec<&str> = columns.iter().map(String::as_str).collect();
    held.check(Action::View, entity, None, &fields)?;
    Ok(())
}

/// Enters what is about to be taken out.
fn note(session: &Session, held: &Held, taken: &Taken<'_>) -> Result<Touched, Failure> {
    let host = session.host();
    let mut note = save::new_record(&EXPORT_NOTE, host.new_id(), held, host);
    taken.write(&mut note, held.grants().user_id);
    held.check(Action::Create, &EXPORT_NOTE, Some(&row_facts(&note)), &[])?;
    held.check_also(None, &note)?;
    write::write(session, held, vec![draft::create(&note).into()])
}

/// The format's word in a note.
const fn noted_as(format: FileFormat) -> &'static str {
    match format {
        FileFormat::Csv => "csv",
        FileFormat::Xlsx => "xlsx",
        FileFormat::Jsonl => "jsonl",
    }
}

fn by_name(file: &str) -> Option<FileFormat> {
    Some(match Format::of_path(std::path::Path::new(file))? {
        Format::Csv => FileFormat::Csv,
        Format::Xlsx => FileFormat::Xlsx,
        Format::JsonLines => FileFormat::Jsonl,
    })
}

fn records(
    view: &View,
    held: &Held,
    entity: &'static EntityDef,
    request: &ExportRequest,
) -> Result<Vec<rows::Exported>, Failure> {
    let listed = ListRequest {
        entity: request.entity.clone(),
        filters: request.filters.clone(),
        search: request.search.clone(),
        sort: request.sort.clone(),
        offset: 0,
        limit: 0,
        retired: request.retired,
    };
    let query = list::query(view, held, entity, &listed)?;
    let mut reader = Reader::new(view, held, entity)?;
    let (mut records, mut start) = (Vec::new(), Start::Offset(0));
    loop {
        let page = view.list(entity, &query, &start, PAGE).map_err(fault)?;
        for listed in page.rows {
            let facts = row_facts(&listed.record);
            if held.check(Action::Export, entity, Some(&facts), &[]).is_err() {
                continue;
            }
            if let Some(columns) = &request.columns {
                let mut record = reader.read(&listed.record)?;
                record.fields.retain(|(name, _)| columns.iter().any(|column| name.is_in(column)));
                records.push(record);
                continue;
            }
            // A list has no child rows.
            if let Some(row) = view.get(entity, listed.record.id()).map_err(fault)? {
                records.push(reader.read(&row.record)?);
            }
        }
        match page.next {
            Some(next) => start = Start::After(next),
            None => return Ok(records),
        }
    }
}
