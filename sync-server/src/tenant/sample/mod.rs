//! A company to try things on: branches, items, customers and suppliers of our own making, entered as the ops of
//! the device that lives on the hub.

mod line;

use std::collections::{BTreeMap, BTreeSet};

use domain::masters::{self, BRANCH, COMPANY, CUSTOMER, ITEM, ITEM_CATEGORY, SUPPLIER};
use domain::permissions::RowFilter;
use domain::record::{EntityDef, Record, Value};
use serde::Serialize;
use sync_protocol::device::draft;
use uuid::Uuid;

use self::line::{Book, Line, LineError};
use super::directory::TenantPlace;
use super::manage::ManageError;
use super::typist::{Typist, TypistError};
use crate::hub::Hub;
use crate::store::control::tenant::TenantState;
use crate::store::pool::PoolError;
use crate::store::tenant::{record, user};
use crate::store::{Connection, StoreError};

/// What there is of each entity, each after those it refers to.
static FILES: [(&EntityDef, &str); 5] = [
    (&BRANCH, include_str!("../../../sample/branch.jsonl")),
    (&ITEM_CATEGORY, include_str!("../../../sample/item_category.jsonl")),
    (&ITEM, include_str!("../../../sample/item.jsonl")),
    (&CUSTOMER, include_str!("../../../sample/customer.jsonl")),
    (&SUPPLIER, include_str!("../../../sample/supplier.jsonl")),
];

/// The territory of the sample's own salesperson.
const HOME: &str = "UK South West";

/// What was entered.
#[derive(Debug, Serialize)]
pub struct Loaded {
    pub tenant: String,
    /// New records, by entity.
    pub entered: BTreeMap<&'static str, usize>,
    /// Records whose key the tenant had already; they were left alone.
    pub kept: usize,
}

