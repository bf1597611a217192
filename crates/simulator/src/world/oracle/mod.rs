//! Whether every promise was kept: checked when the faults are over and everyone has synced.

mod copies;
mod hub;
mod numbers;

use domain::attention::{ATTENTION, FIELD_ROWS};
use domain::record::{Found, Lookup as _};
use sync_protocol::judge::HubView as _;
use sync_protocol::receipt::Receipt;

use super::tenant::Tenant;
use super::{Broken, World};

impl World {
    pub(super) fn judge(&mut self) -> Result<(), Broken> {
        self.tally.gone += self.nothing_is_lost()?;
        self.numbers_are_given_once()?;
        for tenant in &self.tenants {
            merges_are_whole(tenant)?;
            hub::judged_rightly(tenant)?;
        }
        hub::answered_alike(&self.net.heard)?;
        for forged in &self.net.forged {
            hub::forgery_is_refused(&self.tenants[forged.tenant].hub, forged)?;
        }
        for index in 0..self.desks.len() {
            match self.desks[index].forked {
                false => self.equals_the_hub(index, true)?,
                true => self.is_one_of_two(index)?,
            }
        }
        let records = self.tenants.iter().flat_map(|tenant| tenant.hub.records());
        self.tally.attention = records.filter(|r| r.entity().name == ATTENTION.name).count() as u64;
        self.tally.reviews = self.tenants.iter().map(|it| it.hub.reviews() as u64).sum();
        Ok(())
    }

    /// A device that the hub refuses, because it goes on with the other copy of its file, is still sound.
    fn is_one_of_two(&self, index: usize) -> Result<(), Broken> {
        if self.other_copy(index).is_none_or(|other| other.forked) {
            return Err(Broken(format!("the hub goes on with neither copy of device {index}")));
        }
        self.is_sound(index)
    }

    /// Every op that was confirmed to a person has its one receipt, and what was refused or disputed
    /// stands in Attention with what was typed. What was made with a copied file that the hub refuses is in that file.
    /// Answers how many had left their device with a row that its person may not see any more, before the hub that had
    /// taken them was lost: those cannot come back.
    fn nothing_is_lost(&self) -> Result<u64, Broken> {
        let mut gone = 0;
        for (index, op) in &self.confirmed {
            let desk = &self.desks[*index]; // whose it was when it was confirmed
            let hub = &self.tenants[desk.tenant].hub;
            let Some(receipt) = hub.receipt(*op) else {
                let held = desk.device.store().map(|store| store.read(|view| view.made(*op)));
                match held {
                    Some(Ok(Some(_))) if desk.forked => continue,
                    Some(Ok(None))
                        if hub.epoch() > 1 && !desk.device.forgotten.ops.contains(op) =>
                    {
                        gone += 1;
                        continue;
                    }
                    held => {
                        let forgot = desk.device.forgotten.ops.contains(op);
                        let message = format!(
                            "op {op} of device {index} was confirmed and never reached the hub, whose epoch is {}; \
                             its file holds {held:?}, forgot it: {forgot}, is refused: {}",
                            hub.epoch(),
                            desk.forked
                        );
                        return Err(Broken(message));
                    }
                }
            };
            let Some(id) = receipt.attention() else { continue };
            let Found::Yes(_) = hub.record(&ATTENTION, id) else {
                return Err(Broken(format!(
                    "op {op} names an item of Attention that is not there"
                )));
            };
            // Later it may lose what its owner may not see any more; the hub keeps the op.
            let opened = hub.history.iter().map(|change| &change.after);
            let Some(item) = opened.into_iter().find(|record| record.id() == id) else { continue };
            if let Receipt::Conflict { fields, .. } = &receipt {
                let rows = item.collection(FIELD_ROWS);
                let kept = |path: &String| {
                    rows.iter().any(|row| {
                        row.values.get("path").text() == Some(path.as_str())
                            && (!row.values.get("mine").is_null()
                                || item.get("kind").text() == Some(domain::attention::RETIRED_EDIT))
                    })
                };
                if let Some(path) = fields.iter().find(|path| !kept(path)) {
                    return Err(Broken(format!("what op {op} wrote into {path} is nowhere")));
                }
            }
        }
        Ok(gone)
    }
}

/// Nothing refers to a record that became another, and what became another is out of use.
fn merges_are_whole(tenant: &Tenant) -> Result<(), Broken> {
    let hub = &tenant.hub;
    for gone in hub.records().filter(|record| record.merged_into().is_some()) {
        if !gone.is_retired() {
            return Err(Broken(format!("{} was merged and is in use", gone.id())));
        }
        if let Found::Yes(left) = hub.referrers(gone.entity(), gone.id())
            && let Some(left) = left.first()
        {
            return Err(Broken(format!("{} refers to the merged {}", left.id(), gone.id())));
        }
    }
    Ok(())
}
