//! Time zones by their name in the IANA time zone database, from the `chrono-tz` crate.
//! No abbreviations (CET, PST) beside the database's own: they name more than one zone.

use super::{Fault, typed};
use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::{TZ_VARIANTS, Tz};

/// The name as the database writes it (`Europe/Berlin`), in any case, spaces read as underscores.
///
/// # Errors
/// `time_zone_unknown`, naming a zone of that city where there is one.
pub fn read(text: &str) -> Result<String, Fault> {
    let typed = typed::tidy(text).replace(' ', "_");
    if let Some(zone) = TZ_VARIANTS.iter().find(|zone| zone.name().eq_ignore_ascii_case(&typed)) {
        return Ok(zone.name().to_owned());
    }
    let of_city = TZ_VARIANTS.iter().find(|zone| {
        zone.name().rsplit_once('/').is_some_and(|(_, city)| city.eq_ignore_ascii_case(&typed))
    });
    let example = of_city.map_or("Europe/Berlin", |zone| zone.name());
    Err(Fault::new(
        "time_zone_unknown",
        format!("“{typed}” is not a time zone of the IANA database. Use for example {example}."),
    ))
}

/// The day of an instant in a zone of the database; by UTC in a zone that it does not have.
pub fn day(zone: &str, instant: DateTime<Utc>) -> NaiveDate {
    match zone.parse::<Tz>() {
        Ok(zone) => instant.with_timezone(&zone).date_naive(),
        Err(_) => instant.date_naive(),
    }
}

/// Every name of the database: the choices of a form.
pub fn all() -> impl Iterator<Item = &'static str> {
    TZ_VARIANTS.iter().map(|zone| zone.name())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_the_database_are_read() {
        assert_eq!(read("europe/berlin"), Ok("Europe/Berlin".into()));
        assert_eq!(read("America/New York"), Ok("America/New_York".into()));
        assert_eq!(read("UTC"), Ok("UTC".into()));
        assert!(all().all(|name| read(name).as_deref() == Ok(name)));
    }

    #[test]
    fn what_names_no_zone_is_refused_with_advice() {
        for wrong in ["", "PDT", "+02:00", "Europe/Bonn"] {
            assert_eq!(read(wrong).unwrap_err().rule, "time_zone_unknown", "{wrong}");
        }
        assert!(read("Tokyo").unwrap_err().message.contains("Asia/Tokyo"));
    }
    #[test]
    fn a_day_begins_where_people_are() {
        let instant = "2026-12-31T23:30:00Z".parse().unwrap();
        assert_eq!(day("Europe/Berlin", instant).to_string(), "2027-01-01");
        assert_eq!(day("America/New_York", instant).to_string(), "2026-12-31");
    }
}
