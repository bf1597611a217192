//! The series that give codes of masters, with what their prefixes name, as the database has them.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use chrono::{DateTime, Days, NaiveDate, Utc};
use domain::masters::{BRANCH, FISCAL_YEAR, NUMBER_SERIES, NUMBERED};
use domain::numbering::{FiscalYear, Period, Series};
use domain::record::EntityDef;
use uuid::Uuid;

use crate::store::tenant::record::{self, Hold};
use crate::store::{Connection, StoreError};

/// Numbers of a time that comes are given so many days before it does: long enough for a device that is away over
/// New Year.
const AHEAD: Days = Days::new(60);

/// All series in use, with what they need to be read.
pub struct InUse {
    pub series: Vec<Series>,
    years: HashMap<Uuid, Vec<FiscalYear>>,
    branches: HashMap<Uuid, String>,
}

impl InUse {
    /// Those that give codes of this master, or of any.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn of(
        connection: &mut Connection,
        entity: Option<&'static EntityDef>,
    ) -> Result<Self, StoreError> {
        let wanted = NUMBERED.into_iter().filter(|it| entity.is_none_or(|one| one.name == it.name));
        let names: Vec<&str> = wanted.map(|entity| entity.name).collect();
        let ids = record::ids_with_any(connection, &NUMBER_SERIES, "document_type", &names).await?;
        let records = record::by_ids(connection, &NUMBER_SERIES, &ids, Hold::No).await?;
        let series: Vec<Series> = records.iter().filter_map(Series::of).collect();
        let (mut years, mut branches) = (HashMap::new(), HashMap::new());
        for company in series.iter().filter(|it| it.counts_fiscal_years()).map(|it| it.company) {
            if let Entry::Vacant(unread) = years.entry(company) {
                unread.insert(years_of(connection, company).await?);
            }
        }
        let named: Vec<Uuid> = series.iter().filter_map(|series| series.branch).collect();
        for branch in record::by_ids(connection, &BRANCH, &named, Hold::No).await? {
            if let Some(prefix) = branch.get("series_prefix").text() {
                branches.insert(branch.id(), prefix.to_owned());
            }
        }
        Ok(Self { series, years, branches })
    }

    /// The periods of now and of the near future.
    pub fn periods_ahead(&self, series: &Series, now: DateTime<Utc>) -> Vec<Period> {
        let today = now.date_naive();
        let until = today.checked_add_days(AHEAD).unwrap_or(today);
        self.periods(series, today, until)
    }

    /// The period of today.
    pub fn period_of(&self, series: &Series, now: DateTime<Utc>) -> Option<Period> {
        let today = now.date_naive();
        self.periods(series, today, today).into_iter().next()
    }

    fn periods(&self, series: &Series, from: NaiveDate, to: NaiveDate) -> Vec<Period> {
        let none = Vec::new();
        series.periods(self.years.get(&series.company).unwrap_or(&none), from, to)
    }

    /// What stands before the numbers of a period; nothing where what the prefix names is not known.
    pub fn stem(&self, series: &Series, period: &Period, device: Option<&str>) -> Option<String> {
        let branch = series.branch.and_then(|branch| self.branches.get(&branch));
        series.stem(period, branch.map(String::as_str), device)
    }
}

async fn years_of(
    connection: &mut Connection,
    company: Uuid,
) -> Result<Vec<FiscalYear>, StoreError> {
    let company = company.to_string();
    let ids = record::ids_with_value(connection, &FISCAL_YEAR, "company_id", &company).await?;
    let years = record::by_ids(connection, &FISCAL_YEAR, &ids, Hold::No).await?;
    Ok(years.iter().filter(|year| !year.is_retired()).filter_map(FiscalYear::of).collect())
}
