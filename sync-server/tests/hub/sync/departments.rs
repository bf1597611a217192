//! Who works in a department sees its rows and those of every department below it, as the tree stands.

use daybook_server::tenant::look_after::look_after_stirred;
use domain::masters::{BRANCH, CUSTOMER};
use domain::permissions::Lease;
use sync_protocol::message::{Frame, HelloReply, Standing};
use uuid::Uuid;

use super::desk::Desk;
use super::office::{Office, SLUG};

/// A department of the tenant's company, perhaps below another.
fn department(desk: &mut Desk, name: &str, parent: Option<Uuid>) -> Uuid {
    let company = desk.copy.keys().find(|(entity, _)| entity == "company").unwrap().1;
    let (company, parent) = (company.to_string(), parent.map(|id| id.to_string()));
    let mut fields = vec![("name", name), ("kind", "department"), ("company_id", &company)];
    fields.extend(parent.as_deref().map(|parent| ("parent", parent)));
    desk.creates(&BRANCH, &fields)
}

fn customer(desk: &mut Desk, name: &str, department: Uuid) -> Uuid {
    desk.creates(&CUSTOMER, &[("name", name), ("department_id", &department.to_string())])
}

/// Says hello until the hub that serves has heard of the new policy, and takes what it brings.
async fn learns_of_new_rights(office: &Office, desk: &mut Desk) -> Standing {
    // As the hub does each second.
    look_after_stirred(&office.hub.hub).await;
    let reply = loop {
        let answer = desk.asks("hello", &desk.hello()).await;
        let reply: HelloReply = desk.read(&answer);
        if reply.policy_version != desk.policy_version {
            break reply;
        }
        tokio::task::yield_now().await;
    };
    let lease = reply.lease.expect("rights changed: a new lease");
    let lease: Lease = sync_protocol::wire::decode(&lease.bytes).unwrap();
    desk.grants = lease.grants;
    desk.policy_version = reply.policy_version;
    reply.standing
}

/// Is led over to what its person sees now; nothing of what they saw before is sent again.
async fn is_led_over(office: &Office, desk: &mut Desk) {
    let standing = learns_of_new_rights(office, desk).await;
    assert_eq!(standing, Standing::Ok);
    let before = desk.copy.clone();
    let page = desk.pulls_page(None).await;
    for frame in &page.frames {
        if let Frame::Put { row, .. } = frame {
            let known = ("customer".to_owned(), row.id());
            assert!(!before.contains_key(&known), "sent again: {row:?}");
        }
    }
    desk.pulls().await;
}

impl Office {
    /// Lets somebody work in a department, as an operator does.
    fn places(&self, email: &str, department: Uuid) {
        let department = department.to_string();
        self.hub.runs(&["user", "place", SLUG, email, "--department", &department]);
    }
}

fn sees(desk: &Desk, customer: Uuid) -> bool {
    desk.copy.contains_key(&("customer".to_owned(), customer))
}

#[tokio::test]
async fn a_department_and_what_is_below_it_is_seen_until_it_is_moved_away() {
    let office = Office::open().await;
    let mut anna = Desk::filled(&office.admin).await;
    let sales = department(&mut anna, "Sales", None);
    let north = department(&mut anna, "Sales north", Some(sales));
    let harbour = department(&mut anna, "Sales harbour", Some(north));
    let service = department(&mut anna, "Service", None);
    let own = customer(&mut anna, "Of sales", sales);
    let below = customer(&mut anna, "Of the north", north);
    let far_below = customer(&mut anna, "Of the harbour", harbour);
    let beside = customer(&mut anna, "Quartz Zebra", service);
    assert!(anna.syncs().await.iter().all(|receipt| receipt.has_effect()));
    let tina = office.colleague("tina", "sales").await;
    office.places(&tina.email, sales);
    let mut tina = Desk::filled(&tina).await;
    assert!(sees(&tina, own) && sees(&tina, below) && sees(&tina, far_below));
    assert!(!sees(&tina, beside) && !tina.heard("Quartz Zebra"));

    // What enters the tree below is seen from then on.
    let south = department(&mut anna, "Sales south", Some(sales));
    anna.syncs().await;
    is_led_over(&office, &mut tina).await;
    let later = customer(&mut anna, "Of the south", south);
    anna.syncs().await;
    tina.syncs().await;
    assert!(sees(&tina, later));

    // What is moved away is gone, with all below it, and cannot be written any more.
    let seen = tina.holds("customer", far_below).clone();
    anna.edits("branch", north, &[("parent", &service.to_string())]);
    anna.syncs().await;
    is_led_over(&office, &mut tina).await;
    assert!(sees(&tina, own) && sees(&tina, later));
    assert!(!sees(&tina, below) && !sees(&tina, far_below) && !sees(&tina, beside));
    let mut left = seen.clone();
    super::desk::write(&mut left, &[("city", "Oslo")]);
    tina.seal(sync_protocol::device::draft::update(&seen, &left).unwrap());
    assert!(!tina.syncs().await[0].has_effect());

    // And back again.
    anna.edits("branch", north, &[("parent", &sales.to_string())]);
    anna.syncs().await;
    is_led_over(&office, &mut tina).await;
    assert!(sees(&tina, below) && sees(&tina, far_below));
}

#[tokio::test]
async fn the_tree_asks_nobody_to_fetch_anew_whose_rights_do_not_depend_on_it() {
    let office = Office::open().await;
    let mut anna = Desk::filled(&office.admin).await;
    let version = "SELECT policy_version FROM tenant_settings";
    let before = office.count(version);
    let sales = department(&mut anna, "Sales", None);
    let north = department(&mut anna, "Sales north", Some(sales));
    anna.syncs().await;
    // Nobody is in a department.
    assert_eq!(office.count(version), before);
    let tina = office.colleague("tina", "sales").await;
    office.places(&tina.email, sales);
    assert_eq!(office.count(version), before + 1);
    // The same once more is no change.
    office.places(&tina.email, sales);
    assert_eq!(office.count(version), before + 1);
    // A name is no place in the tree.
    anna.edits("branch", north, &[("name", "North")]);
    anna.syncs().await;
    assert_eq!(office.count(version), before + 1);
    anna.edits("branch", north, &[("parent", "")]);
    anna.syncs().await;
    assert_eq!(office.count(version), before + 2);
    // Anna sees everything before and after, and goes on with what she holds.
    assert_eq!(learns_of_new_rights(&office, &mut anna).await, Standing::Ok);
}
