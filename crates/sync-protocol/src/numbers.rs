//! Numbers that a device holds to give codes of masters with while it is away: what it says of those it has, and
//! what the hub gives it.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Asks for numbers, and says how far those that are held were used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NumbersRequest {
    pub epoch: u64,
    /// The same until an answer was stored: what was given under it is given again, and nothing more.
    pub request_id: Uuid,
    /// What the device draws from.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub held: Vec<HeldNumbers>,
    /// What it draws from no more.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub returned: Vec<HeldNumbers>,
    /// Whether it wants numbers, or only tells.
    pub wants: bool,
}

/// How far a device has used what it holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HeldNumbers {
    pub lease_id: Uuid,
    pub series_id: Uuid,
    pub period: String,
    /// The first that was not drawn.
    pub next: i64,
}

/// Everything that the device holds from now on. From what it holds beside this it draws no more, and gives it back with
/// its next request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NumbersReply {
    pub leases: Vec<NumberLease>,
}

/// Numbers of one series and period that one device alone gives.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NumberLease {
    pub lease_id: Uuid,
    pub series_id: Uuid,
    pub period: String,
    /// The master whose codes they are.
    pub entity: String,
    pub company_id: Uuid,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub branch_id: Option<Uuid>,
    /// What stands before the number.
    pub stem: String,
    /// Digits of the number.
    pub width: u32,
    pub last: i64,
    /// The first that was not drawn, as far as the hub knows.
    pub next: i64,
    /// The days on which they are given; all days without.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub days: Option<(NaiveDate, NaiveDate)>,
}

impl NumberLease {
    /// How many are left.
    pub fn left(&self) -> i64 {
        (self.last - self.next + 1).max(0)
    }

    pub fn told(&self) -> HeldNumbers {
        HeldNumbers {
            lease_id: self.lease_id,
            series_id: self.series_id,
            period: self.period.clone(),
            next: self.next,
        }
    }
}
