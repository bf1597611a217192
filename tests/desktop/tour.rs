//! The way through every screen of the program, in any language: a story looks at each as it stands there.

use serde_json::{Value, json};
use system_tests::desktop::{App, Control, Desk, Look, Trouble};
use system_tests::office::{Device, Hub, PASSWORD, Tenant, run};

use crate::tongue::Tongue;

/// A customer of the sample with addresses and contacts.
const CUSTOMER: &str = "Maison Dubreuil SAS";
const CODE: &str = "C1001";

/// A file with something of everything: a row to take, one to refuse, a column that nothing is called.
const FILE: &str = "Code,Name,E-Mail,Wohin damit\nQ1,Quäker & Söhne,post@quaeker.example,links\n\
     Q2,Ohne Post,keine Adresse,rechts\n";

/// A company with something on every screen.
pub struct Firm {
    pub hub: Hub,
    pub tenant: Tenant,
}

impl Firm {
    /// # Panics
    /// Where it cannot be set up.
    pub fn open(name: &str) -> Self {
        let hub = Hub::start();
        let tenant = hub.tenant(name);
        let loaded = run(&mut hub.command(&["tenant", "sample", name]));
        assert!(loaded.status.success(), "{}", String::from_utf8_lossy(&loaded.stderr));
        let colleague = hub.device_of(&hub.user(&tenant, "ben", "admin"));
        let own = hub.device_of(&tenant.admin);
        for device in [&colleague, &own] {
            device.sync();
        }
        // One record that two people changed, one proposal to decide, one record that is there twice.
        change(&colleague, "customer", CUSTOMER, &["email=theirs@dubreuil.example"]);
        change(&own, "customer", CUSTOMER, &["email=mine@dubreuil.example"]);
        change(&colleague, "supplier", "Brightwater Filters", &["iban=DE02120300000000202051"]);
        colleague.create("customer", &["name=Maison Dubreuil", "code=C9001", "country=FR"]);
        colleague.sync();
        own.sync();
        Self { hub, tenant }
    }
}

fn change(device: &Device, entity: &str, name: &str, fields: &[&str]) {
    let found = device.list(entity);
    let record = found.iter().find(|record| record["title"] == json!(name));
    let record = record.unwrap_or_else(|| panic!("no {name} in {found:?}"));
    device.update(entity, record["id"].as_str().unwrap_or_default(), fields);
}

/// Opens the program in a language, at the sign-in or where it was left.
///
/// # Errors
/// It does not come up.
pub async fn open(desk: &Desk, look: Look, tongue: &Tongue) -> Result<App, Trouble> {
    let app = desk.open_with(look).await?;
    app.until("The page should be there.", async || {
        Ok(app.ask("return document.querySelector('h1') !== null", Vec::new()).await?
            == json!(true))
    })
    .await?;
    tongue.speak(&app).await?;
    Ok(app)
}

/// Has the window begin again with these habits: language, size.
///
/// # Errors
/// The app is gone.
pub async fn remember(app: &App, habits: &Value) -> Result<(), Trouble> {
    let keep = "for (const [name, value] of Object.entries(arguments[0]))
            localStorage.setItem(`daybook.${name}`, JSON.stringify(value));
        window.heard = true;
        location.reload();";
    app.ask(keep, vec![habits.clone()]).await?;
    app.until("The page should be there again.", async || {
        let there = "return window.heard !== true && document.querySelector('h1') !== null";
        Ok(app.ask(there, Vec::new()).await.is_ok_and(|answer| answer == json!(true)))
    })
    .await
}

