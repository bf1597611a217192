//! Playing the table on one side: every accepted value must be taken, every refused one refused by its rule and
//! by no mistake in the case.

use std::collections::BTreeMap;
use std::future::Future;

use chrono::{DateTime, Utc};
use domain::record::{
    Cell, Change, ChildAction, ChildChange, EntityDef, Problem, Record, RecordChanges, Value,
    row_path,
};
use uuid::Uuid;

use super::case::{Case, Given};
use super::{ALL, GIVEN};
use crate::{FixedClock, Ids};

/// One save.
#[derive(Clone, Debug)]
pub struct Work {
    pub entity: &'static EntityDef,
    /// Of a new record, if the side lets its ids be chosen; else of the record that is edited.
    pub id: Uuid,
    pub new: bool,
    pub changes: RecordChanges,
}

/// The id under which a side keeps the record, or every rule that refused it.
pub type Answer = Result<Uuid, Vec<Problem>>;

/// A side that decides: a device with its file, or the hub with its database.
pub trait Side {
    /// The user who works here: `@me` in a case.
    fn me(&self) -> Uuid;

    /// The record whose key is this text, if there is one.
    fn find(&mut self, entity: &'static EntityDef, key: &str) -> Option<Uuid>;

    fn save(&mut self, work: Work) -> impl Future<Output = Answer>;
}

/// Plays every case; answers with what went otherwise than the table says.
pub async fn play(side: &mut impl Side) -> Vec<String> {
    let mut stage = Stage::on(side);
    let mut wrong = Vec::new();
    for case in ALL.iter().copied().flatten() {
        if let Err(told) = stage.case(case).await {
            wrong.push(format!("{}: {told}", case.title()));
        }
    }
    wrong
}

/// Records of the table on one side.
pub struct Stage<'a, S> {
    side: &'a mut S,
    ids: Ids,
    number: u32,
    known: BTreeMap<String, Uuid>,
}

type Line = (&'static str, &'static str);

impl<'a, S: Side> Stage<'a, S> {
    pub fn on(side: &'a mut S) -> Self {
        let known = BTreeMap::from([("me".to_owned(), side.me())]);
        Self { side, ids: Ids::seeded(77), number: 0, known }
    }

    /// A valid new record of a master, made of ordinary fields alone where that can be: no two of one stage have a
    /// value in common that may stand only once. What it refers to is made on this side.
    ///
    /// # Errors
    /// The cases of the master hold no more such records, or what is referred to was refused.
    pub async fn valid(
        &mut self,
        entity: &'static EntityDef,
        count: usize,
    ) -> Result<RecordChanges, String> {
        let own = ALL.iter().copied().flatten().filter(|case| case.entity.name == entity.name);
        let lines = own.map(|case| match case.edits {
            true => case.baseline.to_vec(),
            false => [case.baseline, case.accepted].concat(),
        });
        let ordinary = |lines: &Vec<Line>| lines.iter().all(|(path, _)| is_ordinary(entity, path));
        let (ordinary, others): (Vec<_>, Vec<_>) = lines.partition(ordinary);
        let lines: Vec<Vec<Line>> = if ordinary.is_empty() { others } else { ordinary };
        // A master with few cases has values that are told apart by their number.
        let Some(lines) = lines.iter().cycle().nth(count) else {
            return Err(format!("{} has no case", entity.name));
        };
        self.number += 1;
        self.changes(entity, lines).await
    }

    /// Makes such a record of this owner on this side.
    ///
    /// # Errors
    /// As [`Stage::valid`], and where it is refused.
    pub async fn made(
        &mut self,
        entity: &'static EntityDef,
        count: usize,
        owner: Uuid,
    ) -> Result<Uuid, String> {
        let mut changes = self.valid(entity, count).await?;
        changes.fields.retain(|change| change.field != "owner_id");
        let to = Cell::Id(owner);
        changes.fields.push(Change { field: "owner_id".to_owned(), from: None, to });
        let work = Work { entity, id: self.ids.next(), new: true, changes };
        let made = self.side.save(work).await;
        made.map_err(|problems| {
            format!("record {count} of {} was refused: {problems:?}", entity.name)
        })
    }

    async fn case(&mut self, case: &Case) -> Result<(), String> {
        let mut standing = match case.edits {
            true => Some(self.baseline(case).await?),
            false => None,
        };
        for (lines, refusal) in [(case.accepted, false), (case.refused, true)] {
            let answer = match &mut standing {
                None => self.make(case.entity, &[case.baseline, lines].concat()).await?.0,
                Some(record) => self.edit(record, lines).await?,
            };
            match (answer, refusal) {
                (Ok(_), false) => {}
                (Err(problems), true) if problems.iter().any(|problem| is_told(case, problem)) => {}
                (Err(problems), false) => return Err(format!("refused {lines:?}: {problems:?}")),
                (Ok(_), true) => return Err(format!("accepted {lines:?}")),
                (Err(problems), true) => {
                    return Err(format!("refused {lines:?} by another rule: {problems:?}"));
                }
            }
        }
        Ok(())
    }

    /// Makes the record that is to be edited, and what comes after it.
    async fn baseline(&mut self, case: &Case) -> Result<Record, String> {
        let (made, mut record) = self.make(case.entity, case.baseline).await?;
        let id = made.map_err(|problems| format!("the baseline was refused: {problems:?}"))?;
        record.head.id = id;
        self.known.insert("self".to_owned(), id);
        for given in case.after {
            let made = self.given(given).await?;
            self.known.insert(given.label.to_owned(), made);
        }
        Ok(record)
    }

