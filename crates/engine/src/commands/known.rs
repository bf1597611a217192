//! The fields that a question names. One that this person may not read and one that does not exist get the same
//! answer, and only what they may read is proposed instead.

use contract::{Failure, FailureCode, Problem};
use domain::permissions::{Action, ReadRight};
use domain::record::{EntityDef, Kind, OwnFields};
use strsim::jaro_winkler;

use crate::session::Held;

/// From here on a name is probably meant by another; the most is 1.
const LIKELY: f64 = 0.8;

/// # Errors
/// `NotPermitted` where the entity may not be seen; `Usage` with each field that there is none of.
pub fn known(
    held: &Held,
    entity: &'static EntityDef,
    own_fields: &OwnFields,
    names: &[&str],
) -> Result<(), Failure> {
    held.check(Action::View, entity, None, &[])?;
    let readable = |name: &str| held.check(Action::View, entity, None, &[name]).is_ok();
    let declared = |name: &str| {
        let place = entity.place(name);
        place.is_some_and(|at| at.own.is_none() || own_fields.at(entity, &at).is_some())
    };
    let unknown = names.iter().filter(|name| !(declared(name) && readable(name)));
    let problems: Vec<Problem> =
        unknown.map(|name| no_such(held, entity, own_fields, name)).collect();
    if problems.is_empty() {
        return Ok(());
    }
    let words: Vec<&str> = problems.iter().map(|problem| problem.message.as_str()).collect();
    Err(Failure { code: FailureCode::Usage, message: words.join("; "), problems })
}

fn no_such(held: &Held, entity: &'static EntityDef, own_fields: &OwnFields, name: &str) -> Problem {
    let message = format!("there is no field {name} of a {}", entity.name);
    match nearest(held, entity, own_fields, name) {
        Some(nearest) => {
            let message = format!("{message}; is {nearest} meant?");
            Problem::new(name, "unknown_field", message).with("nearest", nearest)
        }
        None => Problem::new(name, "unknown_field", message),
    }
}

/// The field whose name or label comes next to what was written.
fn nearest(
    held: &Held,
    entity: &'static EntityDef,
    own_fields: &OwnFields,
    name: &str,
) -> Option<String> {
    let declared = entity.all_fields().filter(|field| field.kind != Kind::Own);
    let declared =
        declared.map(|field| (field.name.to_owned(), vec![field.label.en, field.label.de]));
    let own = own_fields.in_use(entity.name).filter_map(|own| {
        let path = entity.own_map()?.own_path(&own.name);
        Some((path, vec![own.name.as_str(), own.label.as_str()]))
    });
    let asked = name.to_lowercase();
    let alike = |known: &str| jaro_winkler(&asked, &known.to_lowercase().replace(' ', "_"));
    declared
        .chain(own)
        .filter(|(field, _)| held.grants().field_right(entity, field).read == ReadRight::Full)
        .map(|(field, labels)| {
            let best = labels.into_iter().map(alike).fold(alike(&field), f64::max);
            (best, field)
        })
        .filter(|(likeness, _)| *likeness >= LIKELY)
        .max_by(|(one, _), (other, _)| one.total_cmp(other))
        .map(|(_, field)| field)
}
