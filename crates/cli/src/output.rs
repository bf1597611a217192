//! What a terminal or a script gets to see. JSON goes to stdout alone; everything said to people goes
//! to stderr, or to stdout where no JSON was asked for.

use std::collections::BTreeMap;
use std::io::{self, Write as _};
use std::sync::atomic::{AtomicBool, Ordering};

use contract::{
    AttentionItem, Cell, EntityView, Event, Failure, FailureCode, RecordView, RightsStanding,
    Status, Step,
};
use serde::Serialize;
use serde_json::json;
use uuid::Uuid;

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
        if failure.problems.iter().any(|problem| problem.rule == "unknown_field") {
            self.say("  see: daybook fields ENTITY");
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

/// A record, one field a line.
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
    for (name, rows) in &record.children {
        for row in rows {
            let texts = row.fields.iter().filter_map(|(field, value)| {
                let text = shown(value, &record.titles);
                (!text.is_empty()).then(|| format!("{field}={text}"))
            });
            lines.push(format!("  {name}: {}", texts.collect::<Vec<_>>().join(", ")));
        }
    }
    lines.join("\n")
}

/// A list: one record a line, its listed fields between tabs.
pub fn row(entity: Option<&EntityView>, record: &RecordView) -> String {
    let listed = entity.into_iter().flat_map(|entity| &entity.fields).filter(|field| field.listed);
    let texts = listed.map(|field| {
        let value = record.fields.get(&field.name);
        value.map(|value| shown(value, &record.titles)).unwrap_or_default()
    });
    let columns: Vec<String> = std::iter::once(record.id.to_string()).chain(texts).collect();
    columns.join("\t")
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
    if let Some(last) = status.last_sync {
        lines.push(format!("last sync {last}"));
    }
    if let Step::Filling { rows, expected } = &status.step {
        let of = expected.map(|expected| format!(" of {expected}")).unwrap_or_default();
        lines.push(format!("first fill: {rows}{of} records"));
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

pub fn attention(item: &AttentionItem) -> String {
    let mut lines = vec![format!("{} {} {} ({})", item.id, item.entity, item.title, item.message)];
    for (path, field) in &item.fields {
        lines.push(format!(
            "  {path}: mine {}, theirs {}, was {}",
            field.mine, field.theirs, field.base
        ));
    }
    lines.join("\n")
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
                "title": "Euro", "retired": retired, "updated_at": "2026-11-21T00:00:00Z",
            }))
            .unwrap()
        };
        assert_eq!(record(None, &view(true)), format!("Euro ({id}), deleted"));
        assert_eq!(record(None, &view(false)), format!("Euro ({id})"));
    }

    #[test]
    fn a_full_disk_is_a_fault_and_a_reader_that_left_is_none() {
        let of = |kind: io::ErrorKind| written(Err(io::Error::from(kind)));
        assert_eq!(of(io::ErrorKind::StorageFull).unwrap_err().code, FailureCode::Internal);
        assert_eq!(of(io::ErrorKind::BrokenPipe), Ok(()));
    }
}
