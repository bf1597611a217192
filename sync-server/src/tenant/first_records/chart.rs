//! The charts of accounts that a company can start with. Numbers and wording are our own; the files beside this
//! folder hold them, a group before the accounts below it.

use std::collections::HashMap;

use domain::masters::ACCOUNT;
use domain::record::{Record, Value};
use serde::Deserialize;
use sync_protocol::device::draft;
use uuid::Uuid;

use super::FirstRecordsError;
use super::reference::name;
use crate::tenant::lay_down::Choices;
use crate::tenant::typist::Typist;

/// A chart of ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Chart {
    /// For any country, in the order of a statement of financial position under IFRS.
    General,
    /// For companies in Germany, with accounts for each rate and case of VAT.
    German,
}

/// Types whose accounts are settled item by item.
const RECONCILED: &[&str] = &["receivable", "payable", "clearing", "bank"];
/// Types that only their sub-ledger posts to.
const CONTROL: &[&str] = &["receivable", "payable", "stock"];

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    number: String,
    parent: Option<String>,
    en: String,
    de: String,
    root: String,
    /// Absent for a group.
    #[serde(rename = "type")]
    account_type: Option<String>,
    /// The field of the company that this account fills.
    default: Option<String>,
}

impl Chart {
    /// The chart that suits a country.
    pub fn of_country(country: &str) -> Self {
        if country == "DE" { Self::German } else { Self::General }
    }

    fn lines(self) -> Result<Vec<Line>, FirstRecordsError> {
        let text = match self {
            Self::General => include_str!("../charts/general.json"),
            Self::German => include_str!("../charts/german.json"),
        };
        serde_json::from_str(text).map_err(|error| FirstRecordsError::Data(error.to_string()))
    }
}

/// Enters a company's accounts and sets its default accounts.
pub(super) fn accounts(
    typist: &mut Typist,
    choices: &Choices,
    company: Record,
) -> Result<(), FirstRecordsError> {
    let mut ids: HashMap<String, Uuid> = HashMap::new();
    // What the hub holds of the company after its creation.
    let mut seen = company;
    seen.head.version = 1;
    let mut with_defaults = seen.clone();
    for line in choices.chart.lines()? {
        let mut account = typist.begin(&ACCOUNT);
        name(&mut account, &choices.language, &line.en, &line.de);
        let values = &mut account.values;
        values.set("number", Value::Text(line.number.clone()));
        values.set("company_id", Value::Id(seen.id()));
        values.set("root_type", Value::Text(line.root));
        if let Some(parent) = &line.parent {
            let missing =
                || FirstRecordsError::Data(format!("no account {parent} before {}", line.number));
            values.set("parent", Value::Id(*ids.get(parent).ok_or_else(missing)?));
        }
        match line.account_type {
            None => {
                values.set("is_group", Value::Bool(true));
            }
            Some(account_type) => {
                let is_one_of = |types: &[&str]| types.contains(&account_type.as_str());
                for (field, holds) in [
                    ("reconcilable", is_one_of(RECONCILED)),
                    ("party_required", is_one_of(&["receivable", "payable"])),
                    ("blocked", is_one_of(CONTROL)),
                ] {
                    if holds {
                        values.set(field, Value::Bool(true));
                    }
                }
                values.set("account_type", Value::Text(account_type));
            }
        }
        if let Some(field) = line.default {
            with_defaults.values.set(&field, Value::Id(account.id()));
        }
        ids.insert(line.number, account.id());
        typist.enter(draft::create(&account))?;
    }
    match draft::update(&seen, &with_defaults) {
        Some(intent) => Ok(typist.enter(intent)?),
        None => Err(FirstRecordsError::Data("a chart names no default account".to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use domain::masters::COMPANY;

    use super::*;

    #[test]
    fn every_chart_fills_every_default_account_once_and_has_leaves_enough() {
        let wanted: Vec<&str> = COMPANY
            .all_fields()
            .map(|field| field.name)
            .filter(|field| field.ends_with("_account"))
            .collect();
        for chart in [Chart::General, Chart::German] {
            let lines = chart.lines().unwrap();
            for field in &wanted {
                let filled = lines.iter().filter(|line| line.default.as_deref() == Some(field));
                assert_eq!(filled.count(), 1, "{chart:?} {field}");
            }
            assert!(lines.iter().filter(|line| line.account_type.is_some()).count() >= 60);
            assert!(lines.iter().all(|line| !line.en.is_empty() && !line.de.is_empty()));
        }
    }
}
