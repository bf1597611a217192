//! What a person does to a record, and which permission guards it. The guard of an entity is part
//! of its declaration; the decision itself is `check`.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::catalogue::Permission;

/// Something done to the records of one entity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    View,
    Create,
    Edit,
    /// Deleting a master retires it; a draft document is deleted.
    Retire,
    /// Viewing, and the right to take lists out of the product.
    Export,
    /// Creating and editing, and the right to bring files in.
    Import,
    /// Making one record of two.
    Merge,
}

impl Action {
    pub const ALL: [Action; 7] = [
        Action::View,
        Action::Create,
        Action::Edit,
        Action::Retire,
        Action::Export,
        Action::Import,
        Action::Merge,
    ];

    /// The verb as it stands in a sentence: "to view", "to retire".
    pub const fn verb(self) -> &'static str {
        match self {
            Action::View => "view",
            Action::Create => "create",
            Action::Edit => "edit",
            Action::Retire => "retire",
            Action::Export => "export",
            Action::Import => "import",
            Action::Merge => "merge",
        }
    }
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.verb())
    }
}

/// The permissions that guard one entity. Part of the entity's declaration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Guard {
    pub view: Permission,
    pub create: Permission,
    pub edit: Permission,
    pub retire: Permission,
    /// Where merging has a permission of its own; else it takes those of editing and retiring.
    pub merge: Option<Permission>,
}

impl Guard {
    /// A guard with a permission of its own for each action.
    pub const fn crud(
        view: Permission,
        create: Permission,
        edit: Permission,
        retire: Permission,
    ) -> Guard {
        Guard { view, create, edit, retire, merge: None }
    }

    /// A guard where one permission (`manage`, or the only `edit` there is) covers every change.
    pub const fn manage(view: Permission, manage: Permission) -> Guard {
        Guard { view, create: manage, edit: manage, retire: manage, merge: None }
    }

    /// Merging takes this permission.
    pub const fn merging(mut self, merge: Permission) -> Guard {
        self.merge = Some(merge);
        self
    }

    /// The permissions that the action needs, all of them.
    pub fn needed(&self, action: Action) -> impl Iterator<Item = Permission> {
        let (first, second, third) = match action {
            Action::View => (self.view, None, None),
            Action::Create => (self.create, None, None),
            Action::Edit => (self.edit, None, None),
            Action::Retire => (self.retire, None, None),
            Action::Export => (self.view, Some(Permission::MASTER_RECORD_EXPORT), None),
            Action::Import => {
                (self.create, Some(self.edit), Some(Permission::MASTER_RECORD_IMPORT))
            }
            Action::Merge => match self.merge {
                Some(merge) => (merge, None, None),
                None => (self.edit, Some(self.retire), None),
            },
        };
        std::iter::once(first).chain(second).chain(third)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CUSTOMER: Guard = Guard::crud(
        Permission::MASTER_CUSTOMER_VIEW,
        Permission::MASTER_CUSTOMER_CREATE,
        Permission::MASTER_CUSTOMER_EDIT,
        Permission::MASTER_CUSTOMER_DELETE,
    );

    #[test]
    fn exporting_needs_the_right_to_view_and_the_right_to_export() {
        let needed: Vec<_> = CUSTOMER.needed(Action::Export).collect();
        assert_eq!(needed, [Permission::MASTER_CUSTOMER_VIEW, Permission::MASTER_RECORD_EXPORT]);
    }

    #[test]
    fn importing_needs_every_right_that_a_file_can_use() {
        let needed: Vec<_> = CUSTOMER.needed(Action::Import).collect();
        assert_eq!(
            needed,
            [
                Permission::MASTER_CUSTOMER_CREATE,
                Permission::MASTER_CUSTOMER_EDIT,
                Permission::MASTER_RECORD_IMPORT
            ]
        );
    }

    #[test]
    fn merging_takes_its_own_permission_or_those_to_edit_and_to_retire() {
        let both = [Permission::MASTER_CUSTOMER_EDIT, Permission::MASTER_CUSTOMER_DELETE];
        assert!(CUSTOMER.needed(Action::Merge).eq(both));
        let own = CUSTOMER.merging(Permission::MASTER_CUSTOMER_MERGE);
        assert!(own.needed(Action::Merge).eq([Permission::MASTER_CUSTOMER_MERGE]));
    }

    #[test]
    fn manage_guards_every_change() {
        let guard =
            Guard::manage(Permission::MASTER_WAREHOUSE_VIEW, Permission::MASTER_WAREHOUSE_MANAGE);
        for action in [Action::Create, Action::Edit, Action::Retire] {
            assert!(guard.needed(action).eq([Permission::MASTER_WAREHOUSE_MANAGE]));
        }
    }
}
