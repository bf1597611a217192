//! Masters by the keyboard alone: nothing here points or clicks. The stories count their own strokes, control
//! keys (chords, Tab, Enter, arrows, Esc) apart from typed characters, and hold the form to few of the first.

use std::cell::Cell;

use serde_json::{Value, json};
use system_tests::desktop::{App, Control, Desk, Trouble};
use system_tests::office::{Hub, PASSWORD, User};

const ACCOUNT: &str = "GB82WEST12345698765432";

/// Two hands over a keyboard, and what they did.
struct Hands<'app> {
    app: &'app App,
    controls: Cell<usize>,
    characters: Cell<usize>,
}

impl<'app> Hands<'app> {
    fn on(app: &'app App) -> Self {
        Self { app, controls: Cell::new(0), characters: Cell::new(0) }
    }

    /// One control key or chord: `Tab`, `Control+S`.
    async fn press(&self, keys: &str) -> Result<(), Trouble> {
        self.controls.set(self.controls.get() + 1);
        self.app.press(keys).await
    }

    async fn presses(&self, keys: &[&str]) -> Result<(), Trouble> {
        for key in keys {
            self.press(key).await?;
        }
        Ok(())
    }

    async fn write(&self, text: &str) -> Result<(), Trouble> {
        self.characters.set(self.characters.get() + text.chars().count());
        self.app.strike(text).await
    }

    /// Goes to a section of the form by the key that stands beside its head.
    async fn go_to(&self, section: &str) -> Result<(), Trouble> {
        let script = "
            const forms = [...document.querySelectorAll('.form')];
            const named = (part) => part.getAttribute('aria-label') === arguments[0];
            const section = [...(forms.at(-1)?.querySelectorAll('section') ?? [])].find(named);
            return section?.querySelector('kbd')?.textContent ?? '';
        ";
        let key = Cell::new(Value::Null);
        self.app
            .until(&format!("A key should lead to {section}."), async || {
                key.set(self.app.ask(script, vec![json!(section)]).await?);
                let found = key.take();
                let is_there = found.as_str().is_some_and(|key| !key.is_empty());
                key.set(found);
                Ok(is_there)
            })
            .await?;
        self.press(key.take().as_str().unwrap_or_default()).await
    }

    /// Says how many strokes a task took and begins to count anew; answers the control keys.
    fn count(&self, task: &str) -> usize {
        let controls = self.controls.replace(0);
        let characters = self.characters.replace(0);
        println!("{task}: {controls} control keys, {characters} characters");
        controls
    }
}

async fn sign_in(hands: &Hands<'_>, hub: &Hub, user: &User) -> Result<(), Trouble> {
    let app = hands.app;
    app.field("Sync server").has_focus().await?;
    hands.write(&hub.url()).await?;
    for text in [&user.tenant, &user.email, PASSWORD] {
        hands.press("Tab").await?;
        hands.write(text).await?;
    }
    hands.press("Enter").await?;
    app.heading("Keep this recovery code").appears().await?;
    app.button("Copy the code").has_focus().await?;
    hands.presses(&["Tab", "Enter"]).await?;
    app.role("navigation").named("Modules").appears().await?;
    app.shows("All saved").await
}

/// Goes somewhere by the palette.
async fn go(hands: &Hands<'_>, text: &str, offered: &str) -> Result<(), Trouble> {
    hands.press("Control+K").await?;
    hands.write(text).await?;
    let script = "
        const first = document.querySelector('[role=option][aria-selected=true]');
        return first?.textContent ?? '';
    ";
    hands
        .app
        .until(&format!("The palette should offer {offered} first."), async || {
            let first = hands.app.ask(script, Vec::new()).await?;
            Ok(first.as_str().is_some_and(|first| first.contains(offered)))
        })
        .await?;
    hands.press("Enter").await
}

fn section<'app>(app: &'app App, name: &str, text: &str) -> Control<'app> {
    app.role("region").named(name).with_text(text)
}

