//! `new-master NAME` writes the file of a new master and its word in THE LIST. What the business says
//! about it (fields, rules, permission) is then written by a person into that file.

use std::process::{Command, ExitCode};

use crate::tree::{Fault, Tree};

const LIST: &str = "crates/domain/src/masters/mod.rs";
/// The last of THE LIST: it looks at all others. A new master stands before it, and may refer to those before.
const LIST_LAST: &str = "&OWN_FIELD";

pub fn run(tree: &Tree, words: &[String]) -> Result<ExitCode, Fault> {
    let [name] = words else {
        return Err(Fault::Usage(
            "takes one word: the machine name, for example price_list".into(),
        ));
    };
    check_name(name)?;
    let path = format!("crates/domain/src/masters/{name}.rs");
    let list = tree.read(LIST)?.ok_or_else(|| Fault::Usage(format!("{LIST} does not exist")))?;
    if tree.read(&path)?.is_some() || declares(&list, name) {
        return Err(Fault::Usage(format!("a master {name} exists already")));
    }
    let list = listed(&list, name)?;
    tree.write(&path, &skeleton(name))?;
    tree.write(LIST, &list)?;
    format_domain(tree)?;
    eprintln!(
        "{path}: written and listed. Now name its permission, fields and rules there, then run \
         ./daybook-dev generate and ./daybook-dev check."
    );
    Ok(ExitCode::SUCCESS)
}

/// The list is one line or many by rustfmt's own measure.
fn format_domain(tree: &Tree) -> Result<(), Fault> {
    let program = "cargo fmt";
    let output = Command::new("cargo")
        .args(["fmt", "--package", "domain"])
        .current_dir(&tree.root)
        .output()
        .map_err(|source| Fault::Start { program, source })?;
    if output.status.success() {
        return Ok(());
    }
    let message = String::from_utf8_lossy(&output.stderr).trim().to_owned();
    Err(Fault::Refused { program, message })
}

fn check_name(name: &str) -> Result<(), Fault> {
    let signs = name.chars().all(|sign| sign.is_ascii_lowercase() || sign == '_');
    let starts_well = name.starts_with(|first: char| first.is_ascii_lowercase());
    match signs && starts_well && !name.ends_with('_') && !name.contains("__") {
        true => Ok(()),
        false => Err(Fault::Usage(format!(
            "`{name}` is no machine name: write the singular in lower case, words joined by _"
        ))),
    }
}

fn declares(list: &str, name: &str) -> bool {
    list.lines().any(|line| line == format!("mod {name};"))
}

/// THE LIST with the new master: its module, its name for others, and its word as the last but one.
fn listed(list: &str, name: &str) -> Result<String, Fault> {
    let constant = name.to_uppercase();
    let with_module = inserted(list, "mod ", &format!("mod {name};"))?;
    let with_name = inserted(&with_module, "pub use ", &format!("pub use {name}::{constant};"))?;
    let start = with_name.find("pub static ALL");
    let last = start.and_then(|start| Some(start + with_name.get(start..)?.find(LIST_LAST)?));
    let (before, after) = last
        .and_then(|last| with_name.split_at_checked(last))
        .ok_or_else(|| Fault::Usage(format!("{LIST} has no list ALL with {LIST_LAST}")))?;
    Ok(format!("{before}&{constant}, {after}"))
}

/// The text with a line more, in its alphabetical place among the lines with this beginning.
fn inserted(text: &str, beginning: &str, line: &str) -> Result<String, Fault> {
    let lines: Vec<&str> = text.lines().collect();
    let is_one = |old: &&str| old.starts_with(beginning);
    let later = lines.iter().position(|old| is_one(old) && *old > line);
    let last = lines.iter().rposition(is_one).map(|at| at + 1);
    let at = later.or(last).ok_or_else(|| {
        Fault::Usage(format!("{LIST} has no line that begins with `{beginning}`"))
    })?;
    let mut lines = lines;
    lines.insert(at, line);
    Ok(lines.join("\n") + "\n")
}

fn skeleton(name: &str) -> String {
    let words = name.replace('_', " ");
    let mut title = words.clone();
    if let Some(first) = title.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    let constant = name.to_uppercase();
    format!(
        r#"//! {title}: say in two or three lines what it is and what it refuses to be.

use crate::permissions::{{Guard, Permission}};
use crate::record::{{Area, EntityDef, FieldDef, Kind, Label, field}};

use super::fields::MASTER;

const GUARD: Guard =
    Guard::manage(Permission::MASTER_REFERENCE_VIEW, Permission::MASTER_REFERENCE_MANAGE);

pub static {constant}: EntityDef = EntityDef::new("{name}", Area::Organisation, GUARD)
    .called(
        Label {{ en: "{title}", de: "{title}" }},
        Label {{ en: "{title}s", de: "{title}s" }},
    )
    .fields(MASTER, OWN);

const OWN: &[FieldDef] =
    &[field("description", "Description", "Beschreibung", Kind::LongText).listed()];
"#
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_master_takes_its_place_in_the_list() {
        let list = "//! The masters.\n\nmod account;\nmod unit;\n\npub use account::ACCOUNT;\n\
                    pub use unit::UNIT;\n\n/// All.\npub static ALL: &[&EntityDef] = &[\n    \
                    &UNIT, &OWN_FIELD,\n];\n\nfn find() {}\n";
        let listed = listed(list, "price_list").unwrap();
        assert_eq!(
            listed,
            "//! The masters.\n\nmod account;\nmod price_list;\nmod unit;\n\npub use account::ACCOUNT;\n\
             pub use price_list::PRICE_LIST;\npub use unit::UNIT;\n\n/// All.\npub static ALL: \
             &[&EntityDef] = &[\n    &UNIT, &PRICE_LIST, &OWN_FIELD,\n];\n\nfn find() {}\n"
        );
        assert!(declares(&listed, "price_list") && !declares(list, "price_list"));
    }

    #[test]
    fn only_a_machine_name_is_taken() {
        for name in ["", "PriceList", "price-list", "_price", "price_", "price__list", "../x"] {
            assert!(check_name(name).is_err(), "{name}");
        }
        assert!(check_name("price_list").is_ok());
    }

    #[test]
    fn the_skeleton_opens_like_every_module() {
        assert!(skeleton("price_list").starts_with("//! Price list:"));
        assert!(skeleton("price_list").contains("pub static PRICE_LIST: EntityDef"));
    }

    #[test]
    fn the_skeleton_takes_only_what_there_is() {
        let masters = include_str!("../../crates/domain/src/masters/mod.rs");
        let fields = include_str!("../../crates/domain/src/masters/fields.rs");
        assert!(skeleton("price_list").contains("use super::fields::MASTER;"));
        assert!(declares(masters, "fields") && fields.contains("pub const MASTER:"));
        let permissions = include_str!("../../crates/domain/src/permissions/catalogue.rs");
        for permission in ["MASTER_REFERENCE_VIEW", "MASTER_REFERENCE_MANAGE"] {
            assert!(
                skeleton("price_list").contains(permission) && permissions.contains(permission)
            );
        }
    }
}
