use std::collections::{BTreeMap, BTreeSet};

use domain::attention::{ATTENTION, DECIDED, IN_REVIEW, REJECTED, REVIEW};
use domain::masters::CUSTOMER;
use domain::permissions::{Person, Policy, StandardRole};
use domain::record::{Lookup, RecordChanges, Value};
use domain::synced;

use super::*;
use crate::device::draft;
use crate::op::{Hash, Intent, Loser};

const ANNA: Uuid = Uuid::from_u128(0xA);
const BEN: Uuid = Uuid::from_u128(0xB);
const EVE: Uuid = Uuid::from_u128(0xE);

fn grants(user: Uuid, role: StandardRole) -> Grants {
    let roles = StandardRole::role_set();
    let entities: Vec<&'static EntityDef> = synced::all().collect();
    let policy = Policy { version: 1, roles: &roles, entities: &entities, tenant_fields: &[] };
    let person = Person { user_id: user, ..Person::default() };
    policy.effective(&person, &BTreeSet::from([role.key().to_owned()])).unwrap().grants
}

fn at(hours: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_800_000_000 + hours * 3_600, 0).unwrap()
}

/// A hub of a few records and people, with one held op.
#[derive(Default)]
struct Hub {
    records: Vec<Record>,
    staff: BTreeMap<Uuid, Grants>,
    held: Option<(Op, Uuid, bool)>,
}

impl Lookup for Hub {
    fn record(&self, entity: &'static EntityDef, id: Uuid) -> Found<Cow<'_, Record>> {
        let found = self.records.iter().find(|it| it.entity().name == entity.name && it.id() == id);
        found.map_or(Found::No, |record| Found::Yes(Cow::Borrowed(record)))
    }

    fn user(&self, _: Uuid) -> Found<()> {
        Found::Yes(())
    }

    fn holder(
        &self,
        _: &'static EntityDef,
        _: &str,
        _: Option<Uuid>,
        _: &str,
        _: Uuid,
    ) -> Found<Uuid> {
        Found::No
    }

    fn peers(
        &self,
        _: &'static EntityDef,
        _: &'static str,
        _: &Value,
    ) -> Found<Vec<Cow<'_, Record>>> {
        Found::Yes(Vec::new())
    }
}

impl HubView for Hub {
    fn receipt(&self, _: Uuid) -> Option<Receipt> {
        None
    }

    fn referrers(&self, _: &'static EntityDef, _: Uuid) -> Found<Vec<Cow<'_, Record>>> {
        Found::Yes(Vec::new())
    }

    fn others_hold(&self, permission: Permission, user: Uuid) -> bool {
        self.staff.iter().any(|(holder, grants)| *holder != user && grants.holds(permission))
    }

    fn grants_of(&self, user: Uuid) -> Found<Cow<'_, Grants>> {
        self.staff.get(&user).map_or(Found::No, |grants| Found::Yes(Cow::Borrowed(grants)))
    }

    fn staff(&self) -> Found<Vec<Uuid>> {
        Found::Yes(self.staff.keys().copied().collect())
    }

    fn held(&self, op_id: Uuid) -> Found<Held<'_>> {
        let Some((op, user, is_decided)) = self.held.as_ref().filter(|it| it.0.op_id == op_id)
        else {
            return Found::No;
        };
        let items = self.records.iter().filter(|it| it.entity().name == ATTENTION.name);
        let items = items.filter(|it| !it.is_retired()).map(Cow::Borrowed).collect();
        Found::Yes(Held {
            op: Cow::Borrowed(op),
            user: *user,
            device: Uuid::nil(),
            received_at: at(0),
            is_decided: *is_decided,
            items,
        })
    }
}

impl Hub {
    fn of(staff: &[(Uuid, StandardRole)]) -> Self {
        let staff = staff.iter().map(|(user, role)| (*user, grants(*user, *role))).collect();
        Self { staff, ..Self::default() }
    }

