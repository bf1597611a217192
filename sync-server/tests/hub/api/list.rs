//! Lists: pages that neither lose nor repeat a record while others write, filters, order, and what is hidden.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{errors, get, made};
use crate::support::Person;
use crate::sync::office::Office;

/// The names on all pages of a list, and how many pages there were; `between` happens after each.
async fn names(person: &Person, list: &str, between: impl AsyncFn()) -> (Vec<String>, usize) {
    let (mut names, mut cursor, mut pages) = (Vec::new(), String::new(), 0);
    loop {
        let page: Value = get(person, &format!("{list}{cursor}")).await.read(200);
        let items = page["items"].as_array().unwrap();
        names.extend(items.iter().map(|item| item["name"].as_str().unwrap().to_owned()));
        pages += 1;
        match page["next"].as_str() {
            None => return (names, pages),
            Some(next) => cursor = format!("&cursor={next}"),
        }
        between().await;
    }
}

#[tokio::test]
async fn pages_follow_each_other_while_somebody_else_writes() {
    let mut office = Office::open().await;
    office.admin.signs_in().await;
    let admin = &office.admin;
    for number in 0..7 {
        // Two have the same city and one has none.
        let city = ["Köln", "Bonn", "Bonn", "Aachen", "Ulm", "Trier", ""][number];
        made(admin, "customer", &json!({ "name": format!("Customer {number}"), "city": city }))
            .await;
    }
    let (all, pages) = names(admin, "customer?limit=2&sort=-city", async || {
        // Before and behind the place where the list stands.
        for city in ["Zons", "Aachen"] {
            made(admin, "customer", &json!({ "name": "New", "city": city })).await;
        }
    })
    .await;
    let old: Vec<_> = all.iter().filter(|name| name.starts_with("Customer")).collect();
    assert_eq!(
        old,
        [
            "Customer 4",
            "Customer 5",
            "Customer 0",
            "Customer 1",
            "Customer 2",
            "Customer 3",
            "Customer 6"
        ]
    );
    assert!(pages >= 4);
    let unique: BTreeSet<_> = old.iter().collect();
    assert_eq!(unique.len(), 7);
}

#[tokio::test]
async fn an_order_of_several_fields_goes_over_pages_and_past_what_is_empty() {
    let mut office = Office::open().await;
    office.admin.signs_in().await;
    let admin = &office.admin;
    for (name, city, region) in [
        ("Ada", "Bonn", "West"),
        ("Bea", "Bonn", ""),
        ("Cleo", "", "North"),
        ("Dora", "Aachen", "West"),
        ("Emil", "Bonn", "West"),
        ("Finn", "", ""),
        ("Gero", "", "North"),
        ("Hugo", "Bonn", "East"),
    ] {
        let body = json!({ "name": name, "city": city, "region": region });
        made(admin, "customer", &body).await;
    }
    for (sort, expected) in [
        ("city,region,-name", "Dora Hugo Emil Ada Bea Gero Cleo Finn"),
        ("-city,-region,name", "Ada Emil Hugo Bea Dora Cleo Gero Finn"),
        ("region,-city,-name", "Hugo Gero Cleo Emil Ada Dora Bea Finn"),
    ] {
        for limit in [1, 2, 3, 100] {
            let list = format!("customer?limit={limit}&sort={sort}");
            let (all, _) = names(admin, &list, async || {}).await;
            assert_eq!(all.join(" "), expected, "{list}");
        }
    }
    let export = get(admin, "customer/export?sort=city,region,-name").await.text();
    let first: Value = serde_json::from_str(export.lines().next().unwrap()).unwrap();
    assert_eq!(first["name"], "Dora");
    for (sort, field, rule) in [
        ("city,-city", "city", "double"),
        ("city,nowhere", "nowhere", "field_not_permitted"),
        ("city,", "", "field_not_permitted"),
        ("id,code,name,city,region,phone", "sort", "too_many"),
    ] {
        let answer = get(admin, &format!("customer?sort={sort}")).await;
        answer.assert_problem(422, "invalid_fields");
        assert_eq!(errors(&answer), [(field.to_owned(), rule.to_owned())]);
    }
}