#[tokio::test]
async fn a_supplier_is_made_found_and_its_new_account_approved_by_keys_alone() -> Result<(), Trouble>
{
    let hub = Hub::start();
    let tenant = hub.tenant("keys");
    let clerk = hub.user(&tenant, "clerk", "accountant");
    let boss = hub.user(&tenant, "boss", "manager");
    let (clerk_desk, boss_desk) = (Desk::new("clerk-keys")?, Desk::new("boss-keys")?);
    let app = clerk_desk.open().await?;
    let hands = Hands::on(&app);
    sign_in(&hands, &hub, &clerk).await?;
    assert!(hands.count("sign in on a new computer") <= 6);

    go(&hands, "new supplier", "New: Supplier").await?;
    hands.write("Quartz Yard Ltd").await?;
    hands.presses(&["Tab", "Tab", "Tab"]).await?;
    app.field("Tax id").has_focus().await?;
    hands.write("DE136695976").await?;
    hands.go_to("Terms").await?;
    hands.press("Tab").await?;
    app.field("Payment terms").has_focus().await?;
    // It is not there: the field itself makes it, with what was typed, and has it afterwards.
    hands.write("45 days end of season").await?;
    hands.press("Alt+C").await?;
    let dialog = app.dialog("New: Payment terms");
    dialog.appears().await?;
    app.field("Name").within(&dialog).reads("45 days end of season").await?;
    hands.go_to("Instalments").await?;
    hands.press("Tab").await?;
    hands.write("45").await?;
    hands.press("Control+S").await?;
    dialog.disappears().await?;
    app.field("Payment terms").has_focus().await?;
    section(&app, "Terms", "45 days end of season").appears().await?;
    hands.go_to("Contacts").await?;
    hands.write("Ida Berg").await?;
    hands.presses(&["Tab", "Tab"]).await?;
    hands.write("ida@quartz.example").await?;
    hands.press("Alt+Enter").await?;
    hands.write("Olaf Nyman").await?;
    hands.presses(&["Tab", "Tab", "Tab"]).await?;
    hands.write("+49 451 7654321").await?;
    hands.press("Control+S").await?;
    app.button("Save").disappears().await?;
    app.heading("Quartz Yard Ltd").appears().await?;
    let contacts = app.role("region").named("Contacts");
    for text in ["ida@quartz.example", "Olaf Nyman"] {
        contacts.clone().with_text(text).appears().await?;
    }
    let keys = hands.count("supplier with two contacts and a payment term made in place");
    assert!(keys <= 19, "{keys} control keys");

    hands.press("Escape").await?;
    app.heading("Suppliers").appears().await?;
    go(&hands, "1366959", "Quartz Yard Ltd").await?;
    app.heading("Quartz Yard Ltd").appears().await?;
    hands.count("back to the list, and found by a part of the tax id");
    hands.press("F2").await?;
    app.button("Save").appears().await?;
    hands.go_to("Bank").await?;
    app.field("IBAN").has_focus().await?;
    hands.write(ACCOUNT).await?;
    hands.press("Control+S").await?;
    app.button("Save").disappears().await?;
    // It waits: nothing is in force before a second person has approved it.
    section(&app, "Bank", "wait for approval").appears().await?;
    let keys = hands.count("change of the bank account");
    assert!(keys <= 3, "{keys} control keys");
    app.shows("All saved").await?;

    let other = boss_desk.open().await?;
    let second = Hands::on(&other);
    sign_in(&second, &hub, &boss).await?;
    second.count("sign in of the second person");
    go(&second, "approv", "Waiting for approval").await?;
    other.heading("Quartz Yard Ltd").appears().await?;
    other.shows("GB82 WEST 1234 5698 7654 32").await?;
    second.presses(&["Control+Enter"]).await?;
    other.role("dialog").with_text("Approve the change of").appears().await?;
    second.press("Enter").await?;
    other.role("dialog").disappears().await?;
    let keys = second.count("approval by a second person");
    assert!(keys <= 4, "{keys} control keys");

    // The first desk hears of it by itself.
    app.stops_showing("wait for approval").await?;
    section(&app, "Bank", "GB82 WEST 1234 5698 7654 32").appears().await?;
    app.close().await?;
    other.close().await
}

#[tokio::test]
async fn a_customer_with_a_full_address_takes_seven_control_keys() -> Result<(), Trouble> {
    let hub = Hub::start();
    let tenant = hub.tenant("seven");
    let desk = Desk::new("seven-keys")?;
    let app = desk.open().await?;
    let hands = Hands::on(&app);
    sign_in(&hands, &hub, &tenant.admin).await?;
    go(&hands, "customers", "Customers").await?;
    app.heading("Customers").appears().await?;
    hands.count("to the list of customers");

    // Typed at once: the form need not be there yet.
    hands.press("Alt+N").await?;
    hands.write("Nordwind Traders").await?;
    hands.go_to("Address").await?;
    hands.write("Hafenstrasse 12").await?;
    for text in ["23552", "Luebeck", "Holstein", "Germany"] {
        hands.press("Tab").await?;
        hands.write(text).await?;
    }
    hands.press("Control+S").await?;
    app.button("Save").disappears().await?;
    app.heading("Nordwind Traders").appears().await?;
    let keys = hands.count("customer with a full address");
    for text in ["Hafenstrasse 12", "23552", "Luebeck", "Holstein", "Germany"] {
        section(&app, "Address", text).appears().await?;
    }
    assert!(keys <= 7, "{keys} control keys");
    app.close().await
}

#[tokio::test]
async fn a_power_cut_loses_nothing_of_a_form_older_than_a_second() -> Result<(), Trouble> {
    let hub = Hub::start();
    let tenant = hub.tenant("cut");
    let desk = Desk::new("cut-keys")?;
    let app = desk.open().await?;
    let hands = Hands::on(&app);
    sign_in(&hands, &hub, &tenant.admin).await?;
    go(&hands, "new supplier", "New: Supplier").await?;
    hands.write("Quartz Yard Ltd").await?;
    hands.go_to("Contacts").await?;
    hands.write("Ida Berg").await?;
    // What is promised: nothing older than this is lost.
    tokio::time::sleep(std::time::Duration::from_secs(1)).await;
    app.kill().await?;

    let app = desk.open().await?;
    let hands = Hands::on(&app);
    app.role("navigation").named("Modules").appears().await?;
    go(&hands, "new supplier", "New: Supplier").await?;
    app.shows("“Quartz Yard Ltd”").await?;
    hands.press("Alt+W").await?;
    app.field("Name").within(&app.role("region").named("General")).reads("Quartz Yard Ltd").await?;
    let contact = app.role("group").named("Contact 1");
    app.field("Name").within(&contact).reads("Ida Berg").await?;
    app.field("Name").within(&contact).has_focus().await?;
    // The steps are there as well: the contact's name is taken back, then the contact.
    hands.press("Control+Z").await?;
    app.field("Name").within(&contact).reads("").await?;
    hands.press("Control+Z").await?;
    contact.disappears().await?;
    app.press("Control+Y").await?;
    app.press("Control+Y").await?;
    app.field("Name").within(&contact).reads("Ida Berg").await?;
    hands.press("Control+S").await?;
    app.button("Save").disappears().await?;
    app.heading("Quartz Yard Ltd").appears().await?;
    // What was saved is offered no more.
    go(&hands, "new supplier", "New: Supplier").await?;
    app.button("Save").appears().await?;
    app.stops_showing("Not saved").await?;
    app.close().await
}
