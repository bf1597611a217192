//! What a terminal or a script gets to see. JSON goes to stdout alone; everything said to people goes
//! to stderr, or to stdout where no JSON was asked for.

use std::collections::BTreeMap;
use std::io::{self, Write as _};
use std::sync::atomic::{AtomicBool, Ordering};

use contract::{
    Cell, ChildView, EntityView, Event, Failure, FailureCode, FieldView, RecordView,
    RightsStanding, Status, Step,
};
use serde::Serialize;
use serde_json::json;
use uuid::Uuid;

/// The verb that shows what a refusal speaks of.
const WHERE_TO_LOOK: [(&str, &str); 2] =
    [("unknown_field", "daybook fields ENTITY"), ("waits_for_approval", "daybook approvals")];

/// Where the answer goes.
#[derive(Clone, Copy)]
pub struct Output {
    pub json: bool,
}

impl Output {
    /// One JSON document on one line, or the words.
    ///
    /// # Errors
    /// `Internal` where stdout takes nothing: what was asked for may be done all the same.
    pub fn answer<T: Serialize>(
        self,
        value: &T,
        words: impl FnOnce() -> String,
    ) -> Result<(), Failure> {
        let text = match self.json {
            // What cannot be printed as JSON is not in the contract.
            true => serde_json::to_string(value).unwrap_or_default(),
            false => words(),
        };
        written(line(&text))
    }

    /// A line of an answer in words.
    ///
    /// # Errors
    /// As [`Output::answer`].
    pub fn words(self, text: &str) -> Result<(), Failure> {
        written(line(text))
    }

    /// A message to people.
    pub fn say(self, text: &str) {
        let _ = writeln!(io::stderr().lock(), "{text}");
    }

    /// What the engine tells unasked: to people, when contact with the sync server is lost or comes back.
    pub fn told(self, was_online: &AtomicBool, event: &Event) {
        let Event::Status(status) = event else { return };
        if status.signed_in.is_none()
            || was_online.swap(status.online, Ordering::Relaxed) == status.online
        {
            return;
        }
        self.say(match status.online {
            true => "daybook: online",
            false => "daybook: offline; the sync server does not answer, work is kept here",
        });
    }

    /// A failure: in words to people, as one document to scripts.
    pub fn failure(self, failure: &Failure) {
        self.say(&format!("daybook: {}", failure.message));
        for problem in &failure.problems {
            if !failure.message.contains(&problem.message) {
                self.say(&format!("  {problem}"));
            }
        }
        for (rule, verb) in WHERE_TO_LOOK {
            if failure.problems.iter().any(|problem| problem.rule == rule) {
                self.say(&format!("  see: {verb}"));
            }
        }
        self.document(failure);
    }

    /// A failure as one document, to scripts alone.
    pub fn document(self, failure: &Failure) {
        if self.json {
            // Where stdout takes nothing, it was said to people already.
            let _ = line(&json!({ "error": failure }).to_string());
        }
    }
}

/// A line on stdout.
fn line(text: &str) -> io::Result<()> {
    if text.is_empty() {
        return Ok(());
    }
    let mut stdout = io::stdout().lock();
    writeln!(stdout, "{text}")?;
    stdout.flush()
}

/// What became of a line. A reader that has gone away wants no more, and that is no fault.
pub fn written(outcome: io::Result<()>) -> Result<(), Failure> {
    match outcome {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            let message = format!("the answer cannot be written to stdout: {error}");
            Err(Failure::new(FailureCode::Internal, message))
        }
        _ => Ok(()),
    }
}

/// What stands between two columns.
const BETWEEN: &str = "  ";

/// Lines in columns under headings, as wide as the widest of the first lines and the headings.
pub struct Table {
    widths: Vec<usize>,
}

impl Table {
    /// For these headings, with the lines by which the columns are measured.
    pub fn of<'l>(headings: &[String], lines: impl IntoIterator<Item = &'l Vec<String>>) -> Self {
        let mut widths: Vec<usize> = headings.iter().map(|text| width(text)).collect();
        for line in lines {
            for (widest, text) in widths.iter_mut().zip(line) {
                *widest = (*widest).max(width(text));
            }
        }
        Self { widths }
    }

    /// One line of it; a text that is longer than its column pushes the others on.
    pub fn line(&self, texts: &[String]) -> String {
        let padded = texts.iter().zip(&self.widths).map(|(text, most)| {
            let missing = most.saturating_sub(width(text));
            format!("{text}{}", " ".repeat(missing))
        });
        padded.collect::<Vec<_>>().join(BETWEEN).trim_end().to_owned()
    }
}

/// As many signs a terminal shows of it on one line.
fn width(text: &str) -> usize {
    text.chars().count()
}

/// A text that does not leave its line.
fn on_one_line(text: &str) -> String {
    text.replace(['\n', '\r', '\t'], " ")
}

