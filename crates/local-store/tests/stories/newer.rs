//! A hub that is newer than this program: what it says beyond what is declared here is kept, and no more of it than of
//! anything else.

use domain::masters::CUSTOMER;
use domain::record::{Cell, Record, Value};
use local_store::{Applied, Taken};
use rusqlite::{Connection, params};
use sync_protocol::digest;
use sync_protocol::message::{EntityDigest, Frame};
use sync_protocol::projection::Projection;
use sync_protocol::row::{ChildSchema, Schema, Unknown, UnknownRow, WireRow};
use sync_protocol::wire;
use uuid::Uuid;

use crate::device::{Device, KEY};
use crate::hub::{COMMON, Hub, OWN};

/// What the newer hub calls a customer's territory, and the contacts' notes.
const LATER: &str = "sales_region";
const LATER_CHILD: &str = "customer_visit";
const PLANTED: &str = "Quittenau-Nord";

/// The layout of a hub on which the territory goes by another name and one kind of rows as well.
fn later_schema() -> Schema {
    let mut schema = Schema::of(&CUSTOMER);
    for field in schema.fields.iter_mut().filter(|field| *field == "territory") {
        LATER.clone_into(field);
    }
    for child in schema.children.iter_mut().filter(|child| child.entity == "customer_contact") {
        LATER_CHILD.clone_into(&mut child.entity);
    }
    schema
}

fn number() -> u16 {
    let place = domain::synced::all().position(|known| known.name == CUSTOMER.name).unwrap();
    u16::try_from(place).unwrap()
}

/// What that hub has of a customer beyond what is declared here.
fn beyond(record: &Record) -> Unknown {
    let territory = record.values.cell("territory").filter(|cell| *cell != Cell::Null);
    let rows = record.collection("customer_contact").into_iter().map(|row| UnknownRow {
        entity: LATER_CHILD.to_owned(),
        id: row.id,
        whole: true,
        fields: row
            .values
            .held()
            .map(|(name, value)| (name.into_owned(), value.to_cell()))
            .collect(),
    });
    let fields = territory.map(|cell| (LATER.to_owned(), cell)).into_iter().collect();
    Unknown { fields, rows: rows.collect() }
}

/// The customer as this program can show it.
fn within(record: &Record) -> Record {
    let mut values = record.values.clone();
    values.set("territory", Value::Null);
    let others =
        record.children().iter().filter(|row| row.values.entity().name != "customer_contact");
    Record::from_parts(record.head.clone(), values, others.cloned().collect())
}

/// What the newer hub has; its checkpoints count all of it.
struct Later {
    rows: Vec<Record>,
    position: u64,
}

impl Later {
    fn digests(&self) -> Vec<EntityDigest> {
        let sum = self.rows.iter().fold(digest::Digest::default(), |sum, row| {
            sum.plus(digest::of_record(&within(row), &Projection::default()))
                .plus(digest::of_unknown(row.id(), &beyond(row)))
        });
        let rows = self.rows.len() as u64;
        vec![EntityDigest { entity: CUSTOMER.name.to_owned(), rows, digest: sum }]
    }

    fn pull_into(&mut self, device: &Device, frames: Vec<Frame>) -> Applied {
        self.position += 1;
        let schema = Frame::Schema { index: number(), schema: later_schema() };
        let end = Frame::Checkpoint {
            cursor: self.position,
            policy_version: 1,
            digests: self.digests(),
            parts: Vec::new(),
            server_time: chrono::DateTime::default(),
        };
        let mut intake = device.store().begin_pull(None).unwrap();
        for frame in std::iter::once(schema).chain(frames) {
            device.store().take(&mut intake, frame).unwrap();
        }
        match device.store().take(&mut intake, end).unwrap() {
            Taken::Checkpoint(applied) => applied,
            other => panic!("{other:?}"),
        }
    }

    fn sends(&mut self, device: &Device, record: Record) {
        let row = WireRow::of(&record, &Projection::default());
        self.rows.retain(|known| known.id() != record.id());
        self.rows.push(record);
        let put = Frame::Put { entity: number(), bucket: COMMON, row };
        assert_eq!(self.pull_into(device, vec![put]).mismatches, []);
    }
}

fn customer(device: &Device) -> Record {
    let fields = [("name", "Weber"), ("city", "Graz"), ("territory", PLANTED)];
    let mut record = device.new_record(&CUSTOMER, &fields);
    let contact = CUSTOMER.child("customer_contact").unwrap();
    record.put_child(testkit::records::child(contact, device.ids.next(), &[("name", PLANTED)]));
    record.head.version = 1;
    record
}

