//! Attention of a person whose rights were lost: what they may not see is taken from it, and nothing entered is.

use domain::masters::{CUSTOMER, SUPPLIER};
use domain::record::Record;
use sync_protocol::receipt::Receipt;

use super::desk::Desk;
use super::office::Office;

const STANDS: &str = "4242.42";
const BASE: &str = "1717.17";
const TYPED: &str = "5353.53";

/// A manager's conflict: the hub's value stands in their Attention.
async fn conflict(
    anna: &mut Desk,
    bob: &mut Desk,
    (entity, id): (&str, uuid::Uuid),
    field: &str,
    [theirs, mine]: [&str; 2],
) {
    bob.pulls().await;
    anna.edits(entity, id, &[(field, theirs)]);
    bob.edits(entity, id, &[(field, mine)]);
    assert!(matches!(anna.syncs().await[..], [Receipt::Applied { .. }]));
    assert!(matches!(bob.syncs().await[..], [Receipt::Conflict { .. }]));
}

/// Says hello until the hub has heard of other rights, and fetches everything anew, as the app does.
async fn fills_under_new_rights(desk: &mut Desk) {
    let reply = loop {
        let answer = desk.asks("hello", &desk.hello()).await;
        let reply: sync_protocol::message::HelloReply = desk.read(&answer);
        if reply.policy_version != desk.policy_version {
            break reply;
        }
        tokio::task::yield_now().await;
    };
    let lease = reply.lease.expect("rights changed: a new lease");
    let lease: domain::permissions::Lease = sync_protocol::wire::decode(&lease.bytes).unwrap();
    desk.grants = lease.grants;
    desk.policy_version = reply.policy_version;
    desk.heard.clear();
    desk.fills().await;
}

fn texts(item: &Record) -> String {
    format!("{:?}", (&item.values, item.children()))
}

#[tokio::test]
async fn who_becomes_sales_loses_credit_limits_and_suppliers_from_attention_on_every_device() {
    let office = Office::open().await;
    let mut anna = Desk::filled(&office.admin).await;
    let bob = office.colleague("bob", "manager").await;
    let mut bob = Desk::filled(&bob).await;
    let to_bob = bob.user.to_string();
    let own = anna
        .creates(&CUSTOMER, &[("name", "Miller"), ("credit_limit", BASE), ("owner_id", &to_bob)]);
    let foreign = anna.creates(&CUSTOMER, &[("name", "Zebra Vault"), ("city", "Lillehammer")]);
    let supplier = anna.creates(&SUPPLIER, &[("name", "Quartz Yard"), ("city", "Stavanger")]);
    let refused = anna.creates(&CUSTOMER, &[("name", "Hollow Reed")]);
    anna.syncs().await;
    bob.pulls().await;
    bob.edits("customer", refused, &[("country", "DE"), ("tax_id", "DE111111111")]);
    assert!(matches!(bob.syncs().await[..], [Receipt::Rejected { .. }]));
    assert!(bob.attention().iter().any(|item| item.title() == "Hollow Reed"));
    conflict(&mut anna, &mut bob, ("customer", own), "credit_limit", [STANDS, TYPED]).await;
    conflict(&mut anna, &mut bob, ("customer", foreign), "city", ["Tromso", "Bodo"]).await;
    conflict(&mut anna, &mut bob, ("supplier", supplier), "city", ["Bergen", "Alesund"]).await;
    assert!(bob.attention().iter().any(|item| texts(item).contains(STANDS)));
    let ops = office.count("SELECT count(*) FROM sync_op");

    office.hub.runs(&["role", "set", "acme", "bob@acme.example", "sales"]);
    fills_under_new_rights(&mut bob).await;
    let mut fresh = Desk::filled(&bob.device.person).await;
    fresh.says_hello().await;
    fresh.pulls().await;
    for desk in [&bob, &fresh] {
        // The items are there, for the person to see that something is open.
        assert_eq!(desk.attention().len(), 4);
        for word in [
            STANDS,
            BASE,
            TYPED,
            "Zebra Vault",
            "Lillehammer",
            "Tromso",
            "Quartz Yard",
            "Stavanger",
            "Bergen",
            "Alesund",
            "Hollow Reed",
        ] {
            assert!(!desk.heard(word), "{word}");
            assert!(!desk.attention().iter().any(|item| texts(item).contains(word)), "{word}");
        }
        let item = desk.attention().into_iter().find(|item| item.get("row_id").id() == Some(own));
        assert_eq!(item.unwrap().title(), "Miller");
    }
    // What was typed is with the hub, op by op, and each item names its op.
    assert_eq!(office.count("SELECT count(*) FROM sync_op"), ops);
    let kept =
        "SELECT count(*) FROM attention JOIN sync_op USING (op_id) WHERE payload IS NOT NULL";
    assert_eq!(office.count(kept), 4);
    let audited = "SELECT count(*) FROM audit_entry WHERE action = 'attention.redact'";
    assert_eq!(office.count(audited), 4);
    // Rights that come back bring no second change.
    office.hub.runs(&["role", "set", "acme", "bob@acme.example", "manager"]);
    fills_under_new_rights(&mut bob).await;
    assert_eq!(office.count(audited), 4);
}