/// From the sign-in to the first list.
///
/// # Errors
/// A screen does not come.
pub async fn arrive(
    app: &App,
    tongue: &mut Tongue,
    firm: &Firm,
    look: &mut impl AsyncFnMut(&App, &str) -> Result<(), Trouble>,
) -> Result<(), Trouble> {
    app.heading(&tongue.say("signIn.title")).appears().await?;
    look(app, "sign-in").await?;
    app.button(&tongue.say("invitation.have")).click().await?;
    app.heading(&tongue.say("invitation.title")).appears().await?;
    app.field(&tongue.say("invitation.password")).fill("too short").await?;
    app.press("Enter").await?;
    app.shows(&tongue.say_of("invitation.tooShort", &[("count", "12")])).await?;
    look(app, "invitation").await?;
    app.press("Escape").await?;
    for (field, text) in [
        ("server", firm.hub.url()),
        ("tenant", firm.tenant.slug.clone()),
        ("email", firm.tenant.admin.email.clone()),
        ("password", "not the password".to_owned()),
    ] {
        app.field(&tongue.say(&format!("signIn.{field}"))).fill(&text).await?;
    }
    app.button(&tongue.say("signIn.submit")).click().await?;
    app.role("alert").appears().await?;
    look(app, "refused sign-in").await?;
    app.field(&tongue.say("signIn.password")).fill(PASSWORD).await?;
    app.button(&tongue.say("signIn.submit")).click().await?;
    app.heading(&tongue.say("signIn.keepTitle")).appears().await?;
    look(app, "recovery code").await?;
    app.button(&tongue.say("signIn.kept")).click().await?;
    app.role("main").named(&tongue.say("app.work")).appears().await?;
    tongue.learn_labels(app).await
}

/// Every screen of a working day.
///
/// # Errors
/// A screen does not come.
pub async fn work(
    app: &App,
    tongue: &Tongue,
    look: &mut impl AsyncFnMut(&App, &str) -> Result<(), Trouble>,
) -> Result<(), Trouble> {
    lists(app, tongue, look).await?;
    over_a_list(app, tongue, look).await?;
    records(app, tongue, look).await?;
    trees_and_versions(app, tongue, look).await?;
    many(app, tongue, look).await?;
    around(app, tongue, look).await
}

/// The list, and what opens below its bar.
async fn lists(
    app: &App,
    tongue: &Tongue,
    look: &mut impl AsyncFnMut(&App, &str) -> Result<(), Trouble>,
) -> Result<(), Trouble> {
    go_to(app, tongue, "customer", "Customers").await?;
    app.role("row").with_text(CODE).appears().await?;
    look(app, "list").await?;
    app.press("Alt+L").await?;
    let apply = app.button(&tongue.say("list.apply"));
    apply.appears().await?;
    app.field(&tongue.say("list.field")).has_focus().await?;
    look(app, "filter").await?;
    app.type_text(&tongue.label("City")).await?;
    app.press("Enter").await?;
    app.field(&tongue.say("list.value")).appears().await?;
    look(app, "filter with a field").await?;
    close(app, &apply).await?;
    app.press("Alt+V").await?;
    let keep = app.button(&tongue.say("list.viewKeep"));
    keep.appears().await?;
    look(app, "views").await?;
    close(app, &keep).await?;
    app.role("button").with_text(&tongue.say("list.columns")).click().await?;
    let reset = app.button(&tongue.say("list.columnsReset"));
    reset.appears().await?;
    look(app, "columns").await?;
    close(app, &reset).await?;
    app.press("Control+F").await?;
    app.type_text("zzzz").await?;
    app.heading(&tongue.say_of("list.none", &[("text", "zzzz")])).appears().await?;
    look(app, "nothing found").await?;
    app.press("Escape").await?;
    app.role("row").with_text(CODE).appears().await
}

