//! The code of a record that somebody makes through the hub itself.

use chrono::{DateTime, Utc};
use domain::numbering::{code, fits, is_numbered};
use domain::record::Record;
use uuid::Uuid;

use super::grant::Counting;
use super::series::InUse;
use crate::store::tenant::number;
use crate::store::{Connection, StoreError};

/// Draws the code of a new record that has none. `None` where no series gives it: a series in which each device
/// counts for itself gives none here, nor one without gaps that a device holds at the moment.
///
/// # Errors
/// See [`StoreError`].
pub async fn draw(
    connection: &mut Connection,
    record: &Record,
    now: DateTime<Utc>,
) -> Result<Option<String>, StoreError> {
    let entity = record.entity();
    if !is_numbered(entity) || !record.get(entity.key).is_null() {
        return Ok(None);
    }
    let mut all = InUse::of(connection, Some(entity)).await?;
    let place = (record.get("company_id").id(), record.get("branch_id").id());
    all.series
        .retain(|series| !series.is_of_devices() && fits((series.company, series.branch), place));
    if all.series.is_empty() {
        return Ok(None);
    }
    number::lock(connection).await?;
    all.series.sort_by_key(|series| (series.branch.is_none(), series.prefix.to_string()));
    for series in &all.series {
        let Some(period) = all.period_of(series, now) else { continue };
        let Some(stem) = all.stem(series, &period, None) else { continue };
        let nobody = Uuid::nil();
        if series.gapless
            && number::held_by_others(connection, series.id, &period.key, nobody).await?
        {
            continue;
        }
        let counting = Counting { series, period: &period, stem: &stem };
        if let Some((number, _)) = counting.take(connection, 1, now).await? {
            return Ok(Some(code(&stem, series.width, number)));
        }
    }
    Ok(None)
}
