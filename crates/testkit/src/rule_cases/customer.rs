//! Cases of customers with their addresses, contacts and settings per company.

use domain::masters::CUSTOMER;

use super::{Case, Lines, case};

const BASE: Lines = &[("name", "Customer {n}"), ("country", "DE")];

pub static CASES: &[Case] = &[
    case(&CUSTOMER, "required", "name")
        .on(&[("country", "DE")])
        .accepts(&[("name", "Customer {n}")])
        .refuses(&[]),
    case(&CUSTOMER, "unique", "code")
        .on(BASE)
        .accepts(&[("code", "RULES Straße")])
        .refuses(&[("code", "rules STRASSE")]),
    case(&CUSTOMER, "tax_id_checksum", "tax_id")
        .on(BASE)
        .accepts(&[("tax_id", "DE 136 695 976")])
        .refuses(&[("tax_id", "DE136695975")]),
    case(&CUSTOMER, "negative", "credit_limit")
        .on(BASE)
        .accepts(&[("credit_limit", "0")])
        .refuses(&[("credit_limit", "-0.01")]),
    case(&CUSTOMER, "out_of_range", "discount_percent")
        .on(BASE)
        .accepts(&[("discount_percent", "100")])
        .refuses(&[("discount_percent", "100.01")]),
    case(&CUSTOMER, "postal_code_form", "postal_code")
        .on(BASE)
        .accepts(&[("postal_code", "50667")])
        .refuses(&[("postal_code", "5066")]),
    case(&CUSTOMER, "email_form", "email")
        .on(BASE)
        .accepts(&[("email", "ada@example.com")])
        .refuses(&[("email", "ada at example.com")]),
    case(&CUSTOMER, "phone_form", "phone")
        .on(BASE)
        .accepts(&[("phone", "+49 221 1234567")])
        .refuses(&[("phone", "call me")]),
    case(&CUSTOMER, "url_form", "website")
        .on(BASE)
        .accepts(&[("website", "https://example.com")])
        .refuses(&[("website", "https://")]),
    case(&CUSTOMER, "url_scheme", "website")
        .on(BASE)
        .accepts(&[("website", "http://example.com")])
        .refuses(&[("website", "ftp://example.com")]),
    case(&CUSTOMER, "url_login", "website")
        .on(BASE)
        .accepts(&[("website", "https://example.com/ada")])
        .refuses(&[("website", "https://ada:word@example.com")]),
    case(&CUSTOMER, "unknown_reference", "currency")
        .on(BASE)
        .accepts(&[("currency", "@eur")])
        .refuses(&[("currency", "00000000-0000-7000-8000-000000000009")]),
    case(&CUSTOMER, "not_an_id", "owner_id")
        .on(BASE)
        .accepts(&[("owner_id", "@me")])
        .refuses(&[("owner_id", "00000000-0000-0000-0000-000000000000")]),
    case(&CUSTOMER, "not_a_salesperson", "salesperson")
        .on(BASE)
        .accepts(&[("salesperson", "@seller")])
        .refuses(&[("salesperson", "@clerk")]),
    case(&CUSTOMER, "not_for_sale", "price_list")
        .on(BASE)
        .accepts(&[("price_list", "@retail")])
        .refuses(&[("price_list", "@bought")]),
    case(&CUSTOMER, "other_currency", "price_list")
        .on(&[("name", "Customer {n}"), ("currency", "@eur")])
        .accepts(&[("price_list", "@retail")])
        .refuses(&[("price_list", "@dollar_prices")]),
    case(&CUSTOMER, "out_of_range", "customer_address.latitude")
        .on(BASE)
        .accepts(&[("customer_address#1.latitude", "-90"), ("customer_address#1.longitude", "180")])
        .refuses(&[("customer_address#1.latitude", "91"), ("customer_address#1.longitude", "0")]),
    case(&CUSTOMER, "both_or_none", "customer_address.longitude")
        .on(BASE)
        .accepts(&[
            ("customer_address#1.latitude", "50.9"),
            ("customer_address#1.longitude", "6.9"),
        ])
        .refuses(&[("customer_address#1.latitude", "50.9")]),
    case(&CUSTOMER, "one_default", "customer_address.is_default")
        .on(&[
            ("name", "Customer {n}"),
            ("customer_address#1.address_type", "billing"),
            ("customer_address#1.is_default", "yes"),
            ("customer_address#2.address_type", "shipping"),
        ])
        .accepts(&[("customer_address#2.is_default", "yes")])
        .refuses(&[
            ("customer_address#2.address_type", "billing"),
            ("customer_address#2.is_default", "yes"),
        ]),
    case(&CUSTOMER, "postal_code_form", "customer_address.postal_code")
        .on(BASE)
        .accepts(&[
            ("customer_address#1.country", "FR"),
            ("customer_address#1.postal_code", "75001"),
        ])
        .refuses(&[
            ("customer_address#1.country", "FR"),
            ("customer_address#1.postal_code", "7500"),
        ]),
    case(&CUSTOMER, "required", "customer_contact.consent_at")
        .on(&[
            ("name", "Customer {n}"),
            ("customer_contact#1.name", "Grace"),
            ("customer_contact#1.consent_mail", "yes"),
        ])
        .accepts(&[("customer_contact#1.consent_at", "2026-03-31T12:00:00Z")])
        .refuses(&[]),
    case(&CUSTOMER, "one_per_company", "customer_company.company")
        .on(&[("name", "Customer {n}"), ("customer_company#1.company", "@company")])
        .accepts(&[("customer_company#2.company", "@other_company")])
        .refuses(&[("customer_company#2.company", "@company")]),
    case(&CUSTOMER, "wrong_account_type", "customer_company.ar_account")
        .on(&[("name", "Customer {n}"), ("customer_company#1.company", "@company")])
        .accepts(&[("customer_company#1.ar_account", "@receivable")])
        .refuses(&[("customer_company#1.ar_account", "@bank")]),
    case(&CUSTOMER, "not_a_leaf", "customer_company.ar_account")
        .on(&[("name", "Customer {n}"), ("customer_company#1.company", "@company")])
        .accepts(&[("customer_company#1.ar_account", "@receivable")])
        .refuses(&[("customer_company#1.ar_account", "@assets")]),
    case(&CUSTOMER, "other_company", "customer_company.ar_account")
        .on(&[("name", "Customer {n}"), ("customer_company#1.company", "@company")])
        .accepts(&[("customer_company#1.ar_account", "@receivable")])
        .refuses(&[("customer_company#1.ar_account", "@other_receivable")]),
];
