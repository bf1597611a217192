//! The users by name, as every device of the tenant carries them.

use domain::attention::ATTENTION;
use domain::permissions::{Permission, Role, RowRule};
use domain::person::PERSON;
use domain::record::Value;
use sync_protocol::device::draft;
use sync_protocol::receipt::Receipt;
use uuid::Uuid;

use super::desk::{Desk, write};
use super::office::{Office, SLUG};

/// Who works there by what a device holds, each with whether they may come in.
fn people(desk: &Desk) -> Vec<(String, bool)> {
    let people = desk.copy.values().filter(|record| record.entity().name == PERSON.name);
    let mut people: Vec<_> = people
        .map(|record| (record.title().to_owned(), *record.get("active") == Value::Bool(true)))
        .collect();
    people.sort();
    people
}

fn named(names: &[&str]) -> Vec<(String, bool)> {
    names.iter().map(|name| ((*name).to_owned(), true)).collect()
}

#[tokio::test]
async fn every_device_carries_the_names_of_all_who_have_come_in_and_no_address() {
    let office = Office::open().await;
    let all = ["Anna Admin", "carl", "ines", "sam", "tina"];
    for (name, role) in [
        ("carl", "accountant"),
        ("ines", "inventory_manager"),
        ("sam", "sales"),
        ("tina", "technician"),
    ] {
        office.colleague(name, role).await;
    }
    // Who was only asked to come has done nothing yet.
    office.hub.runs(&[
        "user",
        "invite",
        SLUG,
        "--email",
        "ivo@acme.example",
        "--name",
        "Ivo Invited",
        "--role",
        "user",
    ]);
    for email in ["admin", "carl", "ines", "sam", "tina"] {
        let person =
            crate::support::Person::new(&office.hub, SLUG, &format!("{email}@acme.example"));
        let mut desk = Desk::filled(&person).await;
        assert_eq!(people(&desk), named(&all), "{email}");
        desk.proves(&desk.digests.clone());
        desk.pulls().await;
        desk.proves(&desk.digests.clone());
        let others = ["admin@", "carl@", "ines@", "sam@", "tina@", "ivo@", "Ivo Invited"];
        for other in others {
            assert!(!desk.heard(other), "{email} hears of {other}");
        }
    }
}

#[tokio::test]
async fn who_may_do_nothing_but_have_a_device_has_the_names_all_the_same_and_no_other_tenant_has() {
    let office = Office::open().await;
    let device = [(Permission::SYNC_DEVICE_ENROL, RowRule::All)].into();
    let nothing = Role { key: "nothing".to_owned(), permissions: device, ..Role::default() };
    office.adds_role(&nothing).await;
    let norma = office.colleague("norma", "nothing").await;
    let norma = Desk::filled(&norma).await;
    assert_eq!(people(&norma), named(&["Anna Admin", "norma"]));
    let stranger = office.hub.tenant("gamma").await;
    assert_eq!(people(&Desk::filled(&stranger).await), named(&["Anna Admin"]));
}

#[tokio::test]
async fn a_new_a_renamed_and_a_disabled_user_arrive_at_the_next_round() {
    let office = Office::open().await;
    let mut anna = Desk::filled(&office.admin).await;
    let sam = office.colleague("sam", "sales").await;
    let mut sam = Desk::filled(&sam).await;
    anna.syncs().await;
    assert_eq!(people(&anna), named(&["Anna Admin", "sam"]));

    office.hub.runs(&["user", "rename", SLUG, "sam@acme.example", " Samuel Seller "]);
    let noted = "SELECT v.changes::jsonb -> 'name' ->> 'after' FROM audit_entry e
                 JOIN audit_value v ON v.entry_id = e.id WHERE e.action = 'user.rename'";
    assert_eq!(office.sql(noted), ["Samuel Seller"]);
    for desk in [&mut anna, &mut sam] {
        desk.syncs().await;
        assert_eq!(people(desk), named(&["Anna Admin", "Samuel Seller"]));
        desk.proves(&desk.digests.clone());
    }
    let heard = anna.heard.len();
    // A password, a place of work, a name that was the same before: nothing that is told here.
    office.sql("UPDATE app_user SET name = name, updated_at = now()");
    anna.syncs().await;
    assert!(!anna.heard[heard..].windows(7).any(|bytes| bytes == b"Samuel "));

    office.hub.runs(&["user", "disable", SLUG, "sam@acme.example"]);
    anna.syncs().await;
    let shut_out = vec![("Anna Admin".to_owned(), true), ("Samuel Seller".to_owned(), false)];
    assert_eq!(people(&anna), shut_out);
    anna.proves(&anna.digests.clone());
    assert_eq!(people(&Desk::filled(&office.admin).await), shut_out);
    office.hub.runs(&["user", "enable", SLUG, "sam@acme.example"]);
    anna.syncs().await;
    assert_eq!(people(&anna), named(&["Anna Admin", "Samuel Seller"]));

    // Erased, as the law may ask: gone from every copy.
    office.sql("DELETE FROM app_user WHERE name = 'Samuel Seller'");
    anna.syncs().await;
    assert_eq!(people(&anna), named(&["Anna Admin"]));
    anna.proves(&anna.digests.clone());
}

#[tokio::test]
async fn nobody_writes_the_list_by_a_device_not_even_an_administrator() {
    let office = Office::open().await;
    let mut anna = Desk::filled(&office.admin).await;
    let me = anna.user;
    let mut made = anna.drafts(&PERSON, &[]);
    write(&mut made, &[("name", "Nobody"), ("active", "yes")]);
    anna.seal(draft::create(&made));
    anna.edits("person", me, &[("name", "Queen Anna")]);
    anna.retires("person", me);
    let receipts = anna.syncs().await;
    assert_eq!(receipts.len(), 3);
    for receipt in receipts {
        assert!(matches!(receipt, Receipt::Rejected { .. }), "{receipt:?}");
    }
    assert_eq!(office.sql("SELECT name FROM person"), ["Anna Admin"]);
    assert!(anna.copy.keys().any(|(entity, _)| entity == ATTENTION.name));
}

#[tokio::test]
async fn an_owner_is_somebody_who_has_come_in_shut_out_or_not() {
    let office = Office::open().await;
    let sam = office.colleague("sam", "sales").await;
    let sam = Desk::filled(&sam).await;
    let mut anna = Desk::filled(&office.admin).await;
    let owned = |owner: Uuid| [("name", "Ada".to_owned()), ("owner_id", owner.to_string())];
    let make = |anna: &mut Desk, owner: Uuid| {
        let fields = owned(owner);
        let fields: Vec<_> = fields.iter().map(|(name, text)| (*name, text.as_str())).collect();
        anna.creates(&domain::masters::CUSTOMER, &fields)
    };
    let customer = make(&mut anna, sam.user);
    make(&mut anna, Uuid::from_u128(7));
    let receipts = anna.syncs().await;
    assert!(receipts[0].has_effect(), "{receipts:?}");
    assert!(matches!(receipts[1], Receipt::Rejected { .. }), "{receipts:?}");
    assert_eq!(anna.holds("customer", customer).get("owner_id").id(), Some(sam.user));
}