#[tokio::test]
async fn a_cursor_is_good_for_its_own_list_and_person_alone() {
    let mut office = Office::open().await;
    office.admin.signs_in().await;
    let mut mona = office.colleague("mona", "manager").await;
    mona.signs_in().await;
    for name in ["Ada", "Bea", "Cleo"] {
        made(&office.admin, "customer", &json!({ "name": name })).await;
    }
    let page: Value = get(&office.admin, "customer?limit=1&sort=name").await.read(200);
    let cursor = page["next"].as_str().unwrap();
    // Nothing of a record can be read in it.
    assert!(!cursor.contains("Ada"));
    let good = format!("customer?limit=1&sort=name&cursor={cursor}");
    get(&office.admin, &good).await.assert(200);
    let mut forged = cursor.to_owned();
    forged.replace_range(10..11, if &cursor[10..11] == "A" { "B" } else { "A" });
    for (person, list) in [
        (&office.admin, format!("customer?limit=1&sort=city&cursor={cursor}")),
        (&office.admin, format!("supplier?limit=1&sort=name&cursor={cursor}")),
        (&office.admin, format!("customer?limit=1&sort=name&filter[city]=Bonn&cursor={cursor}")),
        (&office.admin, format!("customer?limit=1&sort=name&cursor={forged}")),
        (&mona, good),
    ] {
        let answer = get(person, &list).await;
        answer.assert_problem(422, "invalid_fields");
        assert_eq!(errors(&answer), [("cursor".to_owned(), "unknown".to_owned())], "{list}");
    }
}

#[tokio::test]
async fn filters_compare_by_the_kind_of_the_field() {
    let mut office = Office::open().await;
    office.admin.signs_in().await;
    let admin = &office.admin;
    for (code, name, limit, tags) in [
        ("K-1", "Åsa 100% Fisk", Some("100.50"), json!(["north"])),
        ("K-2", "Bo_Fisk", Some("99.5"), json!(["north", "old"])),
        ("K-3", "Cecilia", None, json!([])),
    ] {
        let body = json!({ "code": code, "name": name, "credit_limit": limit, "tags": tags });
        made(admin, "customer", &body).await;
    }
    for (filter, expected) in [
        ("filter[code]=k-2", "Bo_Fisk"),
        ("filter[name][contains]=fisk", "Bo_Fisk, Åsa 100% Fisk"),
        ("filter[name][contains]=0%25", "Åsa 100% Fisk"),
        ("filter[name][contains]=o_f", "Bo_Fisk"),
        ("filter[credit_limit][above]=99.50", "Åsa 100% Fisk"),
        ("filter[credit_limit][at_least]=99.50", "Bo_Fisk, Åsa 100% Fisk"),
        ("filter[credit_limit][empty]=true", "Cecilia"),
        ("filter[tags][contains]=old", "Bo_Fisk"),
        ("filter[version]=1&filter[code]=K-3", "Cecilia"),
        ("filter[updated_at][at_most]=2001-01-01T00:00:00Z", ""),
    ] {
        let (mut found, _) = names(admin, &format!("customer?{filter}"), async || {}).await;
        found.sort_unstable();
        assert_eq!(found.join(", "), expected, "{filter}");
    }
    for (query, field, rule) in [
        ("limit=0", "limit", "out_of_range"),
        ("limit=1001", "limit", "out_of_range"),
        ("colour=red", "colour", "unknown_parameter"),
        ("filter[credit_limit]=much", "credit_limit", "not_a_number"),
        ("filter[credit_limit][contains]=9", "credit_limit", "unknown_filter"),
        ("filter[name]=", "name", "empty"),
        ("sort=tags", "tags", "no_order"),
    ] {
        let answer = get(admin, &format!("customer?{query}")).await;
        answer.assert_problem(422, "invalid_fields");
        assert_eq!(errors(&answer), [(field.to_owned(), rule.to_owned())]);
    }
}

