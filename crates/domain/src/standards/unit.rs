//! Units of measure by the codes of UN/ECE Recommendation 20 (revision 17), and the package types of
//! Recommendation 21 with `X` in front. The list is the `cefact-units` crate's; what the
//! recommendation does not say (which units count things) is said here. Factors between units of an
//! item are the item's own.

use super::{Fault, typed};
use cefact_units::{CodeList, LevelCategory, Status, UnitCode};

/// What a unit measures. Two units convert into each other only within one dimension.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Dimension {
    Count,
    Length,
    Area,
    Volume,
    Mass,
    Time,
    Energy,
    Power,
    Temperature,
    Data,
    /// Everything trade measures more rarely: rates, ratios, concentrations.
    Other,
}

/// One unit of the recommendation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unit {
    /// The common code, `KGM`.
    pub code: &'static str,
    /// The English name, `kilogram`.
    pub name: &'static str,
    pub symbol: Option<&'static str>,
    pub dimension: Dimension,
    /// Whether a quantity is whole as a rule: a proposal for the tenant's own unit.
    pub whole: bool,
}

/// The code of a unit in use, upper case (`KGM`).
///
/// # Errors
/// `unit_unknown` where no code matches; `unit_withdrawn` where the recommendation has taken the code
/// out of use.
pub fn read(text: &str) -> Result<String, Fault> {
    let typed = typed::compact(text);
    match UnitCode::from_code_ignore_case(&typed) {
        Some(code) if code.status() == Status::Current => Ok(code.as_str().to_owned()),
        Some(code) => Err(Fault::new(
            "unit_withdrawn",
            format!(
                "{} ({}) is withdrawn from UN/ECE Recommendation 20. {}",
                code.as_str(),
                code.info().name,
                advice(text)
            ),
        )),
        None => Err(Fault::new(
            "unit_unknown",
            format!("“{typed}” is not a unit of UN/ECE Recommendation 20. {}", advice(text)),
        )),
    }
}

/// The code to use where a symbol or a name was typed, else how codes look.
fn advice(text: &str) -> String {
    let typed = typed::tidy(text);
    let meant = all()
        .find(|unit| unit.symbol == Some(typed.as_str()) || unit.name.eq_ignore_ascii_case(&typed));
    match meant {
        Some(unit) => format!("Use {} for {}.", unit.code, unit.name),
        None => "Use its code, for example C62 for one, KGM for kilogram or HUR for hour.".into(),
    }
}

/// What the recommendation says of a code, also of a withdrawn one.
pub fn find(code: &str) -> Option<Unit> {
    UnitCode::from_code(code).map(describe)
}

/// Every unit in use: the choices of a form.
pub fn all() -> impl Iterator<Item = Unit> {
    UnitCode::ALL.iter().filter(|code| code.status() == Status::Current).map(|code| describe(*code))
}

fn describe(code: UnitCode) -> Unit {
    let info = code.info();
    let dimension = dimension(code);
    let whole = info.code_list == CodeList::Recommendation21
        || (dimension == Dimension::Count && !DIVISIBLE_COUNTS.contains(&info.code));
    Unit { code: info.code, name: info.name, symbol: info.symbol, dimension, whole }
}

fn dimension(code: UnitCode) -> Dimension {
    let info = code.info();
    if info.code_list == CodeList::Recommendation21 || COUNTS.contains(&info.code) {
        return Dimension::Count;
    }
    if let Some((_, dimension)) =
        UNITS_WITHOUT_QUANTITY.iter().find(|(codes, _)| codes.contains(&info.code))
    {
        return *dimension;
    }
    if info.level_categories.contains(&LevelCategory::InformationTechnologyUnit)
        && ["bit", "byte", "octet"].iter().any(|end| info.name.ends_with(end))
    {
        return Dimension::Data;
    }
    match info.quantity.unwrap_or_default() {
        "area" => Dimension::Area,
        "volume" => Dimension::Volume,
        "mass" => Dimension::Mass,
        "time" => Dimension::Time,
        "temperature" | "thermodynamic" | "fahrenheit temperature" => Dimension::Temperature,
        "work, energy, potential energy, kinetic energy" => Dimension::Energy,
        quantity if quantity.starts_with("length, breadth") => Dimension::Length,
        quantity if quantity.starts_with("heat, quantity of heat") => Dimension::Energy,
        "power" | "power (for direct current), active power" => Dimension::Power,
        _ => Dimension::Other,
    }
}

/// Codes that count things or uses. The recommendation gives them no quantity, so the list is ours,
/// made by reading its names and descriptions.
const COUNTS: &[&str] = &[
    "10", "11", "13", "14", "15", "20", "21", "5B", "AA", "AB", "ACT", "AS", "AY", "BIL", "C0",
    "C62", "C9", "CEN", "CG", "CLF", "CNP", "D63", "D65", "D68", "DEC", "DPC", "DPR", "DRL", "DZN",
    "DZP", "E21", "E22", "E23", "E27", "E30", "E37", "E48", "E51", "E53", "E54", "E55", "E56",
    "EA", "GGR", "GRO", "H21", "H87", "HA", "HBX", "HC", "HEA", "IE", "JNT", "KT", "LEF", "LR",
    "LS", "MIL", "MIO", "MLD", "NAR", "NCL", "NF", "NIL", "NMP", "NPT", "OA", "P5", "PD", "PR",
    "PTN", "Q3", "QA", "QB", "QR", "RM", "ROM", "SCO", "SET", "SG", "SR", "STC", "STK", "STW",
    "SW", "SX", "SYR", "T3", "TP", "TPR", "TRL", "TST", "TTS", "U1", "U2", "ZP", "Z11",
];

