//! Cases of suppliers, of their bank account and their cost prices.

use domain::masters::{SUPPLIER, TAX_CODE};

use super::{Case, Given, Lines, case, given};

pub static GIVEN: &[Given] = &[
    given("supplier", &SUPPLIER, &[("code", "RULES"), ("name", "Rival"), ("country", "DE")]),
    given(
        "vat",
        &TAX_CODE,
        &[
            ("code", "RULES VAT"),
            ("name", "VAT"),
            ("tax_rate#1.valid_from", "2020-01-01"),
            ("tax_rate#1.rate", "20"),
        ],
    ),
    given(
        "withheld",
        &TAX_CODE,
        &[
            ("code", "RULES WHT"),
            ("name", "Withheld"),
            ("kind", "withholding"),
            ("tax_rate#1.valid_from", "2020-01-01"),
            ("tax_rate#1.rate", "-15"),
        ],
    ),
];

const BASE: Lines = &[("name", "Supplier {n}"), ("country", "DE")];

pub static CASES: &[Case] = &[
    case(&SUPPLIER, "unique", "tax_id")
        .on(BASE)
        .accepts(&[("tax_id", "DE136695976")])
        .refuses(&[("tax_id", "de 136695976")]),
    case(&SUPPLIER, "iban_form", "iban")
        .on(BASE)
        .accepts(&[("iban", "DE89 3704 0044 0532 0130 00")])
        .refuses(&[("iban", "DE89 3704 004?")]),
    case(&SUPPLIER, "iban_checksum", "iban")
        .on(BASE)
        .accepts(&[("iban", "GB82WEST12345698765432")])
        .refuses(&[("iban", "GB83WEST12345698765432")]),
    case(&SUPPLIER, "iban_country", "iban")
        .on(BASE)
        .accepts(&[("iban", "FR1420041010050500013M02606")])
        .refuses(&[("iban", "US02WEST12345698765432")]),
    case(&SUPPLIER, "iban_account", "iban")
        .on(BASE)
        .accepts(&[("iban", "DE89370400440532013000")])
        .refuses(&[("iban", "DE583704004405320130AB")]),
    case(&SUPPLIER, "bic_form", "bic")
        .on(BASE)
        .accepts(&[("bic", "COBADEFF")])
        .refuses(&[("bic", "COBADE")]),
    case(&SUPPLIER, "bic_country", "bic")
        .on(BASE)
        .accepts(&[("bic", "DEUTDEFF500")])
        .refuses(&[("bic", "COBAQXFF")]),
    case(&SUPPLIER, "routing_number_form", "routing_number")
        .on(BASE)
        .accepts(&[("routing_number", "021000021")])
        .refuses(&[("routing_number", "0210")]),
    case(&SUPPLIER, "routing_number_checksum", "routing_number")
        .on(BASE)
        .accepts(&[("routing_number", "011401533")])
        .refuses(&[("routing_number", "011401534")]),
    case(&SUPPLIER, "not_withholding", "withholding_code")
        .on(BASE)
        .accepts(&[("withholding_code", "@withheld")])
        .refuses(&[("withholding_code", "@vat")]),
    case(&SUPPLIER, "one_default", "supplier_address.is_default")
        .on(&[
            ("name", "Supplier {n}"),
            ("supplier_address#1.address_type", "billing"),
            ("supplier_address#1.is_default", "yes"),
            ("supplier_address#2.address_type", "site"),
        ])
        .accepts(&[("supplier_address#2.is_default", "yes")])
        .refuses(&[
            ("supplier_address#2.address_type", "billing"),
            ("supplier_address#2.is_default", "yes"),
        ]),
    case(&SUPPLIER, "wrong_account_type", "supplier_company.ap_account")
        .on(&[("name", "Supplier {n}"), ("supplier_company#1.company", "@company")])
        .accepts(&[("supplier_company#1.ap_account", "@payable")])
        .refuses(&[("supplier_company#1.ap_account", "@receivable")]),
    case(&SUPPLIER, "negative", "supplier_price.price")
        .on(&[("name", "Supplier {n}"), ("supplier_price#1.item", "@bolt")])
        .accepts(&[("supplier_price#1.price", "0")])
        .refuses(&[("supplier_price#1.price", "-1")]),
    case(&SUPPLIER, "not_positive", "supplier_price.min_quantity")
        .on(&[
            ("name", "Supplier {n}"),
            ("supplier_price#1.item", "@bolt"),
            ("supplier_price#1.price", "1"),
        ])
        .accepts(&[("supplier_price#1.min_quantity", "10")])
        .refuses(&[("supplier_price#1.min_quantity", "0")]),
];
