//! Whether the stories' own eyes and hands can be trusted: on a small page of our own, they find
//! what is there, do what they say, and refuse what a person could not do.

use serde_json::json;
use system_tests::desktop::{App, Desk, Trouble};

const PAGE: &str = r##"
document.body.innerHTML = `
  <main>
    <h1>Sales  invoice</h1>
    <label for="customer">Customer</label><input id="customer">
    <label for="note">Note</label><textarea id="note">old words</textarea>
    <input aria-label="Hidden field" style="display:none">
    <button aria-label="Remove line 1">×</button>
    <button aria-label="Remove line 2">×</button>
    <button id="save"><span>Save</span></button>
    <div role="grid" aria-label="Lines">
      <div role="row"><span role="gridcell">Bolt M8</span><button>Open</button></div>
      <div role="row"><span role="gridcell">Nut M8</span><button>Open</button></div>
    </div>
    <output></output>
  </main>`;
const says = (text) => { document.querySelector("output").textContent = text; };
document.querySelector("#save").onclick = () => setTimeout(() => says("All saved"), 300);
document.querySelectorAll("[role=row] button").forEach((button) => {
  button.onclick = () => says("Opened " + button.previousElementSibling.textContent);
});
document.onkeydown = (event) => {
  const held = ["ctrlKey", "altKey", "shiftKey"].filter((key) => event[key]).join(" ");
  if (!["Control", "Alt", "Shift"].includes(event.key)) says(`${held} ${event.key}`);
};
"##;

async fn open_page(desk: &Desk) -> Result<App, Trouble> {
    let app = desk.open().await?;
    app.ask(PAGE, vec![]).await?;
    Ok(app)
}

#[tokio::test]
async fn things_are_found_by_role_and_name() -> Result<(), Trouble> {
    let desk = Desk::new("eyes")?;
    let app = open_page(&desk).await?;

    app.heading("Sales invoice").appears().await?;
    app.field("Note").reads("old words").await?;
    assert_eq!(app.role("button").count().await?, 5);
    assert_eq!(app.button("Remove line 2").count().await?, 1);
    assert_eq!(app.button("Remove line").count().await?, 0, "a part of a name is not the name");
    assert_eq!(app.field("Hidden field").count().await?, 0, "nobody can see it");
    assert_eq!(app.heading("Save").count().await?, 0, "a button is no heading");
    app.close().await
}

#[tokio::test]
async fn a_person_types_clicks_and_reads() -> Result<(), Trouble> {
    let desk = Desk::new("hands")?;
    let app = open_page(&desk).await?;

    app.field("Customer").click().await?;
    app.field("Customer").has_focus().await?;
    app.type_text("Jürgen Öztürk").await?;
    app.field("Customer").reads("Jürgen Öztürk").await?;
    app.field("Note").fill("new words").await?;
    assert_eq!(app.field("Note").value().await?, "new words");
    app.field("Note").fill("").await?;
    app.field("Note").reads("").await?;

    app.button("Save").click().await?;
    app.shows("All saved").await?;

    let nut = app.role("row").with_text("Nut M8");
    app.button("Open").within(&nut).click().await?;
    app.shows("Opened Nut M8").await?;
    app.stops_showing("All saved").await?;
    app.close().await
}

#[tokio::test]
async fn chords_reach_the_page_as_chords() -> Result<(), Trouble> {
    let desk = Desk::new("keys")?;
    let app = open_page(&desk).await?;

    for (keys, heard) in [
        ("Control+K", "ctrlKey k"),
        ("Alt+C", "altKey c"),
        ("Control+Enter", "ctrlKey Enter"),
        ("F2", " F2"),
        ("Escape", " Escape"),
    ] {
        app.press(keys).await?;
        app.role("status").reads(heard).await?;
    }
    app.field("Note").click().await?;
    app.press("Shift+Tab").await?;
    app.field("Customer").has_focus().await?;
    app.press("Tab").await?;
    app.field("Note").has_focus().await?;
    app.close().await
}

#[tokio::test]
async fn a_choice_between_two_is_refused_and_shown() -> Result<(), Trouble> {
    let desk = Desk::new("refusal")?;
    let app = open_page(&desk).await?;

    let trouble = app.button("Open").click().await.expect_err("two buttons have this name");
    let message = trouble.to_string();
    assert!(message.contains("There should be one button \"Open\", but there are 2."), "{message}");
    assert!(message.contains("h1 \"Sales invoice\""), "{message}");
    let picture = message.rsplit("Picture: ").next().unwrap_or_default();
    assert!(std::path::Path::new(picture.trim()).is_file(), "{message}");

    let inner = app.ask("return document.querySelector('output').textContent", vec![]).await?;
    assert_eq!(inner, json!(""), "neither was clicked");
    app.close().await
}
