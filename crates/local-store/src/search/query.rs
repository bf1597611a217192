//! Finds records by words as they are typed: each word is the beginning of a word of the record, folded, and
//! may have a letter wrong where nothing is found otherwise.

use domain::record::{EntityDef, fold_code, fold_search};
use rusqlite::{OptionalExtension, params};
use uuid::Uuid;

use super::spelling;
use super::text::{Words, joined};
use crate::error::Result;
use crate::layout::{self, Db, Layout, layout};
use crate::records::{Title, key_columns, title_columns};
use crate::view::View;

/// Bits of a document number that hold the row's number; the entity's number stands above.
pub(crate) const NR_BITS: u32 = 40;

/// Documents of an entity: the first (of the row number 0) and the last.
pub(crate) fn doc_range(entity: i64) -> (i64, i64) {
    let first = entity << NR_BITS;
    (first, first + (1 << NR_BITS) - 1)
}

/// Words beyond these are not looked for.
const WORDS_MAX: usize = 12;

/// One record that was found.
#[derive(Clone, Debug)]
pub struct Hit {
    pub entity: &'static EntityDef,
    pub title: Title,
}

/// What was found, best first: an exact key, then words of key and name, then words anywhere; where nothing
/// has the words as they were typed, records with words spelled almost so.
#[derive(Clone, Debug)]
pub struct Hits {
    pub hits: Vec<Hit>,
    /// False while records that came lately are not indexed yet.
    pub complete: bool,
}

/// What a text asks of the index.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Expression {
    /// Each word as it was typed; where that found nothing, with those it may have meant.
    words: Vec<Vec<String>>,
    /// The whole text without separators, where people may have typed a number apart.
    joined: Option<String>,
}

impl Expression {
    /// `None` where the text has no letter or digit.
    pub fn of(text: &str) -> Option<Self> {
        let folded = fold_search(text);
        let mut words: Vec<String> = folded
            .split(|sign: char| !sign.is_ascii_alphanumeric())
            .filter(|word| !word.is_empty())
            .take(WORDS_MAX)
            .map(str::to_owned)
            .collect();
        let all = words.len();
        // Half of all records have a word with any one letter: beside longer words it only costs.
        if words.iter().any(|word| word.len() > 1) {
            words.retain(|word| word.len() > 1);
        }
        let number = folded.contains(|sign: char| sign.is_ascii_digit());
        let joined = (all > 1 && number).then(|| joined(&folded));
        let words: Vec<Vec<String>> = words.into_iter().map(|word| vec![word]).collect();
        (!words.is_empty()).then_some(Self { words, joined })
    }

    /// The same, where `range` has no document with all words as they were typed: each word may then also be
    /// one that is spelled almost so.
    pub fn forgiving(mut self, db: Db, range: (i64, i64)) -> Result<Self> {
        let found = db
            .connection
            .prepare_cached(
                "SELECT 1 FROM search WHERE search MATCH ?1 AND rowid BETWEEN ?2 AND ?3 LIMIT 1",
            )?
            .exists(params![self.anywhere(), range.0, range.1])?;
        if !found {
            for word in &mut self.words {
                if let Some(typed) = word.first() {
                    word.extend(spelling::alike(db, typed)?);
                }
            }
        }
        Ok(self)
    }

    /// All words, anywhere in the record.
    pub fn anywhere(&self) -> String {
        // Only letters and digits stand between the quotes.
        let begins = |word: &String| format!("\"{word}\"*");
        let words: Vec<String> = (self.words.iter())
            .map(|word| match word.as_slice() {
                [only] => begins(only),
                any => format!("({})", any.iter().map(begins).collect::<Vec<_>>().join(" OR ")),
            })
            .collect();
        let words = words.join(" AND ");
        match &self.joined {
            Some(joined) => format!("({words}) OR \"{joined}\"*"),
            None => words,
        }
    }

    /// What [`Expression::anywhere`] asks of the index, asked of the words of one record.
    pub fn matches(&self, words: &Words) -> bool {
        self.words.iter().all(|word| word.iter().any(|word| words.any_begins(word)))
            || self.joined.as_deref().is_some_and(|joined| words.any_begins(joined))
    }

    /// All words, in the record's key, code or name.
    fn in_title(&self) -> String {
        format!("{{title}} : ({})", self.anywhere())
    }

    /// The one letter that was typed so far; too many words begin with it for the index.
    fn one_letter(&self) -> Option<&str> {
        match self.words.as_slice() {
            [word] => word.first().map(String::as_str).filter(|word| word.len() == 1),
            _ => None,
        }
    }
}

