use domain::record::{Cell, ChildAction};
use proptest::prelude::*;
use uuid::Uuid;

use super::*;
use crate::op::{Loser, Op, SealedOp};
use crate::wire;

/// What a customer might have gone through: a name in the first step and another in the second, a rate that was
/// counted in tenths, and a row's field of the same name as its master's.
const PAST: &[Step] = &[
    step(2, "customer", Changed::Renamed { from: "tel", to: "telephone" }),
    step(2, "customer_contact", Changed::Renamed { from: "tel", to: "mobile" }),
    step(3, "customer", Changed::Rewritten(tenths)),
    step(3, "customer", Changed::Renamed { from: "telephone", to: "phone" }),
];
const LATER: Versions = Versions { current: 3, readable: 3, steps: PAST };

const fn step(version: u16, entity: &'static str, change: Changed) -> Step {
    Step { version, release: "a trial", entity, change }
}

/// `discount` in tenths of a per cent became `discount_percent`.
#[expect(clippy::ptr_arg, reason = "other steps add fields or take them away")]
fn tenths(fields: &mut Vec<Change>) {
    for field in fields.iter_mut().filter(|field| field.field == "discount") {
        "discount_percent".clone_into(&mut field.field);
        for cell in field.from.iter_mut().chain([&mut field.to]) {
            if let Cell::Int(tenths) = *cell {
                *cell = Cell::Text(format!("{}.{}", tenths / 10, tenths % 10));
            }
        }
    }
}

/// The intent as a program of that version would have written it: the way back, told apart from the way here.
fn as_written(today: &Intent, version: u16) -> Intent {
    let mut then = today.clone();
    then.kind_version = version;
    let seen = then.loser.iter_mut().map(|loser| &mut loser.seen);
    for changes in std::iter::once(&mut then.changes).chain(seen) {
        for field in &mut changes.fields {
            let (name, cells) = (&mut field.field, field.from.iter_mut().chain([&mut field.to]));
            match name.as_str() {
                "phone" => *name = if version == 1 { "tel" } else { "telephone" }.to_owned(),
                "discount_percent" => {
                    "discount".clone_into(name);
                    for cell in cells {
                        let Cell::Text(text) = cell else { continue };
                        *cell = Cell::Int(text.replace('.', "").parse().unwrap());
                    }
                }
                _ => {}
            }
        }
        let contacts = changes.children.iter_mut().filter(|row| row.entity == "customer_contact");
        let fields = contacts.flat_map(|row| &mut row.fields);
        for field in fields.filter(|field| field.field == "mobile" && version == 1) {
            "tel".clone_into(&mut field.field);
        }
    }
    then
}

fn cell() -> impl Strategy<Value = Cell> {
    prop_oneof![Just(Cell::Null), "[a-z+0-9 ]{0,9}".prop_map(Cell::Text)]
}

fn change() -> impl Strategy<Value = Change> {
    let other = (prop_oneof![Just("name"), Just("phone"), Just("notes")], cell());
    let rate = (0..1_000).prop_map(|t| Cell::Text(format!("{}.{}", t / 10, t % 10)));
    let one = prop_oneof![other, (Just("discount_percent"), rate)];
    (one, any::<bool>(), any::<bool>()).prop_map(|((field, to), known, witness)| {
        let from = if witness { to.clone() } else { Cell::Null };
        Change { field: field.to_owned(), from: known.then_some(from), to }
    })
}

fn row() -> impl Strategy<Value = ChildChange> {
    let entity = prop_oneof![Just("customer_contact"), Just("customer_address")];
    let field = (prop_oneof![Just("mobile"), Just("name")], cell());
    (entity, any::<u128>(), prop::collection::vec(field, 0..4)).prop_map(|(entity, id, fields)| {
        let change = |(field, to): (&str, Cell)| Change { field: field.to_owned(), from: None, to };
        let fields = fields.into_iter().map(change).collect();
        let (entity, action) = (entity.to_owned(), ChildAction::Edit);
        ChildChange { entity, id: Uuid::from_u128(id), action, fields }
    })
}

fn changes() -> impl Strategy<Value = RecordChanges> {
    (prop::collection::vec(change(), 0..6), prop::collection::vec(row(), 0..4))
        .prop_map(|(fields, children)| RecordChanges { fields, children })
}

fn intent() -> impl Strategy<Value = Intent> {
    let verb = prop_oneof![Just(Verb::Create), Just(Verb::Update), Just(Verb::Merge)];
    (verb, changes(), changes()).prop_map(|(verb, changes, seen)| Intent {
        entity: "customer".to_owned(),
        verb,
        kind_version: LATER.current,
        id: Uuid::from_u128(1),
        base_version: 4,
        changes,
        loser: (verb == Verb::Merge)
            .then(|| Box::new(Loser { id: Uuid::from_u128(2), base_version: 1, seen })),
    })
}

proptest! {
    // The judge knows an op by what it says: the same words get the same receipt and the same effects.
    #[test]
    fn work_of_an_older_program_says_what_it_would_say_today(today in intent()) {
        for version in 1..LATER.current {
            prop_assert_eq!(&upcast(as_written(&today, version), &LATER), &today);
        }
    }

    #[test]
    fn what_is_up_to_date_is_not_touched_again(today in intent()) {
        prop_assert_eq!(upcast(upcast(today.clone(), &LATER), &LATER), today);
    }
}

fn named(field: &str, verb: Verb, kind_version: u16) -> Intent {
    let to = Cell::from("mine");
    let fields = vec![Change { field: field.to_owned(), from: None, to }];
    let changes = RecordChanges { fields, children: Vec::new() };
    let (entity, id) = ("customer".to_owned(), Uuid::from_u128(1));
    Intent { entity, verb, kind_version, id, base_version: 1, changes, loser: None }
}

#[test]
fn a_version_that_nobody_knows_and_a_decision_on_an_item_stay_as_they_are() {
    for version in [0, LATER.current + 1] {
        let odd = named("tel", Verb::Update, version);
        assert_eq!(upcast(odd.clone(), &LATER), odd);
    }
    let decision = upcast(named("tel", Verb::Resolve, 1), &LATER);
    assert_eq!(decision, named("tel", Verb::Resolve, LATER.current));
}

#[test]
fn an_op_keeps_the_bytes_that_its_author_signed_for() {
    let op = Op {
        op_id: Uuid::from_u128(7),
        op_seq: 1,
        prev_hash: crate::op::Hash::default(),
        lease_serial: 1,
        occurred_at: chrono::DateTime::UNIX_EPOCH,
        needs: Vec::new(),
        replaces: None,
        intent: named("phone", Verb::Update, domain::versions::declared().current),
    };
    let bytes = wire::encode(&op).unwrap();
    let opened = SealedOp::open(bytes.clone()).unwrap();
    assert_eq!((opened.bytes(), opened.op()), (bytes.as_slice(), &op));
    assert_eq!(opened.hash(), SealedOp::seal(op).unwrap().hash());
}
