//! `import`, `imports` and `export`.

use std::collections::BTreeMap;

use contract::{
    Command, DecimalSign, ExportRequest, Failure, FailureCode, FileFormat, Filter, ImportOptions,
    ImportReport, ImportRequest, ImportUndone, Relation, Reply,
};
use engine::Engine;

use super::unexpected;
use crate::arguments::{Export, Import, Imports};
use crate::fields;
use crate::output::Output;

/// A run that is broken off by a signal ends at its next step, and says what it has done.
pub async fn import(engine: &Engine, import: Import, output: Output) -> Result<(), Failure> {
    let dry_run = import.dry_run;
    let (entity, file) = (import.entity.clone(), import.file.clone());
    let request = ImportRequest { entity, file, content: None, options: options(import)? };
    let command = match dry_run {
        true => Command::ImportPreview(request),
        false => Command::Import(request),
    };
    let work = engine.call(command);
    tokio::pin!(work);
    let reply = tokio::select! {
        reply = &mut work => reply,
        _ = tokio::signal::ctrl_c() => {
            engine.call(Command::ImportCancel).await?;
            work.await
        }
    };
    let Reply::Import(report) = reply? else { return Err(unexpected()) };
    output.answer(&report, || words(&report))?;
    match report.problems.len() {
        0 => Ok(()),
        problems => {
            let refused = report.counts.refused;
            let message =
                format!("{problems} errors; {refused} records are refused, each is named above");
            Err(Failure::new(FailureCode::NeedsAttention, message))
        }
    }
}

fn options(import: Import) -> Result<ImportOptions, Failure> {
    Ok(ImportOptions {
        format: import.format.as_deref().and_then(format),
        encoding: import.encoding,
        delimiter: import.delimiter,
        quote: import.quote,
        sheet: import.sheet,
        decimal: import.decimal.as_deref().map(sign),
        dates: import.dates,
        mapping: pairs(&import.mapping)?,
        set: pairs(&import.set)?,
        system: import.system,
        clear_empty: import.clear_empty,
        refused_to: import.refused_to,
        all_or_nothing: import.all_or_nothing,
    })
}

fn pairs(words: &[String]) -> Result<BTreeMap<String, String>, Failure> {
    let pairs = words.iter().map(|word| {
        let (left, right) = fields::split(word)?;
        Ok((left.to_owned(), right.to_owned()))
    });
    pairs.collect()
}

/// The words are read so that it is one of the two.
fn sign(name: &str) -> DecimalSign {
    match name {
        "comma" => DecimalSign::Comma,
        _ => DecimalSign::Point,
    }
}

fn format(name: &str) -> Option<FileFormat> {
    match name {
        "csv" => Some(FileFormat::Csv),
        "xlsx" => Some(FileFormat::Xlsx),
        "jsonl" => Some(FileFormat::Jsonl),
        _ => None,
    }
}

pub async fn imports(engine: &Engine, verb: Imports, output: Output) -> Result<(), Failure> {
    match verb {
        Imports::List => {
            let Reply::ImportBatches(batches) = engine.call(Command::ImportBatches).await? else {
                return Err(unexpected());
            };
            for batch in &batches {
                output.answer(batch, || {
                    let undone = if batch.undone { ", undone" } else { "" };
                    format!(
                        "{} {} {} from {}: {} new, {} changed{undone}",
                        batch.id, batch.at, batch.entity, batch.file, batch.new, batch.changed
                    )
                })?;
            }
            Ok(())
        }
        Imports::Undo { id } => {
            let batch = id.parse().map_err(|_| {
                let message = format!("\"{id}\" is no id of an import; see daybook imports list");
                Failure::new(FailureCode::Usage, message)
            })?;
            let reply = engine.call(Command::ImportUndo { batch }).await?;
            let Reply::ImportUndone(undone) = reply else { return Err(unexpected()) };
            output.answer(&undone, || undone_words(&undone))?;
            match undone.left.len() {
                0 => Ok(()),
                left => {
                    let message = format!("{left} records are left as they are");
                    Err(Failure::new(FailureCode::NeedsAttention, message))
                }
            }
        }
    }
}

fn undone_words(undone: &ImportUndone) -> String {
    let mut lines = vec![format!("{} deleted, {} put back", undone.retired, undone.restored)];
    lines.extend(
        undone.left.iter().map(|left| format!("  {} ({}): {}", left.title, left.id, left.message)),
    );
    lines.join("\n")
}

fn words(report: &ImportReport) -> String {
    let form = &report.form;
    let said = [
        form.encoding.clone(),
        form.delimiter.as_ref().map(|sign| format!("cells parted by {sign:?}")),
        form.sheet.as_ref().map(|sheet| format!("sheet {sheet}")),
        Some(match form.decimal {
            DecimalSign::Point => "numbers like 1,234.56".to_owned(),
            DecimalSign::Comma => "numbers like 1.234,56".to_owned(),
        }),
        Some(format!("dates like {}", form.dates)),
    ];
    let mut lines = vec![said.into_iter().flatten().collect::<Vec<_>>().join(", ")];
    for column in &report.columns {
        let target = column.target.as_deref().unwrap_or("?");
        lines.push(format!("  {} -> {target}", column.column));
    }
    for problem in &report.problems {
        let column = problem.column.as_deref().unwrap_or(&problem.field);
        lines.push(format!(
            "line {}, {column}: {} ({})",
            problem.line, problem.message, problem.rule
        ));
    }
    for note in &report.notes {
        let times = if note.count > 1 { format!(" ({} times)", note.count) } else { String::new() };
        lines.push(format!("note: line {}: {}{times}", note.line, note.message));
    }
    let counts = report.counts;
    let verb = match (report.dry_run, report.cancelled) {
        (true, _) => "nothing is written",
        (false, true) => "stopped",
        (false, false) => "done",
    };
    lines.push(format!(
        "{} new, {} changed, {} unchanged, {} refused: {verb}",
        counts.new, counts.changed, counts.unchanged, counts.refused
    ));
    if report.problems.iter().any(|problem| problem.line == 1) {
        lines.push("nothing can be imported until the errors of line 1 are mended".to_owned());
    }
    if let Some(batch) = report.batch {
        lines.push(format!("take it back with: daybook imports undo {batch}"));
    }
    lines.join("\n")
}

pub async fn export(engine: &Engine, export: Export, output: Output) -> Result<(), Failure> {
    let filters = export.filters.iter().map(|word| {
        let (field, value) = fields::split(word)?;
        Ok(Filter { field: field.to_owned(), value: value.to_owned(), relation: Relation::Is })
    });
    let request = ExportRequest {
        entity: export.entity,
        file: export.to,
        format: export.format.as_deref().and_then(format),
        filters: filters.collect::<Result<_, Failure>>()?,
        search: export.search,
        sort: export.sort,
        columns: (!export.columns.is_empty()).then_some(export.columns),
        retired: export.retired,
        decimal: export.decimal.as_deref().map(sign),
    };
    let Reply::Exported(exported) = engine.call(Command::Export(request)).await? else {
        return Err(unexpected());
    };
    output.answer(&exported, || {
        format!("{} records of {} written to {}", exported.records, exported.entity, exported.file)
    })
}
