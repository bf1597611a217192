//! Numbers that this device alone gives codes with: what the hub leased, how far it is used, and drawing the next one
//! within the transaction that writes its record. Which series numbers what is `domain::numbering`'s.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use domain::numbering::{code, fits, is_numbered};
use domain::record::{Cell, Change, EntityDef, fold_code, folded_name};
use rusqlite::{OptionalExtension, Row, params};
use sync_protocol::numbers::NumberLease;
use sync_protocol::op::{Intent, Verb};
use uuid::Uuid;

use crate::error::{Result, StoreError};
use crate::layout::Db;
use crate::store::Store;
use crate::view::View;

const COLUMNS: &str = "lease_id, series_id, period, entity, company_id, branch_id, stem, width, last_number, \
     next_number, from_day, to_day";

/// Whose record a code is for: its company and its branch.
pub type Place = (Option<Uuid>, Option<Uuid>);

impl View<'_> {
    /// The numbers that are held, in the order in which they are used.
    ///
    /// # Errors
    /// Where the file cannot be read.
    pub fn number_leases(&self) -> Result<Vec<NumberLease>> {
        leases(self.db, "returned = 0")
    }

    /// Those that are not used any more and of which the hub was not told yet.
    ///
    /// # Errors
    /// Where the file cannot be read.
    pub fn returned_numbers(&self) -> Result<Vec<NumberLease>> {
        leases(self.db, "returned = 1")
    }

    /// The code that a new record would be given now; none where no series numbers it or no number is left.
    ///
    /// # Errors
    /// Where the file cannot be read.
    pub fn next_code(
        &self,
        entity: &EntityDef,
        place: Place,
        day: NaiveDate,
    ) -> Result<Option<String>> {
        Ok(next(self.db, entity, place, day)?.map(|drawn| drawn.code))
    }
}

impl Store {
    /// Keeps what the hub says is held. From all else nothing is drawn from here on, and the next request gives it back:
    /// only then does the hub know how far it was used. Those of `told` are forgotten, for it knows that by now. A
    /// number that was drawn here stays drawn whatever the hub knows of it.
    ///
    /// # Errors
    /// Where the file cannot be written.
    pub fn take_numbers(&self, held: &[NumberLease], told: &BTreeSet<Uuid>) -> Result<()> {
        self.transact(|db| {
            for lease_id in leases(db, "1")?.into_iter().map(|lease| lease.lease_id) {
                let change = match held.iter().any(|lease| lease.lease_id == lease_id) {
                    _ if told.contains(&lease_id) => "DELETE FROM number_lease WHERE lease_id = ?1",
                    true => continue,
                    false => "UPDATE number_lease SET returned = 1 WHERE lease_id = ?1",
                };
                db.connection.prepare_cached(change)?.execute([lease_id.as_bytes()])?;
            }
            held.iter()
                .filter(|lease| !told.contains(&lease.lease_id))
                .try_for_each(|lease| put(db, lease))
        })
    }

    /// Gives all numbers back: from here on none is drawn, and the hub is told with the next request.
    ///
    /// # Errors
    /// Where the file cannot be written.
    pub fn return_numbers(&self) -> Result<()> {
        self.transact(|db| {
            db.connection.execute("UPDATE number_lease SET returned = 1", ())?;
            Ok(())
        })
    }
}

/// A number on its way to a record.
struct Drawn {
    lease: Uuid,
    number: i64,
    code: String,
}

/// Draws the code of a record that is made without one. `None` where no series numbers it, no number is left, or the
/// person gave one.
pub(crate) fn draw(
    db: Db,
    entity: &EntityDef,
    intent: &Intent,
    day: NaiveDate,
) -> Result<Option<Change>> {
    if intent.verb != Verb::Create || !is_numbered(entity) {
        return Ok(None);
    }
    let value = |name: &str| {
        let change = intent.changes.fields.iter().find(|change| change.field == name);
        change.map(|change| &change.to).filter(|cell| **cell != Cell::Null)
    };
    if value(entity.key).is_some() {
        return Ok(None);
    }
    let id = |name: &str| match value(name) {
        Some(Cell::Id(id)) => Some(*id),
        Some(Cell::Text(text)) => Uuid::try_parse(text).ok(),
        _ => None,
    };
    let Some(drawn) = next(db, entity, (id("company_id"), id("branch_id")), day)? else {
        return Ok(None);
    };
    db.connection
        .prepare_cached("UPDATE number_lease SET next_number = ?2 WHERE lease_id = ?1")?
        .execute(params![drawn.lease.as_bytes(), drawn.number + 1])?;
    let (field, to) = (entity.key.to_owned(), Cell::Text(drawn.code));
    Ok(Some(Change { field, from: Some(Cell::Null), to }))
}

