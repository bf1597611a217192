//! A device tells how far it has used the numbers that it holds, and is given more before they are short.

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use domain::numbering::{Period, Series};
use domain::permissions::{Action, RowFacts, check};
use serde_json::json;
use sync_protocol::numbers::{HeldNumbers, NumberLease, NumbersReply, NumbersRequest};
use uuid::Uuid;

use super::grant::{Counting, Grantee};
use super::series::InUse;
use super::{NumbersError, entry};
use crate::audit::{self, Entry};
use crate::store::tenant::number::{self, Lease, LeaseState, Void};
use crate::store::{self, Connection};
use crate::sync::Sender;

/// The signs of a device's short name: digits and capital letters that nobody takes for one another.
const SIGNS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// The shortest name.
const NAME_MIN: usize = 4;

/// Takes what a device tells, and answers with everything that it holds from now on. Said again, it is answered
/// again and gives nothing more.
///
/// # Errors
/// See [`NumbersError`].
pub async fn ask(
    connection: &mut Connection,
    sender: Sender<'_>,
    request: &NumbersRequest,
    now: DateTime<Utc>,
) -> Result<NumbersReply, NumbersError> {
    let mut tx = store::begin(connection).await?;
    number::lock(&mut tx).await?;
    let (recalled, entries) = (HashSet::new(), Vec::new());
    let mut asking = Asking { sender, request, now, recalled, entries };
    asking.hear(&mut tx).await?;
    if request.wants {
        let all = InUse::of(&mut tx, None).await?;
        let wanted = asking.wanted(&mut tx, &all).await?;
        let wanted: Vec<Counting> = wanted.iter().map(Wanted::counting).collect();
        asking.put_away(&mut tx, &wanted).await?;
        for counting in wanted {
            asking.provide(&mut tx, counting).await?;
        }
    }
    let mut held = number::held_by(&mut tx, sender.device).await?;
    held.retain(|lease| !asking.recalled.contains(&lease.id));
    audit::append(&mut tx, asking.entries, now).await?;
    store::commit(tx).await?;
    Ok(NumbersReply { leases: held.into_iter().map(told).collect() })
}

/// A series in a period of now or of the near future, whose numbers the device is to have.
struct Wanted<'a> {
    series: &'a Series,
    period: Period,
    stem: String,
}

impl Wanted<'_> {
    fn counting(&self) -> Counting<'_> {
        Counting { series: self.series, period: &self.period, stem: &self.stem }
    }
}

struct Asking<'a> {
    sender: Sender<'a>,
    request: &'a NumbersRequest,
    now: DateTime<Utc>,
    /// What the device is to give back. It may draw from it until it has this answer, so that nobody else is given
    /// these numbers before it says how far they were used.
    recalled: HashSet<Uuid>,
    entries: Vec<Entry>,
}

