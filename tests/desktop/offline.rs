//! Two people at two desks, the network cut by stopping the sync server: what they type into the same
//! records, and what is left for a person to decide.

use std::time::Duration;

use system_tests::desktop::{App, Desk, Trouble};
use system_tests::office::{Hub, PASSWORD, User};

/// The sync light of whoever has one item to decide.
const LIGHT: &str = "Sync: 1 needs attention";

async fn sign_in(app: &App, hub: &Hub, user: &User) -> Result<(), Trouble> {
    app.field("Sync server").fill(&hub.url()).await?;
    app.field("Tenant").fill(&user.tenant).await?;
    app.field("E-mail").fill(&user.email).await?;
    app.field("Password").fill(PASSWORD).await?;
    app.button("Sign in").click().await?;
    app.heading("Keep this recovery code").appears().await?;
    app.button("I have kept it").click().await?;
    app.heading("Customers").appears().await
}

async fn open(app: &App, list: &str, record: &str) -> Result<(), Trouble> {
    app.link(list).click().await?;
    app.heading(list).appears().await?;
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

#[tokio::test]
async fn two_desks_edit_the_same_customer_offline() -> Result<(), Trouble> {
    let mut hub = Hub::start();
    let tenant = hub.tenant("two-desks");
    let seed = hub.device_of(&tenant.admin);
    seed.create("customer", &["name=Café Zimt", "code=C1", "email=old@example.com"]);
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

    hub.open();
    for app in [&anna, &ben] {
        app.shows("+49 451 1234567").await?;
        app.shows("Lübeck").await?;
    }
    // Both sync by themselves; whoever came second decides, the other has nothing to do.
    let decider = second_of(&anna, &ben).await?;
    let modules = decider.role("navigation").named("Modules");
    decider.role("link").with_text("Attention").within(&modules).click().await?;
    decider.heading("Café Zimt").appears().await?;
    for address in ["ben@example.com", "anna@example.com", "old@example.com"] {
        decider.shows(address).await?;
    }
    assert_eq!(anna.link(LIGHT).count().await? + ben.link(LIGHT).count().await?, 1);
    anna.close().await?;
    ben.close().await
}

/// The one of two apps that shows an open item of Attention first.
async fn second_of<'a>(one: &'a App, other: &'a App) -> Result<&'a App, Trouble> {
    for _ in 0..200 {
        for app in [one, other] {
            if app.link(LIGHT).count().await? == 1 {
                return Ok(app);
            }
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    other.link(LIGHT).appears().await?;
    Ok(other)
}
