//! A tenant's own fields: what each of them takes, and the texts they are kept as in the map of their record.
//! Where they are declared is the business of `masters::own_field`; how they are stored is a column's.

use std::collections::BTreeMap;

use uuid::Uuid;

use super::{
    Cell, Change, EntityDef, FieldPlace, Kind, Lookup, Problems, Record, RecordChanges, Value,
    Values, row_path,
};
use crate::permissions::{FieldKey, Sensitivity, TenantField};
use crate::standards::Fault;

/// Longest name, in characters.
pub const OWN_NAME_MAX: usize = 20;

/// Whether a text may name an own field: a small letter, then small letters, digits and `_`.
pub fn is_own_name(text: &str) -> bool {
    let mut signs = text.bytes();
    text.len() <= OWN_NAME_MAX
        && signs.next().is_some_and(|sign| sign.is_ascii_lowercase())
        && signs.all(|sign| sign.is_ascii_lowercase() || sign.is_ascii_digit() || sign == b'_')
}

/// What an own field holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OwnKind {
    /// As a built-in field of this kind.
    Plain(Kind),
    /// One of the tenant's own words, each with what people are shown for it.
    Choice(BTreeMap<String, String>),
}

/// One declaration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnField {
    /// The record that declares it.
    pub id: Uuid,
    /// Machine name of the entity it belongs to.
    pub entity: String,
    /// Its name among the own fields of the entity; a path writes it `extra.<name>`.
    pub name: String,
    pub label: String,
    /// The label by language.
    pub translations: BTreeMap<String, String>,
    pub kind: OwnKind,
    pub required: bool,
    pub sensitivity: Sensitivity,
    /// Left to a person whenever somebody else changed the record meanwhile.
    pub reviewed: bool,
    pub searched: bool,
    pub listed: bool,
    /// Its place among the own fields of a form.
    pub position: i64,
    /// Out of use: no form shows it; what it holds is kept.
    pub retired: bool,
}

impl OwnField {
    /// Reads what was typed or sent into the typed value, as a built-in field of this kind does.
    ///
    /// # Errors
    /// The rule that refused and what to do about it.
    pub fn read(&self, cell: &Cell) -> Result<Value, Fault> {
        match &self.kind {
            OwnKind::Plain(kind) => kind.read(cell),
            OwnKind::Choice(words) => match Kind::LongText.read(cell)? {
                Value::Text(text) if !words.contains_key(&text) => {
                    let known: Vec<&str> = words.keys().map(String::as_str).collect();
                    let message = format!("must be one of {}", known.join(", "));
                    Err(Fault { rule: "unknown_choice", message })
                }
                value => Ok(value),
            },
        }
    }

    /// The typed form of the text that is kept. A text that no longer fits (a word that was taken out of the
    /// choice) is shown as it stands.
    pub fn cell(&self, kept: &str) -> Cell {
        let text = Cell::Text(kept.to_owned());
        self.read(&text).map_or(text, |value| value.to_cell())
    }
}

/// The text that is kept for a typed value; `None` for an absent one.
pub fn own_text(value: &Value) -> Option<String> {
    match value.to_cell() {
        Cell::Text(text) => Some(text),
        Cell::Bool(flag) => Some(flag.to_string()),
        Cell::Int(int) => Some(int.to_string()),
        // No own field is of another kind.
        Cell::Null | Cell::Id(_) | Cell::List(_) | Cell::Map(_) => None,
    }
}

/// Reads the cell of an own field without its declaration: a text, a flag or a whole number.
pub(super) fn read_undeclared(cell: &Cell) -> Result<Value, Fault> {
    match cell {
        Cell::Bool(flag) => Ok(Value::Text(flag.to_string())),
        Cell::Int(int) => Ok(Value::Text(int.to_string())),
        cell => Kind::LongText.read(cell),
    }
}

/// All own fields of a tenant, those out of use as well.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OwnFields(Vec<OwnField>);

impl OwnFields {
    /// In the order of forms, whatever order they come in.
    pub fn new(mut fields: Vec<OwnField>) -> Self {
        fields.sort_by(|a, b| (a.position, &a.label, a.id).cmp(&(b.position, &b.label, b.id)));
        Self(fields)
    }

