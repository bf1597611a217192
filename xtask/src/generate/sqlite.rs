//! The device's tables. Codes are not unique and references are soft here: a device holds a part of
//! the tenant, and two rows may swap codes on the hub. Nothing but the head is required, for a person
//! may not be allowed to hold a required field.

use domain::record::{Column, ColumnKind, ColumnOrigin, EntityDef, Unique};

use super::Generated;
use super::tables::{Dialect, attachments, create_table, file, looked_up};

const DIALECT: Dialect = Dialect {
    path: "migrations/local/0001_records.sql",
    about: "\
-- Ids are 16 bytes; instants microseconds of UTC; dates ISO text; decimals integers scaled by the kind;
-- lists and maps JSON. `nr` numbers a row in this file alone: the search index knows rows by it.
-- `fold_search` and `fold_entry` are Rust, registered on every connection.
",
    create,
    indexes,
    afterwards: |_, _| Vec::new(),
};

pub fn tables() -> Generated {
    file(&DIALECT)
}

fn create(entity: &EntityDef, columns: &[Column]) -> String {
    let mut lines = Vec::new();
    if entity.is_master() {
        lines.push("nr INTEGER PRIMARY KEY".to_owned());
    }
    lines.extend(columns.iter().map(column));
    // The rows of one parent stand together, in the order of their ids.
    let options = if entity.is_master() {
        " STRICT"
    } else {
        lines.push("PRIMARY KEY (parent_id, id)".to_owned());
        " STRICT, WITHOUT ROWID"
    };
    create_table(entity.name, &lines, options)
}

fn column(column: &Column) -> String {
    let type_name = match column.kind {
        ColumnKind::Id => "BLOB",
        ColumnKind::Text | ColumnKind::Date | ColumnKind::List | ColumnKind::Map => "TEXT",
        ColumnKind::Flag | ColumnKind::Int | ColumnKind::Decimal { .. } | ColumnKind::Instant => {
            "INTEGER"
        }
    };
    let is_head = matches!(column.origin, ColumnOrigin::Head);
    let required = if is_head && column.required { " NOT NULL" } else { "" };
    format!("{} {type_name}{required}", column.name)
}

fn indexes(entity: &EntityDef, columns: &[Column]) -> Vec<String> {
    let table = entity.name;
    let mut indexes = Vec::new();
    if entity.is_master() {
        indexes.push(format!("CREATE UNIQUE INDEX {table}_by_id ON {table} (id);\n"));
    }
    for column in columns {
        let ColumnOrigin::Folded(field) = column.origin else { continue };
        let within = if field.unique == Unique::Company { ", company_id" } else { "" };
        let name = field.name;
        // With `retired_at` a list in the order of its key leaves the retired out without reading rows.
        indexes.push(format!(
            "CREATE INDEX {table}_by_{name} ON {table} ({}{within}, retired_at);\n",
            column.name
        ));
    }
    let key = if entity.is_master() { "id" } else { "parent_id" };
    for name in attachments(entity) {
        // Few records have files, and those that do are asked for all together.
        indexes.push(format!(
            "CREATE INDEX {table}_with_{name} ON {table} ({key}) WHERE {name} IS NOT NULL;\n"
        ));
    }
    for name in looked_up(entity) {
        let is_text =
            columns.iter().any(|column| column.name == name && column.kind == ColumnKind::Text);
        // Lists are in the order of the folded text, without the retired.
        let (key, which) = match is_text {
            true => (format!("fold_search({name})"), " WHERE retired_at IS NULL"),
            false => (name.to_owned(), ""),
        };
        indexes.push(format!("CREATE INDEX {table}_by_{name} ON {table} ({key}){which};\n"));
    }
    for field in entity.all_fields().filter(|field| field.unique == Unique::Entries) {
        indexes.extend(entries(table, field.name));
    }
    indexes
}

/// The triggers that keep `unique_entry`, whoever writes or removes rows.
fn entries(table: &str, name: &str) -> [String; 3] {
    let trigger = |end: &str, when: &str, held: &str, body: &[String]| {
        format!(
            "CREATE TRIGGER {table}_{name}_{end} AFTER {when} ON {table} WHEN {held} BEGIN\n{}END;\n",
            body.concat()
        )
    };
    let no = format!("(SELECT no FROM entity WHERE name = '{table}')");
    let enter = format!(
        "    INSERT OR IGNORE INTO unique_entry (entity, field, folded, row_id)\n    \
         SELECT {no}, '{name}', fold_entry(key, value), new.id FROM json_each(new.{name});\n"
    );
    let leave = format!(
        "    DELETE FROM unique_entry WHERE entity = {no} AND field = '{name}' AND row_id = old.id\n    \
         AND folded IN (SELECT fold_entry(key, value) FROM json_each(old.{name}));\n"
    );
    let (old, new) = (format!("old.{name} IS NOT NULL"), format!("new.{name} IS NOT NULL"));
    let either = format!("{old} OR {new}");
    let changed = format!("UPDATE OF {name}");
    [
        trigger("enter", "INSERT", &new, std::slice::from_ref(&enter)),
        trigger("change", &changed, &either, &[leave.clone(), enter]),
        trigger("leave", "DELETE", &old, &[leave]),
    ]
}
