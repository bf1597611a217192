//! What a declaration takes, what is kept of it, and what forms are shown.

use chrono::DateTime;

use super::*;
use crate::masters::{CUSTOMER, OWN_FIELD};

fn declared(entity: &str, name: &str, kind: OwnKind) -> OwnField {
    OwnField {
        id: Uuid::from_u128(name.len() as u128),
        entity: entity.to_owned(),
        name: name.to_owned(),
        label: name.to_owned(),
        translations: BTreeMap::new(),
        kind,
        required: false,
        sensitivity: Sensitivity::None,
        reviewed: false,
        searched: false,
        listed: false,
        position: 0,
        retired: false,
    }
}

fn fields() -> OwnFields {
    let words = BTreeMap::from([("red".to_owned(), "Rot".to_owned())]);
    OwnFields::new(vec![
        declared("customer", "colour", OwnKind::Choice(words)),
        declared(
            "customer",
            "fee",
            OwnKind::Plain(Kind::Decimal(crate::record::DecimalKind::Amount)),
        ),
        declared("customer", "vip", OwnKind::Plain(Kind::Bool)),
        declared("customer", "since_day", OwnKind::Plain(Kind::Date)),
    ])
}

fn change(name: &str, to: impl Into<Cell>) -> RecordChanges {
    let field = format!("extra.{name}");
    let fields = vec![Change { field, from: Some(Cell::Null), to: to.into() }];
    RecordChanges { fields, children: Vec::new() }
}

fn customer() -> Record {
    Record::new(&CUSTOMER, Uuid::from_u128(1), Uuid::nil(), DateTime::UNIX_EPOCH)
}

#[test]
fn what_is_typed_is_kept_as_one_text_however_it_was_typed() {
    let kept = |name: &str, to: Cell| {
        let mut changes = change(name, to);
        fields().settle(&CUSTOMER, &mut changes).unwrap();
        changes.fields.remove(0).to
    };
    assert_eq!(kept("fee", "1250.50".into()), Cell::from("1250.5"));
    assert_eq!(kept("fee", Cell::Int(3)), Cell::from("3"));
    assert_eq!(kept("vip", "yes".into()), Cell::from("true"));
    assert_eq!(kept("vip", Cell::Bool(false)), Cell::from("false"));
    assert_eq!(kept("colour", " red ".into()), Cell::from("red"));
    assert_eq!(kept("colour", "".into()), Cell::Null);
    let fields = fields();
    let shown = |name: &str, text: &str| fields.find("customer", name).unwrap().cell(text);
    assert_eq!(shown("vip", "true"), Cell::Bool(true));
    assert_eq!(shown("fee", "1250.5"), Cell::from("1250.5"));
    // A word that was taken out of the choice since.
    assert_eq!(shown("colour", "blue"), Cell::from("blue"));
}

#[test]
fn each_refusal_names_the_field_and_what_to_do() {
    let refused = |name: &str, to: &str| {
        let problems = fields().settle(&CUSTOMER, &mut change(name, to)).unwrap_err();
        problems.0.into_iter().next().unwrap()
    };
    let unknown = refused("size", "9");
    assert_eq!((unknown.field.as_str(), unknown.rule.as_str()), ("extra.size", "unknown_field"));
    assert!(!unknown.message.contains("extra.colour"), "{}", unknown.message);
    let word = refused("colour", "green");
    assert_eq!((word.field.as_str(), word.rule.as_str()), ("extra.colour", "unknown_choice"));
    assert_eq!(refused("fee", "a lot").rule, "not_a_number");
    assert_eq!(refused("since_day", "2026-02-30").field, "extra.since_day");
}

#[test]
fn an_own_field_is_written_by_its_name_and_never_the_map_as_a_whole() {
    let mut record = customer();
    change("colour", "red").apply(&mut record).unwrap();
    change("vip", "true").apply(&mut record).unwrap();
    assert_eq!(record.values.own("colour"), Some("red"));
    let before = record.clone();
    let mut cleared = change("colour", Cell::Null);
    cleared.fields[0].from = Some("red".into());
    cleared.apply(&mut record).unwrap();
    assert_eq!(record.values.cell("extra.vip"), Some(Cell::from("true")));
    assert_eq!(record.values.cell("extra.colour"), Some(Cell::Null));
    assert_eq!(RecordChanges::between(&before, &record), cleared);
    for name in ["extra", "extra.", "extra.Colour", "name.x", "extra.a.b"] {
        let mut whole = change("x", "1");
        whole.fields[0].field = name.to_owned();
        let problems = whole.apply(&mut record).unwrap_err();
        assert_eq!(problems.0[0].rule, "unknown_field", "{name}");
    }
}

#[test]
fn a_declaration_says_what_is_wrong_with_it() {
    let problems = |texts: &[(&str, &str)]| {
        let id = Uuid::from_u128(9);
        let mut record = Record::new(&OWN_FIELD, id, Uuid::nil(), DateTime::UNIX_EPOCH);
        for (name, text) in texts {
            let (place, value) =
                crate::record::read_field(&OWN_FIELD, name, &Cell::from(*text)).unwrap();
            record.values.put(&place, value);
        }
        record.normalise();
        let problems = crate::record::validate(&record).0;
        let rules = problems.into_iter().map(|problem| (problem.field, problem.rule));
        (OwnField::of(&record), rules.collect::<Vec<_>>())
    };
    let whole = [("name", "Colour"), ("entity", "customer"), ("field", "colour")];
    let (own, rules) = problems(&whole);
    assert_eq!(rules, []);
    let own = own.unwrap();
    assert_eq!((own.entity.as_str(), own.name.as_str()), ("customer", "colour"));
    assert!(!own.required && own.searched && !own.retired);
    let broken = |more: &[(&str, &str)]| problems(&[&whole[..], more].concat()).1;
    let one = |field: &str, rule: &str| vec![(field.to_owned(), rule.to_owned())];
    assert_eq!(broken(&[("field", "Colour 1")]), one("field", "own_field_name"));
    assert_eq!(broken(&[("kind", "choice")]), one("choices", "required"));
    let hidden = [("required", "yes"), ("readers", "payroll")];
    assert_eq!(broken(&hidden), one("required", "hidden_required"));
}

#[test]
fn every_field_that_can_be_declared_has_room_for_its_code() {
    for entity in crate::masters::ALL.iter().filter(|entity| entity.own_map().is_some()) {
        let longest = format!("{}.{}", entity.name, "x".repeat(OWN_NAME_MAX));
        assert!(Kind::Code.read(&Cell::Text(longest)).is_ok(), "{}", entity.name);
    }
}

proptest::proptest! {
    /// What a form shows of a kept text is read back as that text: nothing changes by being looked at.
    #[test]
    fn what_is_kept_and_shown_is_kept_again(text in "[ -~äß€\n]{0,12}") {
        for own in fields().of("customer") {
            let Ok(value) = own.read(&Cell::Text(text.clone())) else { continue };
            let Some(kept) = own_text(&value) else { continue };
            proptest::prop_assert_eq!(own.read(&own.cell(&kept)), Ok(value));
        }
    }
}