/// What lies over a list: marks and what is done with them, the palette, the keys, the menu.
async fn over_a_list(
    app: &App,
    tongue: &Tongue,
    look: &mut impl AsyncFnMut(&App, &str) -> Result<(), Trouble>,
) -> Result<(), Trouble> {
    app.press("Control+F").await?;
    app.press("Down").await?;
    app.press("Space").await?;
    let bar = app.role("toolbar").named(&tongue.say("bulk.bar"));
    bar.appears().await?;
    look(app, "marked").await?;
    let cancel = app.button(&tongue.say("act.cancel"));
    for (keys, screen) in [("Alt+E", "bulk edit"), ("Control+Delete", "bulk delete")] {
        app.press(keys).await?;
        cancel.appears().await?;
        look(app, screen).await?;
        close(app, &cancel).await?;
    }
    close(app, &bar).await?;
    app.press("Control+K").await?;
    let box_ = app.role("combobox").named(&tongue.say("palette.title"));
    box_.has_focus().await?;
    look(app, "palette").await?;
    app.type_text("dub").await?;
    app.role("option").with_text(CODE).appears().await?;
    look(app, "palette with records").await?;
    close(app, &box_).await?;
    app.press("Control+F").await?;
    app.press("?").await?;
    let keys = app.dialog(&tongue.say("keys.title"));
    keys.appears().await?;
    look(app, "keys").await?;
    close(app, &keys).await?;
    let menu = "return document.querySelector('.user-button').getAttribute('aria-label')";
    let menu = app.ask(menu, Vec::new()).await?;
    app.button(menu.as_str().unwrap_or_default()).click().await?;
    let sign_out = app.role("menuitem").with_text(&tongue.say("app.signOut"));
    sign_out.appears().await?;
    look(app, "menu").await?;
    sign_out.click().await?;
    let dialog = app.dialog(&tongue.say("signOut.title"));
    dialog.appears().await?;
    look(app, "sign-out").await?;
    close(app, &dialog).await
}

/// A record: read, with its history, edited, refused, left; and a new one.
async fn records(
    app: &App,
    tongue: &Tongue,
    look: &mut impl AsyncFnMut(&App, &str) -> Result<(), Trouble>,
) -> Result<(), Trouble> {
    go_to(app, tongue, "customer", "Customers").await?;
    app.role("row").with_text(CODE).click().await?;
    app.press("Enter").await?;
    app.heading(CUSTOMER).appears().await?;
    look(app, "record").await?;
    let history = app.button(&tongue.say("history.show"));
    history.click().await?;
    app.heading(&tongue.say("history.title")).appears().await?;
    look(app, "history").await?;
    history.click().await?;
    app.press("F2").await?;
    let cancel = app.button(&tongue.say("act.cancel"));
    cancel.appears().await?;
    look(app, "edit").await?;
    app.field(&tongue.label("Website")).fill("no address").await?;
    app.press("Control+S").await?;
    app.until("The refusal should be shown.", async || Ok(app.role("alert").count().await? > 0))
        .await?;
    look(app, "refused edit").await?;
    cancel.click().await?;
    let leave = app.dialog(&tongue.say("record.leaveAsk"));
    leave.appears().await?;
    look(app, "leaving").await?;
    app.button(&tongue.say("record.leave")).within(&leave).click().await?;
    app.button(&tongue.say("record.edit")).appears().await?;
    app.press("Alt+Delete").await?;
    let retire = app.dialog(&tongue.say_of("record.retireAsk", &[("title", CUSTOMER)]));
    retire.appears().await?;
    look(app, "deleting").await?;
    close(app, &retire).await?;
    go_to(app, tongue, "customer", "Customers").await?;
    app.press("Alt+N").await?;
    let label = tongue.label("Customer");
    app.heading(&tongue.say_of("record.newTitle", &[("label", &label)])).appears().await?;
    look(app, "new record").await?;
    app.press("Control+S").await?;
    app.until("The refusal should be shown.", async || Ok(app.role("alert").count().await? > 0))
        .await?;
    look(app, "refused record").await?;
    app.press("Escape").await?;
    app.role("row").with_text(CODE).appears().await
}

