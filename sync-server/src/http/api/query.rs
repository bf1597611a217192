//! The query of a list: `filter[name]=Ada`, `filter[credit_limit][at_least]=100`, `sort=city,-name`, `limit`,
//! `cursor`, `retired`, `total`. A field that the reader may not read answers like one that is not there.

use std::collections::HashSet;

use axum::extract::Query as Pairs;
use axum::extract::rejection::QueryRejection;
use domain::permissions::{Action, Grants, Reason, check};
use domain::person;
use domain::record::{
    Cell, ColumnKind, ColumnOrigin, EntityDef, Kind, OwnField, OwnFields, OwnKind, Record, Value,
    columns,
};

use super::reference::{Name, Names};
use crate::http::{Problem, SignedIn};
use crate::store::Connection;
use crate::store::tenant::own_field;
use crate::store::tenant::record::{Listed, Test};

/// Records of a page, where nothing else is asked for, and at most.
const LIMIT: u16 = 100;
pub(super) const LIMIT_MAX: u16 = 1_000;
/// Fields of an order, at most: each is another comparison of every row.
const ORDER_MAX: usize = 5;
/// More filters than any screen has.
const FILTERS_MAX: usize = 20;

/// What a list's query may be made of, as axum reads it.
pub(super) type Read = Result<Pairs<Vec<(String, String)>>, QueryRejection>;

/// A query that was read and is allowed.
pub(super) struct Query {
    pub tests: Vec<(Listed, Test)>,
    pub order: Vec<(Listed, bool)>,
    pub limit: u16,
    pub cursor: Option<String>,
    pub retired: bool,
    pub total: bool,
    /// What tells this list from another one, for its cursors.
    pub words: Vec<String>,
}

impl Query {
    /// # Errors
    /// `invalid_fields`, naming the parameter or the field; a fault of the database, which knows what a name in a
    /// filter means.
    pub async fn read(
        entity: &'static EntityDef,
        who: &SignedIn,
        connection: &mut Connection,
        read: Read,
    ) -> Result<Self, Problem> {
        let Ok(Pairs(mut pairs)) = read else {
            return Err(Problem::field("query", "form", "cannot be read; encode it as a form"));
        };
        if pairs.iter().any(|(name, text)| name.contains('\0') || text.contains('\0')) {
            let message = "holds a NUL character, which no record does; leave it out";
            return Err(Problem::field("query", "control_character", message));
        }
        let own = format!("{}.", entity.own_map().map_or("", |map| map.name));
        let names_own = pairs.iter().any(|(name, text)| name.contains(&own) || text.contains(&own));
        let own_fields = match names_own {
            true => own_field::all(connection).await?,
            false => OwnFields::default(),
        };
        let reader = Reader { entity, grants: who.grants(), own_fields };
        reader.settle(who, connection, &mut pairs).await?;
        Self::of(&reader, pairs)
    }

    fn of(reader: &Reader<'_>, pairs: Vec<(String, String)>) -> Result<Self, Problem> {
        let mut query = Self {
            tests: Vec::new(),
            order: Vec::new(),
            limit: LIMIT,
            cursor: None,
            retired: false,
            total: false,
            words: vec![reader.entity.name.to_owned()],
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
                    query.order = reader.order(&text)?;
                    query.words.push(format!("sort={text}"));
                }
                _ => {
                    let test = reader.test(&name, &text)?;
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

    /// The kinds of the columns that it is ordered by, and what a record has there: of both its place is made.
    pub fn order_kinds(&self) -> Vec<ColumnKind> {
        self.order.iter().map(|(column, _)| column.kind()).collect()
    }

    pub fn place_of(&self, record: &Record) -> Vec<Value> {
        self.order.iter().map(|(column, _)| column.of(record)).collect()
    }
}

/// Who asks, and of what.
struct Reader<'a> {
    entity: &'static EntityDef,
    grants: &'a Grants,
    /// Loaded where the query names one.
    own_fields: OwnFields,
}

impl Reader<'_> {
    /// Puts ids in the place of names by which a filter refers to other records.
    async fn settle(
        &self,
        who: &SignedIn,
        connection: &mut Connection,
        pairs: &mut [(String, String)],
    ) -> Result<(), Problem> {
        let named = |parameter: &str, text: &str| {
            let (field, None) = filter_name(parameter)? else { return None };
            // What the reader may not read is refused when the query is read, whatever it is compared with.
            let Ok(Listed::Field(column)) = self.column(field) else { return None };
            let Kind::Reference(target) = column.kind else { return None };
            Some((column.name, target, Name::read(text)?))
        };
        let mut names = Names::default();
        for (parameter, text) in &*pairs {
            if let Some((_, target, name)) = named(parameter, text) {
                names.want(target, name);
            }
        }
        names.look_up(connection, who).await?;
        for (parameter, text) in pairs {
            if let Some((field, target, name)) = named(parameter, text) {
                let meant = names.one(target, &name);
                *text =
                    meant.map_err(|(rule, why)| Problem::field(field, rule, why))?.id().to_string();
            }
        }
        Ok(())
    }

