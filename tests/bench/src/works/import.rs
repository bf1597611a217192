//! Work import: a file of customers at a desk: what would come of it, with what is wrong, and its writing, while
//! a person looks at the list.

use std::fmt::Write as _;
use std::io::Write as _;
use std::time::Instant;

use contract::{Command, ImportOptions, ImportReport, ImportRequest, Reply};

use crate::desk::Desk;
use crate::figure::{Figures, Goal, median, millis, percentile};
use crate::office::Office;
use crate::{Fault, Outcome, customer, say};

/// Lines of the file.
const LINES: u32 = 10_000;
/// One line of so many has an e-mail address that is none.
const WRONG: u32 = 100;

/// # Errors
/// Where a line comes out otherwise than it must.
pub async fn import(office: &Office, figures: &mut Figures) -> Outcome<()> {
    say("import: a file of customers");
    let desk = Desk::filled(&office.hub.url(), &office.tenant.admin).await?;
    let mut lines = tempfile::Builder::new().suffix(".csv").tempfile()?;
    lines.write_all(file(office.rows)?.as_bytes())?;
    let request = ImportRequest {
        entity: "customer".to_owned(),
        file: lines.path().to_string_lossy().into_owned(),
        content: None,
        options: ImportOptions::default(),
    };
    let wrong = LINES / WRONG;
    let mut times = Vec::new();
    for _ in 0..3 {
        let start = Instant::now();
        let preview = report(desk.call(Command::ImportPreview(request.clone())).await?)?;
        times.push(millis(start.elapsed()));
        if preview.problems.len() != wrong as usize || preview.counts.new != LINES - wrong {
            return Err(format!("the preview says {:?}", preview.counts).into());
        }
    }
    let what = format!("a file of {LINES} customers looked at, {wrong} of them wrong");
    figures.add("import", what, (median(&times), "ms"), None, Goal::Most(2_000.0)).of(&times);

    let engine = desk.engine.clone();
    let start = Instant::now();
    let writing = tokio::spawn(async move {
        let reply = engine.call(Command::Import(request)).await;
        (reply, Instant::now())
    });
    let mut looks = Vec::new();
    while !writing.is_finished() {
        let look = Instant::now();
        desk.first_page().await?;
        looks.push(millis(look.elapsed()));
    }
    let (reply, end) = writing.await?;
    let written = report(reply?)?;
    if written.counts.new != LINES - wrong {
        return Err(format!("the import says {:?}", written.counts).into());
    }
    let what = format!("the same file imported, durable, with its ops: {} rows", LINES - wrong);
    let took = millis(end - start);
    figures.add("import", what, (took, "ms"), None, Goal::Most(15_000.0));
    let what = "first rows of the list while it is imported: p99";
    let slowest = percentile(&looks, 0.99);
    figures.add("import", what, (slowest, "ms"), None, Goal::Most(100.0)).of(&looks);
    let Some(batch) = written.batch else { return Err("the import is no batch".into()) };
    let start = Instant::now();
    let Reply::ImportUndone(undone) = desk.call(Command::ImportUndo { batch }).await? else {
        return Err("an answer to something else".into());
    };
    if undone.retired != LINES - wrong || !undone.left.is_empty() {
        return Err(format!("the import is taken back for {} rows only", undone.retired).into());
    }
    let what = "the import taken back";
    figures.add("import", what, (millis(start.elapsed()), "ms"), None, Goal::None);
    Ok(())
}

fn report(reply: Reply) -> Outcome<ImportReport> {
    match reply {
        Reply::Import(report) => Ok(report),
        other => Err(Fault::from(format!("an answer to something else: {other:?}"))),
    }
}

/// Customers that the tenant does not have yet.
fn file(first: u32) -> Outcome<String> {
    let mut text =
        "customer_id,company_name,email,phone,address,city,postal_code,country\n".to_owned();
    for number in first..first + LINES {
        let row = customer::customer(number, 0);
        let email = match number % WRONG {
            0 => "no address",
            _ => row.email.as_str(),
        };
        writeln!(
            text,
            "{},{},{email},{},{} High Street,{},,DE",
            row.code, row.name, row.phone, number, row.city
        )?;
    }
    Ok(text)
}