/// Why the sample was not entered.
#[derive(Debug, thiserror::Error)]
pub enum SampleError {
    #[error(transparent)]
    Tenant(#[from] ManageError),
    #[error("the tenant has no company; enter one first")]
    NoCompany,
    #[error("the tenant has no user with the e-mail address {0}; invite them first")]
    NoSalesperson(String),
    #[error(transparent)]
    Line(#[from] LineError),
    #[error(transparent)]
    Typist(#[from] TypistError),
    #[error(transparent)]
    Pool(#[from] PoolError),
}

impl From<StoreError> for SampleError {
    fn from(error: StoreError) -> Self {
        Self::Pool(error.into())
    }
}

/// Enters the sample into a tenant, in its oldest company. A record whose key is there, retired or not, is left
/// alone: running it again changes nothing. The customers at home belong to the salesperson, where one is named
/// by their e-mail address.
///
/// # Errors
/// See [`SampleError`].
pub async fn load(hub: &Hub, slug: &str, salesperson: Option<&str>) -> Result<Loaded, SampleError> {
    // One at a time, as they type on one device.
    let lock = hub.control.lock_slug(slug).await?;
    let loaded = enter(hub, slug, salesperson).await;
    lock.release().await?;
    loaded
}

async fn enter(hub: &Hub, slug: &str, salesperson: Option<&str>) -> Result<Loaded, SampleError> {
    let place = active(hub, slug).await?;
    let mut connection = hub.directory.connection(&place).await?;
    let salesperson = match salesperson {
        None => None,
        Some(email) => {
            let user = user::by_email(&mut connection, email).await?;
            Some(user.ok_or_else(|| SampleError::NoSalesperson(email.to_owned()))?.id)
        }
    };
    let company = record::page(&mut connection, &COMPANY, &RowFilter::Everything, None, 1).await?;
    let company = company.first().ok_or(SampleError::NoCompany)?.id();
    let lines = line::all(&FILES)?;
    let known = known(&mut connection, &lines).await?;
    let mut typist = Typist::at(&mut connection, hub.clock.now()).await?;
    let mut loaded = Loaded { tenant: slug.to_owned(), entered: BTreeMap::new(), kept: 0 };
    for record in
        records(&lines, known, company, |entity| typist.begin(entity), || typist.new_id())?
    {
        match record {
            None => loaded.kept += 1,
            Some(mut record) => {
                let placed = record.entity().position("territory").is_some();
                let at_home = placed && record.get("territory").text() == Some(HOME);
                if let (Some(owner), true) = (salesperson, at_home) {
                    record.values.set("owner_id", Value::Id(owner));
                }
                *loaded.entered.entry(record.entity().name).or_default() += 1;
                typist.enter(draft::create(&record))?;
            }
        }
    }
    typist.send(&mut connection).await?;
    Ok(loaded)
}

async fn active(hub: &Hub, slug: &str) -> Result<TenantPlace, SampleError> {
    let place = hub.directory.by_slug(slug).await?;
    let place = place.ok_or_else(|| ManageError::Unknown(slug.to_owned()))?;
    match place.state() {
        TenantState::Active => Ok(place),
        state => Err(ManageError::State { slug: slug.to_owned(), state, needed: "active" }.into()),
    }
}

/// The records of the tenant that the lines name or would make.
async fn known(connection: &mut Connection, lines: &[Line]) -> Result<Book, SampleError> {
    let mut wanted: BTreeMap<&'static str, BTreeSet<String>> = BTreeMap::new();
    for line in lines {
        wanted.entry(line.entity.name).or_default().insert(line.key()?);
        for (entity, key) in line.named() {
            wanted.entry(entity.name).or_default().insert(key);
        }
    }
    let mut book = Book::new();
    for (name, keys) in wanted {
        let Some(entity) = masters::find(name) else { continue };
        let Some(field) = entity.field(entity.key) else { continue };
        let keys: Vec<(Option<Uuid>, &str)> = keys.iter().map(|key| (None, key.as_str())).collect();
        for holder in record::holders(connection, entity, field, &keys).await? {
            book.insert((entity.name, holder.folded), holder.id);
        }
    }
    Ok(book)
}

/// A record for each line; nothing where there is one.
fn records(
    lines: &[Line],
    mut book: Book,
    company: Uuid,
    begin: impl Fn(&'static EntityDef) -> Record,
    new_id: impl Fn() -> Uuid,
) -> Result<Vec<Option<Record>>, LineError> {
    let mut records = Vec::with_capacity(lines.len());
    for line in lines {
        let key = (line.entity.name, line.key()?);
        if book.contains_key(&key) {
            records.push(None);
            continue;
        }
        let mut record = begin(line.entity);
        if line.entity.name == BRANCH.name {
            record.values.set("company_id", Value::Id(company));
        }
        line.fill(&mut record, &book, &new_id)?;
        book.insert(key, record.id());
        records.push(Some(record));
    }
    Ok(records)
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use domain::masters::{CURRENCY, UNIT};
    use domain::record::fold_code;
    use domain::standards;

    use super::*;
    use crate::ids;

    #[test]
    fn every_line_is_a_record_that_its_declaration_accepts() {
        let id = ids::opaque_id;
        let begin = |entity| Record::new(entity, id(), Uuid::nil(), DateTime::UNIX_EPOCH);
        let mut book = Book::new();
        for code in standards::currency::all() {
            book.insert((CURRENCY.name, fold_code(code)), id());
        }
        let lines = line::all(&FILES).unwrap();
        for (entity, code) in lines.iter().flat_map(Line::named) {
            if entity.name == UNIT.name && standards::unit::find(&code.to_uppercase()).is_some() {
                book.insert((UNIT.name, code), id());
            }
        }
        let records = records(&lines, book, id(), begin, id).unwrap();
        assert_eq!(records.len(), lines.len());
        for entity in FILES.map(|(entity, _)| entity) {
            assert!(lines.iter().any(|line| line.entity.name == entity.name), "{}", entity.name);
        }
        assert!(records.iter().all(Option::is_some), "two lines have one key");
        let customers = records.iter().flatten().filter(|r| r.entity().name == CUSTOMER.name);
        let at_home = customers.filter(|r| r.get("territory").text() == Some(HOME)).count();
        assert!(at_home > 20, "the salesperson has only {at_home} customers");
    }

    #[test]
    fn a_bad_line_is_named_with_what_is_wrong() {
        let refusal = |line: &'static str| {
            let lines = line::all(&[(&CUSTOMER, line)])?;
            let begin =
                |entity| Record::new(entity, Uuid::nil(), Uuid::nil(), DateTime::UNIX_EPOCH);
            records(&lines, Book::new(), Uuid::nil(), begin, Uuid::nil).map(|_| ())
        };
        for (line, told) in [
            ("{", "customer.jsonl, line 1: EOF"),
            (r#"{"name": "Nobody"}"#, "line 1: code is missing"),
            (r#"{"code": "C1", "currency": "EUR"}"#, "line 1: currency: there is no currency EUR"),
            (r#"{"code": "C1", "colour": "red"}"#, "line 1: colour: no such field"),
            (r#"{"code": "C1", "email": "nobody"}"#, "line 1: email: "),
            (r#"{"code": "C1"}"#, "line 1: name is required"),
            (r#"{"code": "C1", "rows": []}"#, "line 1: rows: no such rows"),
        ] {
            let error = refusal(line).unwrap_err().to_string();
            assert!(error.contains(told), "{error}");
        }
    }
}
