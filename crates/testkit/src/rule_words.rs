//! Every rule whose refusal a person may come to read in Attention has words. The English ones are the refusal's own
//! message; the German ones stand in the window's texts, by the rule's code.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use crate::refusals::{code, named_texts, refusals, sources};

/// What is judged on the hub: the declarations, their rules, the judge, and the hub around it.
const JUDGED: [&str; 4] =
    ["domain/src", "sync-protocol/src/judge", "sync-protocol/src/merge", "../sync-server/src/sync"];

#[test]
fn every_rule_that_can_reach_attention_has_words_in_german_too() {
    let files = judged();
    let named = named_texts(&files);
    let mut rules: BTreeSet<String> = files
        .iter()
        .flat_map(|file| refusals(file))
        .map(|refusal| named.get(&refusal.code).cloned().unwrap_or(refusal.code))
        .collect();
    rules.extend(reasons());
    assert!(rules.len() > 100 && rules.contains("required") && rules.contains("not_permitted"));
    let german = german();
    let missing: Vec<&String> = rules.iter().filter(|rule| !german.contains_key(*rule)).collect();
    assert!(missing.is_empty(), "rules without a line in rules.de.ts: {missing:?}");
}

#[test]
fn what_a_german_sentence_speaks_of_is_given_with_the_refusal() {
    // A device says in the same words what stands in the way of a sign-in.
    let files = judged().into_iter().chain(sources("engine/src/session"));
    let sources: String = files.map(|file| code(&file)).collect();
    for (rule, sentence) in german() {
        for place in sentence.split("{{").skip(1).filter_map(|rest| rest.split("}}").next()) {
            let given = format!(".with(\"{place}\",");
            assert!(sources.contains(&given), "{rule}: nobody gives {place}");
        }
    }
}

fn judged() -> Vec<PathBuf> {
    JUDGED.iter().flat_map(|folder| sources(folder)).collect()
}

/// The codes of the reasons for which a right is missing.
fn reasons() -> Vec<String> {
    let [file] = sources("domain/src/permissions/decision.rs").try_into().unwrap();
    let source = code(&file);
    let codes = source.lines().filter(|line| line.trim().starts_with("Reason::"));
    let codes = codes.filter_map(|line| line.split_once("=> \"")?.1.strip_suffix("\","));
    let codes: Vec<String> = codes.map(str::to_owned).collect();
    assert!(codes.len() > 5, "{codes:?}");
    codes
}

/// The German sentences by rule.
fn german() -> BTreeMap<String, String> {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../ui/shared/i18n/rules.de.ts");
    let page = fs::read_to_string(page).unwrap();
    let (_, rules) = page.split_once("= {").unwrap();
    let mut told = BTreeMap::new();
    let mut rule = None;
    for line in rules.lines() {
        let line = match line.strip_prefix("  ").filter(|line| !line.starts_with(' ')) {
            Some(line) => match line.split_once(':') {
                Some((name, rest)) => {
                    rule = Some(name.to_owned());
                    rest
                }
                None => continue,
            },
            None => line,
        };
        let Some(rule) = rule.clone() else { continue };
        told.entry(rule).or_insert_with(String::new).push_str(line.trim());
    }
    told
}
