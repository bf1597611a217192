//! Cases of fiscal years and their periods. The years of a company follow each other, so that each case has a
//! company of its own.

use domain::masters::{COMPANY, FISCAL_YEAR};

use super::{Case, Given, case, given};

macro_rules! year_of {
    ($company:literal) => {
        &[
            ("name", "2026"),
            ("company_id", $company),
            ("start_date", "2026-01-01"),
            ("end_date", "2026-12-31"),
            ("fiscal_period#1.name", "First half"),
            ("fiscal_period#1.start_date", "2026-01-01"),
            ("fiscal_period#1.end_date", "2026-06-30"),
            ("fiscal_period#2.name", "Second half"),
            ("fiscal_period#2.start_date", "2026-07-01"),
            ("fiscal_period#2.end_date", "2026-12-31"),
        ]
    };
}

/// A year whose periods have this status.
macro_rules! year_with {
    ($company:literal, $periods:literal) => {
        &[
            ("name", "2026"),
            ("company_id", $company),
            ("start_date", "2026-01-01"),
            ("end_date", "2026-12-31"),
            ("fiscal_period#1.name", "All of it"),
            ("fiscal_period#1.start_date", "2026-01-01"),
            ("fiscal_period#1.end_date", "2026-12-31"),
            ("fiscal_period#1.status", $periods),
        ]
    };
}

macro_rules! company {
    ($label:literal) => {
        given(
            $label,
            &COMPANY,
            &[
                ("code", $label),
                ("name", $label),
                ("legal_name", $label),
                ("country", "DE"),
                ("base_currency", "@eur"),
            ],
        )
    };
}

pub static GIVEN: &[Given] = &[
    company!("years_a"),
    company!("years_b"),
    company!("years_c"),
    company!("years_d"),
    company!("years_e"),
    company!("years_f"),
    company!("years_g"),
    company!("years_h"),
    company!("years_i"),
    company!("years_j"),
    company!("years_k"),
    company!("years_l"),
    company!("years_m"),
    company!("years_n"),
    company!("years_o"),
];

