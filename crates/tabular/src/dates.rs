//! Dates as people write them: the patterns that are known, and which of them a column follows.

use std::fmt;
use std::str::FromStr;

use chrono::NaiveDate;

/// The order and the signs of a date. Years have four digits: two would have to be guessed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DatePattern {
    Iso,
    DayFirstDots,
    DayFirstSlashes,
    MonthFirstSlashes,
    DayFirstDashes,
    YearFirstSlashes,
    Digits,
}

impl DatePattern {
    /// In the order in which they are tried: where two fit, the first is taken.
    pub const ALL: [Self; 7] = [
        Self::Iso,
        Self::DayFirstDots,
        Self::DayFirstSlashes,
        Self::MonthFirstSlashes,
        Self::DayFirstDashes,
        Self::YearFirstSlashes,
        Self::Digits,
    ];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Iso => "YYYY-MM-DD",
            Self::DayFirstDots => "DD.MM.YYYY",
            Self::DayFirstSlashes => "DD/MM/YYYY",
            Self::MonthFirstSlashes => "MM/DD/YYYY",
            Self::DayFirstDashes => "DD-MM-YYYY",
            Self::YearFirstSlashes => "YYYY/MM/DD",
            Self::Digits => "YYYYMMDD",
        }
    }

    /// The patterns that most of these texts follow, best first; none where no text is a date in any.
    pub fn recognise(texts: &[&str]) -> Vec<Self> {
        let fitting = |pattern: &Self| texts.iter().filter(|t| pattern.read(t).is_some()).count();
        let most = Self::ALL.iter().map(fitting).max().unwrap_or_default();
        match most {
            0 => Vec::new(),
            most => Self::ALL.into_iter().filter(|pattern| fitting(pattern) == most).collect(),
        }
    }

    /// The date in this pattern; a time of midnight behind it is no part of it.
    pub fn read(self, text: &str) -> Option<NaiveDate> {
        let text = text.trim();
        let text = ["T00:00:00", " 00:00:00", " 00:00", " 0:00"]
            .iter()
            .find_map(|midnight| text.strip_suffix(midnight))
            .unwrap_or(text);
        let (year, month, day) = match self {
            Self::Iso => in_order(text, '-')?,
            Self::YearFirstSlashes => in_order(text, '/')?,
            Self::DayFirstDots => turned(in_order(text, '.')?),
            Self::DayFirstSlashes => turned(in_order(text, '/')?),
            Self::DayFirstDashes => turned(in_order(text, '-')?),
            Self::MonthFirstSlashes => {
                let (month, day, year) = in_order(text, '/')?;
                (year, month, day)
            }
            Self::Digits if text.len() == 8 && text.is_ascii() => {
                (text.get(..4)?, text.get(4..6)?, text.get(6..)?)
            }
            Self::Digits => return None,
        };
        let number = |text: &str, longest: usize| -> Option<u32> {
            let digits = text.bytes().all(|byte| byte.is_ascii_digit());
            (digits && text.len() <= longest).then(|| text.parse().ok()).flatten()
        };
        if year.len() != 4 {
            return None;
        }
        let year = i32::try_from(number(year, 4)?).ok()?;
        NaiveDate::from_ymd_opt(year, number(month, 2)?, number(day, 2)?)
    }
}

impl fmt::Display for DatePattern {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for DatePattern {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let known = Self::ALL.into_iter().find(|pattern| pattern.name().eq_ignore_ascii_case(text));
        known.ok_or_else(|| {
            let names: Vec<_> = Self::ALL.iter().map(|pattern| pattern.name()).collect();
            format!("{text} is no pattern of dates; choose {}", names.join(", "))
        })
    }
}

fn in_order(text: &str, sign: char) -> Option<(&str, &str, &str)> {
    let mut parts = text.split(sign);
    let three = (parts.next()?, parts.next()?, parts.next()?);
    parts.next().is_none().then_some(three)
}

fn turned<'t>((day, month, year): (&'t str, &'t str, &'t str)) -> (&'t str, &'t str, &'t str) {
    (year, month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_pattern_reads_its_own_dates() {
        let day = NaiveDate::from_ymd_opt(2026, 3, 31);
        for (pattern, text) in [
            (DatePattern::Iso, "2026-03-31"),
            (DatePattern::Iso, "2026-03-31 00:00:00"),
            (DatePattern::DayFirstDots, "31.3.2026"),
            (DatePattern::DayFirstSlashes, "31/03/2026"),
            (DatePattern::MonthFirstSlashes, "3/31/2026"),
            (DatePattern::DayFirstDashes, "31-03-2026"),
            (DatePattern::YearFirstSlashes, "2026/03/31"),
            (DatePattern::Digits, "20260331"),
        ] {
            assert_eq!(pattern.read(text), day, "{text}");
            assert_eq!(pattern.name().parse(), Ok(pattern));
        }
        for text in ["2026-02-30", "26-03-31", "2026-03-31 12:30", "+2026-1-1", "x"] {
            assert_eq!(DatePattern::Iso.read(text), None, "{text}");
        }
    }

    #[test]
    fn a_day_above_twelve_tells_the_order() {
        let of = |texts: &[&str]| DatePattern::recognise(texts);
        assert_eq!(of(&["03/04/2026", "03/31/2026"]), [DatePattern::MonthFirstSlashes]);
        assert_eq!(
            of(&["03/04/2026"]),
            [DatePattern::DayFirstSlashes, DatePattern::MonthFirstSlashes],
            "nothing tells"
        );
        assert_eq!(of(&["1992-05-01"]), [DatePattern::Iso]);
        assert!(of(&["soon"]).is_empty());
    }
}
