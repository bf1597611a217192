//! The effective rights of one person: what the hub works out from roles, signs into a lease, and
//! both sides ask. Says what is held; the decision is `check`.

use std::collections::{BTreeMap, BTreeSet};

use rust_decimal::Decimal;
use serde::{Deserialize, Deserializer, Serialize};
use uuid::Uuid;

use super::catalogue::Permission;
use super::field_right::{FieldKey, FieldRight, ReadRight};
use super::mask::Mask;
use super::row::{OwnershipColumn, RowFacts, RowFilter, RowRule};
use super::scope::Scope;
use crate::masters;
use crate::record::EntityDef;
use crate::record::approval::ENDS;

/// Everything one person may do, complete in itself. What is not named is not held.
///
/// A newer hub may name permissions, scopes and rights that this build does not know. They are read
/// as not held, so that an older device keeps working with less and never with more.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grants {
    /// Rises with every change of roles, assignments or tenant fields.
    pub policy_version: i64,
    pub user_id: Uuid,
    /// Companies whose common rows (of no branch, department or warehouse) are within reach.
    #[serde(default)]
    pub companies: BTreeSet<Uuid>,
    /// The person's departments and those below them, for permissions held inside the row rule.
    #[serde(default)]
    pub departments: BTreeSet<Uuid>,
    #[serde(default, deserialize_with = "known_permissions")]
    pub permissions: BTreeMap<Permission, RowRule>,
    /// Rights on fields, where they differ from what [`Sensitivity::ungranted`](super::Sensitivity::ungranted) gives.
    #[serde(default, deserialize_with = "known_fields")]
    pub fields: BTreeMap<FieldKey, FieldRight>,
    #[serde(default, deserialize_with = "known_scopes")]
    pub scopes: BTreeSet<Scope>,
    /// The most that may be approved, by ISO 4217 code. A permission without an entry has no limit;
    /// with one, a currency that is not listed may not be approved.
    #[serde(default, deserialize_with = "known_limits")]
    pub approval_limits: BTreeMap<Permission, BTreeMap<String, Decimal>>,
}

impl Grants {
    /// Whether the permission is held at all, on whatever rows.
    pub fn holds(&self, permission: Permission) -> bool {
        self.permissions.contains_key(&permission)
    }

    /// Whether the permission is held on this row: inside the person's scopes and inside the
    /// permission's row rule.
    pub fn reaches(&self, permission: Permission, row: &RowFacts) -> bool {
        self.row_filter(permission).admits(row)
    }

    /// The rows on which the permission is held, as a filter that a store turns into its predicate.
    pub fn row_filter(&self, permission: Permission) -> RowFilter {
        match self.permissions.get(&permission) {
            None => RowFilter::Nothing,
            Some(RowRule::All) => self.scope_filter(),
            Some(RowRule::OwnOrDepartment) => {
                let mut own = vec![one(OwnershipColumn::Owner, self.user_id)];
                if !self.departments.is_empty() {
                    own.push(RowFilter::OneOf(
                        OwnershipColumn::Department,
                        self.departments.clone(),
                    ));
                }
                match self.scope_filter() {
                    RowFilter::Everything => RowFilter::Any(own),
                    RowFilter::Nothing => RowFilter::Nothing,
                    scopes => RowFilter::All(vec![scopes, RowFilter::Any(own)]),
                }
            }
        }
    }

    /// Rows inside the scopes. Whoever has any scope also reaches the common rows: those that belong
    /// to no branch, department or warehouse, and to no company or to one the person works in.
    fn scope_filter(&self) -> RowFilter {
        if self.scopes.is_empty() {
            return RowFilter::Nothing;
        }
        let mut ids: BTreeMap<OwnershipColumn, BTreeSet<Uuid>> = BTreeMap::new();
        for scope in &self.scopes {
            let (column, id) = match *scope {
                Scope::Tenant => return RowFilter::Everything,
                Scope::Company(id) => (OwnershipColumn::Company, id),
                Scope::Branch(id) => (OwnershipColumn::Branch, id),
                Scope::Department(id) => (OwnershipColumn::Department, id),
                Scope::Warehouse(id) => (OwnershipColumn::Warehouse, id),
                Scope::User(id) => (OwnershipColumn::Owner, id),
            };
            ids.entry(column).or_default().insert(id);
        }
        let no_company = RowFilter::Empty(OwnershipColumn::Company);
        let company = if self.companies.is_empty() {
            no_company
        } else {
            let theirs = RowFilter::OneOf(OwnershipColumn::Company, self.companies.clone());
            RowFilter::Any(vec![no_company, theirs])
        };
        let common = RowFilter::All(vec![
            RowFilter::Empty(OwnershipColumn::Branch),
            RowFilter::Empty(OwnershipColumn::Department),
            RowFilter::Empty(OwnershipColumn::Warehouse),
            company,
        ]);
        let scoped = ids.into_iter().map(|(column, ids)| RowFilter::OneOf(column, ids));
        RowFilter::Any(scoped.chain([common]).collect())
    }

