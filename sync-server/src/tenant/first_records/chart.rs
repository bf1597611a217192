//! The charts of accounts that a company can start with. Numbers and wording are our own; the files beside this
//! folder hold them, a group before the accounts below it.

use std::collections::HashMap;

use chrono::NaiveDate;
use domain::masters::ACCOUNT;
use domain::record::{Record, Value};
use serde::Deserialize;
use sync_protocol::device::draft;
use uuid::Uuid;

use super::FirstRecordsError;
use super::books::{self, Books};
use super::names::Names;
use crate::tenant::lay_down::Choices;
use crate::tenant::typist::Typist;

/// A chart of ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Chart {
    /// For any country, in the order of a statement of financial position under IFRS.
    General,
    /// For companies in Germany, with accounts for each rate and case of VAT.
    German,
    /// For companies in Austria, in the order of the classes that are usual there.
    Austrian,
    /// For companies in Switzerland and Liechtenstein.
    Swiss,
    /// For companies in France, on the classes and roots of its legal plan (ANC 2014-03); French beside English
    /// and German.
    French,
    /// For companies in the United Kingdom.
    British,
    /// For companies in the United States, with sales taxes instead of a VAT.
    American,
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
    fr: Option<String>,
    root: String,
    /// Absent for a group.
    #[serde(rename = "type")]
    account_type: Option<String>,
    /// The field of the company that this account fills.
    default: Option<String>,
    /// For what other first records use it: `payments` takes what cards and payment services bring.
    role: Option<String>,
}

impl Chart {
    /// The chart that suits a country.
    pub fn of_country(country: &str) -> Self {
        match country {
            "DE" => Self::German,
            "AT" => Self::Austrian,
            "CH" | "LI" => Self::Swiss,
            "FR" | "MC" => Self::French,
            "GB" | "IM" => Self::British,
            "US" => Self::American,
            _ => Self::General,
        }
    }

    /// The name by which it is chosen.
    pub fn name(self) -> String {
        clap::ValueEnum::to_possible_value(&self)
            .map(|value| value.get_name().to_owned())
            .unwrap_or_default()
    }

    fn lines(self) -> Result<Vec<Line>, FirstRecordsError> {
        let text = match self {
            Self::General => include_str!("../charts/general.json"),
            Self::German => include_str!("../charts/german.json"),
            Self::Austrian => include_str!("../charts/austrian.json"),
            Self::Swiss => include_str!("../charts/swiss.json"),
            Self::French => include_str!("../charts/french.json"),
            Self::British => include_str!("../charts/british.json"),
            Self::American => include_str!("../charts/american.json"),
        };
        books::lines(text)
    }
}

/// Enters a company's accounts and sets its default accounts.
pub(super) fn accounts<'a>(
    typist: &mut Typist,
    choices: &'a Choices,
    company: Record,
    today: NaiveDate,
) -> Result<Books<'a>, FirstRecordsError> {
    let mut ids: HashMap<String, Uuid> = HashMap::new();
    let mut roles: HashMap<String, Uuid> = HashMap::new();
    // What the hub holds of the company after its creation.
    let mut seen = company;
    seen.head.version = 1;
    let mut with_defaults = seen.clone();
    for line in choices.chart.lines()? {
        let mut account = typist.begin(&ACCOUNT);
        let names = Names { en: &line.en, de: &line.de, fr: line.fr.as_deref() };
        names.give(&mut account, &choices.language);
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
                roles.entry(account_type.clone()).or_insert(account.head.id);
                values.set("account_type", Value::Text(account_type));
            }
        }
        if let Some(role) = line.role {
            roles.insert(role, account.id());
        }
        if let Some(field) = line.default {
            with_defaults.values.set(&field, Value::Id(account.id()));
        }
        ids.insert(line.number, account.id());
        typist.enter(draft::create(&account))?;
    }
    let none = || FirstRecordsError::Data("a chart names no default account".to_owned());
    typist.enter(draft::update(&seen, &with_defaults).ok_or_else(none)?)?;
    let first_month = seen.get("fiscal_year_start").int().and_then(|month| month.try_into().ok());
    Ok(Books {
        choices,
        company: seen.id(),
        first_month: first_month.unwrap_or(1),
        today,
        accounts: ids,
        roles,
    })
}

#[cfg(test)]
mod tests {
    use clap::ValueEnum;
    use domain::masters::COMPANY;

    use super::*;

    #[test]
    fn every_chart_fills_every_default_account_once_and_has_leaves_enough() {
        let wanted: Vec<&str> = COMPANY
            .all_fields()
            .map(|field| field.name)
            .filter(|field| field.ends_with("_account"))
            .collect();
        for chart in Chart::value_variants() {
            let lines = chart.lines().unwrap();
            for field in &wanted {
                let filled = lines.iter().filter(|line| line.default.as_deref() == Some(field));
                assert_eq!(filled.count(), 1, "{chart:?} {field}");
            }
            assert!(lines.iter().filter(|line| line.account_type.is_some()).count() >= 60);
            assert!(lines.iter().all(|line| !line.en.is_empty() && !line.de.is_empty()));
            let is_french = *chart == Chart::French;
            assert!(lines.iter().all(|line| line.fr.is_some() == is_french), "{chart:?}");
            let payments = lines.iter().filter(|line| line.role.as_deref() == Some("payments"));
            let types: Vec<_> = payments.map(|line| line.account_type.as_deref()).collect();
            assert_eq!(types, [Some("clearing")], "{chart:?}");
        }
    }
}
