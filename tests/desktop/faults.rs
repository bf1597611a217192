//! What is wrong on the screen as it stands: for a screen reader, for who reads German, for the layout, and for
//! who has no mouse. It finds; a story says what there must not be.

use serde_json::{Value, json};
use system_tests::desktop::{App, Trouble};

use crate::tongue::Tongue;

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

/// What Tab leads to and nobody sees: it lies outside of the window, or under something else.
const OUT_OF_REACH: &str = r#"
const done = arguments[arguments.length - 1];
const name = (element) => `${element.tagName.toLowerCase()} "${(element.ariaLabel ?? element.labels?.[0]?.innerText ?? element.innerText ?? "").slice(0, 60)}"`;
const seen = (element) => element.getClientRects().length > 0
  && element.checkVisibility({ visibilityProperty: true, opacityProperty: true })
  && !element.closest("[inert], .only-heard, .skip, .grid-box, .import-input");
const whole = ".ant-input-affix-wrapper, .ant-select, .ant-checkbox-wrapper, .ant-radio-button-wrapper, .ant-segmented-item";
const hidden = (element) => {
  const shown = element.closest(whole) ?? element;
  const box = shown.getBoundingClientRect();
  const [left, right] = [Math.max(0, box.left), Math.min(innerWidth, box.right)];
  const [top, bottom] = [Math.max(0, box.top), Math.min(innerHeight, box.bottom)];
  const there = right > left && bottom > top
    ? document.elementFromPoint((left + right) / 2, (top + bottom) / 2)
    : null;
  // A list of choices lies over what is below it until one is taken.
  return !there?.closest(".ant-select-dropdown") && !(there && (shown.contains(there) || there.contains(shown)));
};
// What has the cursor comes into sight a moment later, on a busy machine a long one.
const moment = () => new Promise((go) => setTimeout(go, 50));
const comes = async (element) => {
  for (let tries = 0; tries < 20 && hidden(element); tries += 1) await moment();
};
// A panel that is still opening is seen by nobody yet, and lies over the rest a moment later.
const comes_to_rest = async () => {
  const ends = (animation) => Number.isFinite(animation.effect?.getComputedTiming().endTime);
  await Promise.allSettled(document.getAnimations().filter(ends).map((animation) => animation.finished));
  await moment();
};
const topmost = () => [...document.querySelectorAll("[role=dialog], .ant-popover, .ant-dropdown")].filter(seen).at(-1);
const look = async (again) => {
  await comes_to_rest();
  const over = topmost();
  const before = document.activeElement;
  const faults = [];
  for (const element of (over ?? document.body).querySelectorAll("a[href], button, input, textarea, [tabindex]")) {
    if (element.tabIndex < 0 || element.disabled || !seen(element)) continue;
    element.focus();
    await comes(element);
    if (document.activeElement === element && hidden(element)) faults.push(`out of reach: ${name(element)}`);
  }
  before?.focus();
  await moment();
  // One that came while the rest was looked at: it is what can be reached now.
  return again > 0 && topmost() !== over ? look(again - 1) : faults;
};
look(5).then(done, (error) => done([String(error)]));
"#;

/// Boxes that one could type in and not see it: no ring, or one too faint beside what is around it. The box of
/// the palette alone has no frame: nothing else there takes the cursor.
const FAINT: &str = r#"
const light = (colour) => {
  const [red, green, blue] = colour.match(/[\d.]+/g).map(Number).map((part) => part / 255)
    .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
};
const contrast = (one, other) => {
  const [dark, bright] = [light(one), light(other)].sort((a, b) => a - b);
  return (bright + 0.05) / (dark + 0.05);
};
const ground = (element) => {
  for (let outer = element; outer; outer = outer.parentElement) {
    const { backgroundColor } = getComputedStyle(outer);
    if (!/, 0\)$|transparent/.test(backgroundColor)) return backgroundColor;
  }
  return "rgb(255, 255, 255)";
};
const over = [...document.querySelectorAll("[role=dialog], .ant-popover")].filter((box) => box.checkVisibility()).at(-1);
const before = document.activeElement;
const faults = [];
const boxes = "input:not([type=checkbox], [type=radio], [type=file], .ant-input-borderless), textarea";
for (const input of (over ?? document.body).querySelectorAll(boxes)) {
  if (input.disabled || input.tabIndex < 0 || !input.checkVisibility({ visibilityProperty: true }) || input.closest("[inert], .grid-box, .ant-input-affix-wrapper-borderless, .ant-input-borderless")) continue;
  input.focus();
  if (document.activeElement !== input) continue;
  const box = input.closest(".ant-select, .ant-input-affix-wrapper") ?? input;
  const { outlineStyle, outlineWidth, outlineColor } = getComputedStyle(box);
  const name = input.getAttribute("aria-label") ?? input.labels?.[0]?.innerText ?? box.className;
  if (outlineStyle !== "solid" || parseFloat(outlineWidth) < 2) faults.push(`no ring: ${name}`);
  else if (contrast(outlineColor, ground(box.parentElement)) < 3) faults.push(`a faint ring: ${name}`);
}
before?.focus();
return faults;
"#;

/// Serious faults of accessibility, and boxes whose focus cannot be seen.
///
/// # Errors
/// The app is gone.
pub async fn of_access(app: &App) -> Result<Vec<String>, Trouble> {
    let axe = std::fs::read_to_string(AXE).expect("npm ci brought axe-core");
    app.ask(&axe, Vec::new()).await?;
    let found = lines(app.ask_and_wait(FAULTS, Vec::new()).await?);
    Ok([found, lines(app.ask(FAINT, Vec::new()).await?)].concat())
}

/// What is left in English on a screen that should be German, as far as the tongue knows the words.
///
/// # Errors
/// The app is gone.
pub async fn of_tongue(app: &App, tongue: &Tongue) -> Result<Vec<String>, Trouble> {
    let pairs: Vec<Value> = tongue.texts().map(|text| json!([text.english, text.german])).collect();
    Ok(lines(app.ask(ENGLISH, vec![json!(pairs), json!(WRITTEN)]).await?))
}

/// Where the layout is broken.
///
/// # Errors
/// The app is gone.
pub async fn of_layout(app: &App) -> Result<Vec<String>, Trouble> {
    Ok(lines(app.ask(BROKEN, Vec::new()).await?))
}

/// What the keyboard leads to that nobody sees.
///
/// # Errors
/// The app is gone.
pub async fn of_reach(app: &App) -> Result<Vec<String>, Trouble> {
    Ok(lines(app.ask_and_wait(OUT_OF_REACH, Vec::new()).await?))
}

fn lines(found: Value) -> Vec<String> {
    serde_json::from_value(found).expect("a list of lines")
}
