//! What a device receives: pages, checkpoints, a fresh fill, and changes that no device made.

use std::collections::BTreeSet;

use daybook_server::store::tenant::sync::bucket::key;
use domain::masters::{BRANCH, CUSTOMER, WAREHOUSE};
use domain::record::{ChildRow, Value, Values, row_facts};
use sync_protocol::device::draft;
use sync_protocol::message::{Frame, Pull};

use super::copy::{Copy, apply};
use super::desk::Desk;
use super::office::Office;

/// Customers by SQL, quickly: the statement is one transaction.
pub fn many(office: &Office, count: usize) {
    office.sql(&format!(
        "INSERT INTO customer (id, version, created_at, created_by, updated_at, updated_by, name, notes)
         SELECT gen_random_uuid(), 1, now(), gen_random_uuid(), now(), gen_random_uuid(),
                'Customer ' || n, repeat('note, ', 40) || 'end'
         FROM generate_series(1, {count}) AS n"
    ));
}

#[tokio::test]
async fn a_change_by_sql_arrives_with_a_new_version_and_the_digests_are_taken_anew() {
    let office = Office::open().await;
    let mut anna = Desk::filled(&office.admin).await;
    let mut draft = anna.drafts(&CUSTOMER, &[("name", "Miller")]);
    let contact = CUSTOMER.child("customer_contact").unwrap();
    let mut values = Values::empty(contact);
    values.set("name", Value::Text("Mary".to_owned()));
    draft.put_child(ChildRow { id: uuid::Uuid::from_u128(7), values });
    anna.seal(draft::create(&draft));
    anna.syncs().await;
    let id = draft.id();
    office.sql("UPDATE customer SET city = 'Leeds'");
    anna.pulls().await;
    assert_eq!(anna.text("customer", id, "city"), "Leeds");
    assert_eq!(anna.holds("customer", id).head.version, 2);
    // A row of the record changes the record.
    office.sql("UPDATE customer_contact SET name = 'Maria'");
    anna.pulls().await;
    assert_eq!(anna.holds("customer", id).head.version, 3);
    let row = anna.holds("customer", id).collection("customer_contact")[0].clone();
    assert_eq!(row.values.get("name").text(), Some("Maria"));
    office.sql("DELETE FROM customer_contact");
    anna.pulls().await;
    assert!(anna.holds("customer", id).children().is_empty());
    assert_eq!(office.count("SELECT count(*) FROM sync_digest WHERE fields IS NULL"), 0);
    office.sql("DELETE FROM customer");
    anna.pulls().await;
    assert!(!anna.copy.contains_key(&("customer".to_owned(), id)));
    // The judge and the device go on from there.
    anna.creates(&CUSTOMER, &[("name", "Next")]);
    anna.syncs().await;
}

#[tokio::test]
async fn many_rows_of_one_transaction_come_in_pages_and_end_in_one_checkpoint() {
    let office = Office::open().await;
    let mut anna = Desk::filled(&office.admin).await;
    let mut late = anna.clone();
    many(&office, 24_000);
    let first = anna.pulls_page(None).await;
    let puts = |frames: &[Frame]| frames.iter().filter(|f| matches!(f, Frame::Put { .. })).count();
    assert!(first.page.is_some() && first.cursor.is_none());
    assert!(puts(&first.frames) < 24_000);
    // Between two pages, rows that were sent and rows that were not change and go.
    office.sql("UPDATE customer SET city = 'Leeds' WHERE name LIKE '%00'");
    office.sql("DELETE FROM customer WHERE name LIKE '%07'");
    let mut copy = anna.copy.clone();
    apply(&mut copy, &first.frames);
    let mut page = first.page;
    let mut pages = 1;
    let digests = loop {
        let next = anna.pulls_page(page).await;
        apply(&mut copy, &next.frames);
        pages += 1;
        page = next.page;
        if next.cursor.is_some() {
            break next.digests;
        }
    };
    assert!(pages > 1);
    anna.copy = copy;
    anna.proves(&digests);
    assert_eq!(anna.copy.keys().filter(|(name, _)| name == "customer").count(), 23_761);
    late.pulls().await;
    assert_eq!(late.copy, anna.copy);
}

