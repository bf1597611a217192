//! Finds every rule that can refuse a master, in the source of the declarations, and asks for a case of each: a
//! rule without one fails here.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use domain::masters;
use proc_macro2::{Delimiter, TokenStream, TokenTree};

use super::{ALL, Case, GIVEN};

/// Limits of size that a table of texts cannot show; each has a test of its own beside its rule.
const ELSEWHERE: &[&str] = &["too_many_rows", "too_deep"];

/// One place in the source that refuses: the rule's code, and the field where the source says it.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Refusal {
    code: String,
    field: Option<String>,
}

#[test]
fn every_rule_of_the_masters_has_a_case() {
    let cases: Vec<&Case> = ALL.iter().copied().flatten().collect();
    let mut missing = BTreeSet::new();
    for file in sources("masters") {
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
    for file in sources("standards").into_iter().chain([source("record/validate.rs")]) {
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
fn every_rule_is_told_in_german_as_well() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../ui/shared/i18n/rules.de.ts");
    let told = fs::read_to_string(page).unwrap();
    let untold = |case: &&Case| !told.contains(&format!("\n  {}:", case.rule));
    let cases = ALL.iter().copied().flatten();
    let missing: BTreeSet<&str> = cases.filter(untold).map(|case| case.rule).collect();
    assert!(missing.is_empty(), "rules without a line in rules.de.ts: {missing:?}");
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

fn source(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../domain/src").join(path)
}

/// Every source file below a folder of the domain.
fn sources(folder: &str) -> Vec<PathBuf> {
    let mut open = vec![source(folder)];
    let mut files = Vec::new();
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            match path.is_dir() {
                true => open.push(path),
                false if path.extension().is_some_and(|ending| ending == "rs") => files.push(path),
                false => {}
            }
        }
    }
    files
}

fn refusals(file: &Path) -> BTreeSet<Refusal> {
    let source = fs::read_to_string(file).unwrap();
    let source = source.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
    let tokens: TokenStream = source.parse().unwrap();
    let mut found = BTreeSet::new();
    read(tokens, &mut found);
    found
}

/// Looks for `problems.add(field, "code", ..)`, `Problem::new(field, "code", ..)`, `Fault::new("code", ..)` and
/// `Fault { rule: "code", .. }`.
fn read(tokens: TokenStream, found: &mut BTreeSet<Refusal>) {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let ident = |at: usize| match tokens.get(at) {
        Some(TokenTree::Ident(ident)) => ident.to_string(),
        _ => String::new(),
    };
    for (at, token) in tokens.iter().enumerate() {
        let TokenTree::Group(group) = token else { continue };
        let before = |back: usize| at.checked_sub(back).map(&ident).unwrap_or_default();
        let parts = parts(group.stream());
        if group.delimiter() == Delimiter::Parenthesis {
            let of = before(4);
            match (of.as_str(), before(1).as_str(), before(3).as_str()) {
                (_, "add", _) if parts.len() == 3 => {
                    let field = last_text(&parts[0]);
                    found.extend(text(&parts[1]).map(|code| Refusal { code, field }));
                }
                ("Problem", "new", _) if parts.len() == 3 => {
                    let field = last_text(&parts[0]);
                    found.extend(text(&parts[1]).map(|code| Refusal { code, field }));
                }
                ("Fault", "new", _) => {
                    found.extend(text(&parts[0]).map(|code| Refusal { code, field: None }));
                }
                _ => {}
            }
        }
        if group.delimiter() == Delimiter::Brace && before(1) == "Fault" {
            for part in &parts {
                if matches!(part.first(), Some(TokenTree::Ident(name)) if name == "rule") {
                    let code = part.get(2..).and_then(text);
                    found.extend(code.map(|code| Refusal { code, field: None }));
                }
            }
        }
        read(group.stream(), found);
    }
}

/// What stands between the commas.
fn parts(stream: TokenStream) -> Vec<Vec<TokenTree>> {
    let mut parts = vec![Vec::new()];
    for token in stream {
        match &token {
            TokenTree::Punct(sign) if sign.as_char() == ',' => parts.push(Vec::new()),
            _ => parts.last_mut().unwrap().push(token),
        }
    }
    parts.retain(|part| !part.is_empty());
    parts
}

/// A text that stands alone.
fn text(part: &[TokenTree]) -> Option<String> {
    match part {
        [TokenTree::Literal(literal)] => {
            literal.to_string().strip_prefix('"')?.strip_suffix('"').map(str::to_owned)
        }
        _ => None,
    }
}

/// The text that names a field: alone, or as the only argument of `row.path("field")`.
fn last_text(part: &[TokenTree]) -> Option<String> {
    match part.last() {
        Some(TokenTree::Group(group)) => text(&group.stream().into_iter().collect::<Vec<_>>()),
        _ => text(part),
    }
}
