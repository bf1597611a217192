//! `daybook fields`: what an entity has, as far as the person may see it.

use contract::{EntityView, Failure, FieldView, KindView};
use engine::Engine;
use serde::Serialize;

use super::described;
use crate::output::Output;

/// One field as a line.
#[derive(Serialize)]
struct Line<'a> {
    /// As `create`, `list --where` and an import call it; of a child row with the name of its rows before it.
    name: String,
    label: &'a str,
    kind: &'a KindView,
    required: bool,
    writable: bool,
}

pub async fn fields(engine: &Engine, entity: &str, output: Output) -> Result<(), Failure> {
    let entity = described(engine, entity).await?;
    for line in lines(&entity) {
        output.answer(&line, || words(&line))?;
    }
    Ok(())
}

fn lines(entity: &EntityView) -> Vec<Line<'_>> {
    fn line(name: String, field: &FieldView) -> Line<'_> {
        let FieldView { label, kind, required, writable, .. } = field;
        Line { name, label: &label.en, kind, required: *required, writable: *writable }
    }
    let of_record = entity.fields.iter().map(|field| line(field.name.clone(), field));
    let of_rows = entity.children.iter().flat_map(|child| {
        let path = |field: &FieldView| format!("{}.{}", child.name, field.name);
        child.fields.iter().map(move |field| line(path(field), field))
    });
    of_record.chain(of_rows).collect()
}

fn words(line: &Line) -> String {
    let is = match (line.required, line.writable) {
        (_, false) => "read only",
        (true, true) => "required",
        (false, true) => "",
    };
    [&line.name, line.label, &kind(line.kind), is].join("\t").trim_end().to_owned()
}

fn kind(kind: &KindView) -> String {
    match kind {
        KindView::Text { max } => format!("text, at most {max} signs"),
        KindView::LongText => "text".to_owned(),
        KindView::Code => "code".to_owned(),
        KindView::Bool => "yes or no".to_owned(),
        KindView::Int { min, max } => format!("whole number, {min} to {max}"),
        KindView::Decimal { scale } => format!("number, at most {scale} decimals"),
        KindView::Date => "date".to_owned(),
        KindView::Instant => "time".to_owned(),
        KindView::Reference { entity } => format!("a {entity}, by id, key or code"),
        KindView::Choice { choices } => {
            let values: Vec<&str> = choices.iter().map(|choice| choice.value.as_str()).collect();
            format!("one of {}", values.join(", "))
        }
        KindView::Standard { name } => name.replace('_', " "),
        KindView::Tags => "words between commas".to_owned(),
        KindView::Attachments => "files".to_owned(),
        KindView::Map => "JSON object of texts".to_owned(),
    }
}
