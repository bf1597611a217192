//! Codes that a number series gives to masters: which series gives them, for which days, and how one is written. Who
//! holds which numbers, and drawing them, is the stores'.

use chrono::{Datelike, Days, Months, NaiveDate};
use uuid::Uuid;

use crate::masters::{NUMBERED, Piece, Prefix, Token, numbered, reset};
use crate::record::{EntityDef, Record, fold_code};

/// So many numbers a device takes at once where its series does not say.
const BLOCK: i64 = 100;
/// The widest number that a series can have.
const WIDTH_MAX: usize = 12;

/// A series that is in use and gives codes of a master.
#[derive(Clone, Debug)]
pub struct Series {
    pub id: Uuid,
    /// The master whose codes it gives.
    pub entity: &'static EntityDef,
    pub company: Uuid,
    pub branch: Option<Uuid>,
    pub prefix: Prefix,
    /// Digits of a number.
    pub width: u32,
    /// The first number of each period.
    pub start: i64,
    /// Whether no number may be missing.
    pub gapless: bool,
    /// How many numbers a device takes at once.
    pub block: i64,
    reset: Reset,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reset {
    Never,
    FiscalYear,
    CalendarYear,
    Month,
}

/// A time in which a series counts through.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Period {
    /// What it is called in the store; empty for a series that never starts again.
    pub key: String,
    /// First and last day; all days for a series that never starts again.
    pub days: Option<(NaiveDate, NaiveDate)>,
    /// The name of the fiscal year.
    fiscal_year: Option<String>,
}

/// A fiscal year of a company, as far as numbers ask for it.
#[derive(Clone, Debug)]
pub struct FiscalYear {
    pub name: String,
    pub first: NaiveDate,
    pub last: NaiveDate,
}

impl FiscalYear {
    pub fn of(record: &Record) -> Option<Self> {
        let (first, last) = (record.get("start_date").date()?, record.get("end_date").date()?);
        Some(Self { name: record.get("name").text()?.to_owned(), first, last })
    }
}

impl Series {
    /// The series that a record declares; `None` where it is of documents, or not in use.
    pub fn of(record: &Record) -> Option<Self> {
        let entity = numbered(record.get("document_type").text()?)?;
        if record.is_retired() || !record.get("active").is_true() {
            return None;
        }
        Some(Self {
            id: record.id(),
            entity,
            company: record.get("company_id").id()?,
            branch: record.get("branch_id").id(),
            prefix: Prefix::read(record.get("prefix").text()?).ok()?,
            width: record.get("width").int().and_then(|width| u32::try_from(width).ok())?,
            start: record.get("next").int()?,
            gapless: record.get("gapless").is_true(),
            block: record.get("device_block_size").int().unwrap_or(BLOCK),
            reset: match record.get("reset_rule").text() {
                Some(reset::FISCAL_YEAR) => Reset::FiscalYear,
                Some(reset::CALENDAR_YEAR) => Reset::CalendarYear,
                Some(reset::MONTH) => Reset::Month,
                _ => Reset::Never,
            },
        })
    }

    /// Whether each device counts for itself.
    pub fn is_of_devices(&self) -> bool {
        self.prefix.has(Token::Device)
    }

    /// Whether it starts again with each fiscal year of its company.
    pub fn counts_fiscal_years(&self) -> bool {
        self.reset == Reset::FiscalYear
    }

    /// The last number that it has digits for.
    pub fn limit(&self) -> i64 {
        10_i64.checked_pow(self.width).map_or(i64::MAX, |limit| limit - 1)
    }

    /// The periods that have one of these days, the earliest first. A fiscal year that was not declared yet has no
    /// numbers.
    pub fn periods(&self, years: &[FiscalYear], from: NaiveDate, to: NaiveDate) -> Vec<Period> {
        let mut periods = match self.reset {
            Reset::Never => vec![Period::default()],
            Reset::FiscalYear => years.iter().map(Period::fiscal).collect(),
            Reset::CalendarYear => {
                (from.year()..=to.year()).filter_map(|year| Period::calendar(year, None)).collect()
            }
            Reset::Month => months(from, to),
        };
        let meets = |(first, last): (NaiveDate, NaiveDate)| first <= to && from <= last;
        periods.retain(|period| period.days.is_none_or(meets));
        periods.sort_by_key(|period| period.days);
        periods
    }

