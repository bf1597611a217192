//! What a person makes of work that was refused.

use contract::{Cell, Change, Command, Decision, Failure, FailureCode, RecordChanges};
use domain::attention::{ATTENTION, FIELD_ROWS};
use domain::permissions::StandardRole;
use domain::record::Record;
use sync_protocol::op::Verb;
use uuid::Uuid;

use crate::desk::{ANNA, Desk};

const CUSTOMER_ID: Uuid = Uuid::from_u128(0xC1);
const REFUSED_OP: Uuid = Uuid::from_u128(0x0F);

/// The item of a refused customer, with what was entered by path.
fn refused(desk: &Desk, kind: &str, entered: &[(&str, &str)]) -> Record {
    let mut item = desk.record(
        &ATTENTION,
        &[
            ("kind", kind),
            ("entity", "customer"),
            ("row_id", &CUSTOMER_ID.to_string()),
            ("title", "Ada"),
            ("op_id", &REFUSED_OP.to_string()),
            ("owner_id", &ANNA.to_string()),
            ("message", "the country is not known"),
        ],
    );
    let rows = ATTENTION.child(FIELD_ROWS).unwrap();
    for (index, (path, mine)) in entered.iter().enumerate() {
        let id = Uuid::from_u128(0x100 + index as u128);
        let mine = serde_json::to_string(mine).unwrap();
        let values = [("path", *path), ("mine", &mine), ("theirs", "null"), ("base", "null")];
        item.put_child(testkit::records::child(rows, id, &values));
    }
    desk.receive(std::slice::from_ref(&item));
    item
}

fn resolve(
    desk: &Desk,
    item: &Record,
    decisions: &[(&str, &str)],
    mended: &[(&str, &str)],
) -> Result<(), Failure> {
    let decision = |(path, keep): &(&str, &str)| Decision {
        path: (*path).to_owned(),
        keep: (*keep).to_owned(),
    };
    let change = |(field, text): &(&str, &str)| Change {
        field: (*field).to_owned(),
        from: None,
        to: Cell::from(*text),
    };
    let fields = mended.iter().map(change).collect();
    desk.call(Command::AttentionResolve {
        id: item.id(),
        shown: None,
        decisions: decisions.iter().map(decision).collect(),
        mended: RecordChanges { fields, children: Vec::new() },
    })
    .map(|_| ())
}

#[tokio::test]
async fn a_refused_creation_is_made_again_in_the_place_of_the_refused_op() {
    let desk = Desk::of(StandardRole::Manager);
    let contact = format!("customer_contact[{}].name", Uuid::from_u128(7));
    let entered =
        [("name", "Ada"), ("city", "Bonn"), ("phone", "+49 30 1234567"), (&contact, "Bo")];
    let item = refused(&desk, "rejected", &entered);
    let decisions = [("name", "mine"), ("phone", "theirs"), (&contact, "mine")];
    resolve(&desk, &item, &decisions, &[("city", "Köln")]).unwrap();

    let ops = desk.waiting();
    let done: Vec<_> = ops.iter().map(|op| (op.intent.verb, op.replaces)).collect();
    assert_eq!(done, [(Verb::Create, Some(REFUSED_OP)), (Verb::Resolve, None)]);
    assert_eq!(
        ops[0].intent.id, CUSTOMER_ID,
        "what builds on the refused record builds on this one"
    );
    let customer = Command::Get { entity: "customer".to_owned(), id: CUSTOMER_ID.to_string() };
    let contract::Reply::Record(customer) = desk.call(customer).unwrap() else {
        panic!("a record")
    };
    assert_eq!(customer.fields["name"], Cell::from("Ada"));
    assert_eq!(customer.fields["city"], Cell::from("Köln"));
    assert_eq!(customer.fields["phone"], Cell::Null);
    assert_eq!(customer.children["customer_contact"][0].fields["name"], Cell::from("Bo"));
}

