//! Whether every promise was kept: checked when the faults are over and everyone has synced.

use domain::attention::{ATTENTION, FIELD_ROWS};
use domain::record::{Found, Lookup as _, Record};
use domain::synced;
use sync_protocol::judge::HubView as _;
use sync_protocol::projection::{Projection, is_visible};
use sync_protocol::receipt::Receipt;
use sync_protocol::row::WireRow;

use super::{Broken, World};

impl World {
    pub(super) fn judge(&mut self) -> Result<(), Broken> {
        if let Some(leak) = self.leaks.first() {
            return Err(Broken(format!("\"{leak}\" crossed the wire to one who may not see it")));
        }
        self.nothing_is_lost()?;
        self.merges_are_whole()?;
        for index in 0..self.devices.len() {
            self.equals_the_hub(index)?;
        }
        let attention = self.hub.records().filter(|r| r.entity().name == ATTENTION.name).count();
        self.tally.attention = attention as u64;
        Ok(())
    }

    /// Every op that was confirmed to a person has its one receipt, and what was refused or disputed
    /// stands in Attention with what was typed.
    fn nothing_is_lost(&self) -> Result<(), Broken> {
        for op in &self.confirmed {
            let Some(receipt) = self.hub.receipt(*op) else {
                return Err(Broken(format!("op {op} was confirmed and never reached the hub")));
            };
            let Some(id) = receipt.attention() else { continue };
            let Found::Yes(item) = self.hub.record(&ATTENTION, id) else {
                return Err(Broken(format!(
                    "op {op} names an item of Attention that is not there"
                )));
            };
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
        Ok(())
    }

    /// Nothing refers to a record that became another, and what became another is out of use.
    fn merges_are_whole(&self) -> Result<(), Broken> {
        for gone in self.hub.records().filter(|record| record.merged_into().is_some()) {
            if !gone.is_retired() {
                return Err(Broken(format!("{} was merged and is in use", gone.id())));
            }
            if let Found::Yes(left) = self.hub.referrers(gone.entity(), gone.id())
                && let Some(left) = left.first()
            {
                return Err(Broken(format!("{} refers to the merged {}", left.id(), gone.id())));
            }
        }
        Ok(())
    }

    /// The device holds exactly what its person may see of the hub, and nothing waits.
    fn equals_the_hub(&self, index: usize) -> Result<(), Broken> {
        let device = &self.devices[index]; // the caller's index is below the length
        let fail = |what: String| Err(Broken(format!("device {index}: {what}")));
        let Some(store) = device.store() else { return fail("is not open".to_owned()) };
        let unanswered = store.read(|view| view.unanswered()).map_err(told)?;
        if unanswered > 0 {
            return fail(format!("{unanswered} ops were never answered"));
        }
        let report = store.read(|view| view.verify()).map_err(told)?;
        if !report.findings.is_empty() {
            return fail(format!("the file is not sound: {report:?}"));
        }
        for record in self.hub.records() {
            let held = self.whole(index, record.entity(), record.id())?;
            let seen = is_visible(&device.grants, record).then(|| self.projected(index, record));
            match (seen, held) {
                (Some(seen), Some(held)) if seen == row_of(&held) => {}
                (None, None) => {}
                (Some(_), held) => {
                    return fail(format!("has {held:#?}\nwhere the hub has {record:#?}"));
                }
                (None, Some(held)) => return fail(format!("holds the hidden {held:?}")),
            }
        }
        let on_hub = |entity| {
            let of = self.hub.records().filter(move |r| r.entity().name == entity);
            of.filter(|record| is_visible(&device.grants, record)).count() as u64
        };
        for entity in synced::all() {
            let every = local_store::ListQuery {
                retired: local_store::Retired::With,
                ..local_store::ListQuery::default()
            };
            let held = store.read(|view| view.count(entity, &every)).map_err(told)?;
            if held != on_hub(entity.name) {
                let there = on_hub(entity.name);
                return fail(format!("holds {held} of {}, the hub shows {there}", entity.name));
            }
        }
        Ok(())
    }

    fn projected(&self, index: usize, record: &Record) -> WireRow {
        WireRow::of(record, &Projection::of(&self.devices[index].grants, record.entity()))
    }
}

fn row_of(record: &Record) -> WireRow {
    WireRow::of(record, &Projection::default())
}

fn told(error: local_store::StoreError) -> Broken {
    Broken(format!("a device could not read its file: {error:?}"))
}
