//! Test only: what holds for all rights and all questions, tried with random ones.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, TimeDelta, Utc};
use ed25519_dalek::SigningKey;
use proptest::prelude::*;
use rust_decimal::Decimal;
use uuid::Uuid;

use super::world::{ENTITIES, keys};
use super::*;
use crate::record::EntityDef;

/// Ids are drawn from few, so that rows, people and scopes meet.
fn id() -> impl Strategy<Value = Uuid> {
    (1..6_u128).prop_map(Uuid::from_u128)
}

fn ids() -> impl Strategy<Value = BTreeSet<Uuid>> {
    prop::collection::btree_set(id(), 0..3)
}

fn row() -> impl Strategy<Value = RowFacts> {
    let column = || prop::option::of(id());
    (column(), column(), column(), column(), column()).prop_map(
        |(company_id, branch_id, department_id, warehouse_id, owner_id)| RowFacts {
            company_id,
            branch_id,
            department_id,
            warehouse_id,
            owner_id,
        },
    )
}

fn person() -> impl Strategy<Value = Person> {
    (id(), ids(), ids(), ids(), ids()).prop_map(
        |(user_id, companies, branches, departments, warehouses)| Person {
            user_id,
            companies,
            branches,
            departments,
            warehouses,
        },
    )
}

fn right() -> impl Strategy<Value = FieldRight> {
    let read = prop::sample::select(vec![ReadRight::Hidden, ReadRight::LastFour, ReadRight::Full]);
    (read, any::<bool>()).prop_map(|(read, write)| FieldRight { read, write })
}

fn rule() -> impl Strategy<Value = RowRule> {
    prop::sample::select(vec![RowRule::All, RowRule::OwnOrDepartment])
}

/// Permissions that the questions below are about, a `manage` among them, and approvals.
fn permission() -> impl Strategy<Value = Permission> {
    let asked: Vec<_> = Permission::ALL
        .iter()
        .copied()
        .filter(|p| p.module() == "master" || p.action() == "approve")
        .collect();
    prop::sample::select(asked)
}

fn entity() -> impl Strategy<Value = &'static EntityDef> {
    let children = ENTITIES.iter().flat_map(|entity| entity.children.iter().copied());
    prop::sample::select(ENTITIES.iter().copied().chain(children).collect::<Vec<_>>())
}

/// Declared fields, fields of the head, a tenant's own and one that nobody declared.
fn field_of(entity: &'static EntityDef) -> impl Strategy<Value = &'static str> {
    let declared = entity.all_fields().map(|field| field.name);
    let others = ["id", "version", "extra.colour", "extra.", "nobody_declared_this"];
    prop::sample::select(declared.chain(others).collect::<Vec<_>>())
}

fn field_key() -> impl Strategy<Value = FieldKey> {
    entity().prop_flat_map(|entity| {
        field_of(entity).prop_map(move |field| FieldKey::new(entity.name, field))
    })
}

fn limits() -> impl Strategy<Value = BTreeMap<String, Decimal>> {
    let currency = prop::sample::select(vec!["EUR", "USD", "CHF"]).prop_map(str::to_owned);
    prop::collection::btree_map(currency, (0..5_000_i64).prop_map(|n| Decimal::new(n, 2)), 0..3)
}

const ROLES: usize = 4;

/// Roles that inherit only those before them, so that they fit together.
fn roles() -> impl Strategy<Value = RoleSet> {
    let reach = prop::sample::select(vec![
        Reach::Own,
        Reach::DepartmentAndBelow,
        Reach::Warehouse,
        Reach::Branch,
        Reach::Company,
        Reach::All,
    ]);
    let role = (
        prop::collection::btree_set(0..ROLES, 0..3),
        prop::collection::btree_map(permission(), rule(), 0..12),
        prop::collection::btree_map(prop::sample::select(Sensitivity::ALL.to_vec()), right(), 0..4),
        prop::collection::btree_map(field_key(), right(), 0..4),
        prop::collection::btree_set(reach, 0..3),
        limits(),
    );
    prop::collection::vec(role, ROLES).prop_map(|roles| {
        let named = roles.into_iter().enumerate().map(
            |(n, (inherits, permissions, groups, fields, scopes, approval_limits))| Role {
                key: n.to_string(),
                label: n.to_string(),
                inherits: inherits.into_iter().filter(|p| *p < n).map(|p| p.to_string()).collect(),
                permissions,
                groups,
                fields,
                scopes,
                approval_limits,
            },
        );
        RoleSet::new(named).unwrap()
    })
}

fn tenant_fields() -> impl Strategy<Value = Vec<TenantField>> {
    prop::sample::select(Sensitivity::ALL.to_vec()).prop_map(|sensitivity| {
        vec![TenantField { key: FieldKey::new("customer", "extra.colour"), sensitivity }]
    })
}

#[derive(Clone, Debug)]
struct Question {
    action: Action,
    entity: &'static str,
    row: Option<RowFacts>,
    fields: Vec<&'static str>,
}

impl Question {
    fn entity(&self) -> &'static EntityDef {
        let children = ENTITIES.iter().flat_map(|entity| entity.children.iter());
        ENTITIES.iter().chain(children).find(|entity| entity.name == self.entity).unwrap()
    }

    fn ask(&self, grants: &Grants) -> Decision {
        check(grants, self.action, self.entity(), self.row.as_ref(), &self.fields)
    }
}