    /// The right on a field of the entity, or on a tenant's own field named `extra.<name>`. A field
    /// the entity does not declare gives no right.
    pub fn field_right(&self, entity: &EntityDef, field: &str) -> FieldRight {
        let granted = self.fields.get(&FieldKey::new(entity.name, field)).copied();
        match entity.field(field) {
            Some(declared) => {
                let sensitivity = declared.sensitivity;
                let right = sensitivity.limit(granted.unwrap_or(sensitivity.ungranted()));
                match sensitivity.pending_change_reader() {
                    // Whoever may not read even the end of an account is not told it by a proposal,
                    // decide it or not: one role more would else take away what another gave.
                    Some(_) if entity.proposals && field == ENDS && !self.reads_an_end(entity) => {
                        FieldRight::NONE
                    }
                    // Nobody can approve what they may not see.
                    Some(decides) if entity.proposals && self.holds(decides) => {
                        right.or(FieldRight::READ)
                    }
                    _ => right,
                }
            }
            // A tenant's own field is declared in a table, and its right stands in the grants where
            // it differs from that of the map it is kept in.
            None if field.strip_prefix("extra.").is_some_and(|name| !name.is_empty()) => granted
                .unwrap_or_else(|| match entity.field("extra") {
                    Some(_) => self.field_right(entity, "extra"),
                    None => FieldRight::NONE,
                }),
            None => FieldRight::NONE,
        }
    }

    /// Whether at least the end of what these proposals are to replace may be read where it stands.
    fn reads_an_end(&self, proposals: &EntityDef) -> bool {
        let master = proposals.parent.and_then(masters::find);
        let first = master.and_then(|master| Some((master, *master.approval?.fields.first()?)));
        first.is_some_and(|(master, name)| self.field_right(master, name).read != ReadRight::Hidden)
    }

    /// What of the entity's fields this person may not read, or not in full.
    pub fn mask_for(&self, entity: &EntityDef) -> Mask {
        let own_fields = self
            .fields
            .keys()
            .filter(|key| key.entity == entity.name && key.field.starts_with("extra."))
            .map(|key| key.field.as_str());
        let names = entity.all_fields().map(|field| field.name).chain(own_fields);
        Mask::new(names.map(|name| (name, self.field_right(entity, name).read)))
    }
}

fn one(column: OwnershipColumn, id: Uuid) -> RowFilter {
    RowFilter::OneOf(column, BTreeSet::from([id]))
}

fn known_permissions<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<BTreeMap<Permission, RowRule>, D::Error> {
    let named = BTreeMap::<String, String>::deserialize(deserializer)?;
    Ok(named
        .iter()
        .filter_map(|(permission, rule)| Some((permission.parse().ok()?, RowRule::named(rule)?)))
        .collect())
}

/// A right that is not known is no right; leaving it out would give an ordinary field in full.
fn known_fields<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<BTreeMap<FieldKey, FieldRight>, D::Error> {
    let named = BTreeMap::<String, String>::deserialize(deserializer)?;
    Ok(named
        .iter()
        .filter_map(|(key, right)| {
            Some((key.parse().ok()?, right.parse().unwrap_or(FieldRight::NONE)))
        })
        .collect())
}

fn known_scopes<'de, D: Deserializer<'de>>(deserializer: D) -> Result<BTreeSet<Scope>, D::Error> {
    let named = Vec::<String>::deserialize(deserializer)?;
    Ok(named.iter().filter_map(|scope| scope.parse().ok()).collect())
}

fn known_limits<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<BTreeMap<Permission, BTreeMap<String, Decimal>>, D::Error> {
    let named = BTreeMap::<String, BTreeMap<String, Decimal>>::deserialize(deserializer)?;
    Ok(named
        .into_iter()
        .filter_map(|(permission, limits)| Some((permission.parse().ok()?, limits)))
        .collect())
}

#[cfg(test)]
mod tests {
    use super::super::role::{Reach, Role};
    use super::super::sensitivity::Sensitivity;
    use super::super::standard::StandardRole;
    use super::super::world::{
        ANNA, BEN, COMPANY, EMPLOYEE, FIELD_SALES, NORTH, SOUTH, group_role, row_of, standard,
        with_roles,
    };
    use super::*;
    use crate::masters::{CUSTOMER, SUPPLIER};

    const VIEW: Permission = Permission::MASTER_CUSTOMER_VIEW;

