//! What people do at a device without a network, and what they are told.

use contract::{
    AttentionItem, Cell, Change, ChildAction, ChildChange, Command, Decision, EntityView, Failure,
    FailureCode, Filter, ListPage, ListRequest, RecordChanges, RecordView, Relation, Reply, Saved,
    SyncState,
};
use domain::attention::{ATTENTION, FIELD_ROWS};
use domain::masters::{CURRENCY, CUSTOMER, SUPPLIER};
use domain::permissions::StandardRole;
use domain::record::Record;
use sync_protocol::op::Verb;
use uuid::Uuid;

use crate::desk::{ANNA, Desk};

pub(super) fn to(field: &str, text: &str) -> Change {
    Change { field: field.to_owned(), from: None, to: Cell::from(text) }
}

pub(super) fn fields(changes: &[(&str, &str)]) -> RecordChanges {
    let fields = changes.iter().map(|(field, text)| to(field, text)).collect();
    RecordChanges { fields, children: Vec::new() }
}

pub(super) fn save(
    desk: &Desk,
    entity: &str,
    id: Option<Uuid>,
    changes: RecordChanges,
) -> Result<Saved, Failure> {
    match desk.call(Command::Save { entity: entity.to_owned(), id, changes })? {
        Reply::Saved(saved) => Ok(saved),
        reply => panic!("a save answers with what was saved, not {reply:?}"),
    }
}

pub(super) fn get(desk: &Desk, entity: &str, id: &str) -> Result<RecordView, Failure> {
    match desk.call(Command::Get { entity: entity.to_owned(), id: id.to_owned() })? {
        Reply::Record(record) => Ok(record),
        reply => panic!("a get answers with a record, not {reply:?}"),
    }
}

pub(super) fn request(entity: &str) -> ListRequest {
    ListRequest {
        entity: entity.to_owned(),
        filters: Vec::new(),
        search: None,
        sort: None,
        offset: 0,
        limit: 100,
        retired: false,
    }
}

pub(super) fn list(desk: &Desk, request: ListRequest) -> Result<ListPage, Failure> {
    match desk.call(Command::List(request))? {
        Reply::List(page) => Ok(page),
        reply => panic!("a list answers with a page, not {reply:?}"),
    }
}

pub(super) fn described(desk: &Desk) -> Vec<EntityView> {
    match desk.call(Command::Describe).unwrap() {
        Reply::Entities(entities) => entities,
        reply => panic!("a description is one of entities, not {reply:?}"),
    }
}

fn attention(desk: &Desk) -> Vec<AttentionItem> {
    match desk.call(Command::AttentionList).unwrap() {
        Reply::Attention(items) => items,
        reply => panic!("Attention is a list of items, not {reply:?}"),
    }
}

#[tokio::test]
async fn a_customer_is_made_with_a_contact_and_a_currency_known_by_its_code() {
    let desk = Desk::of(StandardRole::Manager);
    let euro = desk.record(&CURRENCY, &[("iso_code", "EUR"), ("name", "Euro")]);
    desk.receive(std::slice::from_ref(&euro));
    let mut changes = fields(&[("name", "Ada & Söhne"), ("code", "K-1"), ("currency", "eur")]);
    changes.children.push(ChildChange {
        entity: "customer_contact".to_owned(),
        id: Uuid::nil(),
        action: ChildAction::Add,
        fields: vec![to("name", "Bo")],
    });
    let saved = save(&desk, "customer", None, changes).unwrap();

    let record = &saved.record;
    assert_eq!(record.fields["currency"], Cell::Id(euro.id()));
    assert_eq!(record.titles[&euro.id()], "Euro");
    assert_eq!(record.sync.state, SyncState::Pending);
    assert!(!record.children["customer_contact"][0].id.is_nil());
    assert_eq!(get(&desk, "customer", "k-1").unwrap().id, record.id);
    let ops = desk.waiting();
    assert_eq!((ops.len(), ops[0].lease_serial), (1, 17));
    assert!(ops[0].needs.is_empty(), "the currency is the hub's already");
}

