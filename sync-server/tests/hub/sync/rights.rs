//! What a person may not see never crosses the wire, and what they may not do is not done.

use domain::masters::{CUSTOMER, SUPPLIER};
use sync_protocol::device::draft::{self, Choice};
use sync_protocol::message::{Frame, Pull, Purge, PurgeReceipt, Standing};
use sync_protocol::op::Verb;
use sync_protocol::receipt::{Receipt, RejectCode};
use uuid::Uuid;

use super::desk::Desk;
use super::office::Office;

const CANARY: &str = "Zebra Quartz Vault";

#[tokio::test]
async fn without_the_right_to_view_suppliers_nothing_of_them_is_on_the_wire() {
    let office = Office::open().await;
    let mut anna = Desk::filled(&office.admin).await;
    let supplier = anna.creates(&SUPPLIER, &[("name", CANARY), ("city", "Oslo")]);
    anna.syncs().await;
    let tina = office.colleague("tina", "sales").await;
    let mut tina = Desk::filled(&tina).await;
    anna.edits("supplier", supplier, &[("city", "Bergen")]);
    anna.syncs().await;
    tina.syncs().await;
    tina.says_hello().await;
    // Neither values, nor the layout of the table, nor its digest.
    for word in [CANARY, "Oslo", "Bergen", "supplier_contact", "supplier_price"] {
        assert!(!tina.heard(word), "{word}");
        assert!(anna.heard(word), "{word}");
    }
    assert!(!tina.digests.iter().any(|digest| digest.entity == "supplier"));
    assert!(anna.digests.iter().any(|digest| digest.entity == "supplier"));
}

#[tokio::test]
async fn a_forged_push_for_a_supplier_is_refused_and_audited() {
    let office = Office::open().await;
    let mut anna = Desk::filled(&office.admin).await;
    let supplier = anna.creates(&SUPPLIER, &[("name", CANARY)]);
    anna.syncs().await;
    let tina = office.colleague("tina", "sales").await;
    let mut tina = Desk::filled(&tina).await;
    // Made by hand: the app would not offer it.
    let mut seen = anna.holds("supplier", supplier).clone();
    let forged = seen.clone();
    seen.values.set("name", domain::record::Value::Text("guess".to_owned()));
    tina.seal(draft::update(&seen, &forged).unwrap());
    tina.creates(&SUPPLIER, &[("name", "My own")]);
    tina.seal(draft::retire(&forged));
    tina.creates(&CUSTOMER, &[("name", "Allowed")]);
    let receipts = tina.syncs().await;
    for receipt in &receipts[..3] {
        let Receipt::Rejected { code, .. } = receipt else { panic!("{receipt:?}") };
        assert_eq!(*code, RejectCode::NotPermitted);
    }
    assert!(receipts[3].has_effect());
    assert_eq!(tina.attention().len(), 3);
    assert_eq!(office.count("SELECT count(*) FROM supplier"), 1);
    let denied = office.sql(&format!(
        "SELECT action || ' ' || (row_id = '{supplier}') FROM audit_entry
         WHERE outcome = 'denied' AND entity = 'supplier' ORDER BY action"
    ));
    assert_eq!(denied, ["supplier.create false", "supplier.retire true", "supplier.update true"]);
    // A denial says why, and to whom it happened.
    let by = office.sql(&format!(
        "SELECT count(*) FROM audit_entry e JOIN audit_value v ON v.entry_id = e.id
         WHERE outcome = 'denied' AND e.user_id = '{}' AND e.device_id = '{}' AND e.op_id IS NOT NULL
             AND v.changes ->> 'code' = 'not_permitted'",
        tina.user, tina.device_id
    ));
    assert_eq!(by, ["3"]);
}