    /// What stands before each number. `None` where something that the prefix names is not known.
    pub fn stem(
        &self,
        period: &Period,
        branch: Option<&str>,
        device: Option<&str>,
    ) -> Option<String> {
        let first = period.days.map(|(first, _)| first);
        let mut stem = String::new();
        for piece in &self.prefix.0 {
            match piece {
                Piece::Text(text) => stem.push_str(text),
                Piece::Token(Token::FiscalYear) => stem.push_str(period.fiscal_year.as_deref()?),
                Piece::Token(Token::Year) => stem.push_str(&format!("{:04}", first?.year())),
                Piece::Token(Token::Month) => stem.push_str(&format!("{:02}", first?.month())),
                Piece::Token(Token::Branch) => stem.push_str(branch?),
                Piece::Token(Token::Device) => stem.push_str(device?),
            }
        }
        Some(stem)
    }
}

impl Period {
    fn fiscal(year: &FiscalYear) -> Self {
        Self {
            key: format!("FY {}", year.name),
            days: Some((year.first, year.last)),
            fiscal_year: Some(year.name.clone()),
        }
    }

    /// A calendar year, or one month of it.
    fn calendar(year: i32, month: Option<u32>) -> Option<Self> {
        let first = NaiveDate::from_ymd_opt(year, month.unwrap_or(1), 1)?;
        let length = Months::new(if month.is_some() { 1 } else { 12 });
        let last = first.checked_add_months(length)?.checked_sub_days(Days::new(1))?;
        let key = match month {
            Some(month) => format!("{year:04}-{month:02}"),
            None => format!("{year:04}"),
        };
        Some(Self { key, days: Some((first, last)), fiscal_year: None })
    }
}

fn months(from: NaiveDate, to: NaiveDate) -> Vec<Period> {
    let of_year = |year| (1..=12).map(move |month| (year, month));
    let all = (from.year()..=to.year()).flat_map(of_year);
    all.filter_map(|(year, month)| Period::calendar(year, Some(month))).collect()
}

/// Whether a series may give the codes of this master.
pub fn is_numbered(entity: &EntityDef) -> bool {
    NUMBERED.iter().any(|numbered| numbered.name == entity.name)
}

/// Whether a series of a company (and branch) numbers a record of these. A record of no company is everybody's.
pub fn fits(series: (Uuid, Option<Uuid>), record: (Option<Uuid>, Option<Uuid>)) -> bool {
    record.0.is_none_or(|company| company == series.0)
        && series.1.is_none_or(|branch| record.1 == Some(branch))
}

/// A number as a code.
pub fn code(stem: &str, width: u32, number: i64) -> String {
    format!("{stem}{number:0width$}", width = usize::try_from(width).unwrap_or_default())
}

/// What stands before each number, as codes are compared.
pub fn folded_stem(stem: &str, width: u32) -> String {
    let mut whole = fold_code(&code(stem, width, 0));
    whole.truncate(whole.len().saturating_sub(usize::try_from(width).unwrap_or_default()));
    whole
}

/// One way to read a folded code as a number of a series.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reading {
    /// What stands before the number, folded.
    pub stem: String,
    pub width: u32,
    pub number: i64,
}

