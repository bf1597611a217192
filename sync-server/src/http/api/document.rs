//! A record as a JSON document: its head, each field that the reader may read, its child rows as arrays under
//! the name of their collection. A hidden field is not there.

use domain::record::{Kind, Record, Value, Values};
use serde_json::{Map, Value as Json, json};
use sync_protocol::projection::Projection;

/// What of the record this projection shows.
pub(super) fn document(record: &Record, projection: &Projection) -> Json {
    let head = &record.head;
    let mut members = fields(&record.values, projection);
    for child in record.entity().children {
        let rows = record.collection(child.name).into_iter().map(|row| {
            let mut members = fields(&row.values, projection);
            members.insert("id".to_owned(), json!(row.id));
            Json::Object(members)
        });
        members.insert(child.name.to_owned(), rows.collect());
    }
    let instant = |at| json!(Value::Instant(at).to_cell());
    for (name, value) in [
        ("id", json!(head.id)),
        ("version", json!(head.version)),
        ("created_at", instant(head.created_at)),
        ("created_by", json!(head.created_by)),
        ("updated_at", instant(head.updated_at)),
        ("updated_by", json!(head.updated_by)),
        ("retired_at", head.retired_at.map_or(Json::Null, instant)),
    ] {
        members.insert(name.to_owned(), value);
    }
    Json::Object(members)
}

fn fields(values: &Values, projection: &Projection) -> Map<String, Json> {
    let entity = values.entity().name;
    let shown = values.iter().filter(|(field, _)| !projection.hides(entity, field.name));
    let member = |(field, value): (&'static domain::record::FieldDef, &Value)| {
        let value = match (field.kind, value) {
            (Kind::Own, Value::Map(own)) => own
                .iter()
                .filter(|(name, _)| !projection.hides(entity, &field.own_path(name)))
                .map(|(name, text)| (name.clone(), Json::from(text.as_str())))
                .collect(),
            // As where none of them may be seen.
            (Kind::Own, _) => json!({}),
            _ => json!(value.to_cell()),
        };
        (field.name.to_owned(), value)
    };
    shown.map(member).collect()
}

/// The sensitive fields of which these records hold a value that the projection shows: reading them is audited.
pub(super) fn sensitive_fields(records: &[Record], projection: &Projection) -> Vec<String> {
    let rows = records.iter().flat_map(|record| {
        let children = record.children().iter().map(|row| &row.values);
        std::iter::once(&record.values).chain(children)
    });
    let mut shown = std::collections::BTreeSet::new();
    for values in rows {
        let entity = values.entity().name;
        for (field, value) in values.iter() {
            let counts = field.sensitivity.is_sensitive() && !value.is_null();
            if counts && !projection.hides(entity, field.name) {
                shown.insert(format!("{entity}.{}", field.name));
            }
        }
    }
    shown.into_iter().collect()
}