/// A record, one field a line, and its rows as a table for each kind.
pub fn record(entity: Option<&EntityView>, record: &RecordView) -> String {
    let deleted = if record.retired { ", deleted" } else { "" };
    let mut lines = vec![format!("{} ({}){deleted}", record.title, record.id)];
    let label = |name: &str| {
        let field = entity.and_then(|entity| entity.fields.iter().find(|f| f.name == name));
        field.map_or_else(|| name.to_owned(), |field| field.label.en.clone())
    };
    for (name, value) in &record.fields {
        let text = shown(value, &record.titles);
        if !text.is_empty() {
            lines.push(format!("  {}: {text}", label(name)));
        }
    }
    for (what, at, by) in [
        ("made", &record.created_at, record.created_by),
        ("changed", &record.updated_at, record.updated_by),
    ] {
        if let Some(name) = record.titles.get(&by) {
            lines.push(format!("  {what} {at} by {name}"));
        }
    }
    // In the order of the form, as far as it is known.
    let known = entity.into_iter().flat_map(|entity| &entity.children);
    for child in known {
        let held = record.children.get(&child.name);
        lines.extend(held.into_iter().flat_map(|rows| child_rows(child, rows, &record.titles)));
    }
    lines.join("\n")
}

/// The rows of one kind under its name: the columns in which one of them has something.
fn child_rows(
    child: &EntityView,
    rows: &[ChildView],
    titles: &BTreeMap<Uuid, String>,
) -> Vec<String> {
    let text = |row: &ChildView, field: &FieldView| {
        let value = row.fields.get(&field.name);
        value.map(|value| on_one_line(&shown(value, titles))).unwrap_or_default()
    };
    let filled = |field: &&FieldView| rows.iter().any(|row| !text(row, field).is_empty());
    // Their place among the others is told by their order.
    let fields: Vec<&FieldView> =
        child.fields.iter().filter(|field| field.name != "position").filter(filled).collect();
    let headings: Vec<String> = fields.iter().map(|field| field.label.en.clone()).collect();
    let texts: Vec<Vec<String>> =
        rows.iter().map(|row| fields.iter().map(|field| text(row, field)).collect()).collect();
    let table = Table::of(&headings, &texts);
    let body = std::iter::once(&headings).chain(&texts).map(|line| table.line(line));
    std::iter::once(format!("  {}:", child.plural.en))
        .chain(body.map(|line| format!("    {line}")))
        .collect()
}

/// The headings of a list: the id, then its listed fields.
pub fn headings(entity: &EntityView) -> Vec<String> {
    let labels = listed(entity).map(|field| field.label.en.clone());
    std::iter::once("Id".to_owned()).chain(labels).collect()
}

/// A record as a line of a list, by its headings.
pub fn row(entity: &EntityView, record: &RecordView) -> Vec<String> {
    let texts = listed(entity).map(|field| {
        let value = record.fields.get(&field.name);
        value.map(|value| on_one_line(&shown(value, &record.titles))).unwrap_or_default()
    });
    std::iter::once(record.id.to_string()).chain(texts).collect()
}

fn listed(entity: &EntityView) -> impl Iterator<Item = &FieldView> {
    entity.fields.iter().filter(|field| field.listed)
}

/// A value for people: a reference by its title.
pub fn shown(value: &Cell, titles: &BTreeMap<Uuid, String>) -> String {
    let titled = |id: &Uuid| titles.get(id).cloned();
    match value {
        Cell::Null => String::new(),
        Cell::Bool(flag) => if *flag { "yes" } else { "no" }.to_owned(),
        Cell::Int(int) => int.to_string(),
        // JSON has no ids of its own.
        Cell::Text(text) => {
            text.parse().ok().and_then(|id| titled(&id)).unwrap_or_else(|| text.clone())
        }
        Cell::Id(id) => titled(id).unwrap_or_else(|| id.to_string()),
        Cell::List(words) => words.join(", "),
        Cell::Map(map) => {
            map.iter().map(|(key, text)| format!("{key}={text}")).collect::<Vec<_>>().join(", ")
        }
    }
}

