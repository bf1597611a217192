//! The single decision function, asked by the hub before it does anything and by the device before
//! it offers anything. Pure and deny by default; it knows no lease and no clock (see `lease`).

use super::action::Action;
use super::catalogue::Permission;
use super::decision::{Decision, Reason};
use super::field_right::ReadRight;
use super::grants::Grants;
use super::row::RowFacts;
use crate::record::EntityDef;

/// What every record carries beside its declared fields: read by whoever sees the record, written by
/// nobody.
const HEAD: [&str; 7] =
    ["id", "version", "created_at", "created_by", "updated_at", "updated_by", "retired_at"];

/// Whether the person may do `action` to records of `entity`.
///
/// `row` is the record in question, `None` where the question is about the entity as a whole ("may I
/// open the list?"). An edit that changes ownership columns is asked twice, with the row as it was
/// and as it will be. `fields` are the fields that a write touches, or that a reader names to show,
/// filter, sort, search or total by; a field that is shown by its last four characters is refused
/// here, showing it is the projection's business. A child row is asked with the child's entity and
/// its parent's row.
///
/// A row that may not be seen is refused as if it did not exist, before anything else is said of it.
pub fn check(
    grants: &Grants,
    action: Action,
    entity: &EntityDef,
    row: Option<&RowFacts>,
    fields: &[&str],
) -> Decision {
    decide(grants, action, entity, row, fields).into()
}

/// Whether the person holds a permission that is not one of an entity's guard (submit, approve,
/// lock a period …), on a row if there is one. The row must be one the person sees: ask [`check`]
/// with [`Action::View`] first.
pub fn check_permission(
    grants: &Grants,
    permission: Permission,
    row: Option<&RowFacts>,
) -> Decision {
    permitted(grants, permission, row).into()
}

fn decide(
    grants: &Grants,
    action: Action,
    entity: &EntityDef,
    row: Option<&RowFacts>,
    fields: &[&str],
) -> Result<(), Reason> {
    // What exists already has to be seen to be changed; what is being made does not.
    let existing = !matches!(action, Action::Create | Action::Import);
    if existing {
        permitted(grants, entity.guard.view, None)?;
        if row.is_some_and(|row| !grants.reaches(entity.guard.view, row)) {
            return Err(Reason::NotFound);
        }
    }
    for permission in entity.guard.needed(action) {
        permitted(grants, permission, row)?;
    }
    let reads = matches!(action, Action::View | Action::Export);
    for &field in fields {
        let right = grants.field_right(entity, field);
        let usable = match reads {
            true => right.read == ReadRight::Full || HEAD.contains(&field),
            false => right.write,
        };
        if !usable {
            return Err(Reason::FieldNotPermitted { field: field.to_owned() });
        }
    }
    Ok(())
}

fn permitted(
    grants: &Grants,
    permission: Permission,
    row: Option<&RowFacts>,
) -> Result<(), Reason> {
    if !grants.holds(permission) {
        return Err(Reason::NotPermitted { permission });
    }
    if row.is_some_and(|row| !grants.reaches(permission, row)) {
        return Err(Reason::RowNotPermitted { permission });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::standard::StandardRole;
    use super::super::world::{ANNA, BEN, COMPANY, NORTH, row_of, standard};
    use super::*;
    use crate::masters::{CUSTOMER, SUPPLIER};

    fn refused(decision: Decision) -> Reason {
        decision.into_result().unwrap_err()
    }

    #[test]
    fn who_was_given_nothing_may_do_nothing() {
        let nobody = Grants::default();
        for action in Action::ALL {
            assert_eq!(
                refused(check(&nobody, action, &CUSTOMER, None, &[])).code(),
                "not_permitted"
            );
        }
    }

    #[test]
    fn sales_edits_the_own_customer_and_not_its_credit_limit() {
        let sales = standard(StandardRole::Sales);
        let own = row_of(NORTH, ANNA);
        let edit = |fields: &[&str]| check(&sales, Action::Edit, &CUSTOMER, Some(&own), fields);
        assert!(edit(&["name", "phone"]).is_allowed());
        assert_eq!(
            refused(edit(&["name", "credit_limit"])),
            Reason::FieldNotPermitted { field: "credit_limit".into() }
        );
        assert_eq!(
            refused(check(&sales, Action::Retire, &CUSTOMER, Some(&own), &[])),
            Reason::NotPermitted { permission: Permission::MASTER_CUSTOMER_DELETE }
        );
    }

    #[test]
    fn a_customer_of_a_colleague_answers_like_one_that_does_not_exist() {
        let sales = standard(StandardRole::Sales);
        let foreign = row_of(NORTH, BEN);
        for action in [Action::View, Action::Edit] {
            // Also with a field that is hidden: nothing else is said before.
            let fields = ["credit_limit"];
            let reason = refused(check(&sales, action, &CUSTOMER, Some(&foreign), &fields));
            assert_eq!(reason, Reason::NotFound);
            assert_eq!(reason.to_string(), "there is no such record");
        }
    }

    #[test]
    fn who_sees_a_record_but_may_not_change_this_one_is_told_so() {
        // An accountant settles the own conflicts and sees those of everybody.
        let accountant = standard(StandardRole::Accountant);
        let foreign = row_of(NORTH, BEN);
        let reason = refused(check(
            &accountant,
            Action::Edit,
            &crate::attention::ATTENTION,
            Some(&foreign),
            &[],
        ));
        assert_eq!(
            reason,
            Reason::RowNotPermitted { permission: Permission::SYNC_CONFLICT_RESOLVE }
        );
    }

    #[test]
    fn a_hidden_field_is_no_filter_and_looks_like_one_that_is_not_there() {
        let stock = standard(StandardRole::InventoryManager);
        let by = |field: &str| check(&stock, Action::View, &SUPPLIER, None, &[field]);
        assert!(by("name").is_allowed());
        assert!(by("updated_at").is_allowed());
        let words = |field: &str| refused(by(field)).to_string().replace(field, "it");
        assert_eq!(words("iban"), words("favourite_colour"));
        // Four characters are shown to a manager, but a filter would find out the rest.
        let manager = standard(StandardRole::Manager);
        assert!(!check(&manager, Action::View, &SUPPLIER, None, &["iban"]).is_allowed());
    }

    #[test]
    fn nobody_writes_what_the_hub_keeps() {
        let admin = standard(StandardRole::Admin);
        for field in HEAD {
            assert!(check(&admin, Action::View, &CUSTOMER, None, &[field]).is_allowed());
            assert!(!check(&admin, Action::Edit, &CUSTOMER, None, &[field]).is_allowed());
        }
    }

    #[test]
    fn lists_leave_the_product_only_with_the_right_to_export() {
        let row = row_of(NORTH, ANNA);
        let export =
            |role| check(&standard(role), Action::Export, &CUSTOMER, Some(&row), &["name"]);
        assert!(export(StandardRole::Accountant).is_allowed());
        assert_eq!(
            refused(export(StandardRole::Sales)),
            Reason::NotPermitted { permission: Permission::MASTER_RECORD_EXPORT }
        );
    }

    #[test]
    fn a_right_beside_the_four_of_an_entity_is_asked_by_its_name() {
        let lock = Permission::FINANCE_PERIOD_LOCK;
        let row = RowFacts { company_id: Some(COMPANY), ..RowFacts::default() };
        let may = |role| check_permission(&standard(role), lock, Some(&row));
        assert!(may(StandardRole::Accountant).is_allowed());
        assert_eq!(may(StandardRole::Manager).into_result().unwrap_err().code(), "not_permitted");
    }
}
