//! The charts of accounts: a tenant in each country starts with its accounts, taxes, terms, years and journals.

use crate::support::TestHub;

struct Start {
    country: &'static str,
    currency: &'static str,
    language: &'static str,
    /// Chosen by hand where the country alone would not choose it.
    chart: Option<&'static str>,
    /// A number of an account, and its name in the tenant's language.
    account: (&'static str, &'static str),
    /// The rate of a tax code, on a day.
    tax: &'static [(&'static str, &'static str, &'static str)],
    /// The prefix of its invoices.
    prefix: &'static str,
}

const STARTS: &[Start] = &[
    Start {
        country: "DE",
        currency: "EUR",
        language: "de",
        chart: None,
        account: ("12010", "Forderungen an Kunden"),
        tax: &[
            ("DE-N", "2020-06-30", "19"),
            ("DE-N", "2020-12-31", "16"),
            ("DE-N", "2026-01-01", "19"),
            ("DE-R", "2020-08-01", "5"),
            ("DE-R", "2026-01-01", "7"),
        ],
        prefix: "RE-{FY}-",
    },
    Start {
        country: "AT",
        currency: "EUR",
        language: "de-AT",
        chart: None,
        account: ("2710", "Kassa"),
        tax: &[("AT-20", "2026-01-01", "20"), ("AT-13", "2026-01-01", "13")],
        prefix: "RE-{FY}-",
    },
    Start {
        country: "LI",
        currency: "CHF",
        language: "de-CH",
        chart: None,
        account: ("11010", "Debitoren Inland"),
        tax: &[
            ("CH-N", "2017-12-31", "8"),
            ("CH-N", "2023-12-31", "7.7"),
            ("CH-N", "2024-01-01", "8.1"),
            ("CH-R", "2024-01-01", "2.6"),
            ("CH-H", "2024-01-01", "3.8"),
        ],
        prefix: "RE-{FY}-",
    },
    Start {
        country: "FR",
        currency: "EUR",
        language: "fr",
        chart: None,
        account: ("411000", "Clients"),
        tax: &[
            ("FR-20", "2013-12-31", "19.6"),
            ("FR-20", "2026-01-01", "20"),
            ("FR-10", "2013-12-31", "7"),
            ("FR-55", "2026-01-01", "5.5"),
        ],
        prefix: "FA-{FY}-",
    },
    Start {
        country: "GB",
        currency: "GBP",
        language: "en-GB",
        chart: None,
        account: ("1210", "Trade debtors"),
        tax: &[
            ("GB-20", "2009-06-01", "15"),
            ("GB-20", "2011-01-03", "17.5"),
            ("GB-20", "2011-01-04", "20"),
            ("GB-5", "2026-01-01", "5"),
        ],
        prefix: "INV-{FY}-",
    },
    Start {
        country: "US",
        currency: "USD",
        language: "en-US",
        chart: None,
        account: ("1210", "Accounts receivable"),
        tax: &[("US-CA", "2026-01-01", "7.25"), ("US-NYC-L", "2026-01-01", "4.5")],
        prefix: "INV-{FY}-",
    },
    Start {
        country: "SE",
        currency: "SEK",
        language: "en",
        chart: None,
        account: ("1210", "Trade receivables"),
        tax: &[("ZERO", "2026-01-01", "0")],
        prefix: "INV-{FY}-",
    },
    // A company may keep its books by the chart of another country.
    Start {
        country: "SE",
        currency: "EUR",
        language: "en",
        chart: Some("german"),
        account: ("12010", "Customers"),
        tax: &[("DE-N", "2026-01-01", "19")],
        prefix: "INV-{FY}-",
    },
];

fn create(hub: &TestHub, slug: &str, start: &Start) {
    let email = format!("admin@{slug}.example");
    let mut arguments = vec!["tenant", "create", slug, "--name", "Start Ltd"];
    arguments.extend(["--admin-email", &email, "--country", start.country]);
    arguments.extend(["--currency", start.currency, "--language", start.language]);
    if let Some(chart) = start.chart {
        arguments.extend(["--chart", chart]);
    }
    assert_eq!(hub.runs(&arguments)["created"], true, "{slug}");
}