#[tokio::test]
async fn what_is_hidden_is_in_no_list_in_no_total_and_no_filter_finds_it() {
    let mut office = Office::open().await;
    office.admin.signs_in().await;
    let mut sam = office.colleague("sam", "sales").await;
    let sam_id = sam.signs_in().await.user_id;
    let own = json!({ "name": "Own", "owner_id": sam_id, "credit_limit": "70000", "phone": "+49 30 1234567" });
    let own = made(&office.admin, "customer", &own).await;
    let foreign = made(&office.admin, "customer", &json!({ "name": "Foreign" })).await;

    let page: Value = get(&sam, "customer?total=true").await.read(200);
    assert_eq!(page["total"], 1);
    assert_eq!(page["items"][0]["id"], json!(own));
    assert_eq!(page["items"][0]["phone"], "+49 30 1234567");
    // Not even as null.
    assert!(page["items"][0].get("credit_limit").is_none());
    let shown: Value = get(&office.admin, &format!("customer/{own}")).await.read(200);
    assert_eq!(shown["credit_limit"], "70000");

    let told = async |query: &str| {
        let answer = get(&sam, &format!("customer?{query}")).await;
        answer.assert_problem(422, "invalid_fields");
        let body = answer.json();
        body["errors"].to_string().replace("credit_limit", "it").replace("favourite", "it")
    };
    for query in ["sort=", "filter[", "filter["] {
        let (hidden, absent) = match query {
            "sort=" => ("sort=credit_limit".to_owned(), "sort=favourite".to_owned()),
            _ => ("filter[credit_limit]=70000".to_owned(), "filter[favourite]=70000".to_owned()),
        };
        assert_eq!(told(&hidden).await, told(&absent).await);
    }
    // A record of somebody else answers like one that was never there.
    let hidden = get(&sam, &format!("customer/{foreign}")).await;
    let absent = get(&sam, &format!("customer/{}", uuid::Uuid::nil())).await;
    hidden.assert_problem(404, "not_found");
    let plain = |answer: &crate::support::Answer| {
        let mut body = answer.json();
        body.as_object_mut().unwrap().remove("request_id");
        body
    };
    assert_eq!(plain(&hidden), plain(&absent));
    // What was read of sensitive fields is in the audit.
    let read =
        "SELECT v.changes->>'fields' FROM audit_entry e JOIN audit_value v ON v.entry_id = e.id
                WHERE action = 'customer.read' ORDER BY e.at, e.id";
    let read = office.sql(read);
    assert_eq!(read[0], r#"["customer.phone"]"#);
    assert_eq!(read[1], r#"["customer.credit_limit","customer.phone"]"#);
}

#[tokio::test]
async fn an_export_gives_all_that_is_seen_and_is_audited() {
    let mut office = Office::open().await;
    office.admin.signs_in().await;
    for number in 0..5 {
        made(&office.admin, "customer", &json!({ "name": format!("C{number}") })).await;
    }
    let answer = get(&office.admin, "customer/export?sort=-name").await;
    answer.assert(200);
    assert_eq!(answer.header("content-type"), Some("application/x-ndjson"));
    let lines: Vec<Value> =
        answer.text().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(
        lines.iter().map(|line| &line["name"]).collect::<Vec<_>>(),
        ["C4", "C3", "C2", "C1", "C0"]
    );
    let exported =
        "SELECT v.changes->>'rows' FROM audit_entry e JOIN audit_value v ON v.entry_id = e.id
                    WHERE action = 'customer.export'";
    assert_eq!(office.sql(exported), ["5"]);
}

#[tokio::test]
async fn own_fields_are_ordered_and_compared_as_what_they_are_and_hidden_ones_tell_nothing() {
    let mut office = Office::open().await;
    office.admin.signs_in().await;
    let mut sam = office.colleague("sam", "sales").await;
    let sam_id = sam.signs_in().await.user_id;
    let admin = &office.admin;
    for (name, kind, readers) in [("rank", "amount", "none"), ("secret", "text", "bank_account")] {
        let field = json!({ "name": name, "entity": "customer", "field": name, "kind": kind, "readers": readers });
        made(admin, "own_field", &field).await;
    }
    // From the answer on the mask is in force.
    for rank in ["10", "9", "-5", "100"] {
        let extra = match rank {
            "9" => json!({ "rank": rank, "secret": "told" }),
            _ => json!({ "rank": rank }),
        };
        let body = json!({ "name": format!("Rank {rank}"), "owner_id": sam_id, "extra": extra });
        made(admin, "customer", &body).await;
    }
    let bare = json!({ "name": "Secret alone", "owner_id": sam_id, "extra": { "secret": "told" } });
    made(admin, "customer", &bare).await;
    made(admin, "customer", &json!({ "name": "Bare", "owner_id": sam_id })).await;
    let once = async || {};
    let ranked = ["Rank -5", "Rank 9", "Rank 10", "Rank 100"];
    let (all, _) = names(admin, "customer?limit=2&sort=extra.rank", once).await;
    assert_eq!(all[..4], ranked);
    let (above, _) =
        names(admin, "customer?filter[extra.rank][above]=9&sort=extra.rank", once).await;
    assert_eq!(above, ["Rank 10", "Rank 100"]);
    let (same, _) = names(admin, "customer?filter[extra.rank]=9.00", once).await;
    assert_eq!(same, ["Rank 9"]);
    let text = get(admin, "customer?filter[extra.rank][above]=many").await;
    assert_eq!(errors(&text), [("extra.rank".to_owned(), "not_a_number".to_owned())]);

    let seen: Value = get(&sam, "customer?sort=name").await.read(200);
    assert!(!seen.to_string().contains("told"), "{seen}");
    let extra = |name: &str| {
        let items = seen["items"].as_array().unwrap().iter();
        items.clone().find(|item| item["name"] == name).unwrap()["extra"].clone()
    };
    assert_eq!(extra("Secret alone"), extra("Bare"));
    for asked in
        ["filter[extra][empty]=true", "filter[extra.secret][empty]=true", "sort=extra.secret"]
    {
        get(&sam, &format!("customer?{asked}")).await.assert_problem(422, "invalid_fields");
    }
    let nul = get(admin, "customer?filter[name][contains]=%00").await;
    assert_eq!(errors(&nul), [("query".to_owned(), "control_character".to_owned())]);
    get(admin, "customer/code:%00").await.assert_problem(404, "not_found");
}
