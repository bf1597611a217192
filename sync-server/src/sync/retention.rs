//! How long the order can be followed. The floor follows what devices have said that they hold, but never comes
//! closer than [`LEAST`] and never stays behind further than [`MOST`]: a device that was away for a weekend is always
//! told the difference, and one that never comes back does not make the tenant keep everything for ever.

use chrono::{DateTime, TimeDelta, Utc};

use crate::store::tenant::sync::floor;
use crate::store::{Connection, StoreError};

/// The order of so long ago can always be followed.
pub const LEAST: TimeDelta = TimeDelta::days(7);
/// The order of longer ago than this is forgotten, whoever has not seen it.
pub const MOST: TimeDelta = TimeDelta::days(60);
/// How exactly the age of a place is known.
const MARKS: TimeDelta = TimeDelta::hours(1);

/// Notes how far the order is by now, raises the floor to where it is due, and forgets what lies below.
///
/// # Errors
/// See [`StoreError`].
pub async fn keep(connection: &mut Connection, now: DateTime<Utc>) -> Result<(), StoreError> {
    floor::mark(connection, now, now - MARKS).await?;
    let newest = floor::reached_by(connection, now - LEAST).await?;
    let oldest = floor::reached_by(connection, now - MOST).await?;
    let held = floor::lowest_cursor(connection).await?.unwrap_or(newest);
    let due = held.clamp(oldest, newest.max(oldest));
    if due > floor::reach(connection).await?.floor {
        floor::raise(connection, due).await?;
        floor::forget(connection).await?;
    }
    Ok(())
}
