//! Whether every screen can be used by everybody: with a screen reader, in the dark, in German, and
//! from right to left.

use serde_json::{Value, json};
use system_tests::desktop::{App, Desk, Look, Trouble};

use crate::tongue::{Language, Tongue};
use crate::tour::{self, Firm};

/// What axe-core is, as npm brought it.
const AXE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../ui/node_modules/axe-core/axe.min.js");

/// Serious faults of accessibility, with contrast, a line for each.
const FAULTS: &str = r"
const done = arguments[arguments.length - 1];
window.axe.run(document, { resultTypes: ['violations'] }).then((found) => done(
  found.violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) => nodes.map(({ html, any, all, none }) =>
      `${id}: ${html.slice(0, 160)} ${[...any, ...all, ...none].map(({ message }) => message).join('; ').slice(0, 200)}`)),
), (error) => done([String(error)]));
";

/// What people wrote in the sample and the chart of accounts, and a label of the program as well.
const WRITTEN: &[&str] = &["Owner", "Equity", "Income"];

/// What is seen or heard on the screen in English although it has a German of its own. Arguments: texts of the
/// program as pairs of English and German, and what people wrote.
const ENGLISH: &str = r#"
const [pairs, written] = arguments;
const shape = (text) => new RegExp("^" + text.split(/\{\{\w+\}\}/)
  .map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")).join(".+") + "$", "s");
const letters = (text) => text.replace(/\{\{\w+\}\}/g, "").replace(/[^\p{L}]/gu, "").length;
const english = pairs.filter(([english]) => letters(english) >= 2);
const german = new Set(pairs.map(([, german]) => german));
const plain = new Map(english.filter(([text, other]) => !text.includes("{{") && text !== other).map(([text]) => [text, true]));
const shapes = english.filter(([text, other]) => text.includes("{{") && text !== other && letters(text) >= 4).map(([text]) => [text, shape(text)]);
const germanShapes = [...german].filter((text) => text.includes("{{")).map(shape);
const faults = new Set();
const look = (words, what) => {
  const text = words.replace(/\s+/g, " ").trim();
  if (text === "" || german.has(text) || written.includes(text)) return;
  if (plain.has(text)) faults.add(`${what}: ${text}`);
  const found = shapes.find(([, shape]) => shape.test(text));
  if (found && !germanShapes.some((shape) => shape.test(text))) faults.add(`${what}: ${text} (${found[0]})`);
};
const seen = (element) => element.getClientRects().length > 0 && element.checkVisibility({ visibilityProperty: true }) && !element.closest("[inert]");
const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
while (walk.nextNode()) {
  const parent = walk.currentNode.parentElement;
  if (seen(parent) && !parent.closest("script, style")) look(walk.currentNode.data, parent.tagName.toLowerCase());
}
for (const element of document.querySelectorAll("[aria-label], [title], [placeholder], [alt]")) {
  if (!seen(element)) continue;
  for (const name of ["aria-label", "title", "placeholder", "alt"]) look(element.getAttribute(name) ?? "", name);
}
look(document.title, "title");
return [...faults];
"#;

/// Where the layout of the screen is broken: it does not fit the window, or words are cut that nothing shows in
/// full.
const BROKEN: &str = r#"
const faults = [];
const root = document.documentElement;
if (root.scrollWidth > root.clientWidth) faults.push(`the page is ${root.scrollWidth} wide in ${root.clientWidth}`);
const name = (element) => `${element.tagName.toLowerCase()}.${element.className} "${(element.innerText ?? "").slice(0, 60)}"`;
const seen = (element) => element.getClientRects().length > 0
  && element.checkVisibility({ visibilityProperty: true, opacityProperty: true })
  && !element.closest("[inert], .only-heard, .skip, .ag-body-viewport, .ag-header, .import-input");
const scrolls = (element) => {
  for (let outer = element.parentElement; outer && outer !== document.body; outer = outer.parentElement) {
    if (/auto|scroll/.test(getComputedStyle(outer).overflowX) && outer.scrollWidth > outer.clientWidth) return true;
  }
  return false;
};
const boxes = [...document.querySelectorAll("body *")].filter((element) => seen(element) && !element.closest("svg"));
for (const element of boxes) {
  const box = element.getBoundingClientRect();
  if (box.width < 2 || box.height < 2) continue;
  if ((box.left < -1 || box.right > innerWidth + 1) && !scrolls(element)) faults.push(`outside of the window: ${name(element)}`);
  const style = getComputedStyle(element);
  const cuts = /hidden|clip/.test(style.overflowX) && element.scrollWidth > element.clientWidth + 1;
  const ends = style.textOverflow === "ellipsis";
  if (cuts && !ends && element.childElementCount === 0 && element.innerText) faults.push(`cut: ${name(element)}`);
}
for (const label of document.querySelectorAll(".field-label, .sign-in-line label, .setting > div:first-child")) {
  if (!seen(label)) continue;
  const one = label.getBoundingClientRect();
  for (const field of label.parentElement.querySelectorAll("input, .ant-select, output, .ant-radio-group")) {
    if (!seen(field)) continue;
    const other = field.getBoundingClientRect();
    const across = Math.min(one.right, other.right) - Math.max(one.left, other.left);
    const down = Math.min(one.bottom, other.bottom) - Math.max(one.top, other.top);
    if (across > 1 && down > 1) faults.push(`over each other: ${name(label)} and ${name(field)}`);
  }
}
return faults;
"#;

/// What is wrong, by screen.
#[derive(Default)]
struct Findings(Vec<String>);

impl Findings {
    fn add(&mut self, screen: &str, found: Value) {
        let found: Vec<String> = serde_json::from_value(found).expect("a list of lines");
        self.0.extend(found.into_iter().map(|fault| format!("{screen}: {fault}")));
    }

    #[track_caller]
    fn are_none(&self) {
        assert!(self.0.is_empty(), "{}", self.0.join("\n"));
    }
}

async fn axe(app: &App) -> Result<Value, Trouble> {
    let axe = std::fs::read_to_string(AXE).expect("npm ci brought axe-core");
    app.ask(&axe, Vec::new()).await?;
    app.ask_and_wait(FAULTS, Vec::new()).await
}

#[tokio::test]
async fn no_screen_keeps_anybody_out() -> Result<(), Trouble> {
    let firm = Firm::open("axe");
    let desk = Desk::new("axe")?;
    let mut tongue = Tongue::new(Language::English);
    let mut findings = Findings::default();
    let app = tour::open(&desk, Look::Light, &tongue).await?;
    let mut look = async |app: &App, screen: &str| {
        findings.add(screen, axe(app).await?);
        Ok(())
    };
    tour::arrive(&app, &mut tongue, &firm, &mut look).await?;
    tour::work(&app, &tongue, &mut look).await?;
    app.close().await?;
    let app = tour::open(&desk, Look::Dark, &tongue).await?;
    let mut look = async |app: &App, screen: &str| {
        findings.add(&format!("{screen}, dark"), axe(app).await?);
        Ok(())
    };
    tour::work(&app, &tongue, &mut look).await?;
    app.close().await?;
    findings.are_none();
    Ok(())
}

#[tokio::test]
async fn german_screens_have_no_english_left() -> Result<(), Trouble> {
    let firm = Firm::open("german");
    let desk = Desk::new("german")?;
    let mut tongue = Tongue::new(Language::German);
    let mut findings = Findings::default();
    let app = tour::open(&desk, Look::Light, &tongue).await?;
    let pairs = |tongue: &Tongue| {
        tongue.texts().map(|text| json!([text.english, text.german])).collect::<Vec<_>>()
    };
    let own = pairs(&tongue);
    let mut look = async |app: &App, screen: &str| {
        findings.add(screen, app.ask(ENGLISH, vec![json!(own), json!(WRITTEN)]).await?);
        Ok(())
    };
    tour::arrive(&app, &mut tongue, &firm, &mut look).await?;
    let all = pairs(&tongue);
    let mut look = async |app: &App, screen: &str| {
        findings.add(screen, app.ask(ENGLISH, vec![json!(all), json!(WRITTEN)]).await?);
        findings.add(screen, app.ask(BROKEN, Vec::new()).await?);
        Ok(())
    };
    tour::work(&app, &tongue, &mut look).await?;
    app.close().await?;
    findings.are_none();
    Ok(())
}

#[tokio::test]
async fn a_script_from_right_to_left_breaks_no_screen() -> Result<(), Trouble> {
    let firm = Firm::open("mirrored");
    let desk = Desk::new("mirrored")?;
    let mut tongue = Tongue::new(Language::Mirrored);
    let mut findings = Findings::default();
    let app = tour::open(&desk, Look::Light, &tongue).await?;
    let mut look = async |app: &App, screen: &str| {
        assert_eq!(app.ask("return document.documentElement.dir", Vec::new()).await?, json!("rtl"));
        findings.add(screen, app.ask(BROKEN, Vec::new()).await?);
        Ok(())
    };
    tour::arrive(&app, &mut tongue, &firm, &mut look).await?;
    tour::work(&app, &tongue, &mut look).await?;
    app.close().await?;
    findings.are_none();
    Ok(())
}