    async fn edit(&mut self, standing: &mut Record, lines: &[Line]) -> Result<Answer, String> {
        let entity = standing.entity();
        let mut changes = self.changes(entity, lines).await?;
        for change in &mut changes.fields {
            if entity.position(&change.field).is_some() {
                change.from = Some(standing.get(&change.field).to_cell());
            }
        }
        changes.children.iter_mut().for_each(|row| as_added(entity, row));
        let work = Work { entity, id: standing.id(), new: false, changes: changes.clone() };
        let answer = self.side.save(work).await;
        if answer.is_ok()
            && let Err(problems) = changes.apply(standing)
        {
            return Err(format!("{lines:?} was accepted and cannot be read: {problems}"));
        }
        Ok(answer)
    }

    /// Makes a record; with it comes its image, as far as its fields take the texts.
    async fn make(
        &mut self,
        entity: &'static EntityDef,
        lines: &[Line],
    ) -> Result<(Answer, Record), String> {
        self.number += 1;
        let changes = self.changes(entity, lines).await?;
        let id = self.ids.next();
        let mut image = Record::new(entity, id, Uuid::nil(), start());
        if changes.apply(&mut image).is_err() {
            image.values.set("name", Value::Null); // what is refused is never edited
        }
        Ok((self.side.save(Work { entity, id, new: true, changes }).await, image))
    }

    async fn given(&mut self, given: &Given) -> Result<Uuid, String> {
        let key = given.lines.iter().find(|(path, _)| *path == given.entity.key);
        if let Some((_, text)) = key
            && let Some(id) = self.side.find(given.entity, text)
        {
            return Ok(id);
        }
        // Boxed: records that are given may refer to others.
        let (answer, _) = Box::pin(self.make(given.entity, given.lines)).await?;
        answer.map_err(|problems| format!("@{} was refused: {problems:?}", given.label))
    }

    /// The id behind a label.
    async fn named(&mut self, label: &str) -> Result<Uuid, String> {
        if let Some(id) = self.known.get(label) {
            return Ok(*id);
        }
        let given = GIVEN.iter().copied().flatten().find(|given| given.label == label);
        let Some(given) = given else { return Err(format!("no record is given as @{label}")) };
        let id = self.given(given).await?;
        self.known.insert(label.to_owned(), id);
        Ok(id)
    }

    async fn changes(
        &mut self,
        entity: &'static EntityDef,
        lines: &[Line],
    ) -> Result<RecordChanges, String> {
        let mut changes = RecordChanges::default();
        let number = self.number;
        let mut rows: BTreeMap<&str, usize> = BTreeMap::new();
        for (path, text) in lines {
            let to = match text.strip_prefix('@') {
                Some(label) => Cell::Id(self.named(label).await?),
                None if text.is_empty() => Cell::Null,
                None => Cell::Text(text.replace("{n}", &number.to_string())),
            };
            let (row, field) = match path.split_once('.') {
                Some((row, field)) => (Some(row), field),
                None => (None, *path),
            };
            let fields = match row {
                None => &mut changes.fields,
                Some(row) => {
                    let at = *rows.entry(row).or_insert_with(|| {
                        let name = row.split_once('#').map_or(row, |(name, _)| name);
                        changes.children.push(ChildChange {
                            entity: name.to_owned(),
                            id: self.ids.next(),
                            action: ChildAction::Add,
                            fields: Vec::new(),
                        });
                        changes.children.len() - 1
                    });
                    &mut changes.children[at].fields // `at` was given just now
                }
            };
            fields.retain(|change| change.field != field);
            fields.push(Change { field: field.to_owned(), from: None, to });
        }
        let known = |row: &ChildChange| entity.child(&row.entity).is_some();
        match changes.children.iter().find(|row| !known(row)) {
            Some(row) => Err(format!("{} has no rows {}", entity.name, row.entity)),
            None => Ok(changes),
        }
    }
}

/// Whether a path is of a field that everybody who writes the record may write.
fn is_ordinary(entity: &EntityDef, path: &str) -> bool {
    let field = match path.split_once('.') {
        None => entity.field(path),
        Some((row, field)) => {
            let rows = row.split_once('#').map_or(row, |(name, _)| name);
            entity.child(rows).and_then(|rows| rows.field(field))
        }
    };
    field.is_some_and(|field| !field.sensitivity.is_sensitive())
}

/// A row as an edit adds it: with its declared defaults, and nothing there before.
fn as_added(entity: &EntityDef, row: &mut ChildChange) {
    let Some(rows) = entity.child(&row.entity) else { return };
    for (field, value) in rows.defaults().iter().filter(|(_, value)| !value.is_null()) {
        if !row.fields.iter().any(|change| change.field == field.name) {
            let to = value.to_cell();
            row.fields.push(Change { field: field.name.to_owned(), from: None, to });
        }
    }
    row.fields.iter_mut().for_each(|change| change.from = Some(Cell::Null));
}

/// Whether a problem is the one that the case is about; a row is named by the case without its id.
fn is_told(case: &Case, problem: &Problem) -> bool {
    let path = match problem.field.split_once('[') {
        None => problem.field.clone(),
        Some((rows, rest)) => {
            let (id, field) = rest.split_once("].").unwrap_or_default();
            let whole = id.parse().map(|id: Uuid| row_path(rows, id, field));
            debug_assert!(whole.is_ok_and(|whole| whole == problem.field), "{problem}");
            format!("{rows}.{field}")
        }
    };
    problem.rule == case.rule && path == case.field
}

fn start() -> DateTime<Utc> {
    FixedClock::default().now()
}