#[tokio::test]
async fn work_on_a_record_that_the_hub_has_not_seen_says_what_it_builds_on() {
    let desk = Desk::of(StandardRole::Admin);
    let made =
        save(&desk, "item_category", None, fields(&[("name", "Bolts"), ("code", "B")])).unwrap();
    let below = fields(&[("name", "Steel bolts"), ("code", "BS"), ("parent", "B")]);
    save(&desk, "item_category", None, below).unwrap();
    save(&desk, "item_category", Some(made.record.id), fields(&[("notes", "short")])).unwrap();
    let ops = desk.waiting();
    assert_eq!(ops[1].needs, [ops[0].op_id]);
    assert_eq!(ops[2].needs, [ops[0].op_id]);
}

#[tokio::test]
async fn everything_that_is_wrong_is_said_at_once_and_nothing_is_kept() {
    let desk = Desk::of(StandardRole::Manager);
    let wrong = fields(&[("email", "no address"), ("discount_percent", "120"), ("colour", "red")]);
    let failure = save(&desk, "customer", None, wrong).unwrap_err();
    assert_eq!(failure.code, FailureCode::Refused);
    let mut wrong: Vec<_> = failure.problems.iter().map(|problem| problem.field.as_str()).collect();
    wrong.sort_unstable();
    assert_eq!(wrong, ["colour", "discount_percent", "email", "name"]);
    assert!(desk.waiting().is_empty());
}

#[tokio::test]
async fn a_code_stands_once_and_a_tax_id_twice_only_warns() {
    let desk = Desk::of(StandardRole::Manager);
    let first = [("name", "Ada"), ("code", "K-1"), ("country", "DE"), ("tax_id", "DE136695976")];
    save(&desk, "customer", None, fields(&first)).unwrap();
    let failure =
        save(&desk, "customer", None, fields(&[("name", "Bo"), ("code", "k-1")])).unwrap_err();
    assert_eq!(failure.problems[0].rule, "unique");
    let twin = [("name", "Ada again"), ("country", "DE"), ("tax_id", "DE136695976")];
    let saved = save(&desk, "customer", None, fields(&twin)).unwrap();
    assert_eq!(saved.warnings[0].field, "tax_id");
    assert!(saved.warnings[0].message.contains("Ada"));
}

#[tokio::test]
async fn an_edit_says_what_the_person_saw_and_not_what_came_meanwhile() {
    let desk = Desk::of(StandardRole::Manager);
    let mut customer = desk.record(&CUSTOMER, &[("name", "Ada"), ("city", "Bonn")]);
    desk.receive(std::slice::from_ref(&customer));
    // The form was opened on Bonn; then a sync brought Köln.
    customer.values.set("city", domain::record::Value::Text("Köln".to_owned()));
    customer.head.version = 2;
    desk.receive(std::slice::from_ref(&customer));
    let change = |field: &str, from: &str, to: &str| Change {
        field: field.to_owned(),
        from: Some(Cell::from(from)),
        to: Cell::from(to),
    };
    let changes = RecordChanges { fields: vec![change("city", "Bonn", "Graz")], children: vec![] };
    save(&desk, "customer", Some(customer.id()), changes).unwrap();
    let ops = desk.waiting();
    assert_eq!(ops[0].intent.changes.fields, [change("city", "Bonn", "Graz")]);
    assert_eq!(
        get(&desk, "customer", &customer.id().to_string()).unwrap().fields["city"],
        Cell::from("Graz")
    );
}

#[tokio::test]
async fn saving_what_stands_already_makes_no_work() {
    let desk = Desk::of(StandardRole::Manager);
    let customer = desk.record(&CUSTOMER, &[("name", "Ada")]);
    desk.receive(std::slice::from_ref(&customer));
    save(&desk, "customer", Some(customer.id()), fields(&[("name", " Ada ")])).unwrap();
    assert!(desk.waiting().is_empty());
}

