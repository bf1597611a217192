//! Payment methods on the accounts of the chart, and the payment terms that are usual where it is used.

use std::collections::HashMap;

use domain::masters::{PAYMENT_METHOD, PAYMENT_TERMS};
use domain::record::{ChildRow, Value};
use serde::Deserialize;
use sync_protocol::device::draft;

use super::FirstRecordsError;
use super::books::{Books, lines, set};
use super::names::Names;
use crate::tenant::typist::Typist;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Method {
    code: String,
    kind: String,
    /// The role of its account.
    on: String,
    en: String,
    de: String,
    fr: Option<String>,
    days: i64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Terms {
    code: String,
    /// The charts with which they are laid down; all where there is none.
    #[serde(default)]
    charts: Vec<String>,
    en: String,
    de: String,
    fr: Option<String>,
    discount: Option<Discount>,
    parts: Vec<Part>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Discount {
    percent: String,
    days: i64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Part {
    portion: String,
    days: i64,
    #[serde(default)]
    end_of_month: bool,
    day_of_month: Option<i64>,
}

/// Enters the company's payment methods and the tenant's payment terms.
pub(super) fn enter(typist: &mut Typist, books: &Books) -> Result<(), FirstRecordsError> {
    let mut methods = HashMap::new();
    for line in lines::<Method>(include_str!("methods.json"))? {
        let mut method = books.begin(typist, &PAYMENT_METHOD);
        Names { en: &line.en, de: &line.de, fr: line.fr.as_deref() }
            .give(&mut method, &books.choices.language);
        let values = &mut method.values;
        set(values, "code", &line.code)?;
        set(values, "kind", &line.kind)?;
        values.set("account", books.account_for(&line.on)?);
        values.set("clearing_days", Value::Int(line.days));
        methods.insert(line.kind, method.id());
        typist.enter(draft::create(&method))?;
    }
    let transfer = methods.get("bank_transfer").copied();
    let chart = books.choices.chart.name();
    let usual = |terms: &Terms| terms.charts.is_empty() || terms.charts.contains(&chart);
    for line in lines::<Terms>(include_str!("terms.json"))?.into_iter().filter(usual) {
        let mut terms = typist.begin(&PAYMENT_TERMS);
        Names { en: &line.en, de: &line.de, fr: line.fr.as_deref() }
            .give(&mut terms, &books.choices.language);
        set(&mut terms.values, "code", &line.code)?;
        terms.values.set("method", transfer.map_or(Value::Null, Value::Id));
        if let Some(discount) = &line.discount {
            set(&mut terms.values, "discount_percent", &discount.percent)?;
            terms.values.set("discount_days", Value::Int(discount.days));
        }
        for row in line.rows(typist)? {
            terms.put_child(row);
        }
        typist.enter(draft::create(&terms))?;
    }
    Ok(())
}

impl Terms {
    fn rows(&self, typist: &Typist) -> Result<Vec<ChildRow>, FirstRecordsError> {
        let missing = || FirstRecordsError::Data("payment terms have no instalments".to_owned());
        let entity = PAYMENT_TERMS.child("payment_instalment").ok_or_else(missing)?;
        let mut rows = Vec::with_capacity(self.parts.len());
        for (position, part) in (1..).zip(&self.parts) {
            let mut values = entity.defaults();
            values.set("position", Value::Int(position));
            set(&mut values, "portion", &part.portion)?;
            values.set("days", Value::Int(part.days));
            if part.end_of_month {
                values.set("end_of_month", Value::Bool(true));
            }
            values.set("day_of_month", part.day_of_month.map_or(Value::Null, Value::Int));
            rows.push(ChildRow { id: typist.new_id(), values });
        }
        Ok(rows)
    }
}