/// Records that form a tree, and rows that follow each other in time.
async fn trees_and_versions(
    app: &App,
    tongue: &Tongue,
    look: &mut impl AsyncFnMut(&App, &str) -> Result<(), Trouble>,
) -> Result<(), Trouble> {
    go_to(app, tongue, "account", "Accounts").await?;
    app.role("button").with_text(&tongue.say("tree.asList")).appears().await?;
    look(app, "tree").await?;
    for (entity, plural) in [("tax_code", "Tax codes"), ("item", "Items")] {
        go_to(app, tongue, entity, plural).await?;
        app.until("There should be records.", async || Ok(app.role("row").count().await? > 1))
            .await?;
        app.press("Control+F").await?;
        app.press("Enter").await?;
        let edit = app.button(&tongue.say("record.edit"));
        edit.appears().await?;
        look(app, plural).await?;
        app.press("F2").await?;
        let cancel = app.button(&tongue.say("act.cancel"));
        cancel.appears().await?;
        look(app, &format!("{plural}, edited")).await?;
        app.press("Escape").await?;
        edit.appears().await?;
    }
    Ok(())
}

/// Records that may be the same, and records from a file.
async fn many(
    app: &App,
    tongue: &Tongue,
    look: &mut impl AsyncFnMut(&App, &str) -> Result<(), Trouble>,
) -> Result<(), Trouble> {
    let plural = tongue.label("Customers");
    go_to(app, tongue, "customer", "Customers").await?;
    app.press("Alt+D").await?;
    app.heading(&tongue.say_of("duplicates.title", &[("plural", &plural)])).appears().await?;
    app.button(&tongue.say("duplicates.merge")).appears().await?;
    look(app, "duplicates").await?;
    app.press("Control+Enter").await?;
    let cancel = app.button(&tongue.say("act.cancel"));
    cancel.appears().await?;
    look(app, "merging").await?;
    close(app, &cancel).await?;

    app.ask("location.hash = '#/import/customer'", Vec::new()).await?;
    app.heading(&tongue.say_of("import.title", &[("plural", &plural)])).appears().await?;
    look(app, "import").await?;
    let choose = "
        const files = new DataTransfer();
        files.items.add(new File([arguments[0]], 'kunden.csv', { type: 'text/csv' }));
        const input = document.querySelector('input[type=file]');
        input.files = files.files;
        input.dispatchEvent(new Event('change', { bubbles: true }));
    ";
    app.ask(choose, vec![json!(FILE)]).await?;
    app.role("table").named(&tongue.say("import.columns")).appears().await?;
    look(app, "import of a file").await?;
    app.press("Escape").await
}

/// What stands around the records.
async fn around(
    app: &App,
    tongue: &Tongue,
    look: &mut impl AsyncFnMut(&App, &str) -> Result<(), Trouble>,
) -> Result<(), Trouble> {
    for (place, title) in [
        ("home", "home.title"),
        ("attention", "attention.title"),
        ("approvals", "approvals.title"),
        ("sync", "sync.title"),
        ("settings", "app.settings"),
    ] {
        app.ask(&format!("location.hash = '#/{place}'"), Vec::new()).await?;
        let work = app.role("main").named(&tongue.say("app.work"));
        app.heading(&tongue.say(title)).within(&work).appears().await?;
        look(app, place).await?;
    }
    go_to(app, tongue, "own_field", "Own fields").await?;
    app.press("Alt+N").await?;
    let label = tongue.label("Own field");
    app.heading(&tongue.say_of("record.newTitle", &[("label", &label)])).appears().await?;
    look(app, "own field").await?;
    app.press("Escape").await?;
    go_to(app, tongue, "customer", "Customers").await
}

async fn go_to(app: &App, tongue: &Tongue, entity: &str, plural: &str) -> Result<(), Trouble> {
    app.ask(&format!("location.hash = '#/list/{entity}'"), Vec::new()).await?;
    let work = app.role("main").named(&tongue.say("app.work"));
    app.heading(&tongue.label(plural)).within(&work).appears().await
}

/// Presses Escape until it is gone: an open choice inside goes first.
async fn close(app: &App, control: &Control<'_>) -> Result<(), Trouble> {
    app.until("What was opened should close.", async || {
        app.press("Escape").await?;
        Ok(control.count().await? == 0)
    })
    .await
}