    #[test]
    fn sales_sees_the_own_customers_and_those_of_the_own_department() {
        let sales = standard(StandardRole::Sales);
        let colleagues = RowFacts { department_id: Some(FIELD_SALES), ..row_of(SOUTH, BEN) };
        assert!(sales.reaches(VIEW, &row_of(SOUTH, ANNA)));
        assert!(sales.reaches(VIEW, &colleagues));
        assert!(!sales.reaches(VIEW, &row_of(NORTH, BEN)));
        assert!(!sales.reaches(VIEW, &RowFacts::default()));
    }

    #[test]
    fn a_clerk_of_the_northern_branch_sees_the_north_and_what_is_common() {
        let clerk = Role {
            key: "north".into(),
            inherits: ["accountant".to_owned()].into(),
            scopes: [Reach::Branch].into(),
            ..Role::default()
        };
        let grants = with_roles(&[clerk], &["north"]).grants;
        assert_eq!(grants.scopes, [Scope::Branch(NORTH)].into());
        assert!(grants.reaches(VIEW, &row_of(NORTH, BEN)));
        assert!(!grants.reaches(VIEW, &row_of(SOUTH, ANNA)));
        let of_company = RowFacts { company_id: Some(COMPANY), ..RowFacts::default() };
        let of_another = RowFacts { company_id: Some(SOUTH), ..RowFacts::default() };
        assert!(grants.reaches(VIEW, &of_company));
        assert!(grants.reaches(VIEW, &RowFacts::default()));
        assert!(!grants.reaches(VIEW, &of_another));
    }

    #[test]
    fn without_a_scope_no_row_is_reached() {
        let mut grants = standard(StandardRole::Admin);
        grants.scopes.clear();
        assert_eq!(grants.row_filter(VIEW), RowFilter::Nothing);
        assert!(!grants.reaches(VIEW, &RowFacts::default()));
    }

    #[test]
    fn the_mask_of_sales_hides_credit_and_shows_the_telephone() {
        let mask = standard(StandardRole::Sales).mask_for(&CUSTOMER);
        for field in ["credit_limit", "credit_hold", "tax_id", "iban", "discount_percent"] {
            assert!(mask.hides(field), "{field}");
        }
        for field in ["name", "phone", "email", "owner_id"] {
            assert!(!mask.hides(field), "{field}");
        }
        assert_eq!(standard(StandardRole::Accountant).mask_for(&CUSTOMER).id(), "all");
    }

    #[test]
    fn a_manager_is_shown_the_end_of_a_bank_account_and_does_not_write_it() {
        let manager = standard(StandardRole::Manager);
        let mask = manager.mask_for(&SUPPLIER);
        assert!(mask.hides("iban") && mask.shows_last_four("iban"));
        assert!(!mask.hides("tax_id"));
        assert_eq!(manager.field_right(&SUPPLIER, "iban"), FieldRight::LAST_FOUR);
    }

    #[test]
    fn pay_is_read_only_by_whom_it_was_given_by_name_and_a_secret_by_nobody() {
        let admin = standard(StandardRole::Admin);
        assert_eq!(admin.field_right(&EMPLOYEE, "salary"), FieldRight::NONE);
        assert_eq!(admin.field_right(&EMPLOYEE, "mail_password"), FieldRight::WRITE);

        let payroll = group_role("payroll", Sensitivity::Payroll, FieldRight::FULL);
        let greedy = group_role("greedy", Sensitivity::Secret, FieldRight::FULL);
        let grants = with_roles(&[payroll, greedy], &["admin", "payroll", "greedy"]).grants;
        assert_eq!(grants.field_right(&EMPLOYEE, "salary"), FieldRight::FULL);
        assert_eq!(grants.field_right(&EMPLOYEE, "mail_password"), FieldRight::WRITE);
    }

    #[test]
    fn a_lease_of_a_newer_hub_gives_less_and_never_more() {
        let newer = r#"{
            "policy_version": 9,
            "user_id": "00000000-0000-0000-0000-0000000000a1",
            "permissions": {
                "master:customer:view": "all",
                "master:customer:edit": "every_second_row",
                "master:robot:view": "all"
            },
            "fields": {"customer.notes": "read_aloud", "customer.tax_id": "read"},
            "scopes": ["tenant", "planet:earth"],
            "approval_limits": {"master:robot:approve": {"EUR": "1.00"}},
            "colour": "red"
        }"#;
        let grants: Grants = serde_json::from_str(newer).unwrap();
        assert_eq!(grants.permissions, [(VIEW, RowRule::All)].into());
        assert_eq!(grants.scopes, [Scope::Tenant].into());
        assert_eq!(grants.field_right(&CUSTOMER, "notes"), FieldRight::NONE);
        assert_eq!(grants.field_right(&CUSTOMER, "tax_id"), FieldRight::READ);
        assert!(grants.approval_limits.is_empty());
    }
}
