//! `Totals`: what the amounts of a list add up to. A sum over several currencies means nothing: each has its
//! own. Nor does a sum of the levels, weights and degrees that masters have for quantities.

use std::collections::BTreeMap;

use contract::{Failure, ListRequest, Sum, Totals};
use domain::permissions::Action;
use domain::record::{DecimalKind, EntityDef, Kind, OwnFields, OwnKind};
use domain::synced;
use local_store::View;
use uuid::Uuid;

use super::{fault, list};
use crate::session::Held;

pub fn totals(
    view: &View,
    held: &Held,
    request: &ListRequest,
    fields: &[String],
) -> Result<Totals, Failure> {
    let entity = super::entity(&request.entity)?;
    let names: Vec<&str> = fields.iter().map(String::as_str).collect();
    held.check(Action::View, entity, None, &names)?;
    let query = list::query(view, held, entity, request)?;
    let mut sums = BTreeMap::new();
    for name in names {
        let own_fields = view.own_fields().map_err(fault)?;
        let Some((measure, target)) = measure(held, entity, &own_fields, name) else { continue };
        let found = view.totals(entity, &query, name, measure).map_err(fault)?;
        let ids: Vec<Uuid> = found.iter().filter_map(|sum| sum.measure).collect();
        let keys = keys(view, held, target, &ids)?;
        let sums_of: Vec<Sum> = found
            .into_iter()
            .map(|sum| Sum {
                measure: sum.measure.and_then(|id| keys.get(&id).cloned()),
                sum: sum.sum.to_string(),
            })
            .collect();
        sums.insert(name.to_owned(), sums_of);
    }
    Ok(Totals { sums })
}

/// The field that says in what the values of this one are counted, and the entity it refers to. `None` where
/// they cannot be added: all but amounts, values with more than one measure, or with one out of sight.
fn measure(
    held: &Held,
    entity: &'static EntityDef,
    own_fields: &OwnFields,
    name: &str,
) -> Option<(Option<&'static str>, Option<&'static str>)> {
    let place = entity.place(name)?;
    let kind = match place.own {
        None => place.field.kind,
        Some(_) => match own_fields.at(entity, &place)?.kind {
            OwnKind::Plain(kind) => kind,
            OwnKind::Choice(_) => return None,
        },
    };
    if kind != Kind::Decimal(DecimalKind::Amount) {
        return None;
    }
    let target = "currency";
    let mut measures = entity.all_fields().filter(|field| field.kind == Kind::Reference(target));
    match (measures.next(), measures.next()) {
        (None, _) => Some((None, None)),
        (Some(_), Some(_)) => None,
        (Some(only), None) => {
            held.check(Action::View, entity, None, &[only.name]).ok()?;
            Some((Some(only.name), Some(target)))
        }
    }
}

fn keys(
    view: &View,
    held: &Held,
    target: Option<&str>,
    ids: &[Uuid],
) -> Result<BTreeMap<Uuid, String>, Failure> {
    let Some(target) = target.and_then(synced::find) else { return Ok(BTreeMap::new()) };
    if held.check(Action::View, target, None, &[target.key]).is_err() {
        return Ok(BTreeMap::new());
    }
    let titles = view.titles(target, ids).map_err(fault)?;
    Ok(titles.into_iter().map(|title| (title.id, title.key)).collect())
}