fn question() -> impl Strategy<Value = Question> {
    entity().prop_flat_map(|entity| {
        (
            prop::sample::select(Action::ALL.to_vec()),
            prop::option::of(row()),
            prop::collection::vec(field_of(entity), 0..3),
        )
            .prop_map(|(action, row, fields)| Question {
                action,
                entity: entity.name,
                row,
                fields,
            })
    })
}

fn questions() -> impl Strategy<Value = Vec<Question>> {
    prop::collection::vec(question(), 1..40)
}

fn effective(
    roles: &RoleSet,
    fields: &[TenantField],
    person: &Person,
    assigned: &BTreeSet<String>,
) -> Effective {
    let policy = Policy { version: 1, roles, entities: &ENTITIES, tenant_fields: fields };
    policy.effective(person, assigned).unwrap()
}

proptest! {
    #[test]
    fn nothing_is_allowed_that_was_not_given(asked in questions(), roles in roles(), person in person()) {
        for question in &asked {
            prop_assert!(!question.ask(&Grants::default()).is_allowed());
        }
        let mut grants = effective(&roles, &[], &person, &keys(&["3"])).grants;
        for question in &asked {
            let needed: Vec<_> = question.entity().guard.needed(question.action).collect();
            grants.permissions.retain(|permission, _| !needed.contains(permission));
            prop_assert!(!question.ask(&grants).is_allowed());
        }
    }

    #[test]
    fn one_more_role_never_takes_a_right_away(
        roles in roles(),
        fields in tenant_fields(),
        person in person(),
        few in prop::collection::btree_set((0..ROLES).prop_map(|n| n.to_string()), 0..3),
        more in (0..ROLES).prop_map(|n| n.to_string()),
        asked in questions(),
    ) {
        let before = effective(&roles, &fields, &person, &few).grants;
        let mut many = few.clone();
        many.insert(more);
        let after = effective(&roles, &fields, &person, &many).grants;
        for question in &asked {
            if question.ask(&before).is_allowed() {
                prop_assert_eq!(question.ask(&after), Decision::Allow);
            }
            let entity = question.entity();
            for field in entity.all_fields() {
                let (before, after) =
                    (before.field_right(entity, field.name), after.field_right(entity, field.name));
                // Who held nothing on the entity had no field of it either.
                prop_assert!(after.or(before) == after || !hold_any(&roles, &few, entity));
            }
        }
        // What may be given, because the giver has it all, changes no answer for the giver.
        if gives_only_what_is_held(&before, &after).is_ok() {
            for question in &asked {
                prop_assert_eq!(question.ask(&before), question.ask(&after));
            }
        }
    }

    #[test]
    fn rights_that_were_written_signed_and_read_again_give_the_same_answers(
        roles in roles(),
        fields in tenant_fields(),
        person in person(),
        asked in questions(),
    ) {
        let grants = effective(&roles, &fields, &person, &keys(&["2", "3"])).grants;
        let key = SigningKey::from_bytes(&[7; 32]);
        let now = DateTime::<Utc>::UNIX_EPOCH;
        let (tenant, device) = (Uuid::from_u128(8), Uuid::from_u128(9));
        let term = LeaseTerm::default();
        let lease = Lease::issue(tenant, device, 1, grants.clone(), term, now);
        let pinned = PinnedKey::new(1, key.verifying_key().to_bytes()).unwrap();
        let read = lease.sign(&key).verify(&pinned, &lease.holder()).unwrap();
        let json = serde_json::to_string(&grants).unwrap();
        let from_json: Grants = serde_json::from_str(&json).unwrap();
        for question in &asked {
            let answer = question.ask(&grants);
            let entity = question.entity();
            prop_assert_eq!(question.ask(&from_json), answer.clone());
            let offline = read.check(
                now + TimeDelta::days(3),
                question.action,
                entity,
                question.row.as_ref(),
                &question.fields,
            );
            prop_assert_eq!(offline, answer);
            prop_assert_eq!(read.grants.mask_for(entity), grants.mask_for(entity));
        }
        prop_assert_eq!(&read.grants, &grants);
        prop_assert_eq!(from_json, grants);
    }

    #[test]
    fn a_row_is_reached_through_a_scope_and_the_rule_of_the_permission(
        roles in roles(),
        person in person(),
        row in row(),
        permission in permission(),
    ) {
        let grants = effective(&roles, &[], &person, &keys(&["1", "3"])).grants;
        let common = row.branch_id.is_none()
            && row.department_id.is_none()
            && row.warehouse_id.is_none()
            && row.company_id.is_none_or(|company| person.companies.contains(&company));
        let in_scope = grants.scopes.iter().any(|scope| common || row.belongs_to(*scope));
        let own = row.owner_id == Some(person.user_id)
            || row.department_id.is_some_and(|id| person.departments.contains(&id));
        let reached = match grants.permissions.get(&permission) {
            None => false,
            Some(RowRule::All) => in_scope,
            Some(RowRule::OwnOrDepartment) => in_scope && own,
        };
        prop_assert_eq!(grants.reaches(permission, &row), reached);
    }

    #[test]
    fn every_entry_has_a_reason_and_every_reason_an_entry(
        roles in roles(),
        fields in tenant_fields(),
        person in person(),
    ) {
        let effective = effective(&roles, &fields, &person, &keys(&["2", "3"]));
        let grants = &effective.grants;
        prop_assert!(effective.permissions.keys().eq(grants.permissions.keys()));
        prop_assert!(effective.scopes.keys().eq(grants.scopes.iter()));
        prop_assert!(effective.approval_limits.keys().eq(grants.approval_limits.keys()));
        prop_assert!(effective.approval_limits.values().all(|sources| !sources.is_empty()));
        prop_assert!(effective.fields.keys().eq(grants.fields.keys()));
    }

    #[test]
    fn a_field_may_be_asked_for_exactly_when_the_mask_shows_it(
        roles in roles(),
        person in person(),
        entity in entity(),
    ) {
        let mut grants = effective(&roles, &[], &person, &keys(&["0", "3"])).grants;
        grants.permissions.insert(entity.guard.view, RowRule::All);
        let mask = grants.mask_for(entity);
        for field in entity.all_fields() {
            let asked = check(&grants, Action::View, entity, None, &[field.name]);
            prop_assert_eq!(asked.is_allowed(), !mask.hides(field.name));
        }
    }

    #[test]
    fn a_secret_is_never_read(roles in roles(), person in person()) {
        let grants = effective(&roles, &[], &person, &keys(&["0", "1", "2", "3"])).grants;
        let right = grants.field_right(&world::EMPLOYEE, "mail_password");
        prop_assert_eq!(right.read, ReadRight::Hidden);
    }
}

/// Whether any of the roles holds a permission of the entity's guard.
fn hold_any(roles: &RoleSet, assigned: &BTreeSet<String>, entity: &EntityDef) -> bool {
    let guard = entity.guard;
    roles.with_inherited(assigned).into_iter().filter_map(|key| roles.get(key)).any(|role| {
        role.permissions_with_included()
            .any(|(p, _, _)| [guard.view, guard.create, guard.edit, guard.retire].contains(&p))
    })
}
