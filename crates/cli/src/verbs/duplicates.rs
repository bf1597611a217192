//! `duplicates`, `distinct` and `merge`.

use contract::{Command, DuplicateGroup, DuplicatePage, Failure, Reply};
use engine::Engine;

use super::records::found;
use super::{confirm, unexpected};
use crate::arguments::Merge;
use crate::output::Output;

/// As many groups are asked for at a time.
const PAGE: u32 = 100;

pub async fn list(
    engine: &Engine,
    entity: String,
    limit: u32,
    output: Output,
) -> Result<(), Failure> {
    let mut page = DuplicatePage { groups: Vec::new(), total: u32::MAX, compared: 0 };
    while let Ok(offset) = u32::try_from(page.groups.len())
        && offset < limit.min(page.total)
    {
        let (entity, limit) = (entity.clone(), (limit - offset).min(PAGE));
        let command = Command::Duplicates { entity, offset, limit };
        let Reply::Duplicates(next) = engine.call(command).await? else { return Err(unexpected()) };
        (page.total, page.compared) = (next.total, next.compared);
        if next.groups.is_empty() {
            break;
        }
        page.groups.extend(next.groups);
    }
    output.answer(&page, || told(&page))
}

pub async fn distinct(
    engine: &Engine,
    entity: String,
    names: Vec<String>,
    output: Output,
) -> Result<(), Failure> {
    let mut records = Vec::with_capacity(names.len());
    for name in names {
        records.push(found(engine, entity.clone(), name).await?.id);
    }
    let Reply::Duplicates(page) = engine.call(Command::NotTheSame { entity, records }).await?
    else {
        return Err(unexpected());
    };
    output.answer(&page, || told(&page))
}

pub async fn merge(engine: &Engine, words: Merge, output: Output) -> Result<(), Failure> {
    let Merge { entity, survivor, loser, take, yes } = words;
    let survivor = found(engine, entity.clone(), survivor).await?.id;
    let gone = found(engine, entity.clone(), loser).await?;
    let before = Command::MayMerge { entity: entity.clone(), survivor, loser: gone.id };
    let Reply::BeforeMerge(before) = engine.call(before).await? else { return Err(unexpected()) };
    confirm::sure(before.cautions, yes, output)?;
    let command = Command::Merge { entity, survivor, loser: gone.id, take };
    let Reply::Record(record) = engine.call(command).await? else { return Err(unexpected()) };
    output
        .answer(&record, || format!("Merged: {} into {} ({})", gone.title, record.title, record.id))
}

fn told(page: &DuplicatePage) -> String {
    let groups: Vec<String> = page.groups.iter().map(group).collect();
    let shown = page.groups.len();
    let sum = format!("{shown} of {} groups among {} records", page.total, page.compared);
    groups.into_iter().chain([sum]).collect::<Vec<_>>().join("\n")
}

fn group(group: &DuplicateGroup) -> String {
    let reason = |reason: &contract::DuplicateReason| match reason.similar {
        true => format!("{} alike", reason.field),
        false => reason.field.clone(),
    };
    let reasons: Vec<String> = group.reasons.iter().map(reason).collect();
    let head = format!("{} % ({})", group.score, reasons.join(", "));
    let records = group.records.iter().map(|record| format!("  {}  {}", record.id, record.title));
    std::iter::once(head).chain(records).collect::<Vec<_>>().join("\n")
}
