//! What the harness asks of the page: scripts, and the roles that elements have without saying so.
//! Names come from the browser's own accessibility tree; the scripts only narrow the choice.

use serde_json::Value;

use super::Trouble;

/// The key under which WebDriver hands over an element.
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

/// The elements that have a role by nature. Any element may claim one with `role="…"`.
const BY_NATURE: &[(&str, &str)] = &[
    ("button", "button, input[type=button], input[type=submit], summary"),
    ("link", "a[href]"),
    ("field", FIELDS),
    ("textbox", FIELDS),
    ("checkbox", "input[type=checkbox]"),
    ("radio", "input[type=radio]"),
    ("combobox", "select"),
    ("option", "option"),
    ("heading", "h1, h2, h3, h4, h5, h6"),
    ("dialog", "dialog[open]"),
    ("table", "table"),
    ("row", "tr"),
    ("cell", "td"),
    ("columnheader", "th"),
    ("list", "ul, ol"),
    ("listitem", "li"),
    ("navigation", "nav"),
    ("main", "main"),
    ("form", "form"),
    ("region", "section[aria-label]"),
    ("group", "fieldset"),
    ("status", "output"),
    ("file", "input[type=file]"),
];

/// Whatever text is typed into.
const FIELDS: &str = "input:not([type]), input[type=text], input[type=email], input[type=password], \
     input[type=search], input[type=tel], input[type=url], input[type=number], input[type=date], \
     textarea, [contenteditable=true]";

/// Roles a person would call a field.
const FIELD_ROLES: &[&str] = &["textbox", "searchbox", "spinbutton", "combobox"];

/// How elements of a role are found, and which values of `role="…"` count as that role.
pub fn selectors(role: &str) -> (String, Vec<&str>) {
    let nature = BY_NATURE.iter().find(|(name, _)| *name == role).map(|(_, selector)| *selector);
    let roles = if role == "field" { FIELD_ROLES.to_vec() } else { vec![role] };
    let mut selector: Vec<String> = nature.map(str::to_owned).into_iter().collect();
    selector.extend(roles.iter().map(|role| format!("[role={role}]")));
    (selector.join(", "), roles)
}

/// Visible elements of a role, below `within` if it is given, whose words hold `name` and `text`.
/// Arguments: selector, roles, name or null, text or null, the element within or null.
pub const FIND: &str = r#"
const [selector, roles, name, text, within] = arguments;
const plain = (words) => (words ?? "").replace(/\s+/g, " ").trim().toLowerCase();
const words = (element) => {
  const named = (element.getAttribute("aria-labelledby") ?? "").split(/\s+/)
    .map((id) => document.getElementById(id)?.textContent ?? "");
  const labels = [...(element.labels ?? [])].map((label) => label.textContent);
  const own = ["aria-label", "title", "placeholder", "value", "alt"].map((key) => element.getAttribute(key) ?? "");
  const inner = [...element.querySelectorAll("[aria-label], [alt], [title]")]
    .flatMap((part) => [part.getAttribute("aria-label"), part.getAttribute("alt"), part.getAttribute("title")]);
  return plain([...named, ...labels, ...own, ...inner, element.textContent].join(" "));
};
const fits = (element) => {
  const claimed = element.getAttribute("role");
  return (!claimed || roles.includes(claimed))
    && element.getClientRects().length > 0
    && element.checkVisibility({ visibilityProperty: true })
    && !element.closest("[aria-hidden=true], [inert]")
    && (name === null || words(element).includes(plain(name)))
    && (text === null || plain(element.innerText).includes(plain(text)));
};
return [...(within ?? document).querySelectorAll(selector)].filter(fits);
"#;

/// What a person could name on the screen, one line each: for the message of a failed story.
pub const OUTLINE: &str = r#"
const lines = [];
const named = "h1,h2,h3,h4,h5,h6,button,a[href],input,select,textarea,output,[role],[aria-label]";
for (const element of document.querySelectorAll(named)) {
  if (lines.length > 60) { lines.push("  …"); break; }
  if (element.getClientRects().length === 0 || !element.checkVisibility({ visibilityProperty: true })) continue;
  const role = element.getAttribute("role") ?? element.tagName.toLowerCase();
  const label = element.getAttribute("aria-label") ?? element.labels?.[0]?.textContent ?? element.innerText ?? "";
  lines.push(`  ${role} "${label.replace(/\s+/g, " ").trim().slice(0, 80)}"`);
}
return lines.join("\n");
"#;

/// Whether the page shows some words. Argument: the words.
pub const SHOWS: &str = r#"
const plain = (words) => words.replace(/\s+/g, " ").trim();
return plain(document.body?.innerText ?? "").includes(plain(arguments[0]));
"#;

/// The middle of what is to be seen of an element, once it is in sight. Argument: the element.
pub const MIDDLE: &str = r#"
const [element] = arguments;
element.scrollIntoView({ block: "nearest", inline: "nearest" });
const { left, top, right, bottom } = element.getBoundingClientRect();
return {
  x: (Math.max(0, left) + Math.min(innerWidth, right)) / 2,
  y: (Math.max(0, top) + Math.min(innerHeight, bottom)) / 2,
};
"#;

/// Ends once what was done last has been painted: a picture taken before shows an old frame.
pub const SETTLE: &str = r#"
const done = arguments[arguments.length - 1];
requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done, 250)));
"#;

/// The ids of the elements in a script's answer.
pub fn elements(answer: &Value) -> Result<Vec<String>, Trouble> {
    let ids = answer.as_array().and_then(|elements| {
        let id = |element: &Value| Some(element.get(ELEMENT)?.as_str()?.to_owned());
        elements.iter().map(id).collect::<Option<Vec<_>>>()
    });
    ids.ok_or_else(|| Trouble::Answer { answer: answer.to_string() })
}

/// An element as a script takes it.
pub fn element(id: &str) -> Value {
    serde_json::json!({ ELEMENT: id })
}