    fn receives(&mut self, user: Uuid, op: &Op, under: Under, hours: i64) -> Judgement {
        let nothing = Grants { user_id: user, ..Grants::default() };
        let grants = self.staff.get(&user).unwrap_or(&nothing).clone();
        let mut drawn = 0x1000 * (op.op_id.as_u128() + 1);
        let mut new_id = || {
            drawn += 1;
            Uuid::from_u128(drawn)
        };
        let mut moment = Moment { now: at(hours), new_id: &mut new_id };
        let author = Author { user, device: Uuid::nil(), grants: &grants };
        let judgement = receive(op, author, under, self, &mut moment);
        for effect in &judgement.effects {
            match effect {
                Effect::Put { after, .. } => {
                    self.records.retain(|it| it.id() != after.id());
                    self.records.push((**after).clone());
                }
                Effect::Held { .. } => self.held = Some((op.clone(), user, false)),
                Effect::Decided { .. } => self.held.as_mut().unwrap().2 = true,
                Effect::Denied { .. } => {}
            }
        }
        judgement
    }

    fn item(&self, owner: Uuid, kind: &str) -> &Record {
        let own = |it: &&Record| it.get("owner_id").id() == Some(owner) && !it.is_retired();
        let mut items = self.records.iter().filter(|it| it.entity().name == ATTENTION.name);
        let found = items.find(|it| own(it) && it.get("kind").text() == Some(kind));
        found.unwrap_or_else(|| panic!("no {kind}"))
    }

    fn names(&self) -> Vec<&str> {
        let customers = self.records.iter().filter(|it| it.entity().name == CUSTOMER.name);
        customers.filter_map(|it| it.get("name").text()).collect()
    }

    fn decides(&mut self, user: Uuid, applies: bool, hours: i64) -> Judgement {
        let intent = draft::review(self.item(user, REVIEW), applies, Some("no"));
        let number = 0x70 + hours.unsigned_abs() + u64::from(applies);
        self.receives(user, &op(number, intent), Under::Now, hours)
    }
}

fn op(number: u64, intent: Intent) -> Op {
    Op {
        op_id: Uuid::from_u128(u128::from(number)),
        op_seq: number,
        prev_hash: Hash::default(),
        lease_serial: 1,
        occurred_at: at(0),
        needs: Vec::new(),
        replaces: None,
        intent,
    }
}

fn creation(name: &str) -> Op {
    let mut record = Record::new(&CUSTOMER, Uuid::from_u128(0xC), BEN, at(0));
    record.values.set("name", Value::Text(name.to_owned()));
    record.values.set("owner_id", Value::Id(BEN));
    op(1, draft::create(&record))
}

const TEAM: [(Uuid, StandardRole); 3] =
    [(ANNA, StandardRole::Admin), (BEN, StandardRole::Sales), (EVE, StandardRole::Accountant)];

#[test]
fn what_is_held_changes_no_record_and_is_shown_to_who_decides_and_to_its_author() {
    let mut hub = Hub::of(&TEAM);
    let judgement = hub.receives(BEN, &creation("Ada"), Under::Ended(Why::LeaseOver), 0);
    assert!(matches!(judgement.receipt, Receipt::Review { .. }));
    assert!(hub.names().is_empty());
    assert_eq!(hub.item(ANNA, REVIEW).title(), "Ada");
    assert_eq!(hub.item(BEN, IN_REVIEW).title(), "Ada");
    // The accountant settles only their own.
    let items = hub.records.iter().filter(|it| it.entity().name == ATTENTION.name);
    assert_eq!(items.count(), 2);
}

#[test]
fn applied_it_is_done_in_the_name_of_who_decided_and_everybodys_items_close() {
    let mut hub = Hub::of(&TEAM);
    hub.receives(BEN, &creation("Ada"), Under::Ended(Why::AccessEnded), 0);
    let judgement = hub.decides(ANNA, true, 1);
    assert!(judgement.receipt.has_effect(), "{:?}", judgement.receipt);
    assert_eq!(hub.names(), ["Ada"]);
    let open = |it: &&Record| it.entity().name == ATTENTION.name && !it.is_retired();
    assert_eq!(hub.records.iter().filter(open).count(), 0);
    let made = hub.records.iter().find(|it| it.entity().name == CUSTOMER.name).unwrap();
    assert_eq!(made.head.updated_by, ANNA);
}