/// What would be wrong with any start, in words; no row where all is right.
const WRONG: &str = "
    SELECT 'a default account is missing' FROM company
        WHERE num_nulls(ar_account, ap_account, inventory_account, cogs_account, rounding_account,
                        fx_realised_account, fx_unrealised_account, retained_earnings_account,
                        suspense_account) > 0
    UNION ALL SELECT 'ar_account' FROM company JOIN account a ON a.id = ar_account
        WHERE a.account_type <> 'receivable' OR a.is_group IS TRUE OR NOT a.party_required
    UNION ALL SELECT 'ap_account' FROM company JOIN account a ON a.id = ap_account
        WHERE a.account_type <> 'payable' OR a.is_group IS TRUE OR NOT a.blocked
    UNION ALL SELECT 'inventory_account' FROM company JOIN account a ON a.id = inventory_account
        WHERE a.account_type <> 'stock' OR a.is_group IS TRUE
    UNION ALL SELECT 'a leaf without a type ' || number FROM account
        WHERE is_group IS NOT TRUE AND account_type IS NULL
    UNION ALL SELECT 'an empty group ' || number FROM account a
        WHERE is_group AND NOT EXISTS (SELECT FROM account b WHERE b.parent = a.id)
    UNION ALL SELECT 'a tax without rate or part ' || code FROM tax_code t
        WHERE NOT EXISTS (SELECT FROM tax_rate r WHERE r.parent_id = t.id)
          AND NOT EXISTS (SELECT FROM tax_component c WHERE c.parent_id = t.id)
    UNION ALL SELECT 'a tax without its law ' || code FROM tax_code WHERE notes IS NULL
    UNION ALL SELECT 'a year without 12 months ' || name FROM fiscal_year y
        WHERE (SELECT count(*) FROM fiscal_period p WHERE p.parent_id = y.id) <> 12
    UNION ALL SELECT 'a journal without its series ' || code FROM journal j
        WHERE NOT EXISTS (SELECT FROM number_series s
                          WHERE s.id = j.series AND s.document_type = j.kind
                            AND s.prefix LIKE '%{FY}%' AND s.reset_rule = 'fiscal_year')
    UNION ALL SELECT 'terms that are not all of it ' || code FROM payment_terms t
        WHERE (SELECT sum(portion) FROM payment_instalment i WHERE i.parent_id = t.id) <> 100
    UNION ALL SELECT 'a method without money ' || code FROM payment_method m
        WHERE NOT EXISTS (SELECT FROM account a WHERE a.id = m.account
                            AND a.account_type IN ('bank', 'cash', 'clearing'))
    UNION ALL SELECT 'for a person: ' || message FROM attention";

#[tokio::test]
async fn a_tenant_of_each_country_starts_with_its_books() {
    let hub = TestHub::start().await;
    for (number, start) in STARTS.iter().enumerate() {
        let slug = format!("start-{number}");
        create(&hub, &slug, start);
        let one = |statement: &str| {
            let rows = hub.in_tenant(&slug, statement);
            assert_eq!(rows.len(), 1, "{slug}: {statement}: {rows:?}");
            rows.into_iter().next().unwrap()
        };
        assert_eq!(hub.in_tenant(&slug, WRONG), Vec::<String>::new(), "{slug}");
        let leaves: usize =
            one("SELECT count(*) FROM account WHERE account_type IS NOT NULL").parse().unwrap();
        assert!(leaves >= 60, "{slug} has only {leaves} accounts");
        let (account, name) = start.account;
        let told = one(&format!("SELECT name FROM account WHERE number = '{account}'"));
        assert_eq!(told, name, "{slug}");
        for (code, day, rate) in start.tax {
            let found = one(&format!(
                "SELECT trim_scale(rate) FROM tax_rate JOIN tax_code t ON t.id = parent_id
                 WHERE code = '{code}' AND valid_from <= '{day}'
                   AND (valid_to IS NULL OR valid_to >= '{day}')"
            ));
            assert_eq!(found, *rate, "{slug}: {code} on {day}");
        }
        let invoices = "SELECT prefix FROM number_series WHERE document_type = 'sales_invoice'";
        assert_eq!(one(invoices), start.prefix, "{slug}");
        let open = "SELECT count(*) FROM fiscal_year WHERE status = 'open'
                    AND current_date BETWEEN start_date AND end_date";
        assert_eq!(one(open), "1", "{slug}");
        assert_eq!(one("SELECT count(*) FROM fiscal_year WHERE status = 'future'"), "1", "{slug}");
    }
}

#[tokio::test]
async fn the_tax_of_a_city_is_made_of_those_that_are_levied_there() {
    let hub = TestHub::start().await;
    let start = STARTS.iter().find(|start| start.country == "US").unwrap();
    create(&hub, "gotham", start);
    let whole = "SELECT trim_scale(sum(r.rate)) FROM tax_code whole
                 JOIN tax_component c ON c.parent_id = whole.id
                 JOIN tax_rate r ON r.parent_id = c.component WHERE whole.code = 'US-NYC'";
    assert_eq!(hub.in_tenant("gotham", whole), ["8.875"]);
}