/// What each page said of the rows that follow, beside how many did.
fn told(frames: &[Frame]) -> Vec<(Option<u64>, u64)> {
    let mut told = Vec::new();
    for frame in frames {
        match frame {
            Frame::Page { left, .. } => told.push((*left, 0)),
            Frame::Put { .. } => told.iter_mut().for_each(|(_, rows)| *rows += 1),
            _ => {}
        }
    }
    told
}

#[tokio::test]
async fn a_page_says_how_many_rows_follow_of_those_that_the_person_sees() {
    let office = Office::open().await;
    let tina = office.colleague("tina", "sales").await;
    let mut desk = Desk::filled(&tina).await;
    many(&office, 24_000);
    // Most are hers. She sees no others and no suppliers, and does not hear how many there are.
    let hers = format!("UPDATE customer SET owner_id = '{}' WHERE name NOT LIKE '%7'", desk.user);
    office.sql(&hers);
    office.sql(
        "INSERT INTO supplier (id, version, created_at, created_by, updated_at, updated_by, name)
         SELECT gen_random_uuid(), 1, now(), gen_random_uuid(), now(), gen_random_uuid(), 'S ' || n
         FROM generate_series(1, 700) AS n",
    );
    let (mut frames, mut page) = (Vec::new(), None);
    loop {
        let stream = desk.pulls_page(page).await;
        page = stream.page;
        frames.extend(stream.frames);
        if page.is_none() {
            break;
        }
    }
    let pages = told(&frames);
    assert!(!pages.is_empty());
    assert!(pages.iter().all(|(left, rows)| *left == Some(*rows)), "{pages:?}");
    // The sums are true again, and a fill says how much it is from its first page on.
    let mut fresh = Desk::of(&tina).await;
    fresh.says_hello().await;
    let pages = told(&fresh.snapshot_from(None).await.frames);
    assert!(pages.len() > 1 && pages[0].1 > 15_000, "{pages:?}");
    assert!(pages.iter().all(|(left, rows)| *left == Some(*rows)), "{pages:?}");
}

#[tokio::test]
async fn a_snapshot_that_broke_off_goes_on_and_equals_a_pull() {
    let office = Office::open().await;
    let mut by_pull = Desk::filled(&office.admin).await;
    many(&office, 12_000);
    let mut by_fill = Desk::of(&office.admin).await;
    by_fill.says_hello().await;
    let whole = by_fill.snapshot_from(None).await;
    assert!(whole.cursor.is_some());
    let pages: Vec<usize> = whole
        .frames
        .iter()
        .enumerate()
        .filter_map(|(at, frame)| matches!(frame, Frame::Page { .. }).then_some(at))
        .collect();
    assert!(pages.len() >= 2, "{pages:?}");
    // The connection broke off somewhere after the second page: what came until then is kept.
    let Frame::Page { token, .. } = whole.frames[pages[1]].clone() else { unreachable!() };
    let mut copy = Copy::default();
    apply(&mut copy, &whole.frames[..pages[1]]);
    // Meanwhile, the world goes on.
    office.sql("UPDATE customer SET city = 'Leeds' WHERE name LIKE '%3'");
    office.sql("DELETE FROM customer WHERE name LIKE '%4'");
    let rest = by_fill.snapshot_from(Some(token)).await;
    apply(&mut copy, &rest.frames);
    assert_eq!(rest.cursor, whole.cursor);
    by_fill.copy = copy;
    by_fill.stands_at(&rest);
    by_fill.pulls().await;
    by_pull.pulls().await;
    assert_eq!(by_fill.copy, by_pull.copy);
    assert_eq!(by_fill.copy.keys().filter(|(name, _)| name == "customer").count(), 10_800);
}