#[tokio::test]
async fn a_form_is_told_what_a_new_row_begins_with() {
    let desk = Desk::of(StandardRole::Manager);
    let entities = described(&desk);
    let customer = entities.iter().find(|entity| entity.name == "customer").unwrap();
    let addresses = customer.children.iter().find(|c| c.name == "customer_address").unwrap();
    let default = |name: &str| {
        addresses.fields.iter().find(|field| field.name == name).unwrap().default.clone()
    };
    assert_eq!(default("address_type"), Cell::from("billing"));
    assert_eq!(default("city"), Cell::Null);
}

#[tokio::test]
async fn a_list_is_filtered_sorted_and_counted() {
    let desk = Desk::of(StandardRole::Manager);
    let cities = [("Ada", "Bonn"), ("Bo", "Köln"), ("Cleo", "Bonn"), ("Dan", "")];
    let records: Vec<Record> = cities
        .iter()
        .map(|(name, city)| desk.record(&CUSTOMER, &[("name", name), ("city", city)]))
        .collect();
    desk.receive(&records);
    let bonn =
        Filter { field: "city".to_owned(), value: "bonn".to_owned(), relation: Relation::Is };
    let query = ListRequest {
        filters: vec![bonn],
        sort: Some("-name".to_owned()),
        limit: 1,
        ..request("customer")
    };
    let page = list(&desk, query).unwrap();
    assert_eq!((page.total, page.records[0].title.as_str()), (2, "Cleo"));
    let part =
        Filter { field: "city".to_owned(), value: "OL".to_owned(), relation: Relation::Contains };
    let page = list(&desk, ListRequest { filters: vec![part], ..request("customer") }).unwrap();
    assert_eq!(page.records[0].title, "Bo");
    let too_many = ListRequest { limit: 1001, ..request("customer") };
    assert_eq!(list(&desk, too_many).unwrap_err().code, FailureCode::Usage);
}

#[tokio::test]
async fn a_deleted_record_leaves_the_lists_and_is_still_there() {
    let desk = Desk::of(StandardRole::Manager);
    let supplier = desk.record(&SUPPLIER, &[("name", "Ada")]);
    desk.receive(std::slice::from_ref(&supplier));
    let retire = Command::Retire { entity: "supplier".to_owned(), id: supplier.id() };
    assert!(matches!(desk.call(retire.clone()), Ok(Reply::Record(record)) if record.retired));
    assert_eq!(list(&desk, request("supplier")).unwrap().total, 0);
    let with = ListRequest { retired: true, ..request("supplier") };
    assert_eq!(list(&desk, with).unwrap().total, 1);
    let ops = desk.waiting();
    assert_eq!(ops[0].intent.verb, Verb::Retire);
    desk.call(retire).unwrap();
    assert_eq!(desk.waiting().len(), 1, "deleting it again does nothing");
}

#[tokio::test]
async fn a_deleted_record_is_brought_back_as_it_was_by_who_may_edit_it() {
    let desk = Desk::of(StandardRole::Manager);
    let supplier = desk.record(&SUPPLIER, &[("name", "Ada"), ("code", "L1")]);
    desk.receive(std::slice::from_ref(&supplier));
    let back = Command::BringBack { entity: "supplier".to_owned(), id: supplier.id() };
    desk.call(back.clone()).unwrap();
    assert!(desk.waiting().is_empty(), "what is there is not brought back");
    desk.call(Command::Retire { entity: "supplier".to_owned(), id: supplier.id() }).unwrap();
    let Ok(Reply::Record(record)) = desk.call(back.clone()) else { panic!("it comes back") };
    assert!(!record.retired);
    assert_eq!(record.fields["name"], Cell::from("Ada"));
    assert_eq!(list(&desk, request("supplier")).unwrap().total, 1);
    assert_eq!(desk.waiting()[1].intent.verb, Verb::Update);

    let reader = Desk::of(StandardRole::Sales);
    reader.receive(std::slice::from_ref(&supplier));
    assert_eq!(reader.call(back).unwrap_err().code, FailureCode::NotPermitted);
}

