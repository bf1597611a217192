//! The query of a list: `filter[name]=Ada`, `filter[credit_limit][at_least]=100`, `sort=-updated_at`, `limit`,
//! `cursor`, `retired`, `total`. A field that the reader may not read answers like one that is not there.

use axum::extract::Query as Pairs;
use axum::extract::rejection::QueryRejection;
use domain::permissions::{Action, Grants, Reason, check};
use domain::record::{Cell, ColumnKind, ColumnOrigin, EntityDef, Kind, Value, columns};

use crate::http::Problem;
use crate::store::tenant::record::{Listed, Test};

/// Records of a page, where nothing else is asked for, and at most.
const LIMIT: u16 = 100;
pub(super) const LIMIT_MAX: u16 = 1_000;
/// More filters than any screen has.
const FILTERS_MAX: usize = 20;

/// What a list's query may be made of, as axum reads it.
pub(super) type Read = Result<Pairs<Vec<(String, String)>>, QueryRejection>;

/// A query that was read and is allowed.
pub(super) struct Query {
    pub tests: Vec<(Listed, Test)>,
    pub order: (Listed, bool),
    pub limit: u16,
    pub cursor: Option<String>,
    pub retired: bool,
    pub total: bool,
    /// What tells this list from another one, for its cursors.
    pub words: Vec<String>,
}

impl Query {
    /// # Errors
    /// `invalid_fields`, naming the parameter or the field.
    pub fn read(entity: &'static EntityDef, grants: &Grants, read: Read) -> Result<Self, Problem> {
        let Ok(Pairs(pairs)) = read else {
            return Err(Problem::field("query", "form", "cannot be read; encode it as a form"));
        };
        let mut query = Self {
            tests: Vec::new(),
            order: (Listed::Head("id", ColumnKind::Id), false),
            limit: LIMIT,
            cursor: None,
            retired: false,
            total: false,
            words: vec![entity.name.to_owned()],
        };
        for (name, text) in pairs {
            match name.as_str() {
                "cursor" => query.cursor = Some(text),
                "limit" => query.limit = limit(&text)?,
                "total" => query.total = flag(&name, &text)?,
                "retired" => {
                    query.retired = flag(&name, &text)?;
                    query.words.push(format!("retired={}", query.retired));
                }
                "sort" => {
                    query.order = order(entity, grants, &text)?;
                    query.words.push(format!("sort={text}"));
                }
                _ => {
                    let test = test(entity, grants, &name, &text)?;
                    query.tests.push(test);
                    query.words.push(format!("{name}={text}"));
                }
            }
        }
        if query.tests.len() > FILTERS_MAX {
            let message = format!("may be given at most {FILTERS_MAX} times");
            return Err(Problem::field("filter", "too_many", message));
        }
        Ok(query)
    }
}

fn limit(text: &str) -> Result<u16, Problem> {
    let limit = text.parse().ok().filter(|limit| (1..=LIMIT_MAX).contains(limit));
    limit.ok_or_else(|| {
        Problem::field("limit", "out_of_range", format!("must be between 1 and {LIMIT_MAX}"))
    })
}

fn flag(name: &str, text: &str) -> Result<bool, Problem> {
    text.parse().map_err(|_| Problem::field(name, "not_a_flag", "must be true or false"))
}

/// The column that a name means.
///
/// # Errors
/// The same for a field that is hidden and for one that does not exist.
fn column(entity: &'static EntityDef, grants: &Grants, name: &str) -> Result<Listed, Problem> {
    let refused = |reason: &Reason| Problem::field(name, reason.code(), reason.to_string());
    let decision = check(grants, Action::View, entity, None, &[name]);
    decision.into_result().map_err(|reason| refused(&reason))?;
    let known = columns(entity).into_iter().find(|column| column.name == name);
    let listed = match known.map(|column| (column.origin, column.kind)) {
        Some((ColumnOrigin::Head, kind)) => {
            HEAD.iter().find(|head| **head == name).map(|head| Listed::Head(head, kind))
        }
        Some((ColumnOrigin::Field(field), _)) => Some(Listed::Field(field)),
        Some((ColumnOrigin::Folded(_), _)) => None,
        None => entity
            .place(name)
            .and_then(|place| Some(Listed::Own(place.field, place.own?.to_owned()))),
    };
    listed.ok_or_else(|| refused(&Reason::FieldNotPermitted { field: name.to_owned() }))
}

