//! One tenant of a world: its hub, its people and their rights, and how it begins.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use domain::masters::{BRANCH, COMPANY, CUSTOMER, NUMBER_SERIES, OWN_FIELD, SUPPLIER, UNIT};
use domain::permissions::{Grants, RoleSet};
use domain::person::PERSON;
use domain::record::{Cell, EntityDef, Lookup as _, Record, Value, read_field};
use rand_chacha::ChaCha8Rng;
use sync_protocol::judge::{Author, Moment};
use sync_protocol::message::{Push, PushReply};
use sync_protocol::numbers::{NumbersReply, NumbersRequest};
use sync_protocol::op::Hash;
use sync_protocol::row::schema_hash;
use uuid::Uuid;

use super::name_of;
use super::people::{Places, Worker, roles, some_of};
use crate::hub::{Begun, Change, MemoryHub, PushRefused};
use crate::ids::Ids;
use crate::line::{Heard, Network};

/// A text that stands in a supplier, which some people may not see.
pub const CANARY: &str = "canary supplier Zaunkönig";
/// A text that stands in the field that few may read; whoever types one writes their id behind it.
pub const RATING: &str = "canary rating Zwielicht";
/// The hub's first life.
const EPOCH: u64 = 1;
/// The tenant's own fields of customers: what each kind of person types into, and one that few may read.
const OWN_FIELDS: [&[(&str, &str)]; 3] = [
    &[("name", "Colour"), ("entity", "customer"), ("field", "colour")],
    &[
        ("name", "Fee"),
        ("entity", "customer"),
        ("field", "fee"),
        ("kind", "amount"),
        ("merge_rule", "reviewed"),
    ],
    &[("name", "Rating"), ("entity", "customer"), ("field", "rating"), ("readers", "credit_limit")],
];

/// The hub dies in its next transaction.
#[derive(Clone, Copy, Debug)]
pub struct Crash {
    pub committed: bool,
}

pub struct Tenant {
    pub number: usize,
    pub hub: MemoryHub,
    pub unit: Uuid,
    pub places: Places,
    pub crash: Option<Crash>,
    /// How many requests the hub lives before it is lost, and restored from its last backup.
    pub lost_in: Option<u32>,
    backup: Box<MemoryHub>,
    people: Vec<Worker>,
    roles: RoleSet,
    policy_version: i64,
    /// Of the hub's program.
    version: u64,
    /// How far the history was looked through for departments that moved.
    looked: usize,
}

impl Tenant {
    pub fn found(
        number: usize,
        people: &[&'static str],
        with_places: bool,
        (ids, now, random): (&mut Ids, DateTime<Utc>, &mut ChaCha8Rng),
    ) -> Self {
        let mut hub = MemoryHub::new(EPOCH);
        hub.schema = schema_of(0);
        let founder = ids.draw();
        let mut lay_down = |entity: &'static EntityDef, fields: &[(&str, &str)]| {
            let mut record = Record::new(entity, ids.draw(), founder, now);
            if entity.position("owner_id").is_some() {
                record.values.set("owner_id", Value::Id(founder));
            }
            for (name, text) in fields {
                if let Ok((place, value)) = read_field(entity, name, &Cell::from(*text)) {
                    record.values.put(&place, value);
                }
            }
            record.normalise();
            let id = record.id();
            hub.lay_down(record);
            id
        };
        // A unit that a new tenant does not begin with.
        let piece = [("name", "Leaf"), ("unece_code", "LEF"), ("dimension", "count")];
        let unit = lay_down(&UNIT, &piece);
        let canary = format!("{CANARY} {number}");
        lay_down(&SUPPLIER, &[("name", canary.as_str())]);
        for fields in OWN_FIELDS {
            lay_down(&OWN_FIELD, fields);
        }
        lay_down(&CUSTOMER, &[("name", "Zaun"), ("extra.rating", RATING)]);
        let mut places = Places::default();
        if with_places {
            let company = lay_down(&COMPANY, &[("name", "Zaun & Söhne")]).to_string();
            for (master, prefix) in [(&CUSTOMER, "K-"), (&SUPPLIER, "{DEVICE}-")] {
                let of_company = [("document_type", master.name), ("company_id", company.as_str())];
                let form = [("name", prefix), ("prefix", prefix), ("device_block_size", "4")];
                lay_down(&NUMBER_SERIES, &[of_company.as_slice(), &form].concat());
            }
            for name in ["North", "South", "West"] {
                let branch = [("name", name), ("kind", "branch"), ("company_id", company.as_str())];
                places.branches.push(lay_down(&BRANCH, &branch));
            }
            let mut above = String::new();
            for name in ["Sales", "Field sales", "Night sales", "Stores"] {
                let parent = if name == "Stores" { "" } else { above.as_str() };
                let fields = [
                    ("name", name),
                    ("kind", "department"),
                    ("company_id", company.as_str()),
                    ("parent", parent),
                ];
                let department = lay_down(&BRANCH, &fields);
                above = department.to_string();
                places.departments.push(department);
            }
        }
        let mut workers = Vec::new();
        for role in people {
            let user = ids.draw();
            // What the hub tells of whoever has come in, without an op.
            let mut person = Record::new(&PERSON, user, Uuid::nil(), now);
            person.values.set("name", Value::Text(name_of(user)));
            person.values.set("active", Value::Bool(true));
            hub.lay_down(person);
            let (branches, departments) =
                (some_of(&places.branches, random), some_of(&places.departments, random));
            workers.push(Worker { user, role, branches, departments });
        }
        let mut tenant = Self {
            number,
            hub,
            unit,
            places,
            crash: None,
            lost_in: None,
            backup: Box::default(),
            people: workers,
            roles: roles(),
            policy_version: 0,
            version: 0,
            looked: 0,
        };
        let everybody = (0..tenant.people.len()).collect();
        tenant.work_out(&everybody);
        *tenant.backup = tenant.hub.clone();
        tenant
    }

