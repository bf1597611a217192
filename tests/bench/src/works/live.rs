//! Work D: an edit on one desk until it is visible and durable on another. Measured twice: as the programs do
//! it, both desks keeping themselves in sync; and step by step, without the pauses they make on purpose.

use std::ops::ControlFlow;
use std::time::Instant;

use engine::keep_in_sync;
use sync_protocol::message::News;
use tokio::task::JoinHandle;

use crate::desk::Desk;
use crate::figure::{Figures, Goal, millis, percentile};
use crate::office::Office;
use crate::{Fault, Outcome, customer, say};

const STEPPED: u32 = 100;
const KEPT: u32 = 30;

/// # Errors
/// Where an edit does not arrive.
pub async fn live(office: &mut Office, figures: &mut Figures) -> Outcome<()> {
    say("D: an edit on its way to another desk");
    let server = office.hub.url();
    let writer = Desk::filled(&server, &office.tenant.admin).await?;
    let mut reader = Desk::filled(&server, &office.tenant.admin).await?;
    let times = step_by_step(office, &writer, &mut reader).await?;
    add(
        figures,
        "edit on desk A → durable on desk B: save, A's round, held request, B's round",
        &times,
    );
    let times = kept_in_sync(office, &writer, &mut reader).await?;
    add(figures, "edit on desk A → durable on desk B, both keeping themselves in sync", &times);
    Ok(())
}

fn add(figures: &mut Figures, what: &str, times: &[f64]) {
    let p50 = percentile(times, 0.5);
    figures
        .add("D", format!("{what}: p50"), (p50, "ms"), None, Goal::Most(4.0))
        .of(times)
        .peers("PouchDB 11 ms");
    let p99 = percentile(times, 0.99);
    figures
        .add("D", format!("{what}: p99"), (p99, "ms"), None, Goal::Most(15.0))
        .peers("PouchDB 29 ms");
}

/// The writer's round is begun as soon as the edit is saved; the reader's as soon as a request that the hub
/// holds is answered.
async fn step_by_step(office: &mut Office, writer: &Desk, reader: &mut Desk) -> Outcome<Vec<f64>> {
    let mut listener = office.device().await?;
    let mut head = listener.told::<News>(&listener.listen(0)?).await?.head;
    let mut times = Vec::new();
    for number in office.spread(STEPPED.min(office.rows), 3) {
        let phone = customer::phone(number, office.edited(number)? + 1);
        let request = listener.listen(head)?;
        let waits = tokio::spawn(async move {
            let news = listener.told::<News>(&request).await;
            (listener, news)
        });
        let start = Instant::now();
        writer.save_phone(customer::id(number), &phone).await?;
        let engine = writer.engine.clone();
        let sending = tokio::spawn(async move { engine.round().await });
        let (back, news) = waits.await?;
        (listener, head) = (back, news?.head);
        let (changed, round) = reader.round_until_changed().await?;
        times.push(millis(changed - start));
        round.ended().await?;
        sending.await??;
        shows(reader, number, &phone).await?;
    }
    Ok(times)
}

/// Both desks run the loop that the programs run.
async fn kept_in_sync(office: &mut Office, writer: &Desk, reader: &mut Desk) -> Outcome<Vec<f64>> {
    let loops = [keep(writer), keep(reader)];
    let mut times = Vec::new();
    for number in office.spread(KEPT.min(office.rows), 5) {
        let phone = customer::phone(number, office.edited(number)? + 1);
        reader.forget_changes();
        let start = Instant::now();
        writer.save_phone(customer::id(number), &phone).await?;
        times.push(millis(reader.changes().await? - start));
        shows(reader, number, &phone).await?;
    }
    loops.iter().for_each(JoinHandle::abort);
    Ok(times)
}

fn keep(desk: &Desk) -> JoinHandle<()> {
    let engine = desk.engine.clone();
    tokio::spawn(async move { keep_in_sync(&engine, None, |_| ControlFlow::Continue(())).await })
}

async fn shows(desk: &Desk, number: u32, phone: &str) -> Outcome<()> {
    let record = desk.get(&customer::id(number).to_string()).await?;
    let shown = serde_json::to_value(record.fields.get("phone"))?;
    match shown.as_str() == Some(phone) {
        true => Ok(()),
        false => Err(Fault::from(format!("{shown} arrived instead of {phone}"))),
    }
}
