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
