//! `list`, `get`, `create`, `update`, `delete`, `restore`.

use std::collections::BTreeMap;

use contract::{
    Cell, Chosen, Command, EntityView, Failure, FailureCode, Filter, ListRequest, RecordView,
    Relation, Reply, Saved,
};
use engine::Engine;

use super::{confirm, described, unexpected};
use crate::arguments::List;
use crate::fields;
use crate::output::{self, Output, Table};

/// How many records are fetched at a time.
const PAGE: u32 = 500;

pub async fn list(engine: &Engine, list: List, output: Output) -> Result<(), Failure> {
    let entity = described(engine, &list.entity).await?;
    let filters = list.filters.iter().map(|word| {
        let (field, value) = fields::split(word)?;
        Ok(Filter { field: field.to_owned(), value: value.to_owned(), relation: Relation::Is })
    });
    let mut request = ListRequest {
        entity: list.entity,
        filters: filters.collect::<Result<_, Failure>>()?,
        search: list.search,
        sort: list.sort,
        offset: 0,
        limit: 0,
        retired: list.retired,
    };
    let mut left = list.limit.unwrap_or(u32::MAX);
    let mut table: Option<Table> = None;
    while left > 0 {
        request.limit = left.min(PAGE);
        let Reply::List(page) = engine.call(Command::List(request.clone())).await? else {
            return Err(unexpected());
        };
        print(&page.records, &entity, &mut table, output)?;
        let read = u32::try_from(page.records.len()).unwrap_or(u32::MAX);
        request.offset = request.offset.saturating_add(read);
        left -= read.min(left);
        if read == 0 || request.offset >= page.total {
            break;
        }
    }
    // Scripts read no lines as no records; a person might take it for a fault.
    if request.offset == 0 && !output.json {
        output.say("nothing");
    }
    Ok(())
}

/// A page of a list. The first says how wide the columns are.
fn print(
    records: &[RecordView],
    entity: &EntityView,
    table: &mut Option<Table>,
    output: Output,
) -> Result<(), Failure> {
    if output.json {
        return records.iter().try_for_each(|record| output.answer(record, String::new));
    }
    if records.is_empty() {
        return Ok(());
    }
    let headings = output::headings(entity);
    let lines: Vec<Vec<String>> = records.iter().map(|row| output::row(entity, row)).collect();
    let is_first = table.is_none();
    let table = table.get_or_insert_with(|| Table::of(&headings, &lines));
    let headings = is_first.then_some(&headings);
    headings.into_iter().chain(&lines).try_for_each(|line| output.words(&table.line(line)))
}

pub async fn get(
    engine: &Engine,
    entity: String,
    record: String,
    output: Output,
) -> Result<(), Failure> {
    let view = described(engine, &entity).await?;
    let record = found(engine, entity, record).await?;
    output.answer(&record, || output::record(Some(&view), &record))
}

pub async fn create(
    engine: &Engine,
    entity: String,
    words: &[String],
    output: Output,
) -> Result<(), Failure> {
    let view = described(engine, &entity).await?;
    let changes = fields::changes(&view, words)?;
    fields::known_rows(&changes, &BTreeMap::new())?;
    let saved = saved(engine, Command::Save { entity, id: None, changes }, output).await?;
    output.answer(&saved.record, || output::record(Some(&view), &saved.record))
}

pub async fn update(
    engine: &Engine,
    entity: String,
    record: String,
    words: &[String],
    output: Output,
) -> Result<(), Failure> {
    let view = described(engine, &entity).await?;
    let changes = fields::changes(&view, words)?;
    let current = found(engine, entity.clone(), record).await?;
    fields::known_rows(&changes, &current.children)?;
    let id = Some(current.id);
    let saved = saved(engine, Command::Save { entity, id, changes }, output).await?;
    if current.retired && !saved.record.retired {
        let title = &saved.record.title;
        output.say(&format!("daybook: {title} was deleted; this brings it back"));
    }
    output.answer(&saved.record, || output::record(Some(&view), &saved.record))
}

pub async fn delete(
    engine: &Engine,
    entity: String,
    record: String,
    yes: bool,
    output: Output,
) -> Result<(), Failure> {
    let id = found(engine, entity.clone(), record).await?.id;
    let used = Command::UsedBy { entity: entity.clone(), chosen: Chosen::Ids(vec![id]) };
    confirm::sure(confirm::in_use(engine, used).await?, yes, output)?;
    done(engine, Command::Retire { entity, id }, "Deleted", output).await
}

pub async fn restore(
    engine: &Engine,
    entity: String,
    record: String,
    output: Output,
) -> Result<(), Failure> {
    let current = found(engine, entity.clone(), record.clone()).await?;
    if !current.retired {
        let title = &current.title;
        // A code that a merge has passed on leads to what it stands for now.
        let is_its_own =
            |cell: &Cell| matches!(cell, Cell::Text(text) if text.eq_ignore_ascii_case(&record));
        let own = current.fields.values().any(is_its_own);
        let meant = match own || record == current.id.to_string() {
            true => format!("{title} is not deleted"),
            false => format!("{record} means {title} since a merge, which is not deleted"),
        };
        let message = format!("{meant}; there is nothing to bring back");
        return Err(Failure::new(FailureCode::Refused, message));
    }
    let id = current.id;
    done(engine, Command::BringBack { entity, id }, "Back", output).await
}

/// Does something to one record as a whole, and says so.
async fn done(
    engine: &Engine,
    command: Command,
    word: &str,
    output: Output,
) -> Result<(), Failure> {
    let Reply::Record(record) = engine.call(command).await? else { return Err(unexpected()) };
    output.answer(&record, || format!("{word}: {} ({})", record.title, record.id))
}

pub async fn found(engine: &Engine, entity: String, id: String) -> Result<RecordView, Failure> {
    match engine.call(Command::Get { entity, id }).await? {
        Reply::Record(record) => Ok(record),
        _ => Err(unexpected()),
    }
}

async fn saved(engine: &Engine, command: Command, output: Output) -> Result<Saved, Failure> {
    let Reply::Saved(saved) = engine.call(command).await? else { return Err(unexpected()) };
    for warning in &saved.warnings {
        output.say(&format!("daybook: {warning}"));
    }
    Ok(saved)
}