pub static CASES: &[Case] = &[
    case(&FISCAL_YEAR, "required", "company_id")
        .on(year_of!("@years_a"))
        .accepts(&[])
        .refuses(&[("company_id", "")]),
    case(&FISCAL_YEAR, "required", "fiscal_period")
        .on(&[("name", "2026"), ("start_date", "2026-01-01"), ("end_date", "2026-12-31")])
        .accepts(year_of!("@years_b"))
        .refuses(&[("company_id", "@years_b")]),
    case(&FISCAL_YEAR, "ends_before_start", "end_date")
        .on(year_of!("@years_c"))
        .accepts(&[])
        .refuses(&[("end_date", "2025-12-31")]),
    case(&FISCAL_YEAR, "too_long_a_year", "end_date")
        .on(&[
            ("name", "2026"),
            ("company_id", "@years_d"),
            ("start_date", "2026-01-01"),
            ("fiscal_period#1.name", "All of it"),
            ("fiscal_period#1.start_date", "2026-01-01"),
        ])
        .accepts(&[("end_date", "2027-06-30"), ("fiscal_period#1.end_date", "2027-06-30")])
        .refuses(&[("end_date", "2027-07-01"), ("fiscal_period#1.end_date", "2027-07-01")]),
    case(&FISCAL_YEAR, "not_covered", "fiscal_period.start_date")
        .on(year_of!("@years_e"))
        .accepts(&[])
        .refuses(&[("fiscal_period#1.start_date", "2026-01-02")]),
    case(&FISCAL_YEAR, "not_covered", "fiscal_period.end_date")
        .on(year_of!("@years_f"))
        .accepts(&[])
        .refuses(&[("fiscal_period#2.end_date", "2026-12-30")]),
    case(&FISCAL_YEAR, "overlap", "fiscal_period.start_date")
        .on(year_of!("@years_g"))
        .accepts(&[])
        .refuses(&[("fiscal_period#2.start_date", "2026-06-30")]),
    case(&FISCAL_YEAR, "gap", "fiscal_period.start_date")
        .on(year_of!("@years_h"))
        .accepts(&[])
        .refuses(&[("fiscal_period#2.start_date", "2026-07-02")]),
    case(&FISCAL_YEAR, "out_of_order", "fiscal_period.status")
        .on(year_of!("@years_i"))
        .accepts(&[("fiscal_period#1.status", "closed")])
        .refuses(&[("fiscal_period#2.status", "closed")]),
    case(&FISCAL_YEAR, "periods_open", "status")
        .on(year_with!("@years_j", "closed"))
        .accepts(&[("status", "closed")])
        .refuses(&[("status", "closed"), ("fiscal_period#1.status", "open")]),
    case(&FISCAL_YEAR, "not_closed", "closing_entry")
        .on(year_with!("@years_k", "closed"))
        .accepts(&[("status", "closed"), ("closing_entry", "JE-2026-0999")])
        .refuses(&[("status", "soft_closed"), ("closing_entry", "JE-2026-0999")]),
    // The years of one company, one after the other.
    case(&FISCAL_YEAR, "overlap", "start_date").on(year_of!("@years_l")).accepts(&[]).refuses(&[]),
    case(&FISCAL_YEAR, "gap", "start_date")
        .on(&[
            ("name", "2027"),
            ("company_id", "@years_l"),
            ("end_date", "2027-12-31"),
            ("fiscal_period#1.name", "All of it"),
            ("fiscal_period#1.end_date", "2027-12-31"),
        ])
        .accepts(&[("start_date", "2027-01-01"), ("fiscal_period#1.start_date", "2027-01-01")])
        .refuses(&[("start_date", "2028-01-02"), ("end_date", "2028-12-31")]),
    case(&FISCAL_YEAR, "gap", "end_date")
        .on(&[
            ("name", "2025"),
            ("company_id", "@years_l"),
            ("start_date", "2025-01-01"),
            ("fiscal_period#1.name", "All of it"),
            ("fiscal_period#1.start_date", "2025-01-01"),
        ])
        .accepts(&[("end_date", "2025-12-31"), ("fiscal_period#1.end_date", "2025-12-31")])
        .refuses(&[("start_date", "2024-01-01"), ("end_date", "2024-12-30")]),
    case(&FISCAL_YEAR, "out_of_order", "status")
        .on(year_with!("@years_m", "closed"))
        .after(&[given(
            "year_after",
            &FISCAL_YEAR,
            &[
                ("name", "2027"),
                ("company_id", "@years_m"),
                ("start_date", "2027-01-01"),
                ("end_date", "2027-12-31"),
                ("fiscal_period#1.name", "All of it"),
                ("fiscal_period#1.start_date", "2027-01-01"),
                ("fiscal_period#1.end_date", "2027-12-31"),
            ],
        )])
        .accepts(&[("status", "closed")])
        .refuses(&[("status", "future"), ("reopen_reason", "never begun")]),
    case(&FISCAL_YEAR, "reason_required", "reopen_reason")
        .on(year_with!("@years_n", "closed"))
        .edits()
        .accepts(&[("status", "closed")])
        .refuses(&[("status", "open")]),
    case(&FISCAL_YEAR, "hard_locked", "status")
        .on(year_with!("@years_o", "hard_locked"))
        .edits()
        .accepts(&[("status", "hard_locked")])
        .refuses(&[("status", "open"), ("reopen_reason", "a mistake")]),
    case(&FISCAL_YEAR, "hard_locked", "start_date")
        .on(&[
            ("name", "2027"),
            ("company_id", "@years_o"),
            ("start_date", "2027-01-01"),
            ("end_date", "2027-12-31"),
            ("status", "hard_locked"),
            ("fiscal_period#1.name", "All of it"),
            ("fiscal_period#1.start_date", "2027-01-01"),
            ("fiscal_period#1.end_date", "2027-12-31"),
            ("fiscal_period#1.status", "hard_locked"),
        ])
        .edits()
        .accepts(&[("notes", "kept as it is")])
        .refuses(&[("start_date", "2027-01-02")]),
];
