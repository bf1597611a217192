//! What a right is about: the ownership columns of a row, and the filter a person's rights put on
//! rows. Filters are equality and membership only, so that each is also a SQL predicate; no store
//! and no SQL text here.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::scope::Scope;

/// On which rows a permission is held.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RowRule {
    /// Rows the person owns, and rows of the departments the person belongs to or heads.
    OwnOrDepartment,
    /// Every row inside the person's scopes.
    All,
}

impl RowRule {
    /// The rule's text in roles and leases.
    pub const fn name(self) -> &'static str {
        match self {
            RowRule::OwnOrDepartment => "own_or_department",
            RowRule::All => "all",
        }
    }

    /// The rule of this text, if there is one.
    pub fn named(text: &str) -> Option<RowRule> {
        [RowRule::OwnOrDepartment, RowRule::All].into_iter().find(|rule| rule.name() == text)
    }
}

/// The ownership columns of one row, which every synced row has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RowFacts {
    pub company_id: Option<Uuid>,
    pub branch_id: Option<Uuid>,
    pub department_id: Option<Uuid>,
    /// Only entities that are kept by warehouse have this column; absent elsewhere.
    pub warehouse_id: Option<Uuid>,
    pub owner_id: Option<Uuid>,
}

impl RowFacts {
    /// Whether the row belongs to the scope: every row belongs to the tenant.
    pub fn belongs_to(&self, scope: Scope) -> bool {
        match scope {
            Scope::Tenant => true,
            Scope::Company(id) => self.company_id == Some(id),
            Scope::Branch(id) => self.branch_id == Some(id),
            Scope::Department(id) => self.department_id == Some(id),
            Scope::Warehouse(id) => self.warehouse_id == Some(id),
            Scope::User(id) => self.owner_id == Some(id),
        }
    }

    /// The value of one ownership column.
    pub fn get(&self, column: OwnershipColumn) -> Option<Uuid> {
        match column {
            OwnershipColumn::Company => self.company_id,
            OwnershipColumn::Branch => self.branch_id,
            OwnershipColumn::Department => self.department_id,
            OwnershipColumn::Warehouse => self.warehouse_id,
            OwnershipColumn::Owner => self.owner_id,
        }
    }
}

/// A column a row filter may ask about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OwnershipColumn {
    Company,
    Branch,
    Department,
    Warehouse,
    Owner,
}

impl OwnershipColumn {
    pub const ALL: [Self; 5] =
        [Self::Company, Self::Branch, Self::Department, Self::Warehouse, Self::Owner];

    /// The column's name in both databases.
    pub const fn name(self) -> &'static str {
        match self {
            OwnershipColumn::Company => "company_id",
            OwnershipColumn::Branch => "branch_id",
            OwnershipColumn::Department => "department_id",
            OwnershipColumn::Warehouse => "warehouse_id",
            OwnershipColumn::Owner => "owner_id",
        }
    }
}

/// Which rows a person may reach, as data: [`RowFilter::admits`] decides one row, and a store turns
/// the same value into its predicate. A table without the column of a term reads it as empty.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RowFilter {
    Everything,
    Nothing,
    /// The column holds one of these ids.
    OneOf(OwnershipColumn, BTreeSet<Uuid>),
    /// The column is empty.
    Empty(OwnershipColumn),
    /// All of these.
    All(Vec<RowFilter>),
    /// At least one of these.
    Any(Vec<RowFilter>),
}

impl RowFilter {
    /// Whether the filter lets this row through.
    pub fn admits(&self, row: &RowFacts) -> bool {
        match self {
            RowFilter::Everything => true,
            RowFilter::Nothing => false,
            RowFilter::OneOf(column, ids) => row.get(*column).is_some_and(|id| ids.contains(&id)),
            RowFilter::Empty(column) => row.get(*column).is_none(),
            RowFilter::All(terms) => terms.iter().all(|term| term.admits(row)),
            RowFilter::Any(terms) => terms.iter().any(|term| term.admits(row)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NORTH: Uuid = Uuid::from_u128(1);
    const SOUTH: Uuid = Uuid::from_u128(2);

    #[test]
    fn a_row_belongs_to_the_scopes_named_in_its_columns() {
        let row = RowFacts { branch_id: Some(NORTH), owner_id: Some(SOUTH), ..RowFacts::default() };
        assert!(row.belongs_to(Scope::Tenant));
        assert!(row.belongs_to(Scope::Branch(NORTH)));
        assert!(row.belongs_to(Scope::User(SOUTH)));
        assert!(!row.belongs_to(Scope::Branch(SOUTH)));
        assert!(!row.belongs_to(Scope::Company(NORTH)));
    }

    #[test]
    fn an_empty_column_is_a_member_of_no_list() {
        let north = RowFilter::OneOf(OwnershipColumn::Branch, BTreeSet::from([NORTH]));
        let shared = RowFilter::Empty(OwnershipColumn::Branch);
        let either = RowFilter::Any(vec![north.clone(), shared.clone()]);
        let unowned = RowFacts::default();
        let southern = RowFacts { branch_id: Some(SOUTH), ..RowFacts::default() };
        assert!(!north.admits(&unowned));
        assert!(shared.admits(&unowned) && either.admits(&unowned));
        assert!(!either.admits(&southern));
        assert!(
            RowFilter::All(vec![]).admits(&southern) && !RowFilter::Any(vec![]).admits(&southern)
        );
    }
}
