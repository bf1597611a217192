//! What each tenant uses, counted in memory and written behind the requests. A hub that dies loses the last few
//! seconds of it; nothing is decided by these figures.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::body::Body;
use chrono::{DateTime, Utc};
use http_body_util::BodyExt as _;
use uuid::Uuid;

use crate::store::control::usage::Measure;
use crate::store::{Control, StoreError};

type Amounts = HashMap<(Uuid, Measure), i64>;

/// Counters of all tenants. Clones share them.
#[derive(Clone, Default)]
pub struct Meter(Arc<Mutex<Amounts>>);

impl Meter {
    /// Adds to a counter.
    pub fn count(&self, tenant: Uuid, measure: Measure, amount: usize) {
        let amount = i64::try_from(amount).unwrap_or(i64::MAX);
        let mut amounts = self.amounts();
        let sum = amounts.entry((tenant, measure)).or_default();
        *sum = sum.saturating_add(amount);
    }

    /// The same body, whose bytes are counted as they pass.
    pub fn counted(&self, body: Body, tenant: Uuid, measure: Measure) -> Body {
        let meter = self.clone();
        Body::new(body.map_frame(move |frame| {
            if let Some(bytes) = frame.data_ref() {
                meter.count(tenant, measure, bytes.len());
            }
            frame
        }))
    }

    /// Writes what was counted to the day of this instant (UTC). What cannot be written is kept for the next time.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn write(&self, control: &Control, now: DateTime<Utc>) -> Result<(), StoreError> {
        let taken = std::mem::take(&mut *self.amounts());
        if taken.is_empty() {
            return Ok(());
        }
        let lines: Vec<_> =
            taken.iter().map(|((tenant, measure), amount)| (*tenant, *measure, *amount)).collect();
        let written = control.add_usage(now.date_naive(), &lines).await;
        if written.is_err() {
            let mut amounts = self.amounts();
            for (key, amount) in taken {
                let sum = amounts.entry(key).or_default();
                *sum = sum.saturating_add(amount);
            }
        }
        written
    }

    /// The map is never left half changed: a panic elsewhere does not spoil it.
    fn amounts(&self) -> MutexGuard<'_, Amounts> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