/// The item of Attention about a customer's e-mail.
fn conflict(desk: &Desk, customer: &Record) -> Record {
    let about = customer.id().to_string();
    let mut item = desk.record(
        &ATTENTION,
        &[
            ("kind", "conflict"),
            ("entity", "customer"),
            ("row_id", &about),
            ("title", "Ada"),
            ("op_id", &about),
            ("owner_id", &ANNA.to_string()),
            ("message", "somebody else changed the same"),
        ],
    );
    let rows = ATTENTION.child(FIELD_ROWS).unwrap();
    let values = [
        ("path", "email"),
        ("mine", "\"mine@a.example\""),
        ("theirs", "\"theirs@a.example\""),
        ("base", "\"base@a.example\""),
    ];
    item.put_child(testkit::records::child(rows, Uuid::from_u128(3), &values));
    item
}

#[tokio::test]
async fn a_decision_keeps_what_the_person_wrote_and_closes_the_item() {
    let desk = Desk::of(StandardRole::Manager);
    let customer = desk.record(&CUSTOMER, &[("name", "Ada"), ("email", "theirs@a.example")]);
    let item = conflict(&desk, &customer);
    desk.receive(&[customer.clone(), item.clone()]);
    let items = attention(&desk);
    assert_eq!(items[0].fields["email"].mine, "mine@a.example");
    assert_eq!(items[0].fields["email"].base, "base@a.example");
    let state = get(&desk, "customer", &customer.id().to_string()).unwrap().sync.state;
    assert_eq!(state, SyncState::Attention);

    let decide = |path: &str, keep: &str| Command::AttentionResolve {
        id: item.id(),
        shown: Some(customer.head.version),
        decisions: vec![Decision { path: path.to_owned(), keep: keep.to_owned() }],
        mended: RecordChanges::default(),
    };
    let refused = desk.call(decide("phone", "mine")).unwrap_err();
    let fields: Vec<_> = refused.problems.iter().map(|problem| problem.field.as_str()).collect();
    assert_eq!(fields, ["phone", "email"], "one is not in question, the other is not decided");
    assert!(desk.waiting().is_empty());

    desk.call(decide("email", "mine")).unwrap();
    assert!(attention(&desk).is_empty());
    let record = get(&desk, "customer", &customer.id().to_string()).unwrap();
    assert_eq!(record.fields["email"], Cell::from("mine@a.example"));
    let verbs: Vec<_> = desk.waiting().iter().map(|op| op.intent.verb).collect();
    assert_eq!(verbs, [Verb::Update, Verb::Resolve]);
}

#[tokio::test]
async fn words_find_records_and_only_those_that_may_be_seen() {
    let desk = Desk::of(StandardRole::Sales);
    let customer = desk.record(&CUSTOMER, &[("name", "Bäckerei Öztürk"), ("code", "K-7")]);
    let supplier = desk.record(&SUPPLIER, &[("name", "Öztürk Mehl")]);
    desk.receive(&[customer.clone(), supplier]);
    while desk.session.store.index_more(100).unwrap() {}
    let search = Command::Search { text: "oztu".to_owned(), entity: None, limit: 10 };
    let Ok(Reply::Hits(hits)) = desk.call(search) else { panic!("a search answers with hits") };
    let found: Vec<_> = hits.iter().map(|hit| (hit.entity.as_str(), hit.id)).collect();
    assert_eq!(found, [("customer", customer.id())]);
    assert_eq!(hits[0].key, "K-7");
}

#[tokio::test]
async fn an_empty_form_has_the_declared_defaults_and_writes_nothing() {
    let desk = Desk::of(StandardRole::Manager);
    let blank = desk.call(Command::Blank { entity: "customer".to_owned() });
    let Ok(Reply::Record(blank)) = blank else { panic!("a blank is a record") };
    assert_eq!(blank.fields["active"], Cell::Bool(true));
    assert_eq!(blank.fields["owner_id"], Cell::Id(ANNA));
    assert!(desk.waiting().is_empty());
    assert_eq!(list(&desk, request("customer")).unwrap().total, 0);
}
