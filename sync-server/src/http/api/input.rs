//! A JSON document on its way in: its members read against the declaration into changes. What is not declared is
//! refused by name; what a member may hold is the rules' to say.

use std::collections::{BTreeMap, HashSet};

use domain::record::{
    Cell, Change, ChildAction, ChildChange, EntityDef, FieldDef, Kind, Record, RecordChanges,
    Value, Values,
};
use serde_json::{Map, Value as Json};
use uuid::Uuid;

use crate::http::problem::FieldError;

/// What every record has beside its fields, which only the hub writes.
const HEAD: [&str; 7] =
    ["id", "version", "created_at", "created_by", "updated_at", "updated_by", "retired_at"];

/// What a document says.
#[derive(Debug, Default)]
pub(super) struct Input {
    pub changes: RecordChanges,
    /// The child rows in the order of the document, for naming them in an error.
    rows: Vec<(Uuid, usize)>,
    errors: Vec<FieldError>,
}

impl Input {
    /// Reads a document. `standing` is the record that it changes. A member that is not there changes nothing; a
    /// map is merged by its keys, of which `null` takes one out; an array of child rows stands for all of them: a
    /// row with the id of one that stands changes it, one without is new, and one that is not in it is taken out.
    ///
    /// # Errors
    /// Every member that is not declared or cannot be read.
    pub fn read(
        entity: &'static EntityDef,
        standing: Option<&Record>,
        document: &Map<String, Json>,
        mut new_id: impl FnMut() -> Uuid,
    ) -> Result<Self, Vec<FieldError>> {
        let mut input = Self::default();
        for (name, value) in document {
            if let Some(child) = entity.child(name) {
                input.read_rows(child, standing, value, &mut new_id);
            } else if HEAD.contains(&name.as_str()) {
                if name != "id" || standing.is_some() {
                    input.refuse(name, "read_only", "is kept by the sync server; leave it out");
                }
            } else {
                let values = standing.map(|record| &record.values);
                let changes = input.read_member(entity, values, name, name, value);
                input.changes.fields.extend(changes);
            }
        }
        if input.errors.is_empty() { Ok(input) } else { Err(input.errors) }
    }

    /// The field as the document's author finds it: a new row has no id yet, so each is named by its place.
    pub fn told(&self, field: &str) -> String {
        let Some((rows, rest)) = field.split_once('[') else { return field.to_owned() };
        let Some((id, rest)) = rest.split_once(']') else { return field.to_owned() };
        let id: Option<Uuid> = id.parse().ok();
        let place = id.and_then(|id| self.rows.iter().find(|(row, _)| *row == id));
        place.map_or_else(|| field.to_owned(), |(_, place)| format!("{rows}[{place}]{rest}"))
    }

    fn refuse(&mut self, field: &str, rule: &str, message: impl Into<String>) {
        let (field, rule, message) = (field.to_owned(), rule.to_owned(), message.into());
        self.errors.push(FieldError { field, rule, message });
    }

    fn read_member(
        &mut self,
        entity: &'static EntityDef,
        standing: Option<&Values>,
        path: &str,
        name: &str,
        value: &Json,
    ) -> Vec<Change> {
        let Some(field) = entity.field(name) else {
            let message = format!("{} has no field of this name", entity.name);
            self.refuse(path, "unknown_field", message);
            return Vec::new();
        };
        let stands = standing.map(|values| values.get(field.name));
        match (field.kind, value) {
            (Kind::Own, Json::Object(members)) => self.read_own(field, path, members),
            (Kind::Own, Json::Null) => taken_out(field, stands),
            (Kind::Map, Json::Object(members)) => {
                self.read_map(field, stands, path, members).into_iter().collect()
            }
            _ => match cell(field.kind, value) {
                Ok(cell) => vec![change(field.name, cell)],
                Err((rule, message)) => {
                    self.refuse(path, rule, message);
                    Vec::new()
                }
            },
        }
    }

