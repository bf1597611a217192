//! Records as they are named by somebody who does not know their ids: `code:<code>` or `external:<system>/<id>`, in
//! a path, in a filter, and wherever a document refers to another record. Only what the person sees is found.

use std::collections::{BTreeMap, BTreeSet};

use domain::masters;
use domain::permissions::{Action, check};
use domain::record::{EntityDef, FieldDef, Kind, Record, fold_code, fold_entry};
use serde_json::{Map, Value as Json};
use sync_protocol::projection::is_visible;
use uuid::Uuid;

use crate::http::problem::FieldError;
use crate::http::{Problem, SignedIn};
use crate::store::Connection;
use crate::store::tenant::record::{self, Hold};

/// The field that holds what other systems call a record.
pub(super) const EXTERNAL_IDS: &str = "external_ids";

/// What a record is called. Codes are told apart as people tell them, without regard to case; the ids of another
/// system as that system does.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Name {
    /// Its code, or the key that its kind has besides: a SKU, an account number, a currency's ISO code.
    Code(String),
    External {
        system: String,
        id: String,
    },
}

impl Name {
    /// `None` for what is no name, such as an id. A system whose own name holds a `/` cannot be written here.
    pub fn read(text: &str) -> Option<Self> {
        if let Some(code) = text.strip_prefix("code:") {
            return Some(Self::Code(code.trim().to_owned()));
        }
        let (system, id) = text.strip_prefix("external:")?.split_once('/')?;
        Some(Self::External { system: system.to_owned(), id: id.to_owned() })
    }

    fn folded(&self) -> String {
        match self {
            Self::Code(code) => fold_code(code),
            Self::External { system, id } => fold_entry(system, id),
        }
    }
}

/// The fields in which a name of this kind is looked for, as far as the person may read them.
fn fields<'a>(
    who: &'a SignedIn,
    entity: &'static EntityDef,
    name: &Name,
) -> impl Iterator<Item = &'static FieldDef> + 'a {
    let names = match name {
        Name::Code(_) if entity.key == "code" => [Some("code"), None],
        Name::Code(_) => [Some(entity.key), Some("code")],
        Name::External { .. } => [Some(EXTERNAL_IDS), None],
    };
    let external = matches!(name, Name::External { .. });
    let fields = names.into_iter().flatten().filter_map(|name| entity.field(name));
    fields.filter(move |field| {
        (external || field.is_folded())
            && check(who.grants(), Action::View, entity, None, &[field.name]).is_allowed()
    })
}

