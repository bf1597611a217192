//! A journal for each type of document, with the series that numbers it within the fiscal year.

use std::collections::BTreeMap;

use domain::masters::{JOURNAL, NUMBER_SERIES};
use domain::record::Value;
use serde::Deserialize;
use sync_protocol::device::draft;

use super::FirstRecordsError;
use super::books::{Books, lines, set};
use super::names::Names;
use crate::tenant::typist::Typist;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    #[serde(rename = "type")]
    document_type: String,
    code: String,
    en: String,
    de: String,
    fr: String,
    /// By language.
    prefix: BTreeMap<String, String>,
    #[serde(default)]
    gapless: bool,
    approval: Option<String>,
    lock: String,
}

/// Enters the company's number series and journals.
pub(super) fn enter(typist: &mut Typist, books: &Books) -> Result<(), FirstRecordsError> {
    let language = &books.choices.language;
    for line in lines::<Line>(include_str!("journals.json"))? {
        let names = Names { en: &line.en, de: &line.de, fr: Some(&line.fr) };
        let missing = || FirstRecordsError::Data(format!("{} has no prefix", line.code));
        let prefix = line.prefix.get(names.tag_of(language)).ok_or_else(missing)?;
        let mut series = books.begin(typist, &NUMBER_SERIES);
        names.give(&mut series, language);
        for (field, text) in [
            ("code", line.code.as_str()),
            ("document_type", &line.document_type),
            ("prefix", prefix),
            ("reset_rule", "fiscal_year"),
        ] {
            set(&mut series.values, field, text)?;
        }
        if line.gapless {
            series.values.set("gapless", Value::Bool(true));
        }
        let mut journal = books.begin(typist, &JOURNAL);
        names.give(&mut journal, language);
        set(&mut journal.values, "code", &line.code)?;
        set(&mut journal.values, "kind", &line.document_type)?;
        set(&mut journal.values, "lock_area", &line.lock)?;
        if let Some(approval) = &line.approval {
            set(&mut journal.values, "approval_rule", approval)?;
        }
        journal.values.set("series", Value::Id(series.id()));
        typist.enter(draft::create(&series))?;
        typist.enter(draft::create(&journal))?;
    }
    Ok(())
}