#[tokio::test]
async fn kept_digests_are_what_a_scan_gives_after_much_work() {
    let office = Office::open().await;
    let mut anna = Desk::filled(&office.admin).await;
    let mut ids = Vec::new();
    for number in 0..20 {
        ids.push(anna.creates(&CUSTOMER, &[("name", &format!("C{number}")), ("code", "dup")]));
    }
    anna.syncs().await;
    // More transactions than are kept unfolded.
    for (round, id) in ids.iter().cycle().take(70).enumerate() {
        anna.edits("customer", *id, &[("city", &format!("City {round}"))]);
        anna.syncs().await;
    }
    for id in &ids[..5] {
        anna.retires("customer", *id);
    }
    anna.syncs().await;
    let parts = "SELECT count(*) FROM sync_digest WHERE entity = 'customer'";
    assert!(office.count(parts) < 100, "they were folded");
    let kept: Vec<_> = ["customer", "attention"].map(|entity| anna.sum(entity)).into();
    // Forgotten and taken anew, they are the same: the pull proves it against the device's copy.
    office.sql("DELETE FROM sync_digest WHERE entity IN ('customer', 'attention')");
    office.sql("UPDATE customer SET version = version + 1 WHERE name = 'C0'");
    office.sql("UPDATE customer SET version = version - 1 WHERE name = 'C0'");
    office.sql("UPDATE attention SET version = version + 1 WHERE title = 'C1'");
    office.sql("UPDATE attention SET version = version - 1 WHERE title = 'C1'");
    anna.pulls().await;
    assert_eq!(kept, ["customer", "attention"].map(|entity| anna.sum(entity)));
}

#[tokio::test]
async fn a_place_that_is_not_reached_is_waited_for_and_then_refused_for_now() {
    let office = Office::open().await;
    let anna = Desk::filled(&office.admin).await;
    let request = Pull { at_least: 1_000_000, ..anna.pull() };
    let answer = anna.asks("pull", &request).await;
    answer.assert_problem(503, "unavailable");
    assert!(answer.header("retry-after").is_some());
    let forged = Pull { at_least: 0, page: Some(vec![1, 2, 3].into()), ..request };
    anna.asks("pull", &forged).await.assert_problem(422, "invalid_fields");
}

#[tokio::test]
async fn only_what_is_declared_is_synced_and_every_declared_table_is() {
    let office = Office::open().await;
    let watched = office.sql(
        "SELECT c.relname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
         WHERE t.tgname = 'sync_updated' ORDER BY 1",
    );
    let mut declared: Vec<_> = domain::synced::tables().map(|entity| entity.name).collect();
    declared.sort_unstable();
    assert_eq!(watched, declared);
}

#[tokio::test]
async fn the_database_puts_each_row_into_the_bucket_that_the_rules_read_of_it() {
    let office = Office::open().await;
    let mut anna = Desk::filled(&office.admin).await;
    let company = anna.copy.keys().find(|(entity, _)| entity == "company").unwrap().1.to_string();
    let branch = |name, kind| [("name", name), ("kind", kind), ("company_id", company.as_str())];
    let north = anna.creates(&BRANCH, &branch("North", "branch")).to_string();
    let sales = anna.creates(&BRANCH, &branch("Sales", "department")).to_string();
    let place = [("branch_id", north.as_str()), ("company_id", company.as_str())];
    anna.creates(&WAREHOUSE, &[&[("name", "Quay"), ("kind", "stock")], &place[..]].concat());
    let department = [("department_id", sales.as_str()), ("name", "Miller")];
    anna.creates(&CUSTOMER, &[&department[..], &place[..]].concat());
    // Refused, and so an item of Attention.
    anna.creates(&CUSTOMER, &[("city", "Leeds")]);
    anna.syncs().await;
    let told = office.sql(
        "SELECT m.entity || ' ' || m.row_id || ' ' || b.key FROM sync_member m
         JOIN sync_bucket b USING (bucket) WHERE m.present",
    );
    let told: BTreeSet<String> = told.into_iter().collect();
    let read = anna
        .copy
        .iter()
        .map(|((entity, id), record)| format!("{entity} {id} {}", key(&row_facts(record))));
    for row in read {
        assert!(told.contains(&row), "{row}");
    }
    let buckets = office.count("SELECT count(*) FROM sync_bucket");
    assert!(buckets > 4, "{buckets}");
}
