//! Who works in a branch holds its rows and pays for no others: rows move between branches, people too, and of a
//! copy that went bad only the bad part is sent again.

use domain::masters::{BRANCH, CUSTOMER};
use domain::permissions::{Lease, Permission, Reach, Role, RowRule};
use sync_protocol::message::{Frame, HelloReply, Pull, Standing};
use uuid::Uuid;

use super::copy::apply;
use super::desk::{Desk, Stream};
use super::office::{Office, SLUG};

/// An office with two branches, and the clerk of the northern one.
struct Branches {
    office: Office,
    anna: Desk,
    north: Uuid,
    south: Uuid,
    clerk: Desk,
}

impl Branches {
    async fn open() -> Self {
        let office = Office::open().await;
        let mut anna = Desk::filled(&office.admin).await;
        let company = anna.copy.keys().find(|(entity, _)| entity == "company").unwrap().1;
        let company = company.to_string();
        let mut branch = |name: &str| {
            let fields = [("name", name), ("kind", "branch"), ("company_id", company.as_str())];
            anna.creates(&BRANCH, &fields)
        };
        let (north, south) = (branch("North"), branch("South"));
        assert!(anna.syncs().await.iter().all(|receipt| receipt.has_effect()));
        let role = Role {
            key: "clerk".into(),
            inherits: ["accountant".to_owned()].into(),
            scopes: [Reach::Branch].into(),
            ..Role::default()
        };
        office.adds_role(&role).await;
        let clerk = office.colleague("carl", "clerk").await;
        office.hub.runs(&["user", "place", SLUG, &clerk.email, "--branch", &north.to_string()]);
        let clerk = Desk::filled(&clerk).await;
        Self { office, anna, north, south, clerk }
    }

    fn customer(&mut self, name: &str, branch: Uuid) -> Uuid {
        self.anna.creates(&CUSTOMER, &[("name", name), ("branch_id", &branch.to_string())])
    }
}

fn holds(desk: &Desk, customer: Uuid) -> bool {
    desk.copy.contains_key(&("customer".to_owned(), customer))
}

fn rows_in(stream: &Stream) -> usize {
    stream.frames.iter().filter(|frame| matches!(frame, Frame::Put { .. })).count()
}

/// Hears of other rights and takes the new lease.
async fn hears_of_rights(desk: &mut Desk) {
    let reply = loop {
        let answer = desk.asks("hello", &desk.hello()).await;
        let reply: HelloReply = desk.read(&answer);
        if reply.policy_version != desk.held {
            break reply;
        }
        tokio::task::yield_now().await;
    };
    assert_eq!(reply.standing, Standing::Ok);
    let lease: Lease = sync_protocol::wire::decode(&reply.lease.unwrap().bytes).unwrap();
    desk.grants = lease.grants;
}