const HEAD: [&str; 7] =
    ["id", "version", "created_at", "created_by", "updated_at", "updated_by", "retired_at"];

fn order(
    entity: &'static EntityDef,
    grants: &Grants,
    text: &str,
) -> Result<(Listed, bool), Problem> {
    let (name, last_first) = match text.strip_prefix('-') {
        Some(name) => (name, true),
        None => (text, false),
    };
    let column = column(entity, grants, name)?;
    match column.kind() {
        ColumnKind::List | ColumnKind::Map => {
            Err(Problem::field(name, "no_order", "has no order; sort by another field"))
        }
        _ => Ok((column, last_first)),
    }
}

fn test(
    entity: &'static EntityDef,
    grants: &Grants,
    parameter: &str,
    text: &str,
) -> Result<(Listed, Test), Problem> {
    let Some((name, word)) = filter_name(parameter) else {
        let message =
            "is no parameter; there are filter[field], sort, limit, cursor, retired, total";
        return Err(Problem::field(parameter, "unknown_parameter", message));
    };
    let column = column(entity, grants, name)?;
    let kind = column.kind();
    let compared = !matches!(kind, ColumnKind::List | ColumnKind::Map);
    let ordered = compared && !matches!(kind, ColumnKind::Flag | ColumnKind::Id);
    let contains = matches!(kind, ColumnKind::Text | ColumnKind::List);
    let test = match word {
        None if compared => Test::Is(value(&column, name, text)?),
        Some("contains") if contains && !text.is_empty() => Test::Contains(text.to_owned()),
        Some("above") if ordered => Test::Above(value(&column, name, text)?),
        Some("at_least") if ordered => Test::AtLeast(value(&column, name, text)?),
        Some("below") if ordered => Test::Below(value(&column, name, text)?),
        Some("at_most") if ordered => Test::AtMost(value(&column, name, text)?),
        Some("empty") => Test::Empty(flag(parameter, text)?),
        _ => {
            let message = "cannot be filtered like this; there are [contains] for texts and lists, [above], \
                           [at_least], [below], [at_most], [empty], and none of them for equality";
            return Err(Problem::field(name, "unknown_filter", message));
        }
    };
    Ok((column, test))
}

/// `filter[name]` or `filter[name][word]`.
fn filter_name(parameter: &str) -> Option<(&str, Option<&str>)> {
    let inner = parameter.strip_prefix("filter[")?.strip_suffix(']')?;
    Some(match inner.split_once("][") {
        None => (inner, None),
        Some((name, word)) => (name, Some(word)),
    })
}

/// The value that a text means for the column.
fn value(column: &Listed, name: &str, text: &str) -> Result<Value, Problem> {
    let kind = match column {
        Listed::Field(field) => field.kind,
        Listed::Own(..) => Kind::LongText,
        Listed::Head(_, ColumnKind::Id) => Kind::Reference("user"),
        Listed::Head(_, ColumnKind::Int) => Kind::Int { min: 0, max: i64::MAX },
        Listed::Head(..) => Kind::Instant,
    };
    match kind.read(&Cell::from(text)) {
        Ok(Value::Null) => {
            let message = "is compared with nothing; ask filter[field][empty]=true for that";
            Err(Problem::field(name, "empty", message))
        }
        Ok(value) => Ok(value),
        Err(fault) => Err(Problem::field(name, fault.rule, fault.message)),
    }
}
