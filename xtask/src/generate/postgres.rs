//! The hub's tables of the declared entities. What is cheap to check is checked by the database too;
//! the rules themselves are Rust. References are checked at the end of a transaction.

use domain::permissions::OwnershipColumn;
use domain::record::{
    Column, ColumnKind, ColumnOrigin, EntityDef, Kind, Ownership, Unique, ownership,
};
use domain::{masters, synced};

use super::Generated;
use super::tables::{Dialect, GENERATED, create_table, file, looked_up};

const DIALECT: Dialect = Dialect {
    path: "migrations/tenant/0002_masters.sql",
    about: "\
-- A `_folded` column is its field as Daybook compares it, written with the row. A reference to a table
-- that is no master (a user, an operation) is soft.
",
    create,
    indexes,
    afterwards: references,
};

/// The field that leads from a merged record to the one that stands for it.
const MERGED_INTO: &str = "merged_into";

/// Digits of every decimal: what the device's 64-bit integers can hold.
const PRECISION: u32 = 19;

pub fn tables() -> Generated {
    file(&DIALECT)
}

/// The calls that put each table under the sync, by the procedures of `0003_sync.sql`.
pub fn tracking() -> Generated {
    let mut text = format!(
        "{GENERATED}\
-- Every table that the sync hears of, however a row of it is changed.
"
    );
    for entity in synced::tables() {
        let name = entity.name;
        text.push_str(&match entity.parent {
            Some(record) => format!("CALL sync_track_rows('{name}', '{record}');\n"),
            None => {
                let columns = OwnershipColumn::ALL.map(|column| owned(entity, column));
                let listed = columns.map(|sql| format!("'{}'", sql.replace('\'', "''")));
                format!("CALL sync_track('{name}', {});\n", listed.join(", "))
            }
        });
    }
    Generated { path: "migrations/tenant/0008_tracked.sql".to_owned(), text }
}

/// What an ownership column holds for a row, as [`domain::record::row_facts`] reads it of a record.
fn owned(entity: &EntityDef, column: OwnershipColumn) -> String {
    let field = match entity.position(column.name()) {
        Some(_) => column.name(),
        None => "NULL",
    };
    match ownership(entity, column) {
        Ownership::Field => field.to_owned(),
        Ownership::Itself => "id".to_owned(),
        Ownership::ItselfWhere { field: told, text, holds } => {
            let (then, otherwise) = if holds { ("id", field) } else { (field, "id") };
            format!("CASE WHEN {told} = '{text}' THEN {then} ELSE {otherwise} END")
        }
    }
}

fn create(entity: &EntityDef, columns: &[Column]) -> String {
    let mut lines: Vec<String> = columns.iter().map(column).collect();
    // Whoever makes a row of a record chooses its id: it says nothing about the rows of other records.
    let key = if entity.is_master() { "id" } else { "parent_id, id" };
    lines.push(format!("PRIMARY KEY ({key})"));
    create_table(entity.name, &lines, "")
}

fn column(column: &Column) -> String {
    let type_name = match column.kind {
        ColumnKind::Id => "uuid".to_owned(),
        ColumnKind::Text => "text".to_owned(),
        ColumnKind::Flag => "boolean".to_owned(),
        ColumnKind::Int => "bigint".to_owned(),
        ColumnKind::Decimal { scale } => format!("numeric({PRECISION},{scale})"),
        ColumnKind::Date => "date".to_owned(),
        ColumnKind::Instant => "timestamptz".to_owned(),
        ColumnKind::List | ColumnKind::Map => "jsonb".to_owned(),
    };
    let required = if column.required { " NOT NULL" } else { "" };
    format!("{} {type_name}{required}{}", column.name, check(column))
}

fn check(column: &Column) -> String {
    let name = &column.name;
    let kind = match column.origin {
        ColumnOrigin::Field(field) => field.kind,
        ColumnOrigin::Head | ColumnOrigin::Folded(_) => return String::new(),
    };
    match kind {
        Kind::Choice(choices) => {
            let values: Vec<_> =
                choices.iter().map(|choice| format!("'{}'", choice.value)).collect();
            format!(" CHECK ({name} IN ({}))", values.join(", "))
        }
        Kind::Int { min, max } => format!(" CHECK ({name} BETWEEN {min} AND {max})"),
        Kind::Tags | Kind::Attachments => format!(" CHECK (jsonb_typeof({name}) = 'array')"),
        Kind::Map | Kind::Own => format!(" CHECK (jsonb_typeof({name}) = 'object')"),
        _ => String::new(),
    }
}

fn indexes(entity: &EntityDef, columns: &[Column]) -> Vec<String> {
    let table = entity.name;
    let mut indexes = Vec::new();
    for column in columns {
        let ColumnOrigin::Folded(field) = column.origin else { continue };
        let within = if field.unique == Unique::Company { "company_id, " } else { "" };
        let name = field.name;
        indexes.push(format!(
            "CREATE UNIQUE INDEX {table}_by_{name} ON {table} ({within}{});\n",
            column.name
        ));
    }
    for name in looked_up(entity) {
        indexes.push(format!("CREATE INDEX {table}_by_{name} ON {table} ({name});\n"));
    }
    if columns.iter().any(|column| column.name == MERGED_INTO) {
        // Few records were merged; what one took over is asked for with its files.
        indexes.push(format!(
            "CREATE INDEX {table}_by_{MERGED_INTO} ON {table} ({MERGED_INTO}) WHERE {MERGED_INTO} IS NOT NULL;\n"
        ));
    }
    indexes
}

/// The foreign keys, once all tables stand: masters may refer to each other in a circle.
fn references(entity: &EntityDef, _: &[Column]) -> Vec<String> {
    let table = entity.name;
    let parent = entity.parent.map(|parent| ("parent_id", parent));
    let fields = entity.all_fields().filter_map(|field| match field.kind {
        // Users are refused by the judge: the hub itself is one that nobody lists.
        Kind::Reference(target) if masters::find(target).is_some() => Some((field.name, target)),
        _ => None,
    });
    let references = parent.into_iter().chain(fields);
    references
        .map(|(column, target)| {
            format!(
                "ALTER TABLE {table} ADD FOREIGN KEY ({column}) REFERENCES {target} (id) \
                 DEFERRABLE INITIALLY DEFERRED;\n"
            )
        })
        .collect()
}
