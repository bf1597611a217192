//! Cases of items with their units, components and barcodes.

use domain::masters::ITEM;

use super::{Case, Given, Lines, case, given};

pub static GIVEN: &[Given] = &[
    given("bolt", &ITEM, &[("sku", "RULES BOLT"), ("name", "Bolt"), ("uom", "@kilogram")]),
    given("nut", &ITEM, &[("sku", "RULES NUT"), ("name", "Nut"), ("uom", "@leaf")]),
];

const BASE: Lines = &[("sku", "I {n}"), ("name", "Item {n}"), ("uom", "@kilogram")];
const COMPONENT: Lines = &[("item_component#1.item", "@bolt"), ("item_component#1.quantity", "2")];
const KIT: Lines = &[
    ("sku", "I {n}"),
    ("name", "Kit {n}"),
    ("uom", "@piece"),
    ("kind", "kit"),
    ("item_component#1.item", "@bolt"),
    ("item_component#1.quantity", "2"),
];

pub static CASES: &[Case] = &[
    case(&ITEM, "unique", "sku")
        .on(&[
            ("name", "Item {n}"),
            ("uom", "@kilogram"),
            ("item_supplier#1.supplier", "@supplier"),
        ])
        .accepts(&[("sku", "RULES BOLTS")])
        .refuses(&[("sku", "rules bolts")]),
    case(&ITEM, "negative", "sales_price")
        .on(BASE)
        .accepts(&[("sales_price", "0")])
        .refuses(&[("sales_price", "-0.01")]),
    case(&ITEM, "out_of_range", "margin_floor")
        .on(BASE)
        .accepts(&[("margin_floor", "100")])
        .refuses(&[("margin_floor", "100.01")]),
    case(&ITEM, "hs_code_form", "hs_code")
        .on(BASE)
        .accepts(&[("hs_code", "7318.15")])
        .refuses(&[("hs_code", "73a8")]),
    case(&ITEM, "hs_code_chapter", "hs_code")
        .on(BASE)
        .accepts(&[("hs_code", "731815")])
        .refuses(&[("hs_code", "001815")]),
    case(&ITEM, "not_stocked", "serial_tracked")
        .on(BASE)
        .accepts(&[("serial_tracked", "yes")])
        .refuses(&[("kind", "service"), ("serial_tracked", "yes")]),
    case(&ITEM, "wrong_account_type", "income_account")
        .on(BASE)
        .accepts(&[("company_id", "@company"), ("income_account", "@income")])
        .refuses(&[("company_id", "@company"), ("income_account", "@bank")]),
    case(&ITEM, "gtin_checksum", "item_barcode.gtin")
        .on(BASE)
        .accepts(&[("item_barcode#1.gtin", "4006381333931")])
        .refuses(&[("item_barcode#1.gtin", "4006381333932")]),
    case(&ITEM, "gtin_form", "item_barcode.gtin")
        .on(BASE)
        .accepts(&[("item_barcode#1.gtin", "96385074")])
        .refuses(&[("item_barcode#1.gtin", "96385")]),
    case(&ITEM, "not_positive", "item_unit.numerator")
        .on(BASE)
        .accepts(&[("item_unit#1.uom", "@piece"), ("item_unit#1.numerator", "0.25")])
        .refuses(&[("item_unit#1.uom", "@piece"), ("item_unit#1.numerator", "0")]),
    case(&ITEM, "other_dimension", "item_unit.uom")
        .on(BASE)
        .accepts(&[("item_unit#1.uom", "@piece"), ("item_unit#1.numerator", "2")])
        .refuses(&[("item_unit#1.uom", "@metre"), ("item_unit#1.numerator", "2")]),
    case(&ITEM, "not_whole", "reorder_level")
        .on(&[("sku", "I {n}"), ("name", "Item {n}"), ("uom", "@leaf")])
        .accepts(&[("reorder_level", "12")])
        .refuses(&[("reorder_level", "1.5")]),
    case(&ITEM, "not_whole", "item_component.quantity")
        .on(KIT)
        .accepts(&[("item_component#2.item", "@nut"), ("item_component#2.quantity", "3")])
        .refuses(&[("item_component#2.item", "@nut"), ("item_component#2.quantity", "0.5")]),
    case(&ITEM, "twice", "item_unit.uom")
        .on(BASE)
        .accepts(&[("item_unit#1.uom", "@piece"), ("item_unit#1.numerator", "2")])
        .refuses(&[("item_unit#1.uom", "@kilogram"), ("item_unit#1.numerator", "2")]),
    case(&ITEM, "required", "item_component").on(BASE).accepts(KIT).refuses(&[("kind", "kit")]),
    case(&ITEM, "not_a_kit", "item_component").on(BASE).accepts(KIT).refuses(COMPONENT),
    case(&ITEM, "cycle", "item_component")
        .on(KIT)
        .after(&[given(
            "kit_above",
            &ITEM,
            &[
                ("sku", "I {n}"),
                ("name", "Kit {n}"),
                ("uom", "@piece"),
                ("kind", "kit"),
                ("item_component#1.item", "@self"),
                ("item_component#1.quantity", "1"),
            ],
        )])
        .accepts(&[("item_component#2.item", "@nut"), ("item_component#2.quantity", "1")])
        .refuses(&[("item_component#3.item", "@kit_above"), ("item_component#3.quantity", "1")]),
];
