//! Two people at two desks, the network cut by stopping the sync server: what they type into the same
//! records, and what is left for a person to decide.

use std::time::Duration;

use system_tests::desktop::{App, Control, Desk, Trouble};
use system_tests::office::Hub;

use crate::arriving::sign_in;

async fn open(app: &App, list: &str, record: &str) -> Result<(), Trouble> {
    app.link(list).click().await?;
    app.heading(list).within(&app.role("main").named("Work")).appears().await?;
    app.role("row").with_text(record).click().await?;
    app.press("Enter").await?;
    app.heading(record).appears().await
}

async fn write(app: &App, fields: &[(&str, &str)]) -> Result<(), Trouble> {
    app.press("F2").await?;
    for (field, text) in fields {
        app.field(field).fill(text).await?;
    }
    app.press("Control+S").await?;
    app.button("Save").disappears().await
}

async fn attention(app: &App) -> Result<(), Trouble> {
    let modules = app.role("navigation").named("Modules");
    app.role("link").with_text("Attention").within(&modules).click().await?;
    app.heading("Attention").within(&app.role("main").named("Work")).appears().await
}

#[tokio::test]
async fn what_was_deleted_says_that_it_waits_as_long_as_it_does() -> Result<(), Trouble> {
    const WAITS: &str = "Saved here, waiting to be sent";
    let mut hub = Hub::start();
    let tenant = hub.tenant("deleting");
    let seed = hub.device_of(&tenant.admin);
    for name in ["Bolt", "Nut"] {
        seed.create("item", &[&format!("name={name}"), &format!("sku={name}"), "uom=C62"]);
    }
    seed.sync();
    let desk = Desk::new("anna")?;
    let anna = desk.open().await?;
    sign_in(&anna, &hub, &tenant.admin).await?;
    for (name, offline) in [("Bolt", false), ("Nut", true)] {
        if offline {
            hub.stop();
        }
        open(&anna, "Items", name).await?;
        anna.button("Delete").click().await?;
        anna.button("Delete").within(&anna.dialog(&format!("Delete “{name}”?"))).click().await?;
        if !offline {
            anna.role("checkbox").named("Deleted records too").click().await?;
        }
        anna.role("row").with_text(name).click().await?;
        anna.press("Enter").await?;
        anna.button("Bring back").appears().await?;
        if offline {
            anna.shows(WAITS).await?;
            hub.open();
        }
        anna.stops_showing(WAITS).await?;
        anna.shows("All saved").await?;
    }
    Ok(())
}

#[tokio::test]
async fn two_desks_change_the_same_records_offline() -> Result<(), Trouble> {
    let mut hub = Hub::start();
    let tenant = hub.tenant("two-desks");
    let seed = hub.device_of(&tenant.admin);
    seed.create("customer", &["name=Café Zimt", "code=C1", "email=old@example.com"]);
    let item = seed.create("item", &["name=Bolt", "sku=B1", "uom=C62", "sales_price=2"]);
    seed.sync();
    let (anna_desk, ben_desk) = (Desk::new("anna")?, Desk::new("ben")?);
    let (anna, ben) = (anna_desk.open().await?, ben_desk.open().await?);
    let colleague = hub.user(&tenant, "ben", "admin");
    sign_in(&anna, &hub, &tenant.admin).await?;
    sign_in(&ben, &hub, &colleague).await?;

    hub.stop();
    open(&anna, "Customers", "Café Zimt").await?;
    write(&anna, &[("Phone", "+49 451 1234567"), ("E-mail", "anna@example.com")]).await?;
    open(&ben, "Customers", "Café Zimt").await?;
    write(&ben, &[("City", "Lübeck"), ("E-mail", "ben@example.com")]).await?;
    // What was typed is there, and says that it waits.
    anna.shows("+49 451 1234567").await?;
    anna.shows("1 waiting").await?;
    open(&anna, "Items", "Bolt").await?;
    anna.button("Delete").click().await?;
    anna.button("Delete").within(&anna.dialog("Delete “Bolt”?")).click().await?;
    anna.shows("2 waiting").await?;
    open(&ben, "Items", "Bolt").await?;
    write(&ben, &[("Sales price", "2.50")]).await?;
    ben.shows("2 waiting").await?;

    hub.open();
    // Both sync by themselves; whoever came second decides about the e-mail, who deleted about the item.
    for app in [&anna, &ben] {
        app.stops_showing("waiting").await?;
        attention(app).await?;
    }
    let deleted = anna.role("button").with_text("Deleted and edited");
    deleted.click().await?;
    anna.heading("Bolt").appears().await?;
    let (one, other) = (conflict(&anna), conflict(&ben));
    let decider = match first_to_show(&one, &other).await? {
        true => &anna,
        false => &ben,
    };
    conflict(decider).click().await?;
    decider.heading("Café Zimt").appears().await?;
    for address in ["ben@example.com", "anna@example.com", "old@example.com"] {
        decider.shows(address).await?;
    }
    assert_eq!(one.count().await? + other.count().await?, 1);
    assert_eq!(entries(&anna).await? + entries(&ben).await?, 2, "nothing else needs a person");

    // The hub, seen by a third device, and both desks show the same.
    seed.sync();
    assert_eq!(seed.get("item", &item)["fields"]["sales_price"], "2.5");
    for app in [&anna, &ben] {
        open(app, "Customers", "Café Zimt").await?;
        app.shows("+49 451 1234567").await?;
        app.shows("Lübeck").await?;
    }
    anna.close().await?;
    ben.close().await
}

fn conflict(app: &App) -> Control<'_> {
    app.role("button").with_text("Changed by two people")
}

async fn entries(app: &App) -> Result<usize, Trouble> {
    let list = app.role("list").named("Attention");
    app.role("listitem").within(&list).count().await
}

/// Whether the first of two things is the one that is there first.
async fn first_to_show(one: &Control<'_>, other: &Control<'_>) -> Result<bool, Trouble> {
    for _ in 0..200 {
        for (control, is_first) in [(one, true), (other, false)] {
            if control.count().await? == 1 {
                return Ok(is_first);
            }
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    one.appears().await.map(|()| true)
}
