//! From a request to a sheet: the file is read, its columns are mapped, its forms are told.

use std::collections::BTreeMap;
use std::path::Path;

use contract::{Failure, FailureCode, FileFormat, ImportProblem, ImportRequest, ImportStage};
use data_encoding::BASE64;
use domain::permissions::Action;
use domain::record::{EntityDef, OwnFields};
use local_store::View;
use tabular::{Format, Given, Table, TableError};

use super::columns::{Column, Header};
use super::control::Running;
use super::forms::Forms;
use super::sheet::{Findings, Sheet, set_columns, set_name};
use super::target::Target;
use crate::commands::{self, fault};
use crate::session::{Held, Session};

/// Where the mapping of a header is kept.
fn place(entity: &str, columns: &[String]) -> String {
    format!("import.mapping.{entity}.{}", columns.join("\n"))
}

/// Reads and maps a file.
///
/// # Errors
/// `NotPermitted`; `Usage` for options that are none; `Refused` for a file that is no table.
pub fn open(
    session: &Session,
    held: &Held,
    running: &Running,
    request: &ImportRequest,
) -> Result<(Sheet, Findings), Failure> {
    let entity = commands::entity(&request.entity)?;
    held.check(Action::Import, entity, None, &[])?;
    running.tell(session.host(), ImportStage::Reading, 0, 1);
    let table = table(request)?;
    let own = commands::read(session, |view| view.own_fields().map_err(fault))?;
    let remembered = commands::read(session, |view| remembered(view, entity.name, &table))?;
    let options = request.options.clone();
    let header = Header {
        entity,
        own: &own,
        given: &options.mapping,
        remembered: &remembered,
        system: options.system.is_some(),
    };
    let (columns, problems) = header.map(&table);
    let notes = columns.iter().filter_map(Column::note).collect();
    let mut findings = Findings { problems, notes };
    let sheet = sheet(entity, table, columns, options, &own, &mut findings)?;
    running.tell(session.host(), ImportStage::Reading, 1, 1);
    Ok((sheet, findings))
}

fn sheet(
    entity: &'static EntityDef,
    mut table: Table,
    mut columns: Vec<Column>,
    options: contract::ImportOptions,
    own: &OwnFields,
    findings: &mut Findings,
) -> Result<Sheet, Failure> {
    set_columns(entity, &mut table, &mut columns, &options, findings);
    let is_external = |column: &&Column| column.target == Some(Target::External);
    if let (Some(column), None) = (columns.iter().find(is_external), &options.system) {
        let message = "holds the ids of another system; say which (--system NAME)".to_owned();
        findings.problems.push(ImportProblem {
            line: 1,
            column: Some(column.name.clone()),
            value: None,
            field: "external_ids".to_owned(),
            rule: "system_missing".to_owned(),
            message,
        });
    }
    if let Some(place) = &options.refused_to
        && !takes_lines(entity, own, place)
    {
        findings.problems.push(ImportProblem {
            line: 1,
            column: None,
            value: None,
            field: place.clone(),
            rule: "unknown_field".to_owned(),
            message: format!("{} has no field {place} for several lines of text", entity.name),
        });
    }
    for fault in &table.faults {
        findings.problems.push(ImportProblem {
            line: fault.line,
            column: None,
            value: None,
            field: String::new(),
            rule: "bad_row".to_owned(),
            message: fault.message.clone(),
        });
    }
    let kind = |column: &Column| {
        column.target.as_ref().and_then(|target| Sheet::kind_of(entity, own, target))
    };
    let kinds: Vec<_> = columns.iter().map(kind).collect();
    let forms = Forms::of(&table, &kinds, &options, &mut findings.notes)?;
    let mut sheet = Sheet::new(entity, table, columns, kinds, forms, options);
    sheet.group();
    Ok(sheet)
}

fn takes_lines(entity: &'static EntityDef, own: &OwnFields, place: &str) -> bool {
    let target = Target::read(entity, place);
    let kind = target.as_ref().and_then(|target| Sheet::kind_of(entity, own, target));
    kind == Some(domain::record::Kind::LongText)
}

fn table(request: &ImportRequest) -> Result<Table, Failure> {
    let path = Path::new(&request.file);
    let unreadable = |why: &dyn std::fmt::Display| {
        Failure::new(FailureCode::Usage, format!("{} cannot be read: {why}", path.display()))
    };
    let bytes = match &request.content {
        Some(content) => BASE64.decode(content.as_bytes()).map_err(|error| unreadable(&error))?,
        None => std::fs::read(path).map_err(|error| unreadable(&error))?,
    };
    let options = &request.options;
    let given = Given {
        format: options.format.map(format),
        encoding: options.encoding.clone(),
        delimiter: options.delimiter.clone(),
        quote: options.quote.clone(),
        sheet: options.sheet.clone(),
    };
    tabular::read(&bytes, Format::of_path(path), &given).map_err(|error| {
        let code = match error {
            TableError::UnknownFormat
            | TableError::UnknownEncoding(_)
            | TableError::BadDelimiter(_)
            | TableError::UnknownSheet { .. } => FailureCode::Usage,
            _ => FailureCode::Refused,
        };
        Failure::new(code, format!("{}: {error}", path.display()))
    })
}

pub fn format(format: FileFormat) -> Format {
    match format {
        FileFormat::Csv => Format::Csv,
        FileFormat::Xlsx => Format::Xlsx,
        FileFormat::Jsonl => Format::JsonLines,
    }
}

fn remembered(
    view: &View,
    entity: &str,
    table: &Table,
) -> Result<BTreeMap<String, String>, Failure> {
    let kept = view.kept(&place(entity, &table.columns)).map_err(fault)?;
    // A mapping that another version wrote otherwise is told anew.
    Ok(kept.and_then(|bytes| serde_json::from_slice(&bytes).ok()).unwrap_or_default())
}

/// Keeps what every column of the file was mapped to, for the next file with this header.
///
/// # Errors
/// Where the copy cannot be written.
pub fn remember(session: &Session, sheet: &Sheet) -> Result<(), Failure> {
    let is_set = |name: &str| sheet.options.set.keys().any(|path| set_name(path) == name);
    let own_columns = sheet.columns.iter().filter(|column| !is_set(&column.name));
    let (mut mapping, mut names) = (BTreeMap::new(), Vec::new());
    for column in own_columns {
        names.push(column.name.clone());
        if let Some(target) = column.remembered() {
            mapping.insert(&column.name, target);
        }
    }
    // Texts always have a JSON form.
    let bytes = serde_json::to_vec(&mapping).unwrap_or_default();
    let place = place(sheet.entity.name, &names);
    session.store.keep(&[(place.as_str(), Some(bytes.as_slice()))]).map_err(fault)
}
