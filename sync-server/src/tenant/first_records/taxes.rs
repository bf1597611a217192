//! The tax codes of a chart's country: its rates with the days from which they hold, its cases by EN 16931. Each
//! names the law it stands on; the rates were taken from those laws.

use std::collections::HashMap;

use domain::masters::TAX_CODE;
use domain::record::{ChildRow, Record, Value};
use serde::Deserialize;
use sync_protocol::device::draft;
use uuid::Uuid;

use super::books::{Books, lines, set};
use super::names::Names;
use super::{Chart, FirstRecordsError};
use crate::tenant::typist::Typist;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    code: String,
    en: String,
    de: String,
    fr: Option<String>,
    kind: Option<String>,
    category: String,
    reason: Option<String>,
    jurisdiction: Option<String>,
    /// Numbers of accounts.
    sales: Option<String>,
    purchase: Option<String>,
    #[serde(rename = "box")]
    return_box: Option<String>,
    law: String,
    #[serde(default)]
    rates: Vec<Rate>,
    /// Codes of the taxes it is made of, before it in the file.
    #[serde(default)]
    parts: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Rate {
    from: String,
    to: Option<String>,
    rate: String,
}

fn text(chart: Chart) -> &'static str {
    match chart {
        Chart::General => include_str!("../charts/taxes/general.json"),
        Chart::German => include_str!("../charts/taxes/german.json"),
        Chart::Austrian => include_str!("../charts/taxes/austrian.json"),
        Chart::Swiss => include_str!("../charts/taxes/swiss.json"),
        Chart::French => include_str!("../charts/taxes/french.json"),
        Chart::British => include_str!("../charts/taxes/british.json"),
        Chart::American => include_str!("../charts/taxes/american.json"),
    }
}

/// Enters the tax codes of the company.
pub(super) fn enter(typist: &mut Typist, books: &Books) -> Result<(), FirstRecordsError> {
    let mut ids = HashMap::new();
    for line in lines::<Line>(text(books.choices.chart))? {
        let mut tax = books.begin(typist, &TAX_CODE);
        line.fill(&mut tax, books)?;
        line.add_rows(&mut tax, &ids, || typist.new_id())?;
        ids.insert(line.code, tax.id());
        typist.enter(draft::create(&tax))?;
    }
    Ok(())
}

impl Line {
    fn fill(&self, tax: &mut Record, books: &Books) -> Result<(), FirstRecordsError> {
        Names { en: &self.en, de: &self.de, fr: self.fr.as_deref() }
            .give(tax, &books.choices.language);
        let values = &mut tax.values;
        for (field, text) in [
            ("code", Some(&self.code)),
            ("kind", self.kind.as_ref()),
            ("category", Some(&self.category)),
            ("exemption_reason", self.reason.as_ref()),
            ("jurisdiction", self.jurisdiction.as_ref()),
            ("return_box", self.return_box.as_ref()),
            ("notes", Some(&self.law)),
        ] {
            if let Some(text) = text {
                set(values, field, text)?;
            }
        }
        for (field, number) in
            [("sales_account", &self.sales), ("purchase_account", &self.purchase)]
        {
            if let Some(number) = number {
                values.set(field, books.account(number)?);
            }
        }
        Ok(())
    }

    fn add_rows(
        &self,
        tax: &mut Record,
        ids: &HashMap<String, Uuid>,
        new_id: impl Fn() -> Uuid,
    ) -> Result<(), FirstRecordsError> {
        let unknown = |told: &str| FirstRecordsError::Data(format!("{}: no {told}", self.code));
        let rates = TAX_CODE.child("tax_rate").ok_or_else(|| unknown("rates"))?;
        let parts = TAX_CODE.child("tax_component").ok_or_else(|| unknown("parts"))?;
        for (position, rate) in (1..).zip(&self.rates) {
            let mut values = rates.defaults();
            values.set("position", Value::Int(position));
            set(&mut values, "valid_from", &rate.from)?;
            if let Some(to) = &rate.to {
                set(&mut values, "valid_to", to)?;
            }
            set(&mut values, "rate", &rate.rate)?;
            tax.put_child(ChildRow { id: new_id(), values });
        }
        for (position, part) in (1..).zip(&self.parts) {
            let mut values = parts.defaults();
            values.set("position", Value::Int(position));
            values.set("component", Value::Id(*ids.get(part).ok_or_else(|| unknown(part))?));
            tax.put_child(ChildRow { id: new_id(), values });
        }
        Ok(())
    }
}