/// All ways to read a folded code: a stem may end with digits itself.
pub fn readings(folded: &str) -> Vec<Reading> {
    let digits = folded.bytes().rev().take_while(u8::is_ascii_digit).count().min(WIDTH_MAX);
    let reading = |width: usize| {
        // Digits are one byte each.
        let (stem, number) = folded.split_at(folded.len() - width);
        let (width, number) = (u32::try_from(width).ok()?, number.parse().ok()?);
        Some(Reading { stem: stem.to_owned(), width, number })
    };
    (1..=digits).filter_map(reading).collect()
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use proptest::prelude::*;

    use super::*;
    use crate::masters::{CUSTOMER, NUMBER_SERIES};

    fn series(fields: &[(&str, &str)]) -> Series {
        let mut record =
            Record::new(&NUMBER_SERIES, Uuid::from_u128(1), Uuid::nil(), DateTime::UNIX_EPOCH);
        let company = Uuid::from_u128(2).to_string();
        let given =
            [("document_type", "customer"), ("prefix", "K-"), ("company_id", company.as_str())];
        for (name, text) in given.iter().chain(fields) {
            let kind = NUMBER_SERIES.field(name).unwrap().kind;
            record.values.set(name, kind.read(&(*text).into()).unwrap());
        }
        Series::of(&record).unwrap()
    }

    fn day(year: i32, month: u32, day: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(year, month, day).unwrap()
    }

    #[test]
    fn at_new_year_a_device_that_is_offline_has_the_numbers_of_both_years() {
        let series = series(&[("prefix", "K{YYYY}-"), ("reset_rule", "calendar_year")]);
        let periods = series.periods(&[], day(2026, 11, 15), day(2027, 1, 14));
        let stems: Vec<_> = periods.iter().map(|p| series.stem(p, None, None).unwrap()).collect();
        assert_eq!(stems, ["K2026-", "K2027-"]);
        assert_eq!(periods[1].days, Some((day(2027, 1, 1), day(2027, 12, 31))));
    }

    #[test]
    fn months_and_fiscal_years_follow_each_other() {
        let monthly = series(&[("prefix", "{YYYY}{MM}/"), ("reset_rule", "month")]);
        let keys = |periods: Vec<Period>| periods.into_iter().map(|p| p.key).collect::<Vec<_>>();
        let months = keys(monthly.periods(&[], day(2026, 12, 31), day(2027, 2, 1)));
        assert_eq!(months, ["2026-12", "2027-01", "2027-02"]);
        let fiscal = series(&[("prefix", "{FY}-"), ("reset_rule", "fiscal_year")]);
        let year = |name: &str, from: i32| FiscalYear {
            name: name.to_owned(),
            first: day(from, 7, 1),
            last: day(from + 1, 6, 30),
        };
        let years = [year("26/27", 2026), year("25/26", 2025)];
        let periods = fiscal.periods(&years, day(2026, 6, 1), day(2026, 7, 31));
        assert_eq!(fiscal.stem(&periods[0], None, None).as_deref(), Some("25/26-"));
        assert_eq!(keys(periods), ["FY 25/26", "FY 26/27"]);
        assert!(fiscal.periods(&[], day(2026, 6, 1), day(2026, 7, 31)).is_empty());
    }

    #[test]
    fn a_series_of_a_branch_numbers_what_is_of_that_branch() {
        let (company, branch) = (Uuid::from_u128(1), Uuid::from_u128(2));
        assert!(
            fits((company, None), (None, None)) && fits((company, None), (Some(company), None))
        );
        assert!(!fits((company, None), (Some(branch), None)));
        assert!(fits((company, Some(branch)), (Some(company), Some(branch))));
        assert!(!fits((company, Some(branch)), (Some(company), None)));
    }

    #[test]
    fn every_master_that_is_numbered_has_a_code_that_people_know_it_by() {
        for entity in NUMBERED {
            let key = entity.field(entity.key).unwrap();
            assert_eq!(key.kind, crate::record::Kind::Code, "{}", entity.name);
        }
        assert!(is_numbered(&CUSTOMER) && !is_numbered(&NUMBER_SERIES));
    }

    proptest! {
        /// A code that a series wrote is read as that number of that series, however it is typed.
        #[test]
        fn what_was_written_is_read(stem in "[A-Z0-9/-]{0,8}", width in 1_u32..=12, number in 0_i64..1_000) {
            prop_assume!(number < 10_i64.pow(width));
            let folded = fold_code(&code(&stem, width, number));
            let own = Reading { stem: folded_stem(&stem, width), width, number };
            prop_assert!(readings(&folded).contains(&own));
        }
    }
}