    /// What a person may do now.
    pub fn grants(&self, person: usize) -> &Grants {
        &self.hub.staff[person] // everybody's stand there
    }

    fn place_of(&self, user: Uuid) -> usize {
        self.people.iter().position(|worker| worker.user == user).unwrap_or_default()
    }

    /// Somebody gets another role or place; the first of all stays what they are.
    pub fn change_rights(&mut self, person: usize, random: &mut ChaCha8Rng) {
        let person = if person == 0 { self.people.len() - 1 } else { person };
        if person > 0 {
            self.people[person].change(&self.places, random);
            self.work_out(&BTreeSet::from([person]));
        }
    }

    /// Another version of the rights: those of these people are worked out anew.
    fn work_out(&mut self, of: &BTreeSet<usize>) {
        self.policy_version += 1;
        let policy = (&self.roles, self.policy_version);
        let fields = self.hub.own_fields().tenant_fields();
        let mut staff = std::mem::take(&mut self.hub.staff);
        staff.resize(self.people.len(), Grants::default());
        for (person, (worker, grants)) in self.people.iter().zip(&mut staff).enumerate() {
            match of.contains(&person) {
                true => *grants = worker.grants(policy, &fields, &self.hub),
                false => grants.policy_version = self.policy_version,
            }
        }
        self.hub.staff = staff;
        let roles = self.people.iter().map(|worker| (worker.user, worker.role.to_owned()));
        self.hub.roles = roles.collect();
    }

    /// Where a department moved in the tree, the rights of whoever heads one above follow.
    fn follow_the_tree(&mut self) {
        let changes = self.hub.history.get(self.looked..).unwrap_or_default();
        let of_tree = |change: &&Change| change.after.entity().name == BRANCH.name;
        let moved = changes.iter().filter(of_tree).any(|change| {
            let before = change.before.as_ref().map(|before| before.get("parent"));
            before != Some(change.after.get("parent"))
        });
        self.looked = self.hub.history.len();
        if moved {
            let everybody = (0..self.people.len()).collect();
            self.work_out(&everybody);
        }
    }

    /// A push reaches the hub. `None` where the hub died: then nobody gets an answer.
    pub fn push(
        &mut self,
        (device, user): (Uuid, Uuid),
        (push, begun): (&Push, &Begun),
        now: DateTime<Utc>,
        ids: &mut Ids,
    ) -> Option<Result<PushReply, PushRefused>> {
        let before = self.crash.filter(|crash| !crash.committed).map(|_| self.hub.clone());
        let grants = self.grants(self.place_of(user)).clone();
        let author = Author { user, device, grants: &grants };
        let mut new_id = || ids.draw();
        let mut moment = Moment { now, new_id: &mut new_id };
        let answer = self.hub.complete(author, push, &mut moment, begun);
        if let Some(before) = before {
            self.hub = before;
        }
        self.follow_the_tree();
        match self.crash.take() {
            Some(_) => None,
            None => Some(answer),
        }
    }

    /// A device asks for numbers. `None` where it speaks of another life of the hub.
    pub fn give_numbers(
        &mut self,
        (device, person): (Uuid, usize),
        request: &NumbersRequest,
        ids: &mut Ids,
    ) -> Option<NumbersReply> {
        let grants = self.grants(person).clone();
        let author = Author { user: grants.user_id, device, grants: &grants };
        self.hub.give_numbers(author, request, &mut || ids.draw())
    }

    /// Makes a backup that can be restored.
    pub fn back_up(&mut self) {
        *self.backup = self.hub.back_up();
    }

    /// Where it is due, the hub is lost and goes on from its last backup.
    pub fn come_to_a_restore(&mut self) {
        let Some(requests) = self.lost_in else { return };
        self.lost_in = requests.checked_sub(1);
        if self.lost_in.is_some() {
            return;
        }
        self.hub.restore((*self.backup).clone());
        self.looked = self.hub.history.len();
        // The tree of departments is that of the backup.
        let everybody = (0..self.people.len()).collect();
        self.work_out(&everybody);
    }

    /// The hub gets another version of the program.
    pub fn upgrade(&mut self) {
        self.version += 1;
        self.hub.schema = schema_of(self.version);
    }

    /// An op comes again from elsewhere with other content; the hub must refuse it.
    pub fn forged(
        &mut self,
        (device, user): (Uuid, Uuid),
        push: Push,
        now: DateTime<Utc>,
        ids: &mut Ids,
        net: &mut Network,
    ) {
        self.crash = None;
        let begun = self.hub.begin();
        if let Some(answer) = self.push((device, user), (&push, &begun), now, ids) {
            net.forged.push(Heard { tenant: self.number, device, push, answer });
        }
    }
}

/// The layouts of a version of the program: of this one, and of some that come after it.
fn schema_of(version: u64) -> Hash {
    // The declarations are in our code: encoding them cannot fail.
    let mut schema = schema_hash().unwrap_or_default();
    for (byte, of_version) in schema.0.iter_mut().zip(version.to_be_bytes()) {
        *byte ^= of_version;
    }
    schema
}
