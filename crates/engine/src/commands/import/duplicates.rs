//! Records that may be the same as one of the file: with its tax id, its e-mail address, or its name in its
//! town. They are told, never refused.

use std::collections::HashMap;

use contract::Failure;
use domain::permissions::ReadRight;
use domain::record::{EntityDef, Record, Value, fold_search};
use local_store::View;
use uuid::Uuid;

use super::notes::Remark;
use crate::commands::fault;
use crate::session::Held;

/// What makes two records look like one.
const MARKS: [&[&str]; 3] = [&["tax_id"], &["email"], &["name", "city"]];

/// The marks of all records in use, and of those of the file so far.
#[derive(Default)]
pub struct Duplicates(HashMap<(usize, String), Known>);

/// A record that another one may be.
struct Known {
    id: Uuid,
    title: String,
    /// Its key; empty where it has none, or none that the person may read.
    key: String,
    /// Whether it can be opened: one of the file is not written yet.
    is_held: bool,
}

impl Duplicates {
    /// Marks of fields that the person may read.
    ///
    /// # Errors
    /// Where the copy cannot be read.
    pub fn of_held(view: &View, held: &Held, entity: &'static EntityDef) -> Result<Self, Failure> {
        let readable = |field: &&str| {
            entity.field(field).is_some()
                && held.grants().field_right(entity, field).read == ReadRight::Full
        };
        let fields: Vec<&str> =
            ["tax_id", "email", "name", "city", entity.key].into_iter().filter(readable).collect();
        let mut known = Self::default();
        view.each(entity, &fields, |id, values| {
            let text = |name: &str| {
                let at = fields.iter().position(|field| *field == name)?;
                values.get(at).and_then(Value::text)
            };
            let owned = |name: &str| text(name).unwrap_or_default().to_owned();
            let of = || Known { id, title: owned("name"), key: owned(entity.key), is_held: true };
            known.mark(of, &text);
        })
        .map_err(fault)?;
        Ok(known)
    }

    /// What is odd about a record; `asked` says of which fields.
    pub fn of(&self, record: &Record, asked: impl Fn(&str) -> bool) -> Vec<Remark> {
        let text = |name: &str| text_of(record, name);
        let mut said = Vec::new();
        for (mark, fields) in MARKS.iter().enumerate() {
            if !fields.iter().any(|field| asked(field)) {
                continue;
            }
            let Some(key) = key(fields, &text) else { continue };
            if let Some(known) = self.0.get(&(mark, key)).filter(|known| known.id != record.id()) {
                let Known { id, title, key, is_held } = known;
                let id = if *is_held { id.to_string() } else { String::new() };
                let what = match fields {
                    ["tax_id"] => "tax id",
                    ["email"] => "e-mail address",
                    _ => "name and town",
                };
                let message = format!("{title} has the same {what}; is it the same?");
                said.push(Remark::new("duplicate", message, [title, &fields.join(","), key, &id]));
            }
        }
        said
    }

    pub fn put(&mut self, record: &Record) {
        let of = || Known {
            id: record.id(),
            title: record.title().to_owned(),
            key: text_of(record, record.entity().key).unwrap_or_default().to_owned(),
            is_held: false,
        };
        self.mark(of, &|name| text_of(record, name));
    }

    fn mark<'t>(&mut self, of: impl Fn() -> Known, text: &dyn Fn(&str) -> Option<&'t str>) {
        for (mark, fields) in MARKS.iter().enumerate() {
            if let Some(key) = key(fields, text) {
                self.0.entry((mark, key)).or_insert_with(&of);
            }
        }
    }
}

fn text_of<'r>(record: &'r Record, name: &str) -> Option<&'r str> {
    record.entity().field(name)?;
    record.get(name).text()
}

fn key<'t>(fields: &[&str], text: &dyn Fn(&str) -> Option<&'t str>) -> Option<String> {
    let texts: Option<Vec<String>> =
        fields.iter().map(|field| text(field).map(fold_search)).collect();
    texts.map(|texts| texts.join("\n"))
}
