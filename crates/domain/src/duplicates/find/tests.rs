//! Firms that are one, and firms that only look like it.

use super::*;
use crate::masters::CUSTOMER;
use crate::record::Value;

fn customer(number: u128, fields: &[(&str, &str)]) -> Subject {
    let mut traits = Traits::default();
    for (name, text) in fields {
        traits.add(CUSTOMER.field(name).unwrap(), &Value::Text((*text).to_owned()));
    }
    Subject { id: Uuid::from_u128(number), traits }
}

fn found(subjects: &[Subject]) -> Vec<(Vec<u128>, Vec<&'static str>)> {
    let groups = find(subjects, &HashSet::new());
    let one = |group: &Group| {
        let members = group.members.iter().map(Uuid::as_u128).collect();
        (members, group.reasons.iter().map(|reason| reason.field).collect())
    };
    groups.iter().map(one).collect()
}

#[test]
fn a_tax_id_that_two_have_makes_them_one_whatever_they_are_called() {
    let all = [
        customer(1, &[("name", "Nordlicht"), ("tax_id", "DE136695976")]),
        customer(2, &[("name", "NL Handel"), ("tax_id", "DE 136695976")]),
        customer(3, &[("name", "Südwind"), ("tax_id", "DE811569869")]),
    ];
    assert_eq!(found(&all), [(vec![1, 2], vec!["tax_id"])]);
}

#[test]
fn one_name_at_one_place_is_one_firm_whatever_its_legal_form() {
    let all = [
        customer(1, &[("name", "Müller Bau GmbH"), ("city", "Bonn")]),
        customer(2, &[("name", "Mueller-Bau"), ("city", "BONN")]),
        customer(3, &[("name", "Müller Bau KG"), ("city", "Kiel")]),
        customer(4, &[("name", "Möbel Baum"), ("city", "Bonn")]),
    ];
    let groups = found(&all);
    assert_eq!(groups.len(), 1, "{groups:?}");
    assert!(groups[0].0.starts_with(&[1]) && groups[0].0.len() <= 2, "{groups:?}");
}

#[test]
fn a_mistyped_name_is_found_at_its_place() {
    let all = [
        customer(
            1,
            &[("name", "Alfreds Futterkiste"), ("city", "Berlin"), ("postal_code", "12209")],
        ),
        customer(
            2,
            &[("name", "Alfreds Futterkitse"), ("city", "Berlin"), ("postal_code", "12209")],
        ),
        customer(3, &[("name", "Blauer See Delikatessen"), ("city", "Mannheim")]),
    ];
    assert_eq!(found(&all), [(vec![1, 2], vec!["name", "city", "postal_code"])].map(sorted));
}

fn sorted((members, mut fields): (Vec<u128>, Vec<&'static str>)) -> (Vec<u128>, Vec<&'static str>) {
    fields.sort_unstable();
    (members, fields)
}

#[test]
fn figures_and_other_tax_ids_tell_apart_what_sounds_alike() {
    let all = [
        customer(1, &[("name", "Branch 17"), ("city", "Bonn")]),
        customer(2, &[("name", "Branch 18"), ("city", "Bonn")]),
        customer(3, &[("name", "Stern"), ("city", "Bonn"), ("tax_id", "DE136695976")]),
        customer(4, &[("name", "Stern"), ("city", "Bonn"), ("tax_id", "DE811569869")]),
    ];
    assert_eq!(found(&all), []);
}

#[test]
fn what_a_person_called_two_stays_two() {
    let all = [
        customer(1, &[("name", "Stern"), ("email", "a@stern.example")]),
        customer(2, &[("name", "Stern"), ("email", "a@stern.example")]),
    ];
    assert_eq!(found(&all).len(), 1);
    let said = HashSet::from([super::super::pair(all[1].id, all[0].id)]);
    assert_eq!(find(&all, &said), []);
}

#[test]
fn the_address_of_a_house_makes_nobody_one() {
    let named =
        |n: u128| customer(n, &[("email", "info@house.example"), ("name", WORDS[n as usize % 30])]);
    let all: Vec<Subject> = (0..30).map(named).collect();
    assert_eq!(found(&all), []);
}

/// Thirty names that have nothing in common.
const WORDS: [&str; 30] = [
    "amber", "birch", "cedar", "delta", "ember", "fjord", "grove", "heron", "ivory", "jasper",
    "kelp", "lilac", "maple", "nickel", "ochre", "pearl", "quartz", "raven", "sable", "topaz",
    "umber", "violet", "willow", "xenon", "yarrow", "zircon", "blizzard", "compass", "dynamo",
    "falcon",
];