impl View<'_> {
    /// At most `limit` records in use, of one entity or of all.
    ///
    /// # Errors
    /// `UnknownEntity`, or a damaged file.
    pub fn search(&self, text: &str, entity: Option<&EntityDef>, limit: usize) -> Result<Hits> {
        let complete = super::index::is_current(self.db)?;
        let mut found = Found { view: self, hits: Vec::new(), limit };
        let layouts: Vec<&'static Layout> = match entity {
            Some(entity) => vec![layout(entity.name)?],
            None => layout::all().iter().collect(),
        };
        if let Some(mut expression) = Expression::of(text) {
            for layout in &layouts {
                found.exact(layout, text)?;
            }
            match expression.one_letter() {
                Some(letter) => layouts.iter().try_for_each(|it| found.begins(it, letter))?,
                None => {
                    let all = (doc_range(0).0, i64::MAX);
                    let range = match entity {
                        Some(entity) => doc_range(self.db.numbers.of(layout(entity.name)?)),
                        None => all,
                    };
                    if found.hits.is_empty() {
                        expression = expression.forgiving(self.db, range)?;
                    }
                    found.matching(&expression.in_title(), range)?;
                    found.matching(&expression.anywhere(), range)?;
                }
            }
        }
        Ok(Hits { hits: found.hits, complete })
    }
}

struct Found<'v> {
    view: &'v View<'v>,
    hits: Vec<Hit>,
    limit: usize,
}

impl Found<'_> {
    fn full(&self) -> bool {
        self.hits.len() >= self.limit
    }

    fn take(&mut self, entity: &'static EntityDef, title: Title) {
        if !self.full() && !self.hits.iter().any(|hit| hit.title.id == title.id) {
            self.hits.push(Hit { entity, title });
        }
    }

    /// Records whose key or code is the text itself.
    fn exact(&mut self, layout: &'static Layout, text: &str) -> Result<()> {
        for column in key_columns(layout) {
            let condition = format!("{column} = ?1 AND retired_at IS NULL LIMIT 20");
            self.where_(layout, &condition, &fold_code(text))?;
        }
        Ok(())
    }

    /// Records whose name or key begins with a letter, in the order of their names.
    fn begins(&mut self, layout: &'static Layout, letter: &str) -> Result<()> {
        let (name, key) = title_columns(layout.entity);
        let mut expressions: Vec<String> = Vec::new();
        if name != "NULL" {
            expressions.push(format!("fold_search({name})"));
        } else {
            expressions.push(format!("fold_search({key})"));
        }
        expressions.extend(key_columns(layout));
        for expression in expressions {
            let condition = format!(
                "{expression} >= ?1 AND {expression} < ?1 || '~' AND retired_at IS NULL \
                 ORDER BY {expression} LIMIT {}",
                self.limit
            );
            self.where_(layout, &condition, letter)?;
        }
        Ok(())
    }

    fn where_(&mut self, layout: &'static Layout, condition: &str, param: &str) -> Result<()> {
        if self.full() {
            return Ok(());
        }
        let sql = format!("{} WHERE {condition}", titles_of(layout));
        let mut query = self.view.db.connection.prepare_cached(&sql)?;
        let mut rows = query.query([param])?;
        while let Some(row) = rows.next()? {
            self.take(layout.entity, read_title(row)?);
        }
        Ok(())
    }

    fn matching(&mut self, expression: &str, range: (i64, i64)) -> Result<()> {
        if self.full() {
            return Ok(());
        }
        let limit = i64::try_from(self.limit).unwrap_or(i64::MAX);
        let mut query = self.view.db.connection.prepare_cached(
            "SELECT rowid FROM search WHERE search MATCH ?1 AND rowid BETWEEN ?2 AND ?3 LIMIT ?4",
        )?;
        let docs =
            query.query_map(params![expression, range.0, range.1, limit], |row| row.get(0))?;
        for doc in docs.collect::<rusqlite::Result<Vec<i64>>>()? {
            let Some(layout) = self.view.db.numbers.layout(doc >> NR_BITS) else { continue };
            let nr = doc - doc_range(self.view.db.numbers.of(layout)).0;
            let sql = format!("{} WHERE nr = ?1 AND retired_at IS NULL", titles_of(layout));
            let mut query = self.view.db.connection.prepare_cached(&sql)?;
            if let Some(title) = query.query_row([nr], read_title).optional()? {
                self.take(layout.entity, title);
            }
        }
        Ok(())
    }
}

fn titles_of(layout: &Layout) -> String {
    let (name, key) = title_columns(layout.entity);
    let table = layout.entity.name;
    format!("SELECT id, coalesce({name}, {key}, ''), coalesce({key}, '') FROM {table}")
}

fn read_title(row: &rusqlite::Row) -> rusqlite::Result<Title> {
    let id = Uuid::from_bytes(row.get(0)?);
    Ok(Title { id, title: row.get(1)?, key: row.get(2)?, retired: false })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(text: &str) -> Option<String> {
        Expression::of(text).map(|expression| expression.anywhere())
    }

    #[test]
    fn what_people_type_becomes_words_and_never_syntax() {
        assert_eq!(asked("Mül ber").as_deref(), Some("\"mul\"* AND \"ber\"*"));
        assert_eq!(asked("a\" OR title:*").as_deref(), Some("\"or\"* AND \"title\"*"));
        assert_eq!(
            asked("+49 30-12").as_deref(),
            Some("(\"49\"* AND \"30\"* AND \"12\"*) OR \"493012\"*")
        );
        assert_eq!(asked(" -\"* "), None);
    }
}
