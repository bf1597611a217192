//! `import`, `imports` and `export`.

use std::collections::BTreeMap;

use contract::{
    Command, DecimalSign, ExportRequest, Failure, FailureCode, FileFormat, Filter, ImportOptions,
    ImportRequest, Language, Relation, Reply,
};
use engine::Engine;

use super::{confirm, report, unexpected};
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
    output.answer(&report, || report::imported(&report))?;
    match report.problems.len() {
        0 => Ok(()),
        problems => {
            let refused = report.counts.refused;
            let message = format!(
                "{problems} errors; {refused} records are refused: see above, or line by line with --json"
            );
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

/// Likewise.
fn language(name: &str) -> Language {
    match name {
        "de" => Language::De,
        _ => Language::En,
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
        Imports::Undo { id, yes } => {
            let batch = id.parse().map_err(|_| {
                let message = format!("\"{id}\" is no id of an import; see daybook imports list");
                Failure::new(FailureCode::Usage, message)
            })?;
            let used = confirm::in_use(engine, Command::ImportUsedBy { batch }).await?;
            confirm::sure(used, yes, output)?;
            let reply = engine.call(Command::ImportUndo { batch }).await?;
            let Reply::ImportUndone(undone) = reply else { return Err(unexpected()) };
            output.answer(&undone, || report::undone(&undone))?;
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
        language: Some(language(&export.language)),
    };
    let Reply::Exported(exported) = engine.call(Command::Export(request)).await? else {
        return Err(unexpected());
    };
    output.answer(&exported, || {
        format!("{} records of {} written to {}", exported.records, exported.entity, exported.file)
    })
}