/// The next number that no record here has for its code. The numbers of a branch go before those of the company.
fn next(db: Db, entity: &EntityDef, place: Place, day: NaiveDate) -> Result<Option<Drawn>> {
    let Some(key) = entity.field(entity.key).filter(|_| is_numbered(entity)) else {
        return Ok(None);
    };
    let mut query = db.connection.prepare_cached(&format!(
        "SELECT {COLUMNS} FROM number_lease WHERE returned = 0 AND entity = ?1 AND next_number <= last_number \
         AND (from_day IS NULL OR ?2 BETWEEN from_day AND to_day) \
         ORDER BY branch_id IS NULL, stem, next_number"
    ))?;
    let mut taken = db.connection.prepare_cached(&format!(
        "SELECT 1 FROM {} WHERE {} = ?1 LIMIT 1",
        entity.name,
        folded_name(key)
    ))?;
    let mut rows = query.query(params![entity.name, day.to_string()])?;
    while let Some(row) = rows.next()? {
        let lease = lease(row)?;
        if !fits((lease.company_id, lease.branch_id), place) {
            continue;
        }
        for number in lease.next..=lease.last {
            let code = code(&lease.stem, lease.width, number);
            if taken.query_row([fold_code(&code)], |_| Ok(())).optional()?.is_none() {
                return Ok(Some(Drawn { lease: lease.lease_id, number, code }));
            }
        }
    }
    Ok(None)
}

/// Carries the numbers of the live file into the one that takes its place.
pub(crate) fn carry(live: Db, to: Db) -> Result<()> {
    for returned in [false, true] {
        for lease in leases(live, if returned { "returned = 1" } else { "returned = 0" })? {
            put(to, &lease)?;
            to.connection.execute(
                "UPDATE number_lease SET returned = ?2 WHERE lease_id = ?1",
                params![lease.lease_id.as_bytes(), returned],
            )?;
        }
    }
    Ok(())
}

/// Undoes [`carry`].
pub(crate) fn take_off(to: Db) -> Result<()> {
    to.connection.execute("DELETE FROM number_lease", ())?;
    Ok(())
}

fn put(db: Db, lease: &NumberLease) -> Result<()> {
    let days = lease.days.map(|(first, last)| (first.to_string(), last.to_string()));
    db.connection
        .prepare_cached(&format!(
            "INSERT INTO number_lease ({COLUMNS}) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12) \
             ON CONFLICT (lease_id) DO UPDATE SET last_number = excluded.last_number, \
             next_number = max(next_number, excluded.next_number)"
        ))?
        .execute(params![
            lease.lease_id.as_bytes(),
            lease.series_id.as_bytes(),
            lease.period,
            lease.entity,
            lease.company_id.as_bytes(),
            lease.branch_id.map(Uuid::into_bytes),
            lease.stem,
            lease.width,
            lease.last,
            lease.next,
            days.as_ref().map(|(first, _)| first),
            days.as_ref().map(|(_, last)| last),
        ])?;
    Ok(())
}

fn leases(db: Db, which: &str) -> Result<Vec<NumberLease>> {
    let mut query = db.connection.prepare_cached(&format!(
        "SELECT {COLUMNS} FROM number_lease WHERE {which} ORDER BY entity, from_day, stem, next_number"
    ))?;
    let mut rows = query.query(())?;
    let mut leases = Vec::new();
    while let Some(row) = rows.next()? {
        leases.push(lease(row)?);
    }
    Ok(leases)
}

fn lease(row: &Row) -> Result<NumberLease> {
    let day = |at: usize| -> Result<Option<NaiveDate>> {
        let text: Option<String> = row.get(at)?;
        let damaged = |_| StoreError::Damaged("a day of numbers is no date".to_owned());
        text.map(|text| text.parse().map_err(damaged)).transpose()
    };
    Ok(NumberLease {
        lease_id: Uuid::from_bytes(row.get(0)?),
        series_id: Uuid::from_bytes(row.get(1)?),
        period: row.get(2)?,
        entity: row.get(3)?,
        company_id: Uuid::from_bytes(row.get(4)?),
        branch_id: row.get::<_, Option<[u8; 16]>>(5)?.map(Uuid::from_bytes),
        stem: row.get(6)?,
        width: row.get(7)?,
        last: row.get(8)?,
        next: row.get(9)?,
        days: day(10)?.zip(day(11)?),
    })
}