#[tokio::test]
async fn a_row_that_moves_to_another_branch_leaves_there_and_enters_here_in_one_checkpoint() {
    let mut it = Branches::open().await;
    let (north, south) = (it.north, it.south);
    let here = it.customer("Northern", north);
    let there = it.customer("Zebra Quartz", south);
    it.anna.syncs().await;
    it.clerk.pulls().await;
    assert!(holds(&it.clerk, here) && !holds(&it.clerk, there));
    assert!(!it.clerk.heard("Zebra Quartz"));
    // What happens in the south costs the north nothing.
    it.anna.edits("customer", there, &[("city", "Genoa")]);
    it.anna.syncs().await;
    let page = it.clerk.pulls_page(None).await;
    assert!(page.frames.iter().all(|frame| matches!(frame, Frame::Checkpoint { .. })));

    it.anna.edits("customer", here, &[("branch_id", &south.to_string())]);
    it.anna.edits("customer", there, &[("branch_id", &north.to_string())]);
    it.anna.syncs().await;
    let page = it.clerk.pulls_page(None).await;
    let left = page.frames.iter().filter(|frame| matches!(frame, Frame::Leave { .. }));
    assert_eq!((left.count(), rows_in(&page)), (1, 1));
    it.clerk.pulls().await;
    assert!(!holds(&it.clerk, here) && holds(&it.clerk, there));

    // There and back again before anybody looks: nothing left.
    it.anna.edits("customer", there, &[("branch_id", &south.to_string())]);
    it.anna.syncs().await;
    it.anna.edits("customer", there, &[("branch_id", &north.to_string())]);
    it.anna.syncs().await;
    let page = it.clerk.pulls_page(None).await;
    assert!(!page.frames.iter().any(|frame| matches!(frame, Frame::Leave { .. })));
    it.clerk.pulls().await;
    assert!(holds(&it.clerk, there));

    // By SQL, with thousands of others, in one transaction; and gone for good.
    it.office.sql(&format!(
        "INSERT INTO customer (id, version, created_at, created_by, updated_at, updated_by, name, branch_id)
         SELECT gen_random_uuid(), 1, now(), gen_random_uuid(), now(), gen_random_uuid(), 'Many ' || n, '{south}'
         FROM generate_series(1, 3000) AS n"
    ));
    it.office.sql("UPDATE customer SET branch_id = CASE branch_id
         WHEN (SELECT id FROM branch WHERE name = 'North') THEN (SELECT id FROM branch WHERE name = 'South')
         ELSE (SELECT id FROM branch WHERE name = 'North') END WHERE branch_id IS NOT NULL");
    it.clerk.pulls().await;
    assert!(holds(&it.clerk, here) && !holds(&it.clerk, there));
    let customers = it.clerk.copy.keys().filter(|(entity, _)| entity == "customer").count();
    assert_eq!(customers, 3_001);
    it.office.sql("DELETE FROM customer WHERE name LIKE 'Many %'");
    it.clerk.pulls().await;
    assert!(it.clerk.copy.keys().filter(|(entity, _)| entity == "customer").count() == 1);
    // Every digest agrees, also that of who sees everything.
    it.anna.pulls().await;
}

#[tokio::test]
async fn who_is_placed_in_another_branch_is_sent_its_rows_and_loses_the_others_and_nothing_else() {
    let mut it = Branches::open().await;
    let (north, south) = (it.north, it.south);
    let here: Vec<Uuid> = (0..5).map(|n| it.customer(&format!("N{n}"), north)).collect();
    let there: Vec<Uuid> = (0..7).map(|n| it.customer(&format!("S{n}"), south)).collect();
    it.anna.syncs().await;
    it.clerk.pulls().await;
    let email = it.clerk.device.person.email.clone();
    it.office.hub.runs(&["user", "place", SLUG, &email, "--branch", &south.to_string()]);
    hears_of_rights(&mut it.clerk).await;
    let page = it.clerk.pulls_page(None).await;
    // Seven customers and the branch itself, which belongs to itself.
    assert_eq!(rows_in(&page), there.len() + 1, "{:?}", page.frames);
    it.clerk.pulls().await;
    assert!(there.iter().all(|id| holds(&it.clerk, *id)));
    assert!(!here.iter().any(|id| holds(&it.clerk, *id)));
    // Asked again under what is held by now, there is nothing.
    assert_eq!(rows_in(&it.clerk.pulls_page(None).await), 0);
}

#[tokio::test]
async fn a_field_that_is_hidden_is_emptied_and_one_that_is_shown_again_is_sent() {
    let mut it = Branches::open().await;
    let north = it.north;
    let id = it.anna.creates(
        &CUSTOMER,
        &[("name", "Kontor"), ("branch_id", &north.to_string()), ("credit_limit", "98765.25")],
    );
    it.anna.syncs().await;
    let bob = it.office.colleague("bob", "accountant").await;
    let mut bob = Desk::filled(&bob).await;
    assert!(!bob.holds("customer", id).get("credit_limit").is_null());
    let reader = Role {
        key: "reader".into(),
        permissions: [(Permission::MASTER_CUSTOMER_VIEW, RowRule::All)].into(),
        scopes: [Reach::All].into(),
        ..Role::default()
    };
    it.office.adds_role(&reader).await;
    it.office.assigns(&bob.device.person.email, &["reader"]).await;
    hears_of_rights(&mut bob).await;
    let page = bob.pulls_page(None).await;
    assert_eq!(rows_in(&page), 0, "what is emptied is not sent again");
    bob.pulls().await;
    assert!(bob.holds("customer", id).get("credit_limit").is_null());
    assert_eq!(bob.text("customer", id, "name"), "Kontor");
    assert!(!bob.copy.keys().any(|(entity, _)| entity == "supplier"));
    it.office.assigns(&bob.device.person.email, &["accountant"]).await;
    hears_of_rights(&mut bob).await;
    bob.pulls().await;
    assert!(!bob.holds("customer", id).get("credit_limit").is_null());
}

#[tokio::test]
async fn a_part_that_is_doubted_is_told_bucket_by_bucket_and_sent_anew() {
    let mut it = Branches::open().await;
    let (north, south) = (it.north, it.south);
    let ids: Vec<Uuid> = (0..4).map(|n| it.customer(&format!("N{n}"), north)).collect();
    it.customer("S", south);
    it.anna.syncs().await;
    let mut anna = it.anna.clone();
    anna.pulls().await;
    let doubtful = vec!["customer".to_owned()];
    let told = anna.asks("pull", &Pull { doubtful: doubtful.clone(), ..anna.pull() }).await;
    let told = anna.stream(&told.body);
    let total = told.digests.iter().find(|digest| digest.entity == "customer").unwrap();
    assert_eq!(told.parts.iter().map(|part| part.rows).sum::<u64>(), total.rows);
    let of_north = told.parts.iter().find(|part| part.rows == 4).unwrap();
    let anew = vec![("customer".to_owned(), of_north.bucket)];
    let request = Pull { doubtful, anew: anew.clone(), ..anna.pull() };
    let sent = anna.asks("pull", &request).await;
    let sent = anna.stream(&sent.body);
    assert_eq!(rows_in(&sent), ids.len());
    // What somebody may not see is not sent, however it is asked for.
    it.clerk.pulls().await;
    let of_south = told.parts.iter().find(|part| part.rows == 1).unwrap();
    let anew = vec![("customer".to_owned(), of_south.bucket), ("supplier".to_owned(), 1)];
    let asked = Pull { anew, ..it.clerk.pull() };
    let sent = it.clerk.asks("pull", &asked).await;
    let sent = it.clerk.stream(&sent.body);
    assert_eq!(rows_in(&sent), 0);
    assert!(sent.parts.is_empty());
}

#[tokio::test]
async fn rights_that_change_between_two_pages_leave_nothing_of_what_the_first_page_showed() {
    let mut it = Branches::open().await;
    let (north, south) = (it.north, it.south);
    let there: Vec<Uuid> = (0..3).map(|n| it.customer(&format!("S{n}"), south)).collect();
    it.anna.syncs().await;
    it.office.sql(&format!(
        "INSERT INTO customer (id, version, created_at, created_by, updated_at, updated_by, name, branch_id)
         SELECT gen_random_uuid(), 1, now(), gen_random_uuid(), now(), gen_random_uuid(), 'Many ' || n, '{north}'
         FROM generate_series(1, 24000) AS n"
    ));
    let first = it.clerk.pulls_page(None).await;
    assert!(first.page.is_some() && rows_in(&first) > 10_000);
    let email = it.clerk.device.person.email.clone();
    it.office.hub.runs(&["user", "place", SLUG, &email, "--branch", &south.to_string()]);
    hears_of_rights(&mut it.clerk).await;
    let (mut copy, mut page) = (it.clerk.copy.clone(), first.page);
    apply(&mut copy, &first.frames);
    let end = loop {
        let next = it.clerk.pulls_page(page).await;
        apply(&mut copy, &next.frames);
        if next.cursor.is_some() {
            break next;
        }
        page = next.page;
    };
    it.clerk.copy = copy;
    it.clerk.stands_at(&end);
    it.clerk.proves(&end.digests);
    assert!(there.iter().all(|id| holds(&it.clerk, *id)));
    assert_eq!(it.clerk.copy.keys().filter(|(entity, _)| entity == "customer").count(), 3);
}
