//! The columns that a declaration asks for, on both sides: names and kinds, in their order. How a
//! database writes them is the business of whoever holds one; no SQL here.

use super::{EntityDef, FieldDef, Kind};

/// What a column holds, as far as a database can tell kinds apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ColumnKind {
    Id,
    Text,
    Flag,
    Int,
    /// A decimal with so many digits after the point.
    Decimal {
        scale: u32,
    },
    Date,
    Instant,
    /// A list of texts.
    List,
    /// Texts by key.
    Map,
}

impl ColumnKind {
    pub const fn of(kind: Kind) -> Self {
        match kind {
            Kind::Bool => Self::Flag,
            Kind::Int { .. } => Self::Int,
            Kind::Decimal(decimal) => Self::Decimal { scale: decimal.scale() },
            Kind::Date => Self::Date,
            Kind::Instant => Self::Instant,
            Kind::Reference(_) => Self::Id,
            Kind::Tags | Kind::Attachments => Self::List,
            Kind::Map | Kind::Own => Self::Map,
            Kind::Text { .. }
            | Kind::LongText
            | Kind::Code
            | Kind::Choice(_)
            | Kind::Country
            | Kind::CurrencyCode
            | Kind::Language
            | Kind::TimeZone
            | Kind::Email
            | Kind::Phone
            | Kind::Url
            | Kind::TaxId
            | Kind::Iban
            | Kind::Bic
            | Kind::RoutingNumber
            | Kind::Gtin
            | Kind::HsCode
            | Kind::UnitCode => Self::Text,
        }
    }
}

/// Where a column comes from.
#[derive(Clone, Copy, Debug)]
pub enum ColumnOrigin {
    /// Part of every row: id, version, author and times of a record; id and parent of a child row.
    Head,
    Field(&'static FieldDef),
    /// A unique field once more, as `fold_code` compares it; whoever writes the row writes it too.
    Folded(&'static FieldDef),
}

/// One column of an entity's table.
#[derive(Clone, Debug)]
pub struct Column {
    pub name: String,
    pub kind: ColumnKind,
    /// Always present on the hub; a device may not be allowed to hold it.
    pub required: bool,
    pub origin: ColumnOrigin,
}

const RECORD_HEAD: &[(&str, ColumnKind, bool)] = &[
    ("id", ColumnKind::Id, true),
    ("version", ColumnKind::Int, true),
    ("created_at", ColumnKind::Instant, true),
    ("created_by", ColumnKind::Id, true),
    ("updated_at", ColumnKind::Instant, true),
    ("updated_by", ColumnKind::Id, true),
    ("retired_at", ColumnKind::Instant, false),
];

const CHILD_HEAD: &[(&str, ColumnKind, bool)] =
    &[("id", ColumnKind::Id, true), ("parent_id", ColumnKind::Id, true)];

/// The columns of an entity's table: its head, its fields in declaration order, then the folded ones.
pub fn columns(entity: &EntityDef) -> Vec<Column> {
    let head = if entity.is_master() { RECORD_HEAD } else { CHILD_HEAD };
    let head = head.iter().map(|(name, kind, required)| Column {
        name: (*name).to_owned(),
        kind: *kind,
        required: *required,
        origin: ColumnOrigin::Head,
    });
    let fields = entity.all_fields().map(|field| Column {
        name: field.name.to_owned(),
        kind: ColumnKind::of(field.kind),
        required: field.required,
        origin: ColumnOrigin::Field(field),
    });
    let folded = folded_fields(entity).map(|field| Column {
        name: folded_name(field),
        kind: ColumnKind::Text,
        required: false,
        origin: ColumnOrigin::Folded(field),
    });
    head.chain(fields).chain(folded).collect()
}

/// The fields that have a folded column, in the order of these columns.
pub fn folded_fields(entity: &EntityDef) -> impl Iterator<Item = &'static FieldDef> + use<> {
    entity.all_fields().filter(|field| field.is_folded())
}

/// The name of a field's folded column.
pub fn folded_name(field: &FieldDef) -> String {
    format!("{}_folded", field.name)
}

/// A column as a database describes it (or should).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableColumn {
    pub table: String,
    pub name: String,
    /// In the database's own words.
    pub type_name: String,
    pub nullable: bool,
}

/// Every table and column on which the declarations and a database disagree, in words; empty where
/// they agree. Tables that no declaration asks for are not looked at.
pub fn drift(expected: &[TableColumn], found: &[TableColumn]) -> Vec<String> {
    let same = |a: &TableColumn, b: &TableColumn| a.table == b.table && a.name == b.name;
    let mut findings = Vec::new();
    for wanted in expected {
        let TableColumn { table, name, .. } = wanted;
        match found.iter().find(|column| same(column, wanted)) {
            None if found.iter().all(|column| column.table != *table) => {
                findings.push(format!("table {table} is declared and does not exist"));
            }
            None => findings.push(format!("{table}.{name} is declared and does not exist")),
            Some(column) if column.type_name != wanted.type_name => findings.push(format!(
                "{table}.{name} is {} and should be {}",
                column.type_name, wanted.type_name
            )),
            Some(column) if column.nullable != wanted.nullable => findings.push(format!(
                "{table}.{name} {} be empty and {}",
                if column.nullable { "may" } else { "may not" },
                if wanted.nullable { "should" } else { "should not" },
            )),
            Some(_) => {}
        }
    }
    for column in found {
        let declared_table = expected.iter().any(|wanted| wanted.table == column.table);
        if declared_table && !expected.iter().any(|wanted| same(wanted, column)) {
            findings.push(format!("{}.{} exists and is not declared", column.table, column.name));
        }
    }
    findings.dedup();
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    fn column(table: &str, name: &str, type_name: &str, nullable: bool) -> TableColumn {
        let (table, name, type_name) = (table.to_owned(), name.to_owned(), type_name.to_owned());
        TableColumn { table, name, type_name, nullable }
    }

    #[test]
    fn drift_names_each_table_and_column() {
        let expected = [
            column("customer", "id", "uuid", false),
            column("customer", "name", "text", false),
            column("customer", "city", "text", true),
            column("unit", "id", "uuid", false),
        ];
        let found = [
            column("customer", "id", "text", false),
            column("customer", "name", "text", true),
            column("customer", "nickname", "text", true),
            column("audit", "id", "uuid", false),
        ];
        assert_eq!(
            drift(&expected, &found),
            [
                "customer.id is text and should be uuid",
                "customer.name may be empty and should not",
                "customer.city is declared and does not exist",
                "table unit is declared and does not exist",
                "customer.nickname exists and is not declared",
            ]
        );
        assert_eq!(drift(&expected, &expected), Vec::<String>::new());
    }

    #[test]
    fn no_table_has_two_columns_of_one_name() {
        for entity in crate::synced::tables() {
            let mut names: Vec<_> = columns(entity).into_iter().map(|column| column.name).collect();
            names.sort_unstable();
            let before = names.len();
            names.dedup();
            assert_eq!(names.len(), before, "{}", entity.name);
        }
    }
}
