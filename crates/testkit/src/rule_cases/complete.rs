//! Finds every rule that can refuse a master, in the source of the declarations, and asks for a case of each: a
//! rule without one fails here.

use std::collections::BTreeSet;

use domain::masters;

use super::{ALL, Case, GIVEN};
use crate::refusals::{Refusal, refusals, sources};

/// Limits of size that a table of texts cannot show; each has a test of its own beside its rule.
const ELSEWHERE: &[&str] = &["too_many_rows", "too_deep"];

#[test]
fn every_rule_of_the_masters_has_a_case() {
    let cases: Vec<&Case> = ALL.iter().copied().flatten().collect();
    let mut missing = BTreeSet::new();
    for file in sources("domain/src/masters") {
        let stem = file.file_stem().unwrap().to_str().unwrap();
        let own = |case: &Case| masters::find(stem).is_none() || case.entity.name == stem;
        for refusal in refusals(&file) {
            // Where the source does not name the field, the rule may be one that other masters share.
            let of_anybody = refusal.field.is_none();
            let named =
                cases.iter().any(|case| is_named(case, &refusal) && (of_anybody || own(case)));
            if !named {
                missing.insert(format!("{}: {refusal:?}", file.display()));
            }
        }
    }
    for file in
        sources("domain/src/standards").into_iter().chain(sources("domain/src/record/validate.rs"))
    {
        for refusal in refusals(&file) {
            let named = cases.iter().any(|case| case.rule == refusal.code);
            if !named && !ELSEWHERE.contains(&refusal.code.as_str()) {
                missing.insert(format!("{}: {refusal:?}", file.display()));
            }
        }
    }
    assert!(missing.is_empty(), "rules without a case:\n{missing:#?}");
}

#[test]
fn no_case_is_of_a_field_or_of_rows_that_do_not_exist() {
    for case in ALL.iter().copied().flatten() {
        let found = match case.field.split_once('.') {
            Some((rows, field)) => {
                case.entity.child(rows).and_then(|rows| rows.field(field)).is_some()
            }
            None => {
                let rows = case.entity.child(case.field).is_some();
                rows || case.entity.field(case.field).is_some()
            }
        };
        assert!(found, "{}", case.title());
    }
}

#[test]
fn every_label_means_one_record() {
    let mut labels = BTreeSet::new();
    for given in GIVEN.iter().copied().flatten() {
        assert!(labels.insert(given.label), "@{} is given twice", given.label);
    }
}

fn is_named(case: &Case, refusal: &Refusal) -> bool {
    let field = case.field.rsplit('.').next().unwrap_or(case.field);
    case.rule == refusal.code && refusal.field.as_ref().is_none_or(|told| told == field)
}
