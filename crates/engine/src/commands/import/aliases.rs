//! THE TABLE of names that other programs give to columns, folded, with the paths they mean. Of several paths
//! the first is taken that the master has. Labels and machine names are not in it: they are known anyhow.

/// Names of columns, and where they go.
pub const FIELDS: &[(&[&str], &[&str])] = &[
    (&["company_name", "company", "firm", "firma", "firmenname", "bezeichnung"], &["name"]),
    (&["first_name", "vorname", "given_name"], &["first_name", "name#1"]),
    (&["last_name", "nachname", "surname", "family_name"], &["last_name", "name#2"]),
    (
        &[
            "address",
            "address_1",
            "address1",
            "address_line_1",
            "street_address",
            "strasse",
            "anschrift",
            "adresse",
        ],
        &["street", "address.1.street"],
    ),
    (
        &["zip", "zip_code", "zipcode", "postcode", "post_code", "plz", "postleitzahl"],
        &["postal_code", "address.1.postal_code"],
    ),
    (&["town", "ort", "stadt", "place"], &["city", "address.1.city"]),
    (&["state", "province", "county", "bundesland", "kanton"], &["region", "address.1.region"]),
    (&["land", "country_code", "country_name", "staat"], &["country", "address.1.country"]),
    (
        &["telephone", "tel", "telefon", "phone_number", "telefonnummer", "fon", "home_phone"],
        &["phone", "contact.1.phone"],
    ),
    (&["mobile", "mobile_phone", "handy", "mobil"], &["mobile", "contact.1.mobile"]),
    (&["e_mail", "mail", "email_address", "e_mail_adresse"], &["email", "contact.1.email"]),
    (&["fax", "telefax", "fax_number", "faxnummer"], &["fax", "contact.1.fax"]),
    (&["homepage", "web", "url", "www", "webseite", "internet", "web_site"], &["website"]),
    (&["contact", "contact_person", "ansprechpartner"], &["contact.1.name"]),
    (
        &[
            "vat",
            "vat_id",
            "vat_no",
            "vat_number",
            "ust_id",
            "ustid",
            "ust_idnr",
            "tax_number",
            "steuernummer",
        ],
        &["tax_id"],
    ),
    (&["price", "unit_price", "preis", "list_price", "verkaufspreis"], &["sales_price", "price"]),
    (&["unit", "einheit", "unit_of_measure", "me"], &["uom"]),
    (&["article_number", "artikelnummer", "item_number", "product_number"], &["sku"]),
    (&["discontinued", "inactive", "disabled", "archived", "inaktiv"], &["not active"]),
    (
        &["comment", "comments", "remark", "remarks", "bemerkung", "bemerkungen", "notiz", "note"],
        &["notes"],
    ),
    (&["keywords", "labels", "stichworte"], &["tags"]),
    (&["reports_to", "boss", "supervisor", "vorgesetzter"], &["manager"]),
    (&["title", "job", "position_title", "role", "funktion"], &["job_title"]),
    (&["title_of_courtesy", "courtesy", "anrede"], &["salutation"]),
    (
        &["hire_date", "hired", "start", "eintritt", "entry_date"],
        &["start_date", "starts_on", "valid_from"],
    ),
    (&["leave_date", "end", "austritt", "exit_date"], &["end_date", "ends_on", "valid_to"]),
    (&["gln", "external_key", "foreign_id", "fremdschluessel"], &["external_id"]),
];

/// What a master is called beside its name and labels.
pub const MASTERS: &[(&str, &[&str])] = &[
    ("item", &["product", "article", "produkt"]),
    ("item_category", &["category", "product_category", "kategorie"]),
    ("employee", &["salesperson", "staff", "person", "mitarbeiter"]),
    ("supplier", &["vendor", "creditor", "kreditor"]),
    ("customer", &["client", "debtor", "debitor"]),
];

/// Ends of a column's name that say that it holds the key of a record.
pub const KEY_ENDS: &[&str] =
    &["_id", "_no", "_nr", "_code", "_key", "_number", "_num", "_nummer", "nummer", "number"];