#[test]
fn returned_it_is_its_authors_again_and_who_decides_second_is_told() {
    let mut hub = Hub::of(&[TEAM[0], TEAM[1], (EVE, StandardRole::Manager)]);
    hub.receives(BEN, &creation("Ada"), Under::Ended(Why::LeaseRevoked), 0);
    let second = draft::review(hub.item(EVE, REVIEW), true, None);
    assert!(hub.decides(ANNA, false, 1).receipt.has_effect());
    let back = hub.item(BEN, REJECTED);
    assert_eq!(back.get("code").text(), Some(RETURNED));
    assert_eq!(back.get("by_user").id(), Some(ANNA));
    let judgement = hub.receives(EVE, &op(9, second), Under::Now, 2);
    assert!(
        matches!(&judgement.receipt, Receipt::Rejected { problems, .. } if problems[0].rule == "decided")
    );
    assert!(hub.names().is_empty());
    hub.item(EVE, DECIDED);
}

#[test]
fn only_what_the_lease_allowed_is_held_where_the_rights_of_now_do_not() {
    let then = grants(BEN, StandardRole::Sales);
    for (under, held) in [
        (Under::Now, false),
        (Under::Earlier(&then), true),
        (Under::Earlier(&Grants::default()), false),
        (Under::Forgotten, true),
        (Under::Ended(Why::LeaseOver), true),
        (Under::Ended(Why::LeaseUnknown), false),
    ] {
        let mut hub = Hub::of(&[TEAM[0], (BEN, StandardRole::Technician)]);
        let receipt = hub.receives(BEN, &creation("Ada"), under, 0).receipt;
        assert_eq!(matches!(receipt, Receipt::Review { .. }), held, "{under:?}: {receipt:?}");
    }
    // What is allowed now is done, whatever an earlier lease gave.
    let mut hub = Hub::of(&TEAM);
    let earlier = Grants::default();
    assert!(hub.receives(BEN, &creation("Ada"), Under::Earlier(&earlier), 0).receipt.has_effect());
}

#[test]
fn what_is_a_decision_of_its_own_is_not_made_by_what_somebody_else_saw() {
    let mut hub = Hub::of(&TEAM);
    let ada = creation("Ada");
    assert!(hub.receives(BEN, &ada, Under::Now, 0).receipt.has_effect());
    let seen = RecordChanges::default();
    let loser = Loser { id: Uuid::from_u128(0xD), base_version: 1, seen: seen.clone() };
    let merge = Intent {
        verb: Verb::Merge,
        base_version: 1,
        changes: seen,
        loser: Some(Box::new(loser)),
        ..ada.intent
    };
    let held = hub.receives(BEN, &op(2, merge), Under::Ended(Why::LeaseOver), 0).receipt;
    assert!(matches!(held, Receipt::Review { .. }), "{held:?}");
    let declined = hub.decides(ANNA, true, 1).receipt;
    assert!(
        matches!(&declined, Receipt::Rejected { problems, .. } if problems[0].rule == "review_own_decision"),
        "{declined:?}"
    );
    assert!(hub.decides(ANNA, false, 2).receipt.has_effect());
    hub.item(BEN, REJECTED);
}

#[test]
fn a_decision_of_a_lease_that_ended_is_made_anew() {
    let mut hub = Hub::of(&TEAM);
    hub.receives(BEN, &creation("Ada"), Under::Ended(Why::LeaseOver), 0);
    let intent = draft::review(hub.item(ANNA, REVIEW), true, None);
    let late = hub.receives(ANNA, &op(5, intent), Under::Ended(Why::LeaseOver), 1).receipt;
    assert!(matches!(late, Receipt::Rejected { .. }));
    assert!(hub.names().is_empty());
    assert!(hub.decides(ANNA, true, 2).receipt.has_effect());
    assert_eq!(hub.names(), ["Ada"]);
}

#[test]
fn nobody_decides_about_their_own_but_the_only_one_who_could_after_a_day() {
    let mut hub = Hub::of(&[(BEN, StandardRole::Manager)]);
    hub.receives(BEN, &creation("Ada"), Under::Ended(Why::LeaseOver), 0);
    let early = hub.decides(BEN, true, 23).receipt;
    assert!(
        matches!(&early, Receipt::Rejected { problems, .. } if problems[0].rule == "review_too_early")
    );
    // Somebody else came meanwhile.
    hub.staff.insert(ANNA, grants(ANNA, StandardRole::Admin));
    assert!(!hub.decides(BEN, true, 25).receipt.has_effect());
    hub.staff.remove(&ANNA);
    assert!(hub.decides(BEN, true, 26).receipt.has_effect());
    assert_eq!(hub.names(), ["Ada"]);
}
