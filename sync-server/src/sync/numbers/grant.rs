//! Giving numbers of one series and period, the next ones that no record has for its code.

use chrono::{DateTime, Utc};
use domain::numbering::{Period, Series, code, folded_stem};
use domain::record::fold_code;
use uuid::Uuid;

use crate::ids;
use crate::store::tenant::number::{self, Lease, Void};
use crate::store::tenant::record;
use crate::store::{Connection, StoreError};

/// So many numbers are looked at together where records have codes that nobody drew.
const LOOKED_AT: i64 = 10_000;

/// A series in one period.
#[derive(Clone, Copy)]
pub struct Counting<'a> {
    pub series: &'a Series,
    pub period: &'a Period,
    pub stem: &'a str,
}

/// Whose lease it is, and under which request.
#[derive(Clone, Copy)]
pub struct Grantee {
    pub device: Uuid,
    pub request: Uuid,
}

impl Counting<'_> {
    /// Whether a lease is of this series and period, and written as its numbers are now.
    pub fn has_given(self, lease: &Lease) -> bool {
        let written = (lease.stem.as_str(), u32::try_from(lease.width).ok());
        lease.series_id == self.series.id
            && lease.period == self.period.key
            && written == (self.stem, Some(self.series.width))
    }

    /// Leases the next numbers of a series that devices share: what another gave back before what nobody had. `None`
    /// where there is none left.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn lease(
        self,
        connection: &mut Connection,
        to: Grantee,
        now: DateTime<Utc>,
    ) -> Result<Option<Lease>, StoreError> {
        let Self { series, period, stem } = self;
        let old = number::returned(connection, series.id, &period.key, stem).await?;
        if let Some(old) = old.filter(|old| self.has_given(old)) {
            number::reissue(connection, old.id).await?;
            return self.insert(connection, to, (old.next_number, old.last_number), now).await;
        }
        let Some(range) = self.take(connection, series.block, now).await? else { return Ok(None) };
        self.insert(connection, to, range, now).await
    }

    /// Leases the whole series to the one device that counts in it, from a number on.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn lease_own(
        self,
        connection: &mut Connection,
        to: Grantee,
        from: i64,
        now: DateTime<Utc>,
    ) -> Result<Option<Lease>, StoreError> {
        let limit = self.series.limit();
        if from > limit {
            return Ok(None);
        }
        self.insert(connection, to, (from, limit), now).await
    }

    /// Takes at most so many numbers from the counter: first and last. `None` where the series has no digits for more.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn take(
        self,
        connection: &mut Connection,
        count: i64,
        now: DateTime<Utc>,
    ) -> Result<Option<(i64, i64)>, StoreError> {
        let Self { series, period, .. } = self;
        let known = number::counter(connection, series.id, &period.key).await?;
        let begin = known.unwrap_or(1).max(series.start);
        let mut first = begin;
        let mut look = count;
        let last = loop {
            let last = (first + count - 1).min(series.limit());
            if first > last {
                return Ok(None);
            }
            let to = (first + look - 1).min(series.limit());
            let Some(highest) = self.highest_taken(connection, first, to).await? else {
                break last;
            };
            first = highest + 1;
            look = (look * 2).min(LOOKED_AT.max(count));
        };
        // Records were called so before the series gave its numbers: what lies between them is given to nobody.
        let (period, reason) = (period.key.as_str(), "taken");
        let void =
            Void { series: series.id, period, first: begin, last: first - 1, reason, of: None };
        number::note_void(connection, void, now).await?;
        number::set_counter(connection, series.id, period, last + 1).await?;
        Ok(Some((first, last)))
    }

    /// The highest of these numbers that a record has for its code.
    async fn highest_taken(
        self,
        connection: &mut Connection,
        first: i64,
        last: i64,
    ) -> Result<Option<i64>, StoreError> {
        let Some(key) = self.series.entity.field(self.series.entity.key) else { return Ok(None) };
        let codes: Vec<(i64, String)> = (first..=last)
            .map(|number| (number, fold_code(&code(self.stem, self.series.width, number))))
            .collect();
        let folded: Vec<&str> = codes.iter().map(|(_, code)| code.as_str()).collect();
        let taken = record::named(connection, self.series.entity, key, &folded).await?;
        let is_taken = |code: &str| taken.iter().any(|holder| holder.folded == code);
        Ok(codes.iter().rev().find(|(_, code)| is_taken(code)).map(|(number, _)| *number))
    }

    async fn insert(
        self,
        connection: &mut Connection,
        to: Grantee,
        (first, last): (i64, i64),
        now: DateTime<Utc>,
    ) -> Result<Option<Lease>, StoreError> {
        let Self { series, period, stem } = self;
        let lease = Lease {
            id: ids::row_id(now),
            series_id: series.id,
            period: period.key.clone(),
            device_id: to.device,
            request_id: to.request,
            own: series.is_of_devices(),
            entity: series.entity.name.to_owned(),
            company_id: series.company,
            branch_id: series.branch,
            stem: stem.to_owned(),
            folded_stem: folded_stem(stem, series.width),
            width: i32::try_from(series.width).unwrap_or(i32::MAX),
            first_number: first,
            last_number: last,
            next_number: first,
            from_day: period.days.map(|(first, _)| first),
            to_day: period.days.map(|(_, last)| last),
        };
        number::insert(connection, &lease, now).await?;
        Ok(Some(lease))
    }
}
