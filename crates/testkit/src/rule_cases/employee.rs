//! Cases of employees and their licences.

use domain::masters::EMPLOYEE;

use super::{Case, Given, Lines, case, given};

pub static GIVEN: &[Given] = &[
    given("clerk", &EMPLOYEE, &[("code", "RULES CLERK"), ("name", "Clara Clerk")]),
    given(
        "seller",
        &EMPLOYEE,
        &[("code", "RULES SELLER"), ("name", "Sam Seller"), ("salesperson", "yes")],
    ),
];

const BASE: Lines = &[("name", "Employee {n}")];

pub static CASES: &[Case] = &[
    case(&EMPLOYEE, "required", "name").accepts(&[("name", "Employee {n}")]).refuses(&[]),
    case(&EMPLOYEE, "ends_before_start", "end_date")
        .on(BASE)
        .accepts(&[("start_date", "2026-01-01"), ("end_date", "2026-06-30")])
        .refuses(&[("start_date", "2026-06-30"), ("end_date", "2026-01-01")]),
    case(&EMPLOYEE, "negative", "salary")
        .on(BASE)
        .accepts(&[("salary", "0"), ("hourly_cost", "0")])
        .refuses(&[("salary", "-1")]),
    case(&EMPLOYEE, "negative", "hourly_cost")
        .on(BASE)
        .accepts(&[("hourly_cost", "41.5")])
        .refuses(&[("hourly_cost", "-41.5")]),
    case(&EMPLOYEE, "out_of_range", "commission_percent")
        .on(BASE)
        .accepts(&[("commission_percent", "2.5")])
        .refuses(&[("commission_percent", "101")]),
    case(&EMPLOYEE, "iban_checksum", "iban")
        .on(BASE)
        .accepts(&[("iban", "DE89370400440532013000")])
        .refuses(&[("iban", "DE88370400440532013000")]),
    case(&EMPLOYEE, "cycle", "manager")
        .on(BASE)
        .after(&[given("report", &EMPLOYEE, &[("name", "Report {n}"), ("manager", "@self")])])
        .accepts(&[("manager", "@clerk")])
        .refuses(&[("manager", "@report")]),
    case(&EMPLOYEE, "not_a_department", "department")
        .on(BASE)
        .accepts(&[("department", "@department")])
        .refuses(&[("department", "@north")]),
    case(&EMPLOYEE, "other_company", "department")
        .on(BASE)
        .accepts(&[("department", "@department"), ("company_id", "@company")])
        .refuses(&[("department", "@department"), ("company_id", "@other_company")]),
    case(&EMPLOYEE, "ends_before_start", "employee_licence.expires_on")
        .on(&[
            ("name", "Employee {n}"),
            ("employee_licence#1.kind", "Backflow tester"),
            ("employee_licence#1.number", "B-1"),
            ("employee_licence#1.issued_on", "2026-01-01"),
        ])
        .accepts(&[("employee_licence#1.expires_on", "2028-12-31")])
        .refuses(&[("employee_licence#1.expires_on", "2025-12-31")]),
    case(&EMPLOYEE, "required", "employee_licence.number")
        .on(&[("name", "Employee {n}"), ("employee_licence#1.kind", "Backflow tester")])
        .accepts(&[("employee_licence#1.number", "B-1")])
        .refuses(&[]),
    case(&EMPLOYEE, "user_taken", "user_link")
        .on(BASE)
        .after(&[given("namesake", &EMPLOYEE, &[("name", "Namesake {n}"), ("user_link", "@me")])])
        .accepts(&[("notes", "no user of their own")])
        .refuses(&[("user_link", "@me")]),
];