    /// The column that a name means.
    ///
    /// # Errors
    /// The same for a field that is hidden and for one that does not exist.
    fn column(&self, name: &str) -> Result<Listed, Problem> {
        let entity = self.entity;
        let refused = |reason: &Reason| Problem::field(name, reason.code(), reason.to_string());
        let decision = check(self.grants, Action::View, entity, None, &[name]);
        decision.into_result().map_err(|reason| refused(&reason))?;
        let known = columns(entity).into_iter().find(|column| column.name == name);
        let listed = match known.map(|column| (column.origin, column.kind)) {
            Some((ColumnOrigin::Head, kind)) => {
                HEAD.iter().find(|head| **head == name).map(|head| Listed::Head(head, kind))
            }
            Some((ColumnOrigin::Field(field), _)) => Some(Listed::Field(field)),
            Some((ColumnOrigin::Folded(_), _)) => None,
            None => entity.place(name).and_then(|place| {
                Some(Listed::Own(place.field, self.own_fields.at(entity, &place)?.clone()))
            }),
        };
        listed.ok_or_else(|| refused(&Reason::FieldNotPermitted { field: name.to_owned() }))
    }

    /// `city,-name`: by each where those before are equal.
    fn order(&self, text: &str) -> Result<Vec<(Listed, bool)>, Problem> {
        let mut names = HashSet::new();
        let mut order = Vec::new();
        for word in text.split(',') {
            let (name, last_first) = match word.strip_prefix('-') {
                Some(name) => (name, true),
                None => (word, false),
            };
            let column = self.column(name)?;
            if matches!(column.kind(), ColumnKind::List | ColumnKind::Map) {
                let message = "has no order; sort by another field";
                return Err(Problem::field(name, "no_order", message));
            }
            if !names.insert(name) {
                let message = "stands twice in the order; keep one of them";
                return Err(Problem::field(name, "double", message));
            }
            order.push((column, last_first));
        }
        if order.len() > ORDER_MAX {
            let message = format!("may name at most {ORDER_MAX} fields");
            return Err(Problem::field("sort", "too_many", message));
        }
        Ok(order)
    }

    fn test(&self, parameter: &str, text: &str) -> Result<(Listed, Test), Problem> {
        let Some((name, word)) = filter_name(parameter) else {
            let message =
                "is no parameter; there are filter[field], sort, limit, cursor, retired, total";
            return Err(Problem::field(parameter, "unknown_parameter", message));
        };
        let column = self.column(name)?;
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
            // Whether a map of own fields is empty would tell of those that the reader may not see.
            Some("empty") if !is_own_map(&column) => Test::Empty(flag(parameter, text)?),
            _ => {
                let message = "cannot be filtered like this; there are [contains] for texts and lists, [above], \
                           [at_least], [below], [at_most], [empty], and none of them for equality";
                return Err(Problem::field(name, "unknown_filter", message));
            }
        };
        Ok((column, test))
    }
}

const HEAD: [&str; 7] =
    ["id", "version", "created_at", "created_by", "updated_at", "updated_by", "retired_at"];

fn limit(text: &str) -> Result<u16, Problem> {
    let limit = text.parse().ok().filter(|limit| (1..=LIMIT_MAX).contains(limit));
    limit.ok_or_else(|| {
        Problem::field("limit", "out_of_range", format!("must be between 1 and {LIMIT_MAX}"))
    })
}

fn flag(name: &str, text: &str) -> Result<bool, Problem> {
    text.parse().map_err(|_| Problem::field(name, "not_a_flag", "must be true or false"))
}

fn is_own_map(column: &Listed) -> bool {
    matches!(column, Listed::Field(field) if field.kind == Kind::Own)
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
        Listed::Own(_, OwnField { kind: OwnKind::Plain(kind), .. }) => *kind,
        Listed::Own(..) => Kind::LongText,
        Listed::Head(_, ColumnKind::Id) => Kind::Reference(person::NAME),
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
