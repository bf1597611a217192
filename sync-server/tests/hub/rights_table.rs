//! The table of rights on the hub: every standard role, every master, every deed, over the API and over the sync.

use domain::masters;
use domain::permissions::StandardRole;
use domain::record::{Cell, Change, EntityDef, RecordChanges};
use domain::versions;
use serde_json::{Map, Value, json};
use sync_protocol::op::{Intent, Verb};
use sync_protocol::receipt::{Receipt, RejectCode};
use testkit::rights_table::{Deed, Verdict, right};
use testkit::rule_cases::Stage;
use uuid::Uuid;

use crate::support::{Answer, Person};
use crate::sync::desk::Desk;
use crate::sync::office::Office;
use crate::sync::rule_cases::without_the_currencies_of_cases;

/// Somebody who works in one of two ways.
trait Worker {
    /// Whether the person is shown the record; `None` where that is not asked this way.
    async fn sees(&mut self, entity: &'static EntityDef, id: Uuid) -> Option<Did>;
    async fn makes(&mut self, entity: &'static EntityDef, changes: &RecordChanges) -> Did;
    async fn edits(&mut self, entity: &'static EntityDef, id: Uuid, notes: &str) -> Did;
    async fn retires(&mut self, entity: &'static EntityDef, id: Uuid) -> Did;
    /// Whether the record is in what the person takes out; `None` where nothing is taken out this way.
    async fn exports(&mut self, entity: &'static EntityDef, id: Uuid) -> Option<Did>;
}

/// What came of it.
#[derive(Debug, PartialEq, Eq)]
enum Did {
    Done,
    /// Not permitted, or there is nothing for this person.
    Denied,
    /// Anything else, which the table never expects.
    Otherwise(String),
}

/// A person with the API.
struct Caller(Person);

impl Caller {
    async fn asks(&self, method: &str, path: &str, body: Option<&Value>) -> Answer {
        let request = self.0.request(method, path).header("if-match", "*");
        match body {
            Some(body) => request.json(body).send().await,
            None => request.send().await,
        }
    }
}

fn did(answer: &Answer) -> Did {
    match answer.status {
        200 | 201 => Did::Done,
        403 | 404 => Did::Denied,
        _ => Did::Otherwise(answer.text()),
    }
}

impl Worker for Caller {
    async fn sees(&mut self, entity: &'static EntityDef, id: Uuid) -> Option<Did> {
        let one = self.asks("GET", &format!("/api/v1/{}/{id}", entity.name), None).await;
        let listed = format!("/api/v1/{}?filter[id]={id}&total=true&retired=true", entity.name);
        let listed = self.asks("GET", &listed, None).await;
        let count = match listed.status {
            200 => listed.json()["items"].as_array().map_or(0, Vec::len),
            _ => 0,
        };
        Some(match (did(&one), count) {
            (Did::Done, 1) => Did::Done,
            (Did::Denied, 0) => Did::Denied,
            (one, count) => Did::Otherwise(format!("{one:?}, and {count} in the list")),
        })
    }

    async fn makes(&mut self, entity: &'static EntityDef, changes: &RecordChanges) -> Did {
        let path = format!("/api/v1/{}", entity.name);
        did(&self.asks("POST", &path, Some(&document(changes))).await)
    }

    async fn edits(&mut self, entity: &'static EntityDef, id: Uuid, notes: &str) -> Did {
        let path = format!("/api/v1/{}/{id}", entity.name);
        did(&self.asks("PATCH", &path, Some(&json!({ "notes": notes }))).await)
    }

    async fn retires(&mut self, entity: &'static EntityDef, id: Uuid) -> Did {
        did(&self.asks("DELETE", &format!("/api/v1/{}/{id}", entity.name), None).await)
    }

    async fn exports(&mut self, entity: &'static EntityDef, id: Uuid) -> Option<Did> {
        let path = format!("/api/v1/{}/export", entity.name);
        let answer = self.asks("GET", &path, None).await;
        Some(match did(&answer) {
            Did::Done if !answer.text().contains(&id.to_string()) => Did::Denied,
            told => told,
        })
    }
}

/// A record as a document.
fn document(changes: &RecordChanges) -> Value {
    let members = |fields: &[Change]| -> Map<String, Value> {
        fields.iter().map(|change| (change.field.clone(), json!(change.to))).collect()
    };
    let mut document = members(&changes.fields);
    for row in &changes.children {
        let rows = document.entry(&row.entity).or_insert_with(|| json!([]));
        rows.as_array_mut().unwrap().push(Value::Object(members(&row.fields)));
    }
    Value::Object(document)
}

impl Desk {
    async fn sends(
        &mut self,
        entity: &EntityDef,
        verb: Verb,
        id: Uuid,
        changes: RecordChanges,
    ) -> Did {
        let entity = entity.name.to_owned();
        self.seal(Intent {
            entity,
            verb,
            kind_version: versions::declared().current,
            id,
            base_version: 0,
            changes,
            loser: None,
        });
        self.is_answered().await
    }

    async fn is_answered(&mut self) -> Did {
        match self.pushes().await.remove(0) {
            Receipt::Applied { .. } | Receipt::Merged { .. } => Did::Done,
            Receipt::Rejected { code: RejectCode::NotPermitted | RejectCode::NotFound, .. } => {
                Did::Denied
            }
            receipt => Did::Otherwise(format!("{receipt:?}")),
        }
    }

    fn has(&self, entity: &EntityDef, id: Uuid) -> bool {
        self.copy.contains_key(&(entity.name.to_owned(), id))
    }
}

impl Worker for Desk {
    async fn sees(&mut self, entity: &'static EntityDef, id: Uuid) -> Option<Did> {
        self.pulls().await;
        // Every device carries these, so that its forms are whole, whoever may open them.
        if entity.everywhere {
            return None;
        }
        Some(if self.has(entity, id) { Did::Done } else { Did::Denied })
    }

    async fn makes(&mut self, entity: &'static EntityDef, changes: &RecordChanges) -> Did {
        let id = daybook_server::ids::opaque_id();
        self.sends(entity, Verb::Create, id, changes.clone()).await
    }

    async fn edits(&mut self, entity: &'static EntityDef, id: Uuid, notes: &str) -> Did {
        self.pulls().await;
        if self.has(entity, id) {
            Desk::edits(self, entity.name, id, &[("notes", notes)]);
            return self.is_answered().await;
        }
        // Whoever was told an id elsewhere gets no further with it.
        let (field, to) = ("notes".to_owned(), Cell::from(notes));
        let fields = vec![Change { field, from: Some(Cell::Null), to }];
        let changes = RecordChanges { fields, children: Vec::new() };
        self.sends(entity, Verb::Update, id, changes).await
    }

    async fn retires(&mut self, entity: &'static EntityDef, id: Uuid) -> Did {
        self.pulls().await;
        if self.has(entity, id) {
            Desk::retires(self, entity.name, id);
            return self.is_answered().await;
        }
        self.sends(entity, Verb::Retire, id, RecordChanges::default()).await
    }

    async fn exports(&mut self, _: &'static EntityDef, _: Uuid) -> Option<Did> {
        None
    }
}

/// A person of each standard role, with what is wrong about them so far.
struct Test<W> {
    workers: Vec<(StandardRole, Uuid, W)>,
    wrong: Vec<String>,
}

impl<W: Worker> Test<W> {
    /// Asks whether `did` is what the table says of a record that is the person's own or another's.
    fn hold(
        &mut self,
        entity: &'static EntityDef,
        role: StandardRole,
        deed: Deed,
        own: bool,
        did: Did,
    ) {
        let may = right(entity, role, deed).allows(own);
        let expected = if may { Did::Done } else { Did::Denied };
        if did != expected {
            let whose = if own { "own" } else { "another's" };
            let entity = entity.name;
            self.wrong
                .push(format!("{role} {deed:?} {entity} ({whose}): {did:?}, not {expected:?}"));
        }
    }

    async fn plays(&mut self, stage: &mut Stage<'_, Desk>, boss: Uuid, entity: &'static EntityDef) {
        let mut count = 0;
        let foreign = stage.made(entity, count, boss).await.unwrap();
        let mut records: Vec<Vec<(Uuid, bool)>> = Vec::new();
        for (role, user, _) in &self.workers {
            let mut theirs = vec![(foreign, false)];
            let own = |deed| right(entity, *role, deed).verdict == Verdict::Own;
            if Deed::ALL.into_iter().any(own) {
                count += 1;
                theirs.push((stage.made(entity, count, *user).await.unwrap(), true));
            }
            records.push(theirs);
        }
        let mut workers = std::mem::take(&mut self.workers);
        for ((role, _, worker), records) in workers.iter_mut().zip(&records) {
            for (id, own) in records {
                if let Some(did) = worker.sees(entity, *id).await {
                    self.hold(entity, *role, Deed::See, *own, did);
                }
                let did = worker.edits(entity, *id, &format!("{role} was here")).await;
                self.hold(entity, *role, Deed::Edit, *own, did);
                if let Some(did) = worker.exports(entity, *id).await {
                    self.hold(entity, *role, Deed::Export, *own, did);
                }
            }
            // Who may make none is refused whatever they send.
            let may = right(entity, *role, Deed::Create).verdict != Verdict::Never;
            count += usize::from(may);
            let changes = stage.valid(entity, if may { count } else { 0 }).await.unwrap();
            self.hold(entity, *role, Deed::Create, true, worker.makes(entity, &changes).await);
        }
        for ((role, _, worker), records) in workers.iter_mut().zip(&records) {
            for (id, own) in records {
                let did = worker.retires(entity, *id).await;
                self.hold(entity, *role, Deed::Retire, *own, did);
            }
        }
        self.workers = workers;
    }
}

async fn test<W: Worker>(office: &Office, hires: impl AsyncFn(Person) -> (Uuid, W)) {
    let mut admin = Desk::filled(&office.admin).await;
    let boss = admin.user;
    without_the_currencies_of_cases(office);
    let mut workers = Vec::new();
    for role in StandardRole::ALL {
        let person = office.colleague(&format!("the.{role}"), role.key()).await;
        let (user, worker) = hires(person).await;
        workers.push((role, user, worker));
    }
    let mut test = Test { workers, wrong: Vec::new() };
    let mut stage = Stage::on(&mut admin);
    for entity in masters::ALL {
        test.plays(&mut stage, boss, entity).await;
    }
    assert!(test.wrong.is_empty(), "{:#?}", test.wrong);
}

#[tokio::test]
async fn over_the_api_each_role_may_do_what_the_catalogue_says() {
    let office = Office::open().await;
    test(&office, async |mut person| {
        let user = person.signs_in().await.user_id;
        (user, Caller(person))
    })
    .await;
}

#[tokio::test]
async fn over_the_sync_each_role_may_do_what_the_catalogue_says() {
    let office = Office::open().await;
    test(&office, async |person| {
        let desk = Desk::filled(&person).await;
        (desk.user, desk)
    })
    .await;
}