#[tokio::test]
async fn what_does_not_keep_the_rules_is_refused_by_field_and_the_item_stays() {
    let desk = Desk::of(StandardRole::Manager);
    let item = refused(&desk, "rejected", &[("city", "Bonn"), ("country", "XX")]);
    let keep = [("city", "mine"), ("country", "mine")];
    let failure = resolve(&desk, &item, &keep, &[]).unwrap_err();
    assert_eq!(failure.code, FailureCode::Refused);
    assert_eq!(failure.problems[0].field, "country", "what is kept is not dropped in silence");
    let failure = resolve(&desk, &item, &keep[..1], &[("country", "DE")]).unwrap_err();
    assert_eq!(failure.problems[0].field, "name", "the required name was never given");
    assert!(desk.waiting().is_empty());
    resolve(&desk, &item, &keep[..1], &[("country", "DE"), ("name", "Ada")]).unwrap();
    assert_eq!(desk.waiting().len(), 2);
}

#[tokio::test]
async fn refused_work_that_is_given_up_only_closes_the_item() {
    let desk = Desk::of(StandardRole::Manager);
    let item = refused(&desk, "waiting", &[("name", "Ada")]);
    resolve(&desk, &item, &[("name", "theirs")], &[]).unwrap();
    let verbs: Vec<_> = desk.waiting().iter().map(|op| op.intent.verb).collect();
    assert_eq!(verbs, [Verb::Resolve]);
}

/// The one field of the one item.
fn shown(desk: &Desk) -> contract::AttentionField {
    let Ok(contract::Reply::Attention(items)) = desk.call(Command::AttentionList) else {
        panic!("items")
    };
    let [item] = items.as_slice() else { panic!("one item, not {items:?}") };
    item.fields["tax_id"].clone()
}

/// Of the tax id of a record: who may not read it is in conflict about it all the same.
fn about_the_tax_id(desk: &Desk, row: Uuid) -> Record {
    let mut item = desk.record(
        &ATTENTION,
        &[
            ("kind", "conflict"),
            ("entity", "customer"),
            ("row_id", &row.to_string()),
            ("title", "Ada"),
            ("op_id", &REFUSED_OP.to_string()),
            ("owner_id", &ANNA.to_string()),
            ("message", "somebody else changed the same"),
        ],
    );
    let rows = ATTENTION.child(FIELD_ROWS).unwrap();
    let values =
        [("path", "tax_id"), ("mine", "\"DE1\""), ("theirs", "\"DE2\""), ("base", "\"DE3\"")];
    item.put_child(testkit::records::child(rows, Uuid::from_u128(0x100), &values));
    item
}

#[tokio::test]
async fn what_stands_is_told_as_far_as_the_person_may_read_it() {
    let words = |field: &contract::AttentionField| {
        let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
        [text(&field.mine), text(&field.theirs), text(&field.base)]
    };
    for (role, told) in [
        (StandardRole::Manager, ["DE1", "DE136695976", "DE3"]),
        (StandardRole::User, ["DE1", "", ""]),
    ] {
        let desk = Desk::of(role);
        let values = [("name", "Ada"), ("country", "DE"), ("tax_id", "DE136695976")];
        let customer = desk.record(&domain::masters::CUSTOMER, &values);
        let item = about_the_tax_id(&desk, customer.id());
        desk.receive(&[customer, item]);
        let field = shown(&desk);
        assert_eq!(words(&field), told, "{role:?}");
        assert_eq!(field.untold.is_empty(), role == StandardRole::Manager);
    }
    // Of a record that is not here the item says what it was made with.
    let desk = Desk::of(StandardRole::Manager);
    desk.receive(&[about_the_tax_id(&desk, CUSTOMER_ID)]);
    assert_eq!(words(&shown(&desk)), ["DE1", "DE2", "DE3"]);
}

#[tokio::test]
async fn nobody_decides_about_a_version_that_they_were_not_shown() {
    let desk = Desk::of(StandardRole::Manager);
    let customer = desk.record(&domain::masters::CUSTOMER, &[("name", "Ada"), ("country", "DE")]);
    let item = about_the_tax_id(&desk, customer.id());
    let version = customer.head.version;
    desk.receive(&[customer, item.clone()]);
    for shown in [None, Some(version - 1)] {
        let refused = desk
            .call(Command::AttentionResolve {
                id: item.id(),
                shown,
                decisions: vec![Decision { path: "tax_id".to_owned(), keep: "theirs".to_owned() }],
                mended: RecordChanges::default(),
            })
            .unwrap_err();
        assert_eq!(refused.problems[0].rule, "changed_since");
    }
    assert!(desk.waiting().is_empty());
}
