//! The table of rights on a device: every standard role with its signed lease, every master, every deed, on a copy
//! that holds more than the hub would have sent.

use contract::{Change, Command, ExportRequest, Failure, FailureCode, RecordChanges, Reply};
use domain::masters;
use domain::permissions::StandardRole;
use domain::record::{Cell, EntityDef, Record};
use testkit::rights_table::{Deed, Verdict, right};
use testkit::rule_cases::{Answer, Side, Stage, Work};
use uuid::Uuid;

use super::rule_cases::every_right;
use crate::desk::{ANNA, BEN, Desk};

/// A desk that remembers what was made on it.
struct Archive {
    desk: Desk,
    made: Vec<(&'static EntityDef, Uuid)>,
}

impl Side for Archive {
    fn me(&self) -> Uuid {
        self.desk.me()
    }

    fn find(&mut self, entity: &'static EntityDef, key: &str) -> Option<Uuid> {
        self.desk.find(entity, key)
    }

    async fn save(&mut self, work: Work) -> Answer {
        let entity = work.entity;
        let answer = self.desk.save(work).await;
        self.made.extend(answer.iter().map(|id| (entity, *id)));
        answer
    }
}

impl Archive {
    /// Everything that was made, as the hub would have it.
    fn records(&self) -> Vec<Record> {
        let held = |(entity, id): &(&'static EntityDef, Uuid)| {
            let row = self.desk.session.store.read(|view| view.get(entity, *id)).unwrap();
            let mut record = row.unwrap().record;
            record.head.version = 1;
            record
        };
        self.made.iter().map(held).collect()
    }
}

/// What each role is to try on one master.
struct Trial {
    entity: &'static EntityDef,
    foreign: Uuid,
    own: Uuid,
    new: RecordChanges,
}

fn did(answer: &Result<Reply, Failure>) -> Result<bool, String> {
    match answer {
        Ok(_) => Ok(true),
        Err(failure)
            if matches!(failure.code, FailureCode::NotPermitted | FailureCode::NotFound) =>
        {
            Ok(false)
        }
        Err(failure) => Err(format!("{failure:?}")),
    }
}

fn see(entity: &EntityDef, id: Uuid) -> Command {
    Command::Get { entity: entity.name.to_owned(), id: id.to_string() }
}

fn edit(entity: &EntityDef, id: Uuid) -> Command {
    let notes = Change { field: "notes".to_owned(), from: None, to: Cell::from("was here") };
    let changes = RecordChanges { fields: vec![notes], children: Vec::new() };
    Command::Save { entity: entity.name.to_owned(), id: Some(id), changes }
}

fn retire(entity: &EntityDef, id: Uuid) -> Command {
    Command::Retire { entity: entity.name.to_owned(), id }
}

/// Whether the record is in a file that the person takes out.
fn exports(desk: &Desk, entity: &EntityDef, id: Uuid) -> Result<bool, String> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("out.jsonl");
    let answer = desk.call(Command::Export(ExportRequest {
        entity: entity.name.to_owned(),
        file: file.to_str().unwrap().to_owned(),
        format: None,
        filters: Vec::new(),
        search: None,
        sort: None,
        columns: None,
        retired: true,
        decimal: None,
        language: None,
    }));
    if !did(&answer)? {
        return Ok(false);
    }
    Ok(std::fs::read_to_string(file).unwrap().contains(&id.to_string()))
}

#[tokio::test]
async fn on_a_device_each_role_may_do_what_the_catalogue_says() {
    let mut archive = Archive { desk: Desk::with(every_right()), made: Vec::new() };
    let mut trials = Vec::new();
    let mut stage = Stage::on(&mut archive);
    for entity in masters::ALL {
        let foreign = stage.made(entity, 0, BEN).await.unwrap();
        let own = stage.made(entity, 1, ANNA).await.unwrap();
        let new = stage.valid(entity, 2).await.unwrap();
        trials.push(Trial { entity, foreign, own, new });
    }
    let records = archive.records();
    let mut wrong = Vec::new();
    for role in StandardRole::ALL {
        let desk = Desk::of(role);
        // The ids of a test's machine count: those that the archive drew are taken.
        for _ in 0..1_000 {
            desk.session.host().new_id();
        }
        desk.receive(&records);
        let mut hold = |entity: &EntityDef, deed: Deed, own: bool, did: Result<bool, String>| {
            let may = right(entity, role, deed).allows(own);
            if did != Ok(may) {
                let whose = if own { "own" } else { "another's" };
                wrong
                    .push(format!("{role} {deed:?} {} ({whose}): {did:?}, not {may}", entity.name));
            }
        };
        for Trial { entity, foreign, own, new } in &trials {
            for (id, is_own) in [(*foreign, false), (*own, true)] {
                hold(entity, Deed::See, is_own, did(&desk.call(see(entity, id))));
                hold(entity, Deed::Export, is_own, exports(&desk, entity, id));
                hold(entity, Deed::Edit, is_own, did(&desk.call(edit(entity, id))));
                hold(entity, Deed::Retire, is_own, did(&desk.call(retire(entity, id))));
            }
            let (name, changes) = (entity.name.to_owned(), new.clone());
            let made = desk.call(Command::Save { entity: name, id: None, changes });
            let may = right(entity, role, Deed::Create).verdict != Verdict::Never;
            hold(entity, Deed::Create, may, did(&made));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}