/// A field, and the names that are looked for there with their folded forms.
type Sought<'n> = (&'static FieldDef, Vec<(String, &'n Name)>);

/// The records that the person sees under each name, retired ones included.
///
/// # Errors
/// A fault of the database.
pub(super) async fn called(
    connection: &mut Connection,
    who: &SignedIn,
    entity: &'static EntityDef,
    names: &BTreeSet<Name>,
) -> Result<BTreeMap<Name, Vec<Record>>, Problem> {
    let mut sought: BTreeMap<&'static str, Sought> = BTreeMap::new();
    for name in names {
        let folded = name.folded();
        // No record holds one, and the database takes none.
        if folded.contains('\0') {
            continue;
        }
        for field in fields(who, entity, name) {
            let (_, texts) = sought.entry(field.name).or_insert((field, Vec::new()));
            texts.push((folded.clone(), name));
        }
    }
    let mut meant: BTreeSet<(&Name, Uuid)> = BTreeSet::new();
    for (field, texts) in sought.into_values() {
        let folded: Vec<&str> = texts.iter().map(|(folded, _)| folded.as_str()).collect();
        for holder in record::named(connection, entity, field, &folded).await? {
            let of = texts.iter().filter(|(folded, _)| *folded == holder.folded);
            meant.extend(of.map(|(_, name)| (*name, holder.id)));
        }
    }
    let ids: Vec<Uuid> = meant.iter().map(|(_, id)| *id).collect();
    let records = record::by_ids(connection, entity, &ids, Hold::No).await?;
    let seen: BTreeMap<Uuid, Record> = records
        .into_iter()
        .filter(|record| is_visible(who.grants(), record))
        .map(|record| (record.id(), record))
        .collect();
    let mut found: BTreeMap<Name, Vec<Record>> = BTreeMap::new();
    for (name, id) in meant {
        if let Some(record) = seen.get(&id) {
            found.entry(name.clone()).or_default().push(record.clone());
        }
    }
    Ok(found)
}

/// Names that refer to other records, by the entity that each refers to, and then what they mean.
#[derive(Default)]
pub(super) struct Names {
    wanted: BTreeMap<&'static str, BTreeSet<Name>>,
    found: BTreeMap<(&'static str, Name), Vec<Record>>,
}

impl Names {
    /// Notes a name that is to be looked up.
    pub fn want(&mut self, target: &'static str, name: Name) {
        self.wanted.entry(target).or_default().insert(name);
    }

    /// Looks up all that was noted, many at once.
    ///
    /// # Errors
    /// A fault of the database.
    pub async fn look_up(
        &mut self,
        connection: &mut Connection,
        who: &SignedIn,
    ) -> Result<(), Problem> {
        for (target, names) in std::mem::take(&mut self.wanted) {
            let Some(entity) = masters::find(target) else { continue };
            let found = called(connection, who, entity, &names).await?;
            self.found.extend(found.into_iter().map(|(name, records)| ((target, name), records)));
        }
        Ok(())
    }

    /// The one record that is meant.
    ///
    /// # Errors
    /// The rule and the message where there is none or more than one.
    pub fn one(
        &self,
        target: &'static str,
        name: &Name,
    ) -> Result<&Record, (&'static str, String)> {
        let label = masters::find(target).map_or(target, |entity| entity.label.en).to_lowercase();
        let called = match name {
            Name::Code(code) => format!("the code \"{code}\""),
            Name::External { system, id } => format!("the id \"{id}\" of \"{system}\""),
        };
        match self.found.get(&(target, name.clone())).map(Vec::as_slice) {
            Some([record]) => Ok(record),
            None | Some([]) => {
                let message = format!("no {label} that you may see has {called}");
                Err(("unknown_reference", message))
            }
            Some(_) => {
                let message = format!("more than one {label} has {called}; give its id");
                Err(("ambiguous_reference", message))
            }
        }
    }
}

/// Puts an id in the place of every name by which the document refers to another record.
///
/// # Errors
/// The inner ones name each member that means no record, or a deleted one.
pub(super) async fn settle(
    connection: &mut Connection,
    who: &SignedIn,
    entity: &'static EntityDef,
    document: &mut Map<String, Json>,
) -> Result<Result<(), Vec<FieldError>>, Problem> {
    let mut names = Names::default();
    each(entity, document, |_, target, name, _| names.want(target, name));
    names.look_up(connection, who).await?;
    let mut errors = Vec::new();
    each(entity, document, |path, target, name, member| {
        let meant = names.one(target, &name).and_then(|record| {
            // What was merged is followed to what it became.
            if record.is_retired() && record.merged_into().is_none() {
                return Err(("deleted_reference", "was deleted; choose another".to_owned()));
            }
            Ok(record.id())
        });
        match meant {
            Ok(id) => *member = Json::from(id.to_string()),
            Err((rule, message)) => {
                errors.push(FieldError { field: path, rule: rule.to_owned(), message });
            }
        }
    });
    Ok(if errors.is_empty() { Ok(()) } else { Err(errors) })
}

/// Visits every name in the place of a reference: its path, what it refers to, the name and the member.
fn each(
    entity: &'static EntityDef,
    document: &mut Map<String, Json>,
    mut visit: impl FnMut(String, &'static str, Name, &mut Json),
) {
    let mut row = |entity: &EntityDef, before: &str, members: &mut Map<String, Json>| {
        for (field, member) in members {
            let Some(Kind::Reference(target)) = entity.field(field).map(|field| field.kind) else {
                continue;
            };
            if let Some(name) = member.as_str().and_then(Name::read) {
                visit(format!("{before}{field}"), target, name, member);
            }
        }
    };
    for child in entity.children {
        let rows = document.get_mut(child.name).and_then(Json::as_array_mut);
        for (index, members) in rows.into_iter().flatten().enumerate() {
            if let Some(members) = members.as_object_mut() {
                row(child, &format!("{}[{index}].", child.name), members);
            }
        }
    }
    row(entity, "", document);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_says_what_kind_it_is() {
        let external = |system: &str, id: &str| {
            Some(Name::External { system: system.to_owned(), id: id.to_owned() })
        };
        assert_eq!(Name::read("code: NET30 "), Some(Name::Code("NET30".to_owned())));
        assert_eq!(Name::read("code:a:b/c"), Some(Name::Code("a:b/c".to_owned())));
        assert_eq!(Name::read("external:sap/7/7"), external("sap", "7/7"));
        for text in ["NET30", "external:sap", "0197f0c0-0000-7000-8000-000000000001", ""] {
            assert_eq!(Name::read(text), None, "{text}");
        }
    }
}