    fn read_own(
        &mut self,
        field: &FieldDef,
        path: &str,
        members: &Map<String, Json>,
    ) -> Vec<Change> {
        let mut changes = Vec::with_capacity(members.len());
        for (name, value) in members {
            match cell(Kind::LongText, value) {
                Ok(cell) => changes.push(change(&field.own_path(name), cell)),
                Err((rule, message)) => self.refuse(&format!("{path}.{name}"), rule, message),
            }
        }
        changes
    }

    fn read_map(
        &mut self,
        field: &FieldDef,
        stands: Option<&Value>,
        path: &str,
        members: &Map<String, Json>,
    ) -> Option<Change> {
        let mut merged = match stands {
            Some(Value::Map(map)) => map.clone(),
            _ => BTreeMap::new(),
        };
        let mut read = true;
        for (key, value) in members {
            match value {
                Json::Null => {
                    merged.remove(key);
                }
                Json::String(text) => {
                    merged.insert(key.clone(), text.clone());
                }
                _ => {
                    self.refuse(&format!("{path}.{key}"), "wrong_type", "is not a text or null");
                    read = false;
                }
            }
        }
        read.then(|| change(field.name, Cell::Map(merged)))
    }

    fn read_rows(
        &mut self,
        child: &'static EntityDef,
        standing: Option<&Record>,
        value: &Json,
        new_id: &mut impl FnMut() -> Uuid,
    ) {
        let Some(rows) = value.as_array() else {
            return self.refuse(child.name, "wrong_type", "is not an array of rows");
        };
        let mut kept = HashSet::new();
        for (index, row) in rows.iter().enumerate() {
            let path = format!("{}[{index}]", child.name);
            let Some(members) = row.as_object() else {
                self.refuse(&path, "wrong_type", "is not an object");
                continue;
            };
            let id = match members.get("id") {
                None | Some(Json::Null) => new_id(),
                Some(id) => match id.as_str().and_then(|text| text.parse().ok()) {
                    Some(id) => id,
                    None => {
                        self.refuse(&format!("{path}.id"), "not_an_id", "must be the id of a row");
                        continue;
                    }
                },
            };
            if !kept.insert(id) {
                self.refuse(&format!("{path}.id"), "double_row", "stands twice; keep one of them");
                continue;
            }
            let stands = standing.and_then(|record| record.child(child.name, id));
            let mut fields = Vec::new();
            for (name, value) in members.iter().filter(|(name, _)| *name != "id") {
                let values = stands.map(|row| &row.values);
                let path = format!("{path}.{name}");
                fields.extend(self.read_member(child, values, &path, name, value));
            }
            let action = if stands.is_some() { ChildAction::Edit } else { ChildAction::Add };
            self.rows.push((id, index));
            let entity = child.name.to_owned();
            self.changes.children.push(ChildChange { entity, id, action, fields });
        }
        let gone = standing.into_iter().flat_map(|record| record.collection(child.name));
        for row in gone.filter(|row| !kept.contains(&row.id)) {
            let (entity, action) = (child.name.to_owned(), ChildAction::Remove);
            let fields = Vec::new();
            self.changes.children.push(ChildChange { entity, id: row.id, action, fields });
        }
    }
}

fn change(name: &str, to: Cell) -> Change {
    Change { field: name.to_owned(), from: None, to }
}

/// Every own field that stands, taken out.
fn taken_out(field: &FieldDef, stands: Option<&Value>) -> Vec<Change> {
    match stands {
        Some(Value::Map(own)) => {
            own.keys().map(|name| change(&field.own_path(name), Cell::Null)).collect()
        }
        _ => Vec::new(),
    }
}

