//! Records by what a file calls them: id, key or code, the id of another system, a name that only one has.

use std::collections::HashMap;

use contract::Failure;
use domain::permissions::Action;
use domain::person::PERSON;
use domain::record::{EntityDef, Value, fold_code, fold_entry};
use domain::synced;
use local_store::View;
use uuid::Uuid;

use super::cells::Refusal;
use crate::commands::{fault, shown};
use crate::session::Held;

/// What was found before, and the names and foreign ids of every entity that was asked.
#[derive(Default)]
pub struct References {
    found: HashMap<(&'static str, String), Result<Meant, Refusal>>,
    names: HashMap<&'static str, Names>,
}

/// The record that is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Meant {
    pub id: Uuid,
    pub retired: bool,
}

/// The records in use by name and by the ids of other systems.
#[derive(Default)]
pub struct Names {
    by_name: HashMap<String, Vec<Uuid>>,
    by_external: HashMap<String, Vec<Uuid>>,
}

impl Names {
    /// What the person may read of them.
    ///
    /// # Errors
    /// Where the file cannot be read.
    pub fn of(view: &View, held: &Held, entity: &'static EntityDef) -> Result<Self, Failure> {
        let mut names = Self::default();
        let readable = |field: &str| {
            entity.field(field).is_some()
                && held.check(Action::View, entity, None, &[field]).is_ok()
        };
        let fields: Vec<&str> =
            ["name", "external_ids"].into_iter().filter(|field| readable(field)).collect();
        view.each(entity, &fields, |id, values| {
            for value in values {
                match value {
                    Value::Text(name) => {
                        names.by_name.entry(fold_code(&name)).or_default().push(id);
                    }
                    Value::Map(ids) => {
                        for (system, text) in ids {
                            let key = fold_entry(&system, &text);
                            names.by_external.entry(key).or_default().push(id);
                        }
                    }
                    _ => {}
                }
            }
        })
        .map_err(fault)?;
        Ok(names)
    }

    pub fn by_name(&self, name: &str) -> &[Uuid] {
        self.by_name.get(&fold_code(name)).map_or(&[], Vec::as_slice)
    }

    pub fn by_external(&self, system: &str, text: &str) -> &[Uuid] {
        self.by_external.get(&fold_entry(system, text)).map_or(&[], Vec::as_slice)
    }
}

impl References {
    /// The record of `target` that a text means.
    ///
    /// # Errors
    /// `Ok(Err)` with what is wrong with the text; a failure of the file.
    pub fn resolve(
        &mut self,
        view: &View,
        held: &Held,
        system: Option<&str>,
        target: &'static str,
        text: &str,
    ) -> Result<Result<Meant, Refusal>, Failure> {
        // Ids of other systems are told apart by every letter.
        let key = (target, text.to_owned());
        if let Some(found) = self.found.get(&key) {
            return Ok(found.clone());
        }
        let found = self.find(view, held, system, target, text)?;
        self.found.insert(key, found.clone());
        Ok(found)
    }

    fn find(
        &mut self,
        view: &View,
        held: &Held,
        system: Option<&str>,
        target: &'static str,
        text: &str,
    ) -> Result<Result<Meant, Refusal>, Failure> {
        let refuse = |rule, message| Ok(Err(Refusal { rule, message }));
        if let Ok(id) = text.parse::<Uuid>() {
            return Ok(Ok(Meant { id, retired: self.is_retired(view, target, id)? }));
        }
        let Some(entity) = synced::find(target) else {
            return refuse(
                "unknown_reference",
                format!("\"{text}\" is no id; a {target} is named by its id"),
            );
        };
        let called = entity.label.en.to_lowercase();
        if held.check(Action::View, entity, None, &[entity.key]).is_err() {
            return refuse("unknown_reference", format!("no {called} is called \"{text}\""));
        }
        let mut ids = view.by_key(entity, text).map_err(fault)?;
        if ids.len() != 1 {
            if !self.names.contains_key(target) {
                self.names.insert(target, Names::of(view, held, entity)?);
            }
            // It was put in just now, or was there.
            let Some(names) = self.names.get(target) else {
                return refuse("unknown_reference", String::new());
            };
            if ids.is_empty() {
                ids = system.map_or(Vec::new(), |system| names.by_external(system, text).to_vec());
            }
            if ids.is_empty() {
                ids = names.by_name(text).to_vec();
            }
        }
        if ids.is_empty() && entity.name == PERSON.name && text == shown::HUB {
            // What the hub made for the tenant is nobody's, and an export says so.
            return Ok(Ok(Meant { id: Uuid::nil(), retired: false }));
        }
        let mut seen = Vec::new();
        for id in ids {
            if let Some(row) = view.get(entity, id).map_err(fault)?
                && shown::may_see(held, &row.record)
            {
                seen.push(Meant { id, retired: row.record.is_retired() });
            }
        }
        match seen.as_slice() {
            [one] => Ok(Ok(*one)),
            [] => refuse(
                "unknown_reference",
                format!(
                    "no {called} has the key, code or name \"{text}\"; make it first, or give another"
                ),
            ),
            // Those in use come first.
            [one, rest @ ..] if !one.retired && rest.iter().all(|other| other.retired) => {
                Ok(Ok(*one))
            }
            _ => refuse(
                "ambiguous_reference",
                format!("more than one {called} is called \"{text}\"; give its key, code or id"),
            ),
        }
    }

    fn is_retired(&self, view: &View, target: &str, id: Uuid) -> Result<bool, Failure> {
        let Some(entity) = synced::find(target) else { return Ok(false) };
        let found = view.get(entity, id).map_err(fault)?;
        Ok(found.is_some_and(|row| row.record.is_retired()))
    }
}
