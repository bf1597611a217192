//! Work D: an edit on one desk until it is visible and durable on another that waits for news.

use std::time::Instant;

use sync_protocol::message::News;

use crate::desk::Desk;
use crate::figure::{Figures, Goal, millis, percentile};
use crate::office::Office;
use crate::{Fault, Outcome, customer, say};

const TIMES: u32 = 100;

/// # Errors
/// Where an edit does not arrive.
pub async fn live(office: &mut Office, figures: &mut Figures) -> Outcome<()> {
    say("D: an edit on its way to another desk");
    let server = office.hub.url();
    let writer = Desk::filled(&server, &office.tenant.admin).await?;
    let mut reader = Desk::filled(&server, &office.tenant.admin).await?;
    let mut listener = office.device().await?;
    let mut head = listener.told::<News>(&listener.listen(0)?).await?.head;
    let mut times = Vec::new();
    for number in office.spread(TIMES.min(office.rows), 3) {
        let phone = customer::phone(number, office.edited(number)? + 1);
        let request = listener.listen(head)?;
        let waits = tokio::spawn(async move {
            let news = listener.told::<News>(&request).await;
            (listener, news)
        });
        // So that the request is held before the edit is made.
        tokio::task::yield_now().await;
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
        let shown = reader.get(&customer::id(number).to_string()).await?;
        let shown = serde_json::to_value(shown.fields.get("phone"))?;
        if shown.as_str() != Some(&phone) {
            return Err(Fault::from(format!("{shown} arrived instead of {phone}")));
        }
    }
    let what = "edit saved on desk A → durable on desk B (A's round, B's held request, B's round)";
    let p50 = percentile(&times, 0.5);
    figures.add("D", format!("{what}: p50"), (p50, "ms"), None, Goal::Most(4.0)).of(&times);
    let p99 = percentile(&times, 0.99);
    figures.add("D", format!("{what}: p99"), (p99, "ms"), None, Goal::Most(15.0));
    Ok(())
}