/// A member as a cell; what the field's kind makes of it is asked later.
fn cell(kind: Kind, value: &Json) -> Result<Cell, (&'static str, &'static str)> {
    let text = |value: &Json| value.as_str().map(str::to_owned);
    let wrong = Err(("wrong_type", "holds something that such a field does not take"));
    match value {
        Json::Null => Ok(Cell::Null),
        Json::Bool(flag) => Ok(Cell::Bool(*flag)),
        Json::Number(number) => match number.as_i64() {
            Some(int) => Ok(Cell::Int(int)),
            None if matches!(kind, Kind::Decimal(_)) => {
                Err(("not_a_text", "must be written as text such as \"1234.50\", to lose no digit"))
            }
            None => Err(("not_a_number", "must be a whole number of at most 64 bits")),
        },
        Json::String(text) => Ok(Cell::Text(text.clone())),
        Json::Array(words) => match words.iter().map(text).collect() {
            Some(words) => Ok(Cell::List(words)),
            None => wrong,
        },
        Json::Object(_) => wrong,
    }
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use domain::masters::CUSTOMER;
    use serde_json::json;

    use super::*;

    fn read(standing: Option<&Record>, document: Json) -> Result<Input, Vec<FieldError>> {
        let new_id = crate::ids::opaque_id;
        Input::read(&CUSTOMER, standing, document.as_object().unwrap(), new_id)
    }

    fn customer() -> Record {
        let mut record =
            Record::new(&CUSTOMER, Uuid::from_u128(1), Uuid::nil(), DateTime::UNIX_EPOCH);
        let input = read(
            None,
            json!({ "name": "Ada", "external_ids": { "sap": "1", "crm": "2" },
                    "customer_contact": [{ "name": "Grace" }, { "name": "Linus" }] }),
        );
        input.unwrap().changes.apply(&mut record).unwrap();
        record
    }

    #[test]
    fn every_member_that_is_not_declared_is_named() {
        let errors = read(
            Some(&customer()),
            json!({ "nome": "Ada", "version": 3, "credit_limit": 12.5,
                    "customer_contact": [{ "mail": "a@b.example" }] }),
        );
        let told: Vec<_> = errors.unwrap_err().into_iter().map(|e| (e.field, e.rule)).collect();
        let told: Vec<_> = told.iter().map(|(f, r)| (f.as_str(), r.as_str())).collect();
        assert_eq!(
            told,
            [
                ("credit_limit", "not_a_text"),
                ("customer_contact[0].mail", "unknown_field"),
                ("nome", "unknown_field"),
                ("version", "read_only"),
            ]
        );
    }

    #[test]
    fn a_map_is_merged_and_an_array_of_rows_stands_for_all_rows() {
        let before = customer();
        let grace = before
            .collection("customer_contact")
            .iter()
            .find_map(|row| (row.values.get("name").text() == Some("Grace")).then_some(row.id));
        let input = read(
            Some(&before),
            json!({ "external_ids": { "crm": null, "shop": "9" },
                    "customer_contact": [{ "id": grace, "phone": "+49 30 1234567" }, { "name": "Rob" }] }),
        )
        .unwrap();
        let mut after = before.clone();
        input.changes.apply(&mut after).unwrap();
        let Value::Map(ids) = after.get("external_ids") else { panic!() };
        assert_eq!(
            ids.iter().map(|(k, v)| format!("{k}={v}")).collect::<Vec<_>>(),
            ["sap=1", "shop=9"]
        );
        let mut names: Vec<_> = after
            .collection("customer_contact")
            .iter()
            .map(|row| row.values.get("name").text().unwrap().to_owned())
            .collect();
        names.sort_unstable();
        assert_eq!(names, ["Grace", "Rob"]);
    }

    #[test]
    fn an_error_names_a_row_by_its_place_in_the_document() {
        let input = read(None, json!({ "customer_contact": [{ "name": "A" }, { "email": "x" }] }));
        let input = input.unwrap();
        let second = input.changes.children[1].id;
        let path = domain::record::row_path("customer_contact", second, "email");
        assert_eq!(input.told(&path), "customer_contact[1].email");
        assert_eq!(input.told("name"), "name");
    }
}