fn raw(device: &Device) -> Connection {
    let connection = Connection::open(device.path()).unwrap();
    let key: String = KEY.iter().map(|byte| format!("{byte:02x}")).collect();
    connection.execute_batch(&format!("PRAGMA key = \"x'{key}'\"")).unwrap();
    connection
}

/// What is kept of a row beyond what is declared.
fn kept(device: &Device, id: Uuid) -> Option<Unknown> {
    let connection = raw(device);
    let sql = "SELECT content FROM unknown WHERE row_id = ?1";
    let mut query = connection.prepare(sql).unwrap();
    let mut contents = query.query_map([id.as_bytes()], |row| row.get::<_, Vec<u8>>(0)).unwrap();
    contents.next().map(|bytes| wire::decode(&bytes.unwrap()).unwrap())
}

fn is_whole(device: &Device) {
    assert_eq!(device.read(|view| view.verify()).findings, Vec::<String>::new());
}

#[test]
fn what_a_newer_hub_says_of_a_row_is_kept_below_the_persons_own_work() {
    let mut device = Device::new(1);
    let mut hub = Later { rows: Vec::new(), position: 0 };
    let record = customer(&device);
    hub.sends(&device, record.clone());
    let held = device.get(&CUSTOMER, record.id()).unwrap().record;
    assert_eq!((held.get("city").text(), held.get("territory")), (Some("Graz"), &Value::Null));
    assert_eq!(kept(&device, record.id()), Some(beyond(&record)));
    is_whole(&device);

    // An edit says what it changes, and nothing of what this program cannot show.
    let op = device.edit(&CUSTOMER, record.id(), &[("city", "Wien")]);
    let sent = device.read(|view| view.made(op)).unwrap();
    let said: Vec<&str> = sent.intent.changes.fields.iter().map(|c| c.field.as_str()).collect();
    assert!(said.contains(&"city") && !said.contains(&"territory"), "{said:?}");
    assert!(sent.intent.changes.children.is_empty());

    // Another row comes, a newer state of this one, and the program starts again.
    hub.sends(&device, customer(&device));
    let mut theirs = record.clone();
    theirs.head.version = 2;
    theirs.values.set("territory", Value::Text("South".to_owned()));
    hub.sends(&device, theirs.clone());
    device.restart();
    assert_eq!(kept(&device, record.id()), Some(beyond(&theirs)));
    assert_eq!(device.text(&CUSTOMER, record.id(), "city").as_deref(), Some("Wien"));
    is_whole(&device);
}

#[test]
fn what_may_no_longer_be_held_goes_also_where_nobody_here_can_name_it() {
    let device = Device::new(1);
    let mut hub = Later { rows: Vec::new(), position: 0 };
    let (one, two) = (customer(&device), customer(&device));
    hub.sends(&device, one.clone());
    hub.sends(&device, two.clone());

    // The person loses the right to the field, then to a field of its rows.
    for row in &mut hub.rows {
        row.values.set("territory", Value::Null);
    }
    let redact = |field: String| vec![Frame::Redact { fields: vec![field] }];
    let applied = hub.pull_into(&device, redact(format!("customer.{LATER}")));
    assert_eq!(applied.mismatches, []);
    let left = kept(&device, one.id()).unwrap();
    assert!(left.fields.is_empty() && left.rows.len() == 1, "{left:?}");
    for row in &mut hub.rows {
        let mut contact = row.collection("customer_contact")[0].clone();
        contact.values.set("name", Value::Null);
        row.put_child(contact);
    }
    let applied = hub.pull_into(&device, redact(format!("{LATER_CHILD}.name")));
    assert_eq!(applied.mismatches, []);
    assert_eq!(kept(&device, one.id()).unwrap(), beyond(&hub.rows[0]));

    // A row that leaves takes it along, and nothing of it can be read in the file any more.
    hub.rows.remove(0);
    let leave = Frame::Leave { entity: number(), id: one.id() };
    let applied = hub.pull_into(&device, vec![leave]);
    assert_eq!((applied.mismatches.len(), applied.purged), (0, 1));
    assert_eq!(kept(&device, one.id()), None);
    is_whole(&device);
    device.store().scrub().unwrap();
    let file = raw(&device).serialize("main").unwrap().to_vec();
    assert!(!file.windows(PLANTED.len()).any(|bytes| bytes == PLANTED.as_bytes()));
}