pub fn status(status: &Status) -> String {
    let Some(signed_in) = &status.signed_in else {
        return "Not signed in.".to_owned();
    };
    let mut lines = vec![format!(
        "{} at {} ({}), device {}",
        signed_in.user, signed_in.tenant, signed_in.server, signed_in.device
    )];
    lines.push(match (status.online, status.offline_since) {
        (true, _) if status.refused.is_some() => "the sync server answers".to_owned(),
        (true, _) => "online".to_owned(),
        (false, Some(since)) => format!("offline since {since}"),
        (false, None) => "offline".to_owned(),
    });
    lines.push(format!(
        "{} waiting to be sent, {} need attention",
        status.pending, status.attention
    ));
    if let Some(rights) = &status.rights {
        lines.push(match rights.standing {
            RightsStanding::Full if status.refused.is_some() => {
                format!("without contact the rights would hold until {}", rights.valid_until)
            }
            RightsStanding::Full => format!("rights hold until {}", rights.valid_until),
            RightsStanding::ReadOnly => {
                format!("read only: the rights held until {}", rights.valid_until)
            }
            RightsStanding::Locked => {
                format!("locked: the rights held until {}", rights.valid_until)
            }
        });
    }
    lines.extend(status.numbers.iter().map(|numbers| {
        let until = numbers.to.as_ref().map(|day| format!(" until {day}")).unwrap_or_default();
        format!("{} {}…: {} numbers left{until}", numbers.plural.en, numbers.stem, numbers.left)
    }));
    if let Some(last) = status.last_sync {
        lines.push(format!("last sync {last}"));
    }
    let records = |rows: &u32, expected: &Option<u32>| {
        let of = expected.map(|expected| format!(" of {expected}")).unwrap_or_default();
        format!("{rows}{of} records")
    };
    match &status.step {
        Step::Idle => {}
        Step::Filling { rows, expected } => {
            lines.push(format!("first fill: {}", records(rows, expected)));
        }
        Step::Sending { sent, left } => lines.push(format!("sending: {sent} of {}", sent + left)),
        Step::Receiving { rows, expected } => {
            lines.push(format!("receiving: {}", records(rows, expected)));
        }
    }
    lines.extend(status.refused.as_ref().map(|reason| format!("not in sync: {reason}")));
    lines.join("\n")
}

/// The code with what to do with it.
pub fn recovery_code(code: &str) -> String {
    format!(
        "\nRecovery code: {code}\nPrint it and keep it. It is shown this once, and it alone opens this copy \
         should the keyring be lost."
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_deleted_record_is_said_to_be_deleted() {
        let id = "018f0000-0000-7000-8000-000000000001";
        let view = |retired: bool| -> RecordView {
            serde_json::from_value(json!({
                "id": id, "version": 2, "fields": {}, "sync": { "state": "clean" },
                "title": "Euro", "retired": retired, "created_at": "2026-11-20T00:00:00Z", "created_by": id,
                "updated_at": "2026-11-21T00:00:00Z", "updated_by": id,
            }))
            .unwrap()
        };
        assert_eq!(record(None, &view(true)), format!("Euro ({id}), deleted"));
        assert_eq!(record(None, &view(false)), format!("Euro ({id})"));
    }

    #[test]
    fn the_rows_of_a_record_are_a_table_under_their_name() {
        let label = |text: &str| json!({ "en": text, "de": text });
        let field = |name: &str, called: &str| {
            json!({
                "name": name, "label": label(called), "kind": { "type": "text", "max": 60 },
                "required": false, "sensitive": false, "writable": true, "merges": true,
                "listed": name == "name", "search": false, "section": label(""), "default": null,
            })
        };
        let entity = |name: &str, called: &str, children: serde_json::Value| {
            json!({
                "name": name, "label": label(called), "plural": label(called), "area": label(""),
                "key": "name", "numbered_as": null, "tree": null, "versions": null, "children": children,
                "fields": [field("position", "Position"), field("name", "Name"), field("phone", "Phone")],
                "partly_seen": false, "may_create": true, "may_edit": true, "may_retire": true,
                "may_merge": true, "may_import": true, "may_export": true,
            })
        };
        let contacts = entity("customer_contact", "Contacts", json!([]));
        let customer = entity("customer", "Customers", json!([contacts]));
        let customer: EntityView = serde_json::from_value(customer).unwrap();
        let id = "018f0000-0000-7000-8000-000000000001";
        let row = |name: &str, phone: Option<&str>| json!({ "id": id, "fields": { "position": 1, "name": name, "phone": phone } });
        let view: RecordView = serde_json::from_value(json!({
            "id": id, "version": 2, "fields": { "name": "Zimt" }, "sync": { "state": "clean" },
            "title": "Zimt", "retired": false, "created_at": "2026-11-20T00:00:00Z", "created_by": id,
            "updated_at": "2026-11-21T00:00:00Z", "updated_by": id,
            "children": { "customer_contact": [row("Ada\nLovelace", None), row("Bö", Some("+49 1"))] },
        }))
        .unwrap();
        let lines = [
            &format!("Zimt ({id})"),
            "  Name: Zimt",
            "  Contacts:",
            "    Name          Phone",
            "    Ada Lovelace",
            "    Bö            +49 1",
        ];
        assert_eq!(record(Some(&customer), &view), lines.join("\n"));
        assert_eq!(headings(&customer), ["Id", "Name"]);
        assert_eq!(super::row(&customer, &view), [id, "Zimt"]);
    }

    #[test]
    fn a_full_disk_is_a_fault_and_a_reader_that_left_is_none() {
        let of = |kind: io::ErrorKind| written(Err(io::Error::from(kind)));
        assert_eq!(of(io::ErrorKind::StorageFull).unwrap_err().code, FailureCode::Internal);
        assert_eq!(of(io::ErrorKind::BrokenPipe), Ok(()));
    }
}
