//! Employee: who works here, also as salesperson or technician. Pay, bank account and national id are read by
//! whoever was given payroll by name, and by nobody else.

use crate::permissions::Sensitivity::{Payroll, PersonalData};
use crate::permissions::{Guard, Permission};
use crate::person;
use crate::record::{
    Area, Choice, EntityDef, FieldDef, Found, Kind, Label, Lookup, OwnerRule, Problems, Record,
    Value, Values, choice, field, in_order,
};

use super::branch::{BRANCH, DEPARTMENT};
use super::fields::{
    AMOUNT, CHILD, MASTER, PERCENT, PRICE, canonical_by_country, not_negative, percentage,
    valid_by_country,
};

const GUARD: Guard =
    Guard::manage(Permission::MASTER_EMPLOYEE_VIEW, Permission::MASTER_EMPLOYEE_MANAGE);

pub static EMPLOYEE: EntityDef = EntityDef::new("employee", Area::Organisation, GUARD)
    .called(
        Label { en: "Employee", de: "Mitarbeiter" },
        Label { en: "Employees", de: "Mitarbeiter" },
    )
    .rank(3)
    .fields(MASTER, OWN)
    .children(&[&LICENCES])
    .tree("manager")
    .peers(&["user_link"])
    .owned_by(OwnerRule::Nobody)
    .normalise(|values| {
        canonical_by_country(values);
        // The row stands where the person works: row rules of departments are asked about it.
        let department = values.get("department").clone();
        if !department.is_null() {
            values.set("department_id", department);
        }
    })
    .row_rules(|values, problems| {
        valid_by_country(values, problems);
        in_order(values, "start_date", "end_date", problems);
        for name in ["salary", "hourly_cost"] {
            not_negative(values, name, problems);
        }
        percentage(values, "commission_percent", problems);
    })
    .relations(|record, lookup, problems| {
        in_a_department(record, lookup, problems);
        one_employee_per_user(record, lookup, problems);
    });

const OWN: &[FieldDef] = &[
    field("user_link", "User", "Benutzer", Kind::Reference(person::NAME)),
    field("job_title", "Position", "Funktion", Kind::text(100)).search().listed(),
    field("department", "Department", "Abteilung", Kind::Reference("branch")).listed(),
    field("manager", "Manager", "Vorgesetzter", Kind::Reference("employee")).listed(),
    field("salesperson", "Salesperson", "Verkäufer", Kind::Bool).listed(),
    field("technician", "Technician", "Techniker", Kind::Bool).listed(),
    field("start_date", "Works here from", "Eintritt", Kind::Date).group("employment"),
    field("end_date", "Works here to", "Austritt", Kind::Date).group("employment"),
    field("email", "E-mail", "E-Mail", Kind::Email)
        .sensitive(PersonalData)
        .search()
        .listed()
        .section("contact"),
    field("phone", "Phone", "Telefon", Kind::Phone)
        .sensitive(PersonalData)
        .search()
        .section("contact"),
    field("extension", "Extension", "Durchwahl", Kind::text(20)).section("contact"),
    field("salutation", "Salutation", "Anrede", Kind::text(30))
        .sensitive(PersonalData)
        .section("contact"),
    field("birth_date", "Born on", "Geboren am", Kind::Date)
        .sensitive(PersonalData)
        .section("contact"),
    field("street", "Street", "Straße", Kind::text(200)).sensitive(PersonalData).section("address"),
    field("postal_code", "Postal code", "Postleitzahl", Kind::text(20))
        .sensitive(PersonalData)
        .section("address"),
    field("city", "City", "Ort", Kind::text(100)).sensitive(PersonalData).section("address"),
    field("region", "Region", "Region", Kind::text(100)).sensitive(PersonalData).section("address"),
    field("country", "Country", "Land", Kind::Country)
        .sensitive(PersonalData)
        .group("country")
        .section("address"),
    field("commission_percent", "Commission %", "Provision %", PERCENT)
        .sensitive(Payroll)
        .section("pay"),
    field("national_id", "National id", "Ausweis- oder Versicherungsnummer", Kind::text(40))
        .sensitive(Payroll)
        .section("pay"),
    field("salary", "Salary", "Gehalt", AMOUNT).sensitive(Payroll).group("salary").section("pay"),
    field("salary_period", "Salary is paid per", "Gehalt je", Kind::Choice(PERIODS))
        .sensitive(Payroll)
        .group("salary")
        .section("pay"),
    field(
        "salary_currency",
        "Currency of pay",
        "Währung der Vergütung",
        Kind::Reference("currency"),
    )
    .sensitive(Payroll)
    .group("salary")
    .section("pay"),
    field("hourly_cost", "Cost per hour", "Kosten je Stunde", PRICE)
        .sensitive(Payroll)
        .section("pay"),
    field("iban", "IBAN", "IBAN", Kind::Iban).sensitive(Payroll).group("bank").section("pay"),
    field("bic", "BIC", "BIC", Kind::Bic).sensitive(Payroll).group("bank").section("pay"),
    field("routing_number", "Routing number", "Bankleitzahl (ABA)", Kind::RoutingNumber)
        .sensitive(Payroll)
        .group("bank")
        .section("pay"),
    field("account_number", "Account number", "Kontonummer", Kind::Code)
        .sensitive(Payroll)
        .group("bank")
        .section("pay"),
];

const PERIODS: &[Choice] = &[
    choice("hour", "Hour", "Stunde"),
    choice("week", "Week", "Woche"),
    choice("month", "Month", "Monat"),
    choice("year", "Year", "Jahr"),
];

static LICENCES: EntityDef = EntityDef::new("employee_licence", Area::Organisation, GUARD)
    .called(Label { en: "Licence", de: "Zulassung" }, Label { en: "Licences", de: "Zulassungen" })
    .fields(
        CHILD,
        &[
            field("kind", "Kind", "Art", Kind::text(100)).required(),
            field("number", "Number", "Nummer", Kind::Code).required(),
            field("authority", "Issued by", "Ausgestellt von", Kind::text(200)),
            field("issued_on", "Issued on", "Ausgestellt am", Kind::Date).group("validity"),
            field("expires_on", "Expires on", "Gültig bis", Kind::Date).group("validity"),
        ],
    )
    .child_of("employee")
    .row_rules(|values: &Values, problems: &mut Problems| {
        in_order(values, "issued_on", "expires_on", problems);
    });

fn in_a_department(record: &Record, lookup: &dyn Lookup, problems: &mut Problems) {
    let Some(id) = record.get("department").id() else { return };
    let Found::Yes(department) = lookup.record(&BRANCH, id) else { return };
    if department.get("kind").text() != Some(DEPARTMENT) {
        problems.add("department", "not_a_department", "is a branch; choose a department");
    }
    let company = record.get("company_id");
    if !company.is_null() && department.get("company_id") != company {
        problems.add("department", "other_company", "belongs to another company");
    }
}

/// What a user did belongs to one employee.
fn one_employee_per_user(record: &Record, lookup: &dyn Lookup, problems: &mut Problems) {
    let Some(user) = record.get("user_link").id() else { return };
    let Found::Yes(others) = lookup.peers(&EMPLOYEE, "user_link", &Value::Id(user)) else { return };
    let other = others.iter().find(|other| other.id() != record.id() && !other.is_retired());
    if let Some(other) = other {
        let message = format!("is the user of {} already; choose another", other.title());
        problems.add("user_link", "user_taken", message);
    }
}
