//! Whether each number of a series was given once, and none is missing that nobody accounts for.

use std::collections::{BTreeMap, BTreeSet};

use domain::numbering::{Period, Series, code};
use domain::record::fold_code;
use domain::synced;
use sync_protocol::op::Op;

use super::super::{Broken, Drawn, World};
use super::copies::told;
use crate::hub::code_of;

impl World {
    pub(super) fn numbers_are_given_once(&self) -> Result<(), Broken> {
        let mut first: BTreeMap<(usize, &str), &Drawn> = BTreeMap::new();
        for drawn in &self.drawn {
            let of_tenant = (self.desks[drawn.desk].tenant, drawn.code.as_str());
            let Some(before) = first.insert(of_tenant, drawn) else { continue };
            let of_one_file = before.desk != drawn.desk
                && self.desks[before.desk].device.id == self.desks[drawn.desk].device.id;
            if !of_one_file {
                return Err(Broken(format!(
                    "{} was given twice: to {} at device {} and to {} at device {}",
                    drawn.code, before.record, before.desk, drawn.record, drawn.desk
                )));
            }
        }
        (0..self.tenants.len()).try_for_each(|tenant| self.no_number_is_missing(tenant))
    }

    /// Each number that was counted is some record's code, was given to one that was refused, is still to be given, or
    /// is void.
    fn no_number_is_missing(&self, number: usize) -> Result<(), Broken> {
        let hub = &self.tenants[number].hub;
        let series = hub.series();
        let shared: Vec<&Series> = series.iter().filter(|it| !it.is_of_devices()).collect();
        if shared.is_empty() {
            return Ok(());
        }
        let mut written: BTreeSet<String> =
            hub.ops().filter_map(|it| written_code(it.op)).collect();
        for (index, desk) in self.desks.iter().enumerate().filter(|(_, it)| it.tenant == number) {
            let own = self.drawn.iter().filter(|drawn| drawn.desk == index);
            written.extend(own.map(|drawn| fold_code(&drawn.code)));
            let Some(store) = desk.device.store() else { continue };
            let waiting = store.read(|view| view.waiting(usize::MAX)).map_err(told)?;
            written.extend(waiting.iter().filter_map(|it| written_code(&it.op)));
        }
        for (id, next) in hub.numbers().counted() {
            let Some(series) = shared.iter().find(|series| series.id == id) else { continue };
            let Some(stem) = series.stem(&Period::default(), None, None) else { continue };
            for number in series.start..next {
                let code = code(&stem, series.width, number);
                if !written.contains(&fold_code(&code)) && !hub.numbers().accounts_for(id, number) {
                    return Err(Broken(format!("{code} is missing, and nobody accounts for it")));
                }
            }
        }
        Ok(())
    }
}

/// The code that an op writes, as codes are compared.
fn written_code(op: &Op) -> Option<String> {
    let entity = synced::find(&op.intent.entity)?;
    code_of(&op.intent, entity).map(|code| fold_code(&code))
}
