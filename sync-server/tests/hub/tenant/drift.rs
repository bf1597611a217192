//! The tables of a tenant's database against the declarations, and against the sync's watch over them.

use std::collections::BTreeSet;

use domain::record::{ColumnKind, TableColumn, columns, drift};
use domain::synced;

use crate::support::TestHub;

/// How Postgres spells a column; written apart from the generator, so that each checks the other.
fn declared() -> Vec<TableColumn> {
    let mut declared = Vec::new();
    for entity in synced::tables() {
        for column in columns(entity) {
            let type_name = match column.kind {
                ColumnKind::Id => "uuid".to_owned(),
                ColumnKind::Text => "text".to_owned(),
                ColumnKind::Flag => "boolean".to_owned(),
                ColumnKind::Int => "bigint".to_owned(),
                ColumnKind::Decimal { scale } => format!("numeric(19,{scale})"),
                ColumnKind::Date => "date".to_owned(),
                ColumnKind::Instant => "timestamp with time zone".to_owned(),
                ColumnKind::List | ColumnKind::Map => "jsonb".to_owned(),
            };
            declared.push(TableColumn {
                table: entity.name.to_owned(),
                name: column.name,
                type_name,
                nullable: !column.required,
            });
        }
    }
    declared
}

fn found(hub: &TestHub) -> Vec<TableColumn> {
    let statement =
        "SELECT c.relname, a.attname, format_type(a.atttypid, a.atttypmod), NOT a.attnotnull
         FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
         WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace
             AND a.attnum > 0 AND NOT a.attisdropped
         ORDER BY 1, a.attnum";
    let column = |line: String| {
        let [table, name, type_name, nullable] = line.split('|').collect::<Vec<_>>()[..] else {
            panic!("{line}")
        };
        TableColumn {
            table: table.to_owned(),
            name: name.to_owned(),
            type_name: type_name.to_owned(),
            nullable: nullable == "t",
        }
    };
    hub.in_tenant("acme", statement).into_iter().map(column).collect()
}

/// The tables that the sync hears of however they are changed.
fn watched(hub: &TestHub) -> BTreeSet<String> {
    let statement = "SELECT tgrelid::regclass FROM pg_trigger
         WHERE tgname IN ('sync_inserted', 'sync_updated', 'sync_deleted', 'sync_truncated')
             AND tgenabled = 'O'
         GROUP BY 1 HAVING count(*) = 4";
    hub.in_tenant("acme", statement).into_iter().collect()
}

fn all_tables() -> BTreeSet<String> {
    synced::tables().map(|entity| entity.name.to_owned()).collect()
}

#[tokio::test]
async fn a_tenants_tables_are_those_that_are_declared_and_each_is_watched() {
    let hub = TestHub::start().await;
    hub.create("acme").await;
    assert_eq!(drift(&declared(), &found(&hub)), Vec::<String>::new());
    assert_eq!(watched(&hub), all_tables());
}

/// Tables with the columns of their primary keys.
fn keys(hub: &TestHub) -> BTreeSet<String> {
    let statement =
        "SELECT c.conrelid::regclass || ' ' || string_agg(a.attname, ',' ORDER BY k.place)
         FROM pg_constraint c CROSS JOIN unnest(c.conkey) WITH ORDINALITY AS k (attnum, place)
         JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = k.attnum
         WHERE c.contype = 'p' GROUP BY c.conrelid";
    hub.in_tenant("acme", statement).into_iter().collect()
}

#[tokio::test]
async fn a_row_of_a_record_is_told_by_its_record_and_its_id() {
    let hub = TestHub::start().await;
    hub.create("acme").await;
    let expected = synced::tables().map(|entity| match entity.is_master() {
        true => format!("{} id", entity.name),
        false => format!("{} parent_id,id", entity.name),
    });
    let found = keys(&hub);
    let missing: Vec<String> = expected.filter(|key| !found.contains(key)).collect();
    assert_eq!(missing, Vec::<String>::new());
}

#[tokio::test]
async fn a_table_that_was_changed_by_hand_is_named_with_the_field() {
    let hub = TestHub::start().await;
    hub.create("acme").await;
    hub.in_tenant(
        "acme",
        "ALTER TABLE customer DROP COLUMN territory;
         ALTER TABLE customer ALTER COLUMN credit_limit TYPE numeric(19,2);
         ALTER TABLE supplier ALTER COLUMN name DROP NOT NULL;
         ALTER TABLE unit ADD COLUMN hue text;
         DROP TABLE item_barcode;
         DROP TRIGGER sync_updated ON branch",
    );
    let findings: BTreeSet<String> = drift(&declared(), &found(&hub)).into_iter().collect();
    let expected = [
        "customer.territory is declared and does not exist",
        "customer.credit_limit is numeric(19,2) and should be numeric(19,4)",
        "supplier.name may be empty and should not",
        "unit.hue exists and is not declared",
        "table item_barcode is declared and does not exist",
    ];
    assert_eq!(findings, expected.map(str::to_owned).into());
    let unwatched: Vec<String> = all_tables().difference(&watched(&hub)).cloned().collect();
    assert_eq!(unwatched, ["branch", "item_barcode"]);
}
