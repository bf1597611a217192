//! Several devices want the same at the same moment, and a device that sends what no app would.

use domain::masters::{CUSTOMER, ITEM_CATEGORY};
use domain::record::{Cell, Change, RecordChanges, Value};
use sync_protocol::device::draft;
use sync_protocol::op::{Intent, Verb};
use sync_protocol::receipt::Receipt;

use super::desk::Desk;
use super::office::Office;

async fn desks(office: &Office, count: usize) -> Vec<Desk> {
    let mut desks = Vec::new();
    for _ in 0..count {
        let mut desk = Desk::of(&office.admin).await;
        desk.says_hello().await;
        desks.push(desk);
    }
    desks
}

/// All push at once.
async fn push_all(desks: Vec<Desk>) -> Vec<Vec<Receipt>> {
    let pushes = desks.into_iter().map(|mut desk| tokio::spawn(async move { desk.pushes().await }));
    let mut receipts = Vec::new();
    for push in pushes.collect::<Vec<_>>() {
        receipts.push(push.await.unwrap());
    }
    receipts
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_many_who_enter_one_code_at_once_one_has_it_and_nobodys_work_is_lost() {
    let office = Office::open().await;
    let mut desks = desks(&office, 6).await;
    for (number, desk) in desks.iter_mut().enumerate() {
        desk.creates(&CUSTOMER, &[("name", &format!("Before {number}"))]);
        desk.creates(&CUSTOMER, &[("name", &format!("Number {number}")), ("code", "HOT-1")]);
        desk.creates(&CUSTOMER, &[("name", &format!("After {number}"))]);
    }
    let receipts = push_all(desks).await;
    assert!(receipts.iter().flatten().all(Receipt::has_effect), "{receipts:?}");
    let asked = receipts.iter().flatten().filter(|r| matches!(r, Receipt::Conflict { .. }));
    assert_eq!(asked.count(), 5);
    assert_eq!(office.count("SELECT count(*) FROM customer"), 18);
    assert_eq!(office.count("SELECT count(*) FROM customer WHERE code = 'HOT-1'"), 1);
    assert_eq!(office.count("SELECT count(*) FROM customer WHERE code LIKE 'HOT-1~%'"), 5);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_moves_in_a_tree_at_once_never_make_a_circle() {
    let office = Office::open().await;
    let mut anna = Desk::filled(&office.admin).await;
    let mut pairs = Vec::new();
    for number in 0..5 {
        let a = anna.creates(&ITEM_CATEGORY, &[("name", &format!("A{number}"))]);
        let b = anna.creates(&ITEM_CATEGORY, &[("name", &format!("B{number}"))]);
        pairs.push((a, b));
    }
    anna.syncs().await;
    let mut bob = Desk::filled(&office.admin).await;
    for (a, b) in pairs {
        anna.edits("item_category", a, &[("parent", &b.to_string())]);
        bob.edits("item_category", b, &[("parent", &a.to_string())]);
        let receipts = push_all(vec![anna.clone(), bob.clone()]).await;
        (anna.outbox, bob.outbox) = (Vec::new(), Vec::new());
        let done = receipts.iter().flatten().filter(|receipt| receipt.has_effect()).count();
        assert_eq!(done, 1, "{receipts:?}");
    }
    let circles = "WITH RECURSIVE up AS (
            SELECT id AS start, parent, 1 AS depth FROM item_category WHERE parent IS NOT NULL
            UNION ALL
            SELECT u.start, c.parent, u.depth + 1 FROM up u JOIN item_category c ON c.id = u.parent
            WHERE c.parent IS NOT NULL AND u.depth < 10)
        SELECT count(*) FROM up WHERE depth = 10";
    assert_eq!(office.count(circles), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_push_that_loses_a_deadlock_is_tried_again() {
    let office = Office::open().await;
    let mut anna = Desk::filled(&office.admin).await;
    let mut ids =
        [anna.creates(&CUSTOMER, &[("name", "One")]), anna.creates(&CUSTOMER, &[("name", "Two")])];
    anna.syncs().await;
    ids.sort_unstable();
    let [first, second] = ids;
    for id in ids {
        anna.edits("customer", id, &[("city", "Leeds")]);
    }
    // A job that never gives way: it holds the second row and, once the push waits for it, wants the first.
    let database = office.hub.control("SELECT database_name FROM tenants").remove(0);
    let cluster = office.hub.cluster;
    let job = std::thread::spawn(move || {
        cluster.sql(
            &database,
            &format!(
                "SET deadlock_timeout = '10min'; BEGIN;
                 UPDATE customer SET notes = 'job' WHERE id = '{second}';
                 DO $$ BEGIN WHILE NOT EXISTS (SELECT FROM pg_locks WHERE NOT granted)
                     LOOP PERFORM pg_sleep(0.01); END LOOP; END $$;
                 UPDATE customer SET notes = 'job' WHERE id = '{first}';
                 COMMIT"
            ),
        )
    });
    let held = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'PgSleep'";
    while office.count(held) == 0 {
        tokio::task::yield_now().await;
    }
    let receipts = anna.syncs().await;
    assert!(receipts.iter().all(Receipt::has_effect), "{receipts:?}");
    tokio::task::spawn_blocking(|| job.join().unwrap()).await.unwrap();
    anna.pulls().await;
    for id in [first, second] {
        assert_eq!(anna.text("customer", id, "city"), "Leeds");
        assert_eq!(anna.text("customer", id, "notes"), "job");
    }
    // Postgres counts with some delay.
    let lost = "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()";
    assert!((0..500).any(|_| office.count(lost) > 0), "the push has lost a deadlock");
    assert_eq!(
        office.count(
            "SELECT count(*) FROM sync_op WHERE device_id <> '00000000-0000-0000-0000-000000000001'"
        ),
        4
    );
}

#[tokio::test]
async fn whatever_a_device_sends_is_answered_and_its_chain_goes_on() {
    let office = Office::open().await;
    let mut anna = Desk::filled(&office.admin).await;
    let change = |field: &str, to: Cell| Change { field: field.to_owned(), from: None, to };
    let long = "x".repeat(30_000);
    let nul = "a\0b\u{7f}\u{85}".to_owned();
    let intents = [
        ("customer", vec![change("name", Cell::Text(nul.clone()))]),
        ("customer", vec![change("name", Cell::Text(long.clone()))]),
        ("customer", vec![change(&nul, Cell::Int(1)), change(&long, Cell::Int(2))]),
        ("customer", vec![change("name", Cell::List(vec![nul.clone(); 3]))]),
        (long.as_str(), vec![change("name", Cell::Text("x".to_owned()))]),
        (nul.as_str(), vec![change("name", Cell::Text("x".to_owned()))]),
        ("attention", vec![change("title", Cell::Text("x".to_owned()))]),
    ];
    let sent = intents.len();
    for (entity, fields) in intents {
        anna.seal(Intent {
            entity: entity.to_owned(),
            verb: Verb::Create,
            kind_version: 1,
            id: daybook_server::ids::opaque_id(),
            base_version: 0,
            changes: RecordChanges { fields, children: Vec::new() },
            loser: None,
        });
    }
    anna.creates(&CUSTOMER, &[("name", "Fine")]);
    let receipts = anna.syncs().await;
    assert!(receipts[..sent].iter().all(|receipt| matches!(receipt, Receipt::Rejected { .. })));
    assert!(receipts[sent].has_effect());
    // What could be read of it is in Attention, and every item can be read.
    assert!(anna.attention().len() >= sent - 1, "{}", anna.attention().len());
    assert_eq!(office.count("SELECT count(*) FROM customer"), 1);
}

#[tokio::test]
async fn the_longest_note_that_two_people_changed_can_be_decided() {
    let office = Office::open().await;
    let mut anna = Desk::filled(&office.admin).await;
    let id = anna.creates(&CUSTOMER, &[("name", "Miller")]);
    anna.syncs().await;
    let mut bob = Desk::filled(&office.admin).await;
    let long = |first: &str| format!("{first}{}", "\"\n\u{1}\u{7f}".repeat(4_900)) + "end";
    for (desk, word) in [(&mut anna, "anna"), (&mut bob, "bob")] {
        let seen = desk.holds("customer", id).clone();
        let mut left = seen.clone();
        left.values.set("notes", Value::Text(long(word)));
        desk.seal(draft::update(&seen, &left).unwrap());
        desk.syncs().await;
    }
    let items = bob.attention();
    let row = &items[0].collection("attention_field")[0].values;
    let mine: Cell = serde_json::from_str(row.get("mine").text().unwrap()).unwrap();
    assert_eq!(mine, Cell::Text(long("bob")));
}