#[tokio::test]
async fn a_customer_given_away_leaves_attention_with_the_same_checkpoint() {
    let office = Office::open().await;
    let mut anna = Desk::filled(&office.admin).await;
    let tina = office.colleague("tina", "sales").await;
    let mut tina = Desk::filled(&tina).await;
    let id = tina.creates(&CUSTOMER, &[("name", "Miller"), ("city", "Lillehammer")]);
    tina.syncs().await;
    anna.pulls().await;
    conflict(&mut anna, &mut tina, ("customer", id), "city", ["Tromso", "Bodo"]).await;
    assert!(texts(tina.attention()[0]).contains("Tromso"));
    let to_anna = anna.user.to_string();
    anna.edits("customer", id, &[("owner_id", &to_anna)]);
    assert!(anna.syncs().await[0].has_effect());
    tina.pulls().await;
    assert!(!tina.copy.contains_key(&("customer".to_owned(), id)));
    let left = texts(tina.attention()[0]);
    for word in ["Miller", "Tromso", "Lillehammer"] {
        assert!(!left.contains(word), "{word}: {left}");
    }
    // Her own words stay hers.
    assert!(left.contains("Bodo"));
}

#[tokio::test]
async fn who_deleted_a_supplier_and_may_not_see_suppliers_any_more_is_told_no_name_and_no_value() {
    let office = Office::open().await;
    let mut anna = Desk::filled(&office.admin).await;
    let supplier = anna.creates(&SUPPLIER, &[("name", "Quartz Yard"), ("city", "Stavanger")]);
    anna.syncs().await;
    let mut carl = Desk::filled(&office.colleague("carl", "manager").await).await;
    let mut bob = Desk::filled(&office.colleague("bob", "manager").await).await;
    bob.retires("supplier", supplier);
    bob.syncs().await;
    office.hub.runs(&["role", "set", "acme", "bob@acme.example", "sales"]);
    fills_under_new_rights(&mut bob).await;
    // Carl has heard of nothing: what he edits comes back, and Bob, who deleted it, is told.
    carl.edits("supplier", supplier, &[("city", "Alesund")]);
    assert!(carl.syncs().await.iter().all(Receipt::has_effect));
    bob.pulls().await;
    assert_eq!(bob.attention().len(), 1);
    for word in ["Quartz", "Stavanger", "Alesund"] {
        assert!(!bob.heard(word), "{word}");
    }
    // Who may see it is told all of it.
    anna.pulls().await;
    anna.retires("supplier", supplier);
    anna.syncs().await;
    carl.edits("supplier", supplier, &[("city", "Bodo")]);
    assert!(carl.syncs().await.iter().all(Receipt::has_effect));
    anna.pulls().await;
    let told = anna.attention().iter().map(|item| texts(item)).collect::<String>();
    assert!(told.contains("Quartz Yard") && told.contains("Bodo"), "{told}");
}