#[test]
fn rows_of_an_entity_that_only_a_newer_program_has_are_left_out() {
    let device = Device::new(1);
    let mut hub = Hub::default();
    let record = hub.put(device.new_record(&CUSTOMER, &[("name", "Weber")]));
    let row = WireRow::of(&record, &Projection::default());
    let children = vec![ChildSchema { entity: "gauge_part".to_owned(), fields: Vec::new() }];
    let fields = Schema::of(&CUSTOMER).fields;
    let schema = Schema { entity: "gauge".to_owned(), fields, children };
    let mut intake = device.store().begin_pull(None).unwrap();
    let mut frames = hub.take_changes();
    frames.push(Frame::Schema { index: 999, schema });
    frames.push(Frame::Put { entity: 999, bucket: COMMON, row });
    frames.push(Frame::Leave { entity: 999, id: Uuid::from_u128(9) });
    frames.push(Frame::Drop { entity: 999, bucket: None });
    for frame in frames {
        device.store().take(&mut intake, frame).unwrap();
    }
    let mut end = hub.checkpoint();
    if let Frame::Checkpoint { digests, .. } = &mut end {
        let digest = digest::of_record(&record, &Projection::default());
        digests.push(EntityDigest { entity: "gauge".to_owned(), rows: 1, digest });
    }
    let taken = device.store().take(&mut intake, end).unwrap();
    let Taken::Checkpoint(applied) = taken else { panic!("{taken:?}") };
    assert_eq!((applied.received, applied.mismatches.len()), (1, 0));
    assert_eq!(device.read(|view| view.doubtful()), Vec::<String>::new());
    is_whole(&device);
}

/// Leaves the file as a program did that had no territory, and that the hub had told of it.
fn as_an_older_program(device: &Device, record: &Record) {
    let connection = raw(device);
    let schemas = domain::synced::all().map(|entity| {
        let mut schema = Schema::of(entity);
        schema.fields.retain(|field| entity.name != CUSTOMER.name || field != "territory");
        schema
    });
    let declared = wire::encode(&schemas.collect::<Vec<_>>()).unwrap();
    let sql = "UPDATE kept SET value = ?1 WHERE name = 'store.declared'";
    assert_eq!(connection.execute(sql, [declared]).unwrap(), 1);
    let fields = vec![("territory".to_owned(), record.values.cell("territory").unwrap())];
    let content = wire::encode(&Unknown { fields, rows: Vec::new() }).unwrap();
    let id = record.id();
    connection
        .execute(
            "INSERT INTO unknown (entity, row_id, content) SELECT no, ?1, ?2 FROM entity WHERE name = 'customer'",
            params![id.as_bytes(), content],
        )
        .unwrap();
    connection
        .execute("UPDATE customer SET territory = NULL WHERE id = ?1", [id.as_bytes()])
        .unwrap();
}

#[test]
fn the_newer_program_finds_what_was_kept_for_it_and_fetches_only_what_was_not() {
    let mut device = Device::new(1);
    let mut hub = Hub::default();
    let record =
        hub.put(device.new_record(&CUSTOMER, &[("name", "Weber"), ("territory", "North")]));
    let other = hub.put(device.new_record(&CUSTOMER, &[("name", "Fontana")]));
    hub.put_in(OWN, device.new_record(&CUSTOMER, &[("name", "Novak")]));
    hub.pull_into(device.store());
    device.store = None;
    as_an_older_program(&device, &record);
    device.restart();
    assert_eq!(device.text(&CUSTOMER, record.id(), "territory").as_deref(), Some("North"));
    assert_eq!(kept(&device, record.id()), None);
    is_whole(&device);
    assert_eq!(device.read(|view| view.doubtful()), [CUSTOMER.name]);
    device.restart();
    assert_eq!(device.read(|view| view.doubtful()), [CUSTOMER.name], "until it was looked after");

    // What a migration of the hub wrote into the new column, no row was sent for.
    let (_, silent) = hub.rows.get_mut(&(CUSTOMER.name, other.id())).unwrap();
    silent.values.set("territory", Value::Text("South".to_owned()));
    let applied = hub.pull_doubted(device.store());
    let wrong: Vec<_> = applied.mismatches.iter().map(|it| (it.entity, it.bucket)).collect();
    assert_eq!((applied.received, wrong), (0, vec![(CUSTOMER.name, Some(COMMON))]));
    hub.send_anew(&CUSTOMER, COMMON);
    let applied = hub.pull_doubted(device.store());
    assert_eq!((applied.received, applied.mismatches), (2, vec![]));
    assert_eq!(device.text(&CUSTOMER, other.id(), "territory").as_deref(), Some("South"));
    assert_eq!(device.read(|view| view.doubtful()), Vec::<String>::new());
    is_whole(&device);
}