impl Asking<'_> {
    /// Notes what was used, and what is given back.
    async fn hear(&mut self, tx: &mut Connection) -> Result<(), NumbersError> {
        let device = self.sender.device;
        for held in self.request.held.iter().chain(&self.request.returned) {
            number::told(tx, device, held.lease_id, held.next).await?;
        }
        let returned: HashSet<Uuid> = self.request.returned.iter().map(|it| it.lease_id).collect();
        for lease in number::held_by(tx, device).await? {
            if lease.left() <= 0 {
                number::end(tx, lease.id, LeaseState::Spent, self.now).await?;
            } else if returned.contains(&lease.id) {
                self.give_back(tx, &lease).await?;
            }
        }
        Ok(())
    }

    async fn give_back(&mut self, tx: &mut Connection, lease: &Lease) -> Result<(), NumbersError> {
        number::end(tx, lease.id, LeaseState::Returned, self.now).await?;
        let what = json!({
            "stem": lease.stem, "first": lease.next_number, "last": lease.last_number,
        });
        let actor = self.sender.actor;
        self.entries.push(entry(actor, "number_series.return", lease.series_id, &what)?);
        Ok(())
    }

    /// Whether this person may make what the series numbers, where it does.
    fn may_give(&self, series: &Series) -> bool {
        let row = RowFacts {
            company_id: Some(series.company),
            branch_id: series.branch,
            owner_id: Some(self.sender.user),
            ..RowFacts::default()
        };
        let (grants, entity) = (self.sender.grants, series.entity);
        check(grants, Action::Create, entity, Some(&row), &[entity.key]).into_result().is_ok()
    }

    async fn wanted<'s>(
        &self,
        tx: &mut Connection,
        all: &'s InUse,
    ) -> Result<Vec<Wanted<'s>>, NumbersError> {
        let device = self.sender.device;
        let mut wanted = Vec::new();
        for series in all.series.iter().filter(|series| self.may_give(series)) {
            let name = match series.is_of_devices() {
                true => number::short_name(tx, device, &names(device)).await?,
                false => None,
            };
            for period in all.periods_ahead(series, self.now) {
                if let Some(stem) = all.stem(series, &period, name.as_deref()) {
                    wanted.push(Wanted { series, period, stem });
                }
            }
        }
        Ok(wanted)
    }

    /// Takes from the device what it needs no more: the end of a time that is over is void; numbers of a series that is
    /// written otherwise now, not used any more, or not for this person, are to go back.
    async fn put_away(
        &mut self,
        tx: &mut Connection,
        wanted: &[Counting<'_>],
    ) -> Result<(), NumbersError> {
        let today = self.now.date_naive();
        for lease in number::held_by(tx, self.sender.device).await? {
            // What the device did not name it may have used further than is known here.
            if !self.request.held.iter().any(|held| held.lease_id == lease.id) {
                continue;
            }
            if lease.to_day.is_some_and(|last| last < today) {
                number::end(tx, lease.id, LeaseState::Void, self.now).await?;
                if !lease.own {
                    let of = Some((lease.id, lease.device_id));
                    let (first, last) = (lease.next_number, lease.last_number);
                    let (series, period) = (lease.series_id, lease.period.as_str());
                    let void = Void { series, period, first, last, reason: "over", of };
                    number::note_void(tx, void, self.now).await?;
                }
            } else if !wanted.iter().any(|counting| counting.has_given(&lease)) {
                self.recalled.insert(lease.id);
            }
        }
        Ok(())
    }

    /// Gives numbers until there is at least one whole block.
    async fn provide(
        &mut self,
        tx: &mut Connection,
        counting: Counting<'_>,
    ) -> Result<(), NumbersError> {
        let (series, device) = (counting.series, self.sender.device);
        let is_shut = series.gapless
            && !series.is_of_devices()
            && number::held_by_others(tx, series.id, &counting.period.key, device).await?;
        while !is_shut && self.is_short(tx, counting).await? {
            let to = Grantee { device, request: self.request.request_id };
            let given = match series.is_of_devices() {
                true => {
                    let from = self.goes_on_at(tx, counting).await?;
                    counting.lease_own(tx, to, from, self.now).await?
                }
                false => counting.lease(tx, to, self.now).await?,
            };
            let Some(lease) = given else { break };
            let what = json!({
                "stem": lease.stem, "first": lease.first_number, "last": lease.last_number,
            });
            let actor = self.sender.actor;
            self.entries.push(entry(actor, "number_series.lease", series.id, &what)?);
        }
        if series.is_of_devices() {
            // An answer of this hub may have been lost, and the device has counted on in what it held before.
            let from = self.goes_on_at(tx, counting).await?;
            let held = number::held_by(tx, device).await?;
            for lease in held.iter().filter(|lease| counting.has_given(lease)) {
                number::told(tx, device, lease.id, from).await?;
            }
        }
        Ok(())
    }

    /// Whether less is left than a device takes at once; of a series of its own, whether it has none.
    async fn is_short(
        &self,
        tx: &mut Connection,
        counting: Counting<'_>,
    ) -> Result<bool, NumbersError> {
        let held = number::held_by(tx, self.sender.device).await?;
        let own = held.iter().filter(|lease| counting.has_given(lease));
        let left: i64 = own.map(Lease::left).sum();
        Ok(if counting.series.is_of_devices() { left <= 0 } else { left < counting.series.block })
    }

    /// Where the device goes on in a series that it counts in alone: behind what is known here, and behind what it
    /// says itself, which is more where the hub came back from a backup.
    async fn goes_on_at(
        &self,
        tx: &mut Connection,
        counting: Counting<'_>,
    ) -> Result<i64, NumbersError> {
        let (series, period) = (counting.series, &counting.period.key);
        let known = number::used_up_to(tx, series.id, period, self.sender.device).await?;
        let own = |held: &&HeldNumbers| held.series_id == series.id && held.period == *period;
        let said = self.request.held.iter().chain(&self.request.returned).filter(own);
        let said = said.map(|held| held.next).max();
        Ok(known.or(said).unwrap_or(series.start).max(said.unwrap_or(1)))
    }
}

/// The names that a device may have in codes, the shortest first: ends of its id.
fn names(device: Uuid) -> Vec<String> {
    let mut rest = device.as_u128();
    let mut signs = Vec::new();
    while signs.len() < 2 * NAME_MIN {
        let at = usize::try_from(rest % 32).unwrap_or_default();
        signs.push(char::from(*SIGNS.get(at).unwrap_or(&b'0')));
        rest /= 32;
    }
    (NAME_MIN..=signs.len()).map(|length| signs.iter().take(length).collect()).collect()
}

fn told(lease: Lease) -> NumberLease {
    NumberLease {
        lease_id: lease.id,
        series_id: lease.series_id,
        period: lease.period,
        entity: lease.entity,
        company_id: lease.company_id,
        branch_id: lease.branch_id,
        stem: lease.stem,
        width: u32::try_from(lease.width).unwrap_or_default(),
        last: lease.last_number,
        next: lease.next_number,
        days: lease.from_day.zip(lease.to_day),
    }
}