    /// Takes over a declaration as it is now.
    pub fn put(&mut self, field: OwnField) {
        let mut fields = std::mem::take(&mut self.0);
        fields.retain(|known| known.id != field.id);
        fields.push(field);
        *self = Self::new(fields);
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The own fields of an entity, in the order of forms.
    pub fn of<'a>(&'a self, entity: &'a str) -> impl Iterator<Item = &'a OwnField> {
        self.0.iter().filter(move |field| field.entity == entity)
    }

    /// Those that forms and lists show.
    pub fn in_use<'a>(&'a self, entity: &'a str) -> impl Iterator<Item = &'a OwnField> {
        self.of(entity).filter(|field| !field.retired)
    }

    pub fn find(&self, entity: &str, name: &str) -> Option<&OwnField> {
        self.0.iter().find(|field| field.entity == entity && field.name == name)
    }

    /// The own field that stands at a place of a row.
    pub fn at(&self, entity: &EntityDef, place: &FieldPlace) -> Option<&OwnField> {
        self.find(entity.name, place.own?)
    }

    /// How sensitive a field of an entity is, built in or own; `None` for one that is not declared.
    pub fn sensitivity(&self, entity: &EntityDef, field: &str) -> Option<Sensitivity> {
        let place = entity.place(field)?;
        match place.own {
            None => Some(place.field.sensitivity),
            Some(_) => self.at(entity, &place).map(|own| own.sensitivity),
        }
    }

    /// The own fields of a row as screens and programs are shown them: those in use that `visible` admits by
    /// their path, each in its typed form, empty ones as well.
    pub fn shown(&self, values: &Values, visible: impl Fn(&str) -> bool) -> Vec<(String, Cell)> {
        let Some(map) = values.entity().own_map() else { return Vec::new() };
        let fields = self.in_use(values.entity().name);
        let named = fields.map(|own| (map.own_path(&own.name), own));
        let cell = |own: &OwnField| values.own(&own.name).map_or(Cell::Null, |kept| own.cell(kept));
        named.filter(|(path, _)| visible(path)).map(|(path, own)| (path, cell(own))).collect()
    }

    /// As the policy asks for them: also those out of use, whose content is kept.
    pub fn tenant_fields(&self) -> Vec<TenantField> {
        let field = |own: &OwnField| -> Option<TenantField> {
            let map = crate::synced::table(&own.entity)?.own_map()?;
            let key = FieldKey::new(&own.entity, &map.own_path(&own.name));
            Some(TenantField { key, sensitivity: own.sensitivity })
        };
        self.0.iter().filter_map(field).collect()
    }

    /// Brings every own field in the changes into the text that is kept for it.
    ///
    /// # Errors
    /// Each that is not declared, and each value that its declaration does not take; the others are settled
    /// all the same.
    pub fn settle(&self, entity: &EntityDef, changes: &mut RecordChanges) -> Result<(), Problems> {
        let mut problems = Problems::default();
        for change in &mut changes.fields {
            self.settle_change(entity, change, "", &mut problems);
        }
        for row in &mut changes.children {
            let Some(child) = entity.child(&row.entity) else { continue };
            let path = row_path(&row.entity, row.id, "");
            for change in &mut row.fields {
                self.settle_change(child, change, &path, &mut problems);
            }
        }
        problems.into_result()
    }

    fn settle_change(
        &self,
        entity: &EntityDef,
        change: &mut Change,
        path: &str,
        problems: &mut Problems,
    ) {
        let Some(place) = entity.place(&change.field) else { return };
        let Some(name) = place.own else { return };
        let path = format!("{path}{}", change.field);
        let Some(own) = self.find(entity.name, name) else {
            // Which there are is not said: not everyone may know of each.
            let message = format!(
                "{} has no own field of this name; an administrator declares them in the settings",
                entity.name
            );
            problems.add(path, "unknown_field", message);
            return;
        };
        let witness = change.is_witness();
        match own.read(&change.to) {
            Ok(value) => change.to = kept(&value),
            // What was seen is not entered anew.
            Err(_) if witness => return,
            Err(fault) => problems.add(path, fault.rule, fault.message),
        }
        if let Some(Ok(value)) = change.from.as_ref().map(|from| own.read(from)) {
            change.from = Some(kept(&value));
        }
    }
}

fn kept(value: &Value) -> Cell {
    own_text(value).map_or(Cell::Null, Cell::Text)
}

/// The own fields that must hold something and do not.
pub(super) fn required(record: &Record, lookup: &dyn Lookup, problems: &mut Problems) {
    let entity = record.entity();
    let Some(map) = entity.own_map() else { return };
    let fields = lookup.own_fields();
    for own in fields.in_use(entity.name).filter(|own| own.required) {
        if record.values.own(&own.name).is_none() {
            problems.add(map.own_path(&own.name), "required", "is required; enter a value");
        }
    }
}

#[cfg(test)]
mod tests;
