//! Reads source for the places that refuse: each rule's code, and the field where the source says it. Tests hold
//! what they find against the cases of the rules and against the words for them.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use proc_macro2::{Delimiter, TokenStream, TokenTree};

/// One place in the source that refuses.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Refusal {
    pub code: String,
    pub field: Option<String>,
}

/// Every source file below a folder of `crates`, or the one file of this name.
pub fn sources(path: &str) -> Vec<PathBuf> {
    let mut open = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(path)];
    let mut files = Vec::new();
    while let Some(path) = open.pop() {
        if path.is_dir() {
            open.extend(fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path()));
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            files.push(path);
        }
    }
    files
}

/// A file without its tests.
pub fn code(file: &Path) -> String {
    let source = fs::read_to_string(file).unwrap();
    source.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default().to_owned()
}

pub fn refusals(file: &Path) -> BTreeSet<Refusal> {
    let mut found = BTreeSet::new();
    read(code(file).parse().unwrap(), &mut found);
    found
}

/// The texts that have names: `const NAME: &str = "text";`.
pub fn named_texts(files: &[PathBuf]) -> BTreeMap<String, String> {
    let mut named = BTreeMap::new();
    for file in files {
        let source = code(file);
        for line in source.lines() {
            let Some((_, rest)) = line.split_once("const ") else { continue };
            let Some((name, value)) = rest.split_once(": &str = \"") else { continue };
            named
                .extend(value.strip_suffix("\";").map(|value| (name.to_owned(), value.to_owned())));
        }
    }
    named
}

/// Looks for `problems.add(field, "code", ..)`, `Problem::new(field, "code", ..)`, `Fault::new("code", ..)`,
/// `Fault { rule: "code", .. }` and `Item::because("code", ..)`; a code may be a name.
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
                ("Fault", "new", _) | ("Item", "because", _) => {
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

/// A text that stands alone, or the name of one.
fn text(part: &[TokenTree]) -> Option<String> {
    match part {
        [TokenTree::Ident(name)] => {
            let name = name.to_string();
            (name == name.to_uppercase()).then_some(name)
        }
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
