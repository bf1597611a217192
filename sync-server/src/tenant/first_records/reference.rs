//! Currencies of ISO 4217 and the units that trade uses most, by UN/ECE Recommendation 20. The standards say what
//! they are; only the choice of units and their German names are ours.

use std::collections::BTreeMap;

use domain::masters::{CURRENCY, UNIT};
use domain::record::Value;
use domain::standards;
use domain::standards::unit::Dimension;
use sync_protocol::device::draft;
use uuid::Uuid;

use super::FirstRecordsError;
use super::names::Names;
use crate::tenant::typist::Typist;

/// Code and German name of each unit.
const UNITS: &str = include_str!("units.json");

/// Enters every currency in use; answers with the id of one of them.
pub(super) fn currencies(typist: &mut Typist, wanted: &str) -> Result<Uuid, FirstRecordsError> {
    let mut found = None;
    for code in standards::currency::all() {
        let mut currency = typist.begin(&CURRENCY);
        let name = standards::currency::name(code).unwrap_or_else(|| code.to_owned());
        currency.values.set("iso_code", Value::Text(code.to_owned()));
        currency.values.set("name", Value::Text(name));
        if let Some(digits) = standards::currency::minor_units(code) {
            currency.values.set("minor_units", Value::Int(i64::from(digits)));
        }
        if let Some(symbol) = standards::currency::symbol(code) {
            currency.values.set("symbol", Value::Text(symbol));
        }
        if code == wanted {
            found = Some(currency.id());
        }
        typist.enter(draft::create(&currency))?;
    }
    found.ok_or_else(|| FirstRecordsError::Data(format!("no currency {wanted}")))
}

/// Enters the units.
pub(super) fn units(typist: &mut Typist, language: &str) -> Result<(), FirstRecordsError> {
    let units: BTreeMap<String, String> =
        serde_json::from_str(UNITS).map_err(|error| FirstRecordsError::Data(error.to_string()))?;
    for (code, german) in units {
        let missing = || FirstRecordsError::Data(format!("no unit {code}"));
        let standard = standards::unit::find(&code).ok_or_else(missing)?;
        let mut unit = typist.begin(&UNIT);
        Names { en: standard.name, de: &german, fr: None }.give(&mut unit, language);
        unit.values.set("unece_code", Value::Text(code));
        unit.values.set("dimension", Value::Text(dimension(standard.dimension).to_owned()));
        if let Some(symbol) = standard.symbol.filter(|symbol| symbol.chars().count() <= 12) {
            unit.values.set("symbol", Value::Text(symbol.to_owned()));
        }
        if standard.whole {
            unit.values.set("whole_only", Value::Bool(true));
        }
        typist.enter(draft::create(&unit))?;
    }
    Ok(())
}

const fn dimension(dimension: Dimension) -> &'static str {
    match dimension {
        Dimension::Count => "count",
        Dimension::Length => "length",
        Dimension::Area => "area",
        Dimension::Volume => "volume",
        Dimension::Mass => "mass",
        Dimension::Time => "time",
        Dimension::Energy => "energy",
        Dimension::Power => "power",
        Dimension::Temperature => "temperature",
        Dimension::Data => "data",
        Dimension::Other => "other",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_unit_of_ours_is_in_use_and_the_commonest_are_there() {
        let units: BTreeMap<String, String> = serde_json::from_str(UNITS).unwrap();
        for code in units.keys() {
            assert_eq!(standards::unit::read(code).as_ref(), Ok(code));
        }
        assert!(
            ["C62", "H87", "KGM", "MTR", "LTR", "HUR"].iter().all(|code| units.contains_key(*code))
        );
    }
}
