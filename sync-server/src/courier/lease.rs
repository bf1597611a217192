//! How long the rights of a device hold offline that waits for a courier.

use chrono::TimeDelta;
use domain::permissions::LeaseTerm;
use serde::Serialize;
use serde_json::json;
use uuid::Uuid;

use super::ExchangeError;
use crate::hub::Hub;
use crate::people::{self, PeopleError};
use crate::store;
use crate::store::tenant::sync::courier;

const DAY: i32 = 24 * 60 * 60;

/// What a device is given with its next lease.
#[derive(Debug, Serialize)]
pub struct CourierLease {
    pub device: Uuid,
    /// Set for the courier; absent where the tenant's own time holds.
    pub lease_days: Option<i32>,
}

/// Sets it, or with `None` takes it back. It holds from the device's next lease on.
///
/// # Errors
/// See [`ExchangeError`]: `Term` for a time that no tenant may set.
pub async fn set_lease(
    hub: &Hub,
    slug: &str,
    device: Uuid,
    days: Option<i32>,
) -> Result<CourierLease, ExchangeError> {
    let place = people::tenant(hub, slug).await?;
    let known = hub.control.device(place.id(), device).await?;
    known.ok_or(PeopleError::UnknownDevice(device))?;
    let seconds = days.map(|days| days.checked_mul(DAY).unwrap_or(i32::MAX));
    if let Some(seconds) = seconds {
        LeaseTerm::new(TimeDelta::seconds(i64::from(seconds)), TimeDelta::zero())
            .map_err(|error| ExchangeError::Term(error.to_string()))?;
    }
    let now = hub.clock.now();
    let mut connection = hub.directory.connection(&place).await?;
    let mut tx = store::begin(&mut connection).await?;
    let before = courier::set_lease_seconds(&mut tx, device, seconds).await?;
    if before != seconds {
        let detail = json!({ "lease_seconds": { "before": before, "after": seconds } });
        people::note(&mut tx, "device.courier", "device", device, detail, now).await?;
    }
    store::commit(tx).await?;
    Ok(CourierLease { device, lease_days: days })
}