#[tokio::test]
async fn each_change_is_audited_field_by_field() {
    let office = Office::open().await;
    let mut anna = Desk::filled(&office.admin).await;
    let id = anna.creates(&CUSTOMER, &[("name", "Miller"), ("city", "Leeds")]);
    anna.syncs().await;
    anna.edits("customer", id, &[("city", "York"), ("notes", "moved")]);
    anna.syncs().await;
    let changes = office.sql(&format!(
        "SELECT v.changes FROM audit_entry e JOIN audit_value v ON v.entry_id = e.id
         WHERE e.row_id = '{id}' AND e.action = 'customer.update' AND e.outcome = 'done'"
    ));
    assert_eq!(
        changes,
        [r#"{"city":{"before":"Leeds","after":"York"},"notes":{"before":null,"after":"moved"}}"#]
    );
}

#[tokio::test]
async fn sales_hold_their_own_customers_and_lose_one_that_is_given_away() {
    let office = Office::open().await;
    let mut anna = Desk::filled(&office.admin).await;
    let tina = office.colleague("tina", "sales").await;
    let mut tina = Desk::filled(&tina).await;
    let mine = tina.creates(&CUSTOMER, &[("name", "Tina's")]);
    let also = tina.creates(&CUSTOMER, &[("name", "Also Tina's"), ("city", "Leeds")]);
    assert!(tina.syncs().await.iter().all(Receipt::has_effect));
    let theirs = anna.creates(&CUSTOMER, &[("name", CANARY)]);
    anna.syncs().await;
    tina.syncs().await;
    let held = |desk: &Desk| desk.copy.keys().filter(|(name, _)| name == "customer").count();
    assert_eq!((held(&tina), held(&anna)), (2, 3));
    // Another's customer changes: not even its leaving is told.
    anna.edits("customer", theirs, &[("city", "Bergen")]);
    anna.pushes().await;
    let page = tina.pulls_page(None).await;
    assert!(page.frames.iter().all(|frame| matches!(frame, Frame::Checkpoint { .. })));
    // One of hers is given to Anna, and one of Anna's to her.
    let to_anna = anna.user.to_string();
    anna.pulls().await;
    anna.edits("customer", also, &[("owner_id", &to_anna)]);
    anna.edits("customer", theirs, &[("owner_id", &tina.user.to_string())]);
    anna.syncs().await;
    tina.syncs().await;
    assert_eq!(tina.text("customer", mine, "name"), "Tina's");
    assert_eq!(tina.text("customer", theirs, "name"), CANARY);
    assert!(!tina.copy.contains_key(&("customer".to_owned(), also)));
    // What she holds no more is to her as if it did not exist.
    let known = anna.holds("customer", also).clone();
    let mut left = known.clone();
    super::desk::write(&mut left, &[("city", "Oslo")]);
    tina.seal(draft::update(&known, &left).unwrap());
    let receipts = tina.syncs().await;
    assert!(matches!(receipts[..], [Receipt::Rejected { code: RejectCode::NotFound, .. }]));
    let fresh = Desk::filled(&tina.device.person).await;
    assert_eq!(held(&fresh), 2);
}

#[tokio::test]
async fn a_masked_field_is_empty_on_the_wire_and_the_digests_agree() {
    let office = Office::open().await;
    let mut anna = Desk::filled(&office.admin).await;
    let tina = office.colleague("tina", "sales").await;
    let mut tina = Desk::filled(&tina).await;
    let owner = tina.user.to_string();
    let id = anna.creates(
        &CUSTOMER,
        &[("name", "Miller"), ("credit_limit", "98765.25"), ("owner_id", &owner)],
    );
    assert!(anna.syncs().await[0].has_effect());
    tina.syncs().await;
    assert_eq!(tina.text("customer", id, "name"), "Miller");
    assert!(tina.holds("customer", id).get("credit_limit").is_null());
    assert!(!tina.heard("98765"));
    assert!(anna.heard("98765.25"));
    // Who may not read it may not write it either.
    let seen = tina.holds("customer", id).clone();
    let mut left = seen.clone();
    super::desk::write(&mut left, &[("credit_limit", "1")]);
    tina.seal(draft::update(&seen, &left).unwrap());
    let receipts = tina.syncs().await;
    let Receipt::Rejected { code: RejectCode::NotPermitted, problems, .. } = &receipts[0] else {
        panic!("{receipts:?}");
    };
    assert_eq!(problems[0].field, "credit_limit");
}

#[tokio::test]
async fn rights_that_show_less_take_away_what_is_not_seen_any_more_and_nothing_else() {
    let office = Office::open().await;
    let mut anna = Desk::filled(&office.admin).await;
    anna.creates(&SUPPLIER, &[("name", CANARY)]);
    anna.syncs().await;
    let bob = office.colleague("bob", "manager").await;
    let mut bob = Desk::filled(&bob).await;
    assert!(bob.copy.keys().any(|(name, _)| name == "supplier"));
    office.assigns(&bob.device.person.email, &["sales"]).await;
    // The hub hears of it within a moment.
    let reply = loop {
        let answer = bob.asks("hello", &bob.hello()).await;
        let reply: sync_protocol::message::HelloReply = bob.read(&answer);
        if reply.policy_version != bob.policy_version {
            break reply;
        }
        tokio::task::yield_now().await;
    };
    assert_eq!(reply.standing, Standing::Ok);
    let lease = reply.lease.expect("rights changed: a new lease");
    // Rights that nobody knows any more lead nowhere.
    let pull = Pull { policy_version: 77, ..bob.pull() };
    bob.asks("pull", &pull).await.assert_problem(410, "rights_changed");
    let lease: domain::permissions::Lease = sync_protocol::wire::decode(&lease.bytes).unwrap();
    bob.grants = lease.grants;
    bob.policy_version = reply.policy_version;
    let page = bob.pulls_page(None).await;
    let sent = page.frames.iter().filter(|frame| matches!(frame, Frame::Put { .. }));
    assert_eq!(sent.count(), 0, "nothing is fetched anew for what is lost");
    bob.pulls().await;
    assert!(!bob.copy.keys().any(|(name, _)| name == "supplier"));
    // A change of roles that shows the same asks for nothing.
    office.assigns(&anna.device.person.email, &["admin", "user"]).await;
    let reply = loop {
        let answer = anna.asks("hello", &anna.hello()).await;
        let reply: sync_protocol::message::HelloReply = anna.read(&answer);
        if reply.policy_version > bob.policy_version {
            break reply;
        }
        tokio::task::yield_now().await;
    };
    assert_eq!(reply.standing, Standing::Ok);
    assert!(reply.lease.is_some());
}

#[tokio::test]
async fn an_item_of_attention_is_its_owners_alone() {
    let office = Office::open().await;
    let mut anna = Desk::filled(&office.admin).await;
    let bob = office.colleague("bob", "manager").await;
    let mut bob = Desk::filled(&bob).await;
    bob.creates(&CUSTOMER, &[("city", CANARY)]);
    assert!(matches!(bob.syncs().await[..], [Receipt::Rejected { .. }]));
    anna.syncs().await;
    assert_eq!(bob.attention().len(), 1);
    assert!(anna.attention().is_empty() && !anna.heard(CANARY));
    // Nor can another decide it.
    let item = bob.attention()[0].clone();
    let decision = draft::resolve(&item, None, &Choice::default()).unwrap().pop().unwrap();
    let decision = decision.intent;
    assert_eq!(decision.verb, Verb::Resolve);
    anna.seal(decision.clone());
    assert!(matches!(
        anna.syncs().await[..],
        [Receipt::Rejected { code: RejectCode::NotFound, .. }]
    ));
    bob.seal(decision);
    assert!(matches!(bob.syncs().await[..], [Receipt::Applied { .. }]));
    assert!(bob.attention().is_empty());
}

#[tokio::test]
async fn a_record_belongs_to_somebody_who_is_there() {
    let office = Office::open().await;
    let mut anna = Desk::filled(&office.admin).await;
    let tina = Desk::of(&office.colleague("tina", "sales").await).await;
    office.hub.runs(&["user", "disable", "acme", "tina@acme.example"]);
    let invite = [
        "user",
        "invite",
        "acme",
        "--email",
        "tom@acme.example",
        "--name",
        "Tom",
        "--role",
        "sales",
    ];
    let invited = office.hub.runs(&invite)["id"].as_str().unwrap().to_owned();
    let nobody = daybook_server::ids::opaque_id().to_string();
    let disabled = tina.user.to_string();
    for owner in [&nobody, &invited, &disabled] {
        anna.creates(&CUSTOMER, &[("name", "Miller"), ("owner_id", owner)]);
    }
    let miller = anna.creates(&CUSTOMER, &[("name", "Smith")]);
    let receipts = anna.syncs().await;
    for receipt in &receipts[..2] {
        let Receipt::Rejected { code: RejectCode::Invalid, problems, .. } = receipt else {
            panic!("{receipt:?}")
        };
        assert_eq!((&*problems[0].field, &*problems[0].rule), ("owner_id", "unknown_reference"));
    }
    assert!(receipts[2].has_effect() && receipts[3].has_effect(), "{receipts:?}");
    anna.edits("customer", miller, &[("owner_id", &nobody)]);
    assert!(!anna.syncs().await[0].has_effect());
    assert_eq!(anna.holds("customer", miller).get("owner_id").id(), Some(anna.user));
}

#[tokio::test]
async fn word_of_a_purge_counts_only_with_the_key_of_the_device() {
    let office = Office::open().await;
    let anna = Desk::filled(&office.admin).await;
    let bob = Desk::filled(&office.colleague("bob", "manager").await).await;
    let tenant = Uuid::parse_str(&office.hub.control("SELECT id FROM tenants")[0]).unwrap();
    let (position, policy_version) = (anna.cursor.unwrap(), anna.held);
    let purge = Purge { epoch: anna.epoch, policy_version, position };
    let signed_by = |desk: &Desk, purge: Purge| {
        let proof = desk.device.sign(&purge.proof(tenant, anna.device_id));
        PurgeReceipt { purge, proof }
    };
    let other_place =
        PurgeReceipt { purge: Purge { position: 1, ..purge }, ..signed_by(&anna, purge) };
    for forged in [signed_by(&bob, purge), other_place] {
        anna.asks("purged", &forged).await.assert_problem(422, "invalid_fields");
    }
    let noted = || office.sql("SELECT purged_policy FROM sync_device WHERE purged_at IS NOT NULL");
    assert!(noted().is_empty());
    for _ in 0..2 {
        anna.asks("purged", &signed_by(&anna, purge)).await.assert(204);
    }
    assert_eq!(noted(), [policy_version.to_string()]);
    let entries = "SELECT count(*) FROM audit_entry WHERE action = 'device.purged'";
    assert_eq!(office.count(entries), 1, "said twice, it is noted once");
}