/// Counts of many that are sold in parts: half a dozen, 2.5 thousand pieces.
const DIVISIBLE_COUNTS: &[&str] = &[
    "BIL", "CEN", "CLF", "CNP", "DPC", "DPR", "DRL", "DZN", "DZP", "GGR", "GRO", "HBX", "HC", "LS",
    "MIL", "MIO", "MLD", "QR", "RM", "SCO", "T3", "TPR", "TRL", "TST", "TTS",
];

/// Units whose quantity column is empty although they measure a plain one.
const UNITS_WITHOUT_QUANTITY: &[(&[&str], Dimension)] = &[
    (&["CNT", "CTM", "DRA", "DRI", "DWT", "LBT", "QTR", "SCR", "58", "E4"], Dimension::Mass),
    (&["FF", "FC", "GIA", "GII", "HH", "R9", "HMQ", "WCD", "WSD"], Dimension::Volume),
    (&["E19", "SQ", "SQR", "TI"], Dimension::Area),
    (&["FBM", "JPS", "LF", "LM", "LY", "E52", "R1", "H80", "H82"], Dimension::Length),
    (&["DAD", "E49", "LH", "OT", "QAN", "RH", "SAN", "WM", "M36", "AH"], Dimension::Time),
    (&["D78", "E16"], Dimension::Power),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_units_of_an_invoice_are_known() {
        for (code, name, dimension, whole) in [
            ("C62", "one", Dimension::Count, true),
            ("H87", "piece", Dimension::Count, true),
            ("EA", "each", Dimension::Count, true),
            ("DZN", "dozen", Dimension::Count, false),
            ("KGM", "kilogram", Dimension::Mass, false),
            ("TNE", "tonne (metric ton)", Dimension::Mass, false),
            ("MTR", "metre", Dimension::Length, false),
            ("MTK", "square metre", Dimension::Area, false),
            ("LTR", "litre", Dimension::Volume, false),
            ("MTQ", "cubic metre", Dimension::Volume, false),
            ("HUR", "hour", Dimension::Time, false),
            ("DAY", "day", Dimension::Time, false),
            ("MON", "month", Dimension::Time, false),
            ("KWH", "kilowatt hour", Dimension::Energy, false),
            ("KWT", "kilowatt", Dimension::Power, false),
            ("CEL", "degree Celsius", Dimension::Temperature, false),
            ("4L", "megabyte", Dimension::Data, false),
            ("KMH", "kilometre per hour", Dimension::Other, false),
            ("XBX", "Box", Dimension::Count, true),
        ] {
            let unit = find(code).unwrap_or_else(|| panic!("{code}"));
            assert_eq!((unit.name, unit.dimension, unit.whole), (name, dimension, whole), "{code}");
        }
        assert_eq!(find("KGM").unwrap().symbol, Some("kg"));
    }

    #[test]
    fn a_code_is_read_in_any_case() {
        assert_eq!(read(" kgm "), Ok("KGM".into()));
        assert_eq!(read("xbx"), Ok("XBX".into()));
    }

    #[test]
    fn names_and_withdrawn_codes_are_refused() {
        for wrong in ["", "metre", "Stück", "QQQQ"] {
            assert_eq!(read(wrong).unwrap_err().rule, "unit_unknown", "{wrong}");
        }
        assert!(read("metre").unwrap_err().message.ends_with("Use MTR for metre."));
        // KG was the keg once.
        let keg = read("kg").unwrap_err();
        assert_eq!(keg.rule, "unit_withdrawn");
        assert!(keg.message.ends_with("Use KGM for kilogram."), "{keg}");
        // Withdrawn: bottle, today the package type XBO.
        assert_eq!(read("BO").unwrap_err().rule, "unit_withdrawn");
    }

    #[test]
    fn every_code_of_our_lists_is_one_of_the_recommendation_and_stands_once() {
        let lists = UNITS_WITHOUT_QUANTITY.iter().flat_map(|(codes, _)| codes.iter());
        let mut seen = Vec::new();
        for code in COUNTS.iter().chain(lists) {
            assert!(read(code).is_ok(), "{code} is not a current unit");
            assert!(!seen.contains(code), "{code} stands twice");
            seen.push(code);
        }
        assert!(DIVISIBLE_COUNTS.iter().all(|code| COUNTS.contains(code)));
    }

    #[test]
    fn the_list_holds_every_current_unit() {
        assert!(all().count() > 1_900);
        assert!(all().all(|unit| read(unit.code).as_deref() == Ok(unit.code)));
    }
}
