//! Whether a copy is what its person may see, and sound.

use std::collections::BTreeMap;

use domain::record::Record;
use domain::synced;
use sync_protocol::projection::{Projection, is_visible};
use sync_protocol::row::WireRow;

use super::super::{Broken, World};

impl World {
    /// The device holds exactly what its person may see of the hub, and nothing waits. Where it is asked for, the file
    /// is read through as well.
    pub(in super::super) fn equals_the_hub(
        &mut self,
        index: usize,
        thoroughly: bool,
    ) -> Result<(), Broken> {
        self.tally.compared += 1;
        let desk = &self.desks[index]; // the caller's index is below the length
        let (device, tenant) = (&desk.device, &self.tenants[desk.tenant]);
        let (hub, grants) = (&tenant.hub, tenant.grants(desk.person));
        let fail = |what: String| Err(Broken(format!("device {index}: {what}")));
        let Some(store) = device.store() else { return fail("is not open".to_owned()) };
        let unanswered = store.read(|view| view.unanswered()).map_err(told)?;
        if unanswered > 0 {
            return fail(format!("{unanswered} ops were never answered"));
        }
        if thoroughly {
            self.is_sound(index)?;
        }
        let held = store.read(|view| {
            let held = hub.records().map(|record| view.get(record.entity(), record.id()));
            held.collect::<Result<Vec<_>, _>>()
        });
        let mut sights = BTreeMap::new();
        for (record, held) in hub.records().zip(held.map_err(told)?) {
            let entity = record.entity();
            let held = held.map(|held| held.record);
            let sight = sights.entry(entity.name).or_insert_with(|| Projection::of(grants, entity));
            let seen = is_visible(grants, record).then(|| WireRow::of(record, sight));
            match (seen, held) {
                (Some(seen), Some(held)) if seen == row_of(&held) => {}
                (None, None) => {}
                (Some(_), held) => {
                    return fail(format!("has {held:#?}\nwhere the hub has {record:#?}"));
                }
                (None, Some(held)) => return fail(format!("holds the hidden {held:?}")),
            }
        }
        for entity in synced::all() {
            let every = local_store::ListQuery {
                retired: local_store::Retired::With,
                ..local_store::ListQuery::default()
            };
            let held = store.read(|view| view.count(entity, &every)).map_err(told)?;
            let of = hub.records().filter(|record| record.entity().name == entity.name);
            let there = of.filter(|record| is_visible(grants, record)).count() as u64;
            if held != there {
                return fail(format!("holds {held} of {}, the hub shows {there}", entity.name));
            }
        }
        Ok(())
    }

    /// The file, read through, contradicts itself nowhere.
    pub(super) fn is_sound(&self, index: usize) -> Result<(), Broken> {
        let Some(store) = self.desks[index].device.store() else {
            return Err(Broken(format!("device {index} is not open")));
        };
        let report = store.read(|view| view.verify()).map_err(told)?;
        match report.findings.is_empty() {
            true => Ok(()),
            false => Err(Broken(format!("device {index}: the file is not sound: {report:?}"))),
        }
    }
}

fn row_of(record: &Record) -> WireRow {
    WireRow::of(record, &Projection::default())
}

pub(super) fn told(error: local_store::StoreError) -> Broken {
    Broken(format!("a device could not read its file: {error:?}"))
}
