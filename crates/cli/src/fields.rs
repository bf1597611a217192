//! FIELD=VALUE as people type it, turned into the changes of a record by what the engine says of its
//! fields. Values are read and checked by the engine.

use std::collections::BTreeMap;

use contract::{
    Cell, Change, ChildAction, ChildChange, ChildView, EntityView, Failure, FailureCode, FieldView,
    KindView, RecordChanges,
};
use serde_json::{Map, Value};
use uuid::Uuid;

/// Splits `FIELD=VALUE`.
///
/// # Errors
/// `Usage` where there is no `=`.
pub fn split(word: &str) -> Result<(&str, &str), Failure> {
    let parts = word.split_once('=').filter(|(field, _)| !field.is_empty());
    parts.ok_or_else(|| {
        usage(format!("\"{word}\" is not FIELD=VALUE; write it like phone=+49301234"))
    })
}

/// The changes that these words ask for.
///
/// # Errors
/// `Usage` for a word that is no FIELD=VALUE, a field that is given twice, and child rows that are no
/// list of JSON objects. A field that the entity does not have is left for the engine to refuse.
pub fn changes(entity: &EntityView, words: &[String]) -> Result<RecordChanges, Failure> {
    let mut changes = RecordChanges::default();
    let mut seen = Vec::new();
    for word in words {
        let (name, text) = split(word)?;
        if seen.contains(&name) {
            return Err(usage(format!("{name} is given twice")));
        }
        seen.push(name);
        match entity.children.iter().find(|child| child.name == name) {
            Some(child) => changes.children.extend(rows(child, text)?),
            None => {
                let field = entity.fields.iter().find(|field| field.name == name);
                changes.fields.push(change(name, cell(field, text)?));
            }
        }
    }
    Ok(changes)
}

fn change(field: &str, to: Cell) -> Change {
    Change { field: field.to_owned(), from: None, to }
}

/// A text is read by its field's kind in the engine; only a map has no text form.
fn cell(field: Option<&FieldView>, text: &str) -> Result<Cell, Failure> {
    match field.map(|field| &field.kind) {
        Some(KindView::Map) if !text.is_empty() => serde_json::from_str(text).map_err(|_| {
            let name = field.map_or("", |field| field.name.as_str());
            usage(format!("{name} is a JSON object of texts, like {{\"shop\":\"17\"}}"))
        }),
        _ => Ok(Cell::Text(text.to_owned())),
    }
}

fn rows(child: &EntityView, text: &str) -> Result<Vec<ChildChange>, Failure> {
    let wrong =
        || usage(format!("{} is a JSON list of rows, like [{{\"name\":\"Ada\"}}]", child.name));
    let rows: Vec<Map<String, Value>> = serde_json::from_str(text).map_err(|_| wrong())?;
    rows.into_iter().map(|row| one_row(child, row)).collect()
}

fn one_row(child: &EntityView, mut row: Map<String, Value>) -> Result<ChildChange, Failure> {
    let id = match row.remove("id") {
        None | Some(Value::Null) => None,
        Some(Value::String(text)) => Some(
            text.parse::<Uuid>()
                .map_err(|_| usage(format!("{}: \"{text}\" is not the id of a row", child.name)))?,
        ),
        Some(_) => return Err(usage(format!("{}: an id is a text", child.name))),
    };
    let remove = match row.remove("remove") {
        None => false,
        Some(Value::Bool(remove)) => remove,
        Some(other) => {
            let message = format!("{}: \"remove\" is true or false, not {other}", child.name);
            return Err(usage(message));
        }
    };
    let action = match (id, remove) {
        (None, true) => {
            return Err(usage(format!("{}: to remove a row, give its id", child.name)));
        }
        (None, false) => ChildAction::Add,
        (Some(_), false) => ChildAction::Edit,
        (Some(_), true) => ChildAction::Remove,
    };
    let fields = row.into_iter().map(|(name, value)| {
        let cell: Cell = serde_json::from_value(value)
            .map_err(|error| usage(format!("{}.{name} cannot be read: {error}", child.name)))?;
        Ok(change(&name, cell))
    });
    Ok(ChildChange {
        entity: child.name.clone(),
        // The engine gives an added row its id.
        id: id.unwrap_or(Uuid::nil()),
        action,
        fields: fields.collect::<Result<_, Failure>>()?,
    })
}

/// Checks that every row that is to be edited or removed is one of the record's own: a new row is given
/// without an id.
///
/// # Errors
/// `Usage`, naming the first row that is not there.
pub fn known_rows(
    changes: &RecordChanges,
    held: &BTreeMap<String, Vec<ChildView>>,
) -> Result<(), Failure> {
    for row in changes.children.iter().filter(|row| row.action != ChildAction::Add) {
        let (entity, id) = (&row.entity, row.id);
        let known = held.get(entity).is_some_and(|rows| rows.iter().any(|held| held.id == id));
        if !known {
            return Err(usage(format!(
                "{entity}: the record has no row with the id {id}; a new row is given without an id"
            )));
        }
    }
    Ok(())
}

