//! Table `tenant_usage`: what each tenant used, by day. Written in batches, behind the requests.

use chrono::NaiveDate;
use uuid::Uuid;

use super::Control;
use crate::store::StoreError;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Measure {
    SignIns,
    Requests,
    Ops,
    BytesIn,
    BytesOut,
    /// Of attached files that have arrived.
    AttachmentBytes,
}

impl Measure {
    pub const fn name(self) -> &'static str {
        match self {
            Self::SignIns => "sign_ins",
            Self::Requests => "requests",
            Self::Ops => "ops",
            Self::BytesIn => "bytes_in",
            Self::BytesOut => "bytes_out",
            Self::AttachmentBytes => "attachment_bytes",
        }
    }
}

impl Control {
    /// Adds amounts to the counters of a day.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn add_usage(
        &self,
        day: NaiveDate,
        amounts: &[(Uuid, Measure, i64)],
    ) -> Result<(), StoreError> {
        let tenants: Vec<Uuid> = amounts.iter().map(|(tenant, ..)| *tenant).collect();
        let measures: Vec<&str> = amounts.iter().map(|(_, measure, _)| measure.name()).collect();
        let counts: Vec<i64> = amounts.iter().map(|(.., count)| *count).collect();
        sqlx::query(
            "INSERT INTO tenant_usage (tenant_id, day, measure, amount)
             SELECT tenant, $1, measure, sum(amount)::bigint
             FROM unnest($2::uuid[], $3::text[], $4::bigint[]) AS new (tenant, measure, amount)
             GROUP BY tenant, measure ORDER BY tenant, measure
             ON CONFLICT (tenant_id, day, measure)
             DO UPDATE SET amount = tenant_usage.amount + excluded.amount",
        )
        .bind(day)
        .bind(tenants)
        .bind(measures)
        .bind(counts)
        .execute(self.pool())
        .await?;
        Ok(())
    }
}