fn usage(message: impl Into<String>) -> Failure {
    Failure::new(FailureCode::Usage, message)
}

#[cfg(test)]
mod tests {
    use super::*;
    use contract::{Cell, LabelView};

    fn label() -> LabelView {
        LabelView { en: String::new(), de: String::new() }
    }

    fn field(name: &str, kind: KindView) -> FieldView {
        FieldView {
            name: name.to_owned(),
            label: label(),
            kind,
            required: false,
            sensitive: false,
            writable: true,
            merges: true,
            listed: false,
            search: false,
            section: label(),
            default: Cell::Null,
        }
    }

    fn entity(name: &str, fields: Vec<FieldView>, children: Vec<EntityView>) -> EntityView {
        EntityView {
            name: name.to_owned(),
            label: label(),
            plural: label(),
            area: label(),
            key: "code".to_owned(),
            numbered_as: None,
            tree: None,
            versions: None,
            fields,
            children,
            partly_seen: false,
            may_create: true,
            may_edit: true,
            may_retire: true,
            may_merge: true,
            may_import: true,
            may_export: true,
        }
    }

    fn customer() -> EntityView {
        let contact =
            entity("customer_contact", vec![field("name", KindView::LongText)], Vec::new());
        let fields = vec![field("phone", KindView::LongText), field("extra", KindView::Map)];
        entity("customer", fields, vec![contact])
    }

    fn read(words: &[&str]) -> Result<RecordChanges, Failure> {
        let words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
        changes(&customer(), &words)
    }

    #[test]
    fn a_value_may_hold_the_sign_and_may_be_empty() {
        let read = read(&["phone=a=b", "extra={\"k\":\"v\"}"]).unwrap();
        assert_eq!(read.fields[0], change("phone", Cell::from("a=b")));
        assert!(matches!(&read.fields[1].to, Cell::Map(map) if map["k"] == "v"));
        let cleared = self::read(&["phone="]).unwrap();
        assert_eq!(cleared.fields[0].to, Cell::from(""));
    }

    #[test]
    fn rows_are_added_edited_and_removed() {
        let id = "018f0000-0000-7000-8000-000000000001";
        let word = format!(
            r#"customer_contact=[{{"name":"Ada"}},{{"id":"{id}","name":"Bo"}},{{"id":"{id}","remove":true}}]"#
        );
        let read = read(&[&word]).unwrap();
        let actions: Vec<_> = read.children.iter().map(|row| row.action).collect();
        assert_eq!(actions, [ChildAction::Add, ChildAction::Edit, ChildAction::Remove]);
        assert_eq!(read.children[0].id, Uuid::nil());
        assert_eq!(read.children[1].id.to_string(), id);
    }

    #[test]
    fn what_cannot_be_read_is_said() {
        for words in [
            &["phone"] as &[&str],
            &["=x"],
            &["phone=1", "phone=2"],
            &["extra=[]x"],
            &["customer_contact=x"],
            &[r#"customer_contact=[{"remove":true}]"#],
            &[r#"customer_contact=[{"id":"x"}]"#],
            &[r#"customer_contact=[{"id":"018f0000-0000-7000-8000-000000000001","remove":"yes"}]"#],
            &[
                r#"customer_contact=[{"id":"018f0000-0000-7000-8000-000000000001","remove":"true"}]"#,
            ],
            &[r#"customer_contact=[{"id":"018f0000-0000-7000-8000-000000000001","remove":1}]"#],
            &[r#"customer_contact=[{"name":"Ada","remove":null}]"#],
        ] {
            assert_eq!(read(words).unwrap_err().code, FailureCode::Usage, "{words:?}");
        }
    }

    #[test]
    fn only_a_row_of_the_record_is_edited_or_removed() {
        let id = "018f0000-0000-7000-8000-000000000001";
        let row: ChildView =
            serde_json::from_value(serde_json::json!({ "id": id, "fields": {} })).unwrap();
        let held = BTreeMap::from([("customer_contact".to_owned(), vec![row])]);
        let refused = |row: &str, held: &BTreeMap<_, _>| {
            let changes = read(&[&format!("customer_contact=[{row}]")]).unwrap();
            known_rows(&changes, held).err().map(|failure| failure.message)
        };
        let (edit, remove) = (
            format!(r#"{{"id":"{id}","name":"Bo"}}"#),
            format!(r#"{{"id":"{id}","remove":true}}"#),
        );
        for row in [&edit, &remove, r#"{"name":"Ada"}"#] {
            assert_eq!(refused(row, &held), None, "{row}");
        }
        for row in [&edit, &remove] {
            let mistyped = row.replace("000001", "000002");
            assert!(refused(&mistyped, &held).unwrap().contains("-000000000002"), "{row}");
            assert!(refused(row, &BTreeMap::new()).is_some(), "a new record has no rows yet");
        }
    }
}
