//! Work C, many devices: each asks whether there is anything new, again as soon as it is answered.

use std::time::Duration;

use crate::figure::{Figures, Goal};
use crate::limits::endpoint::{Endpoint, ask};
use crate::office::Office;
use crate::{Outcome, say};

const DEVICES: [usize; 2] = [64, 200];
const TIME: Duration = Duration::from_secs(3);

/// # Errors
/// Where a device is not answered.
pub async fn poll(office: &mut Office, figures: &mut Figures) -> Outcome<()> {
    say("C: polling devices sign in");
    let mut first = office.device().await?;
    first.snapshot().await?;
    first.catch_up().await?;
    let mut devices = vec![first];
    while devices.len() < DEVICES[1] {
        let mut device = office.device().await?;
        device.cursor = devices[0].cursor; // it holds the first device from the start
        devices.push(device);
    }
    for count in DEVICES {
        say(&format!("L6 and C: {count} connections"));
        let limit = Endpoint::start()?.asked(count, TIME).await?.rate;
        let what = format!("a trivial endpoint, {count} connections");
        figures.add("L6", what, (limit, "/s"), None, Goal::None);
        let mut lines = Vec::new();
        for device in devices.iter().take(count) {
            lines.push((device.other_line().await?, device.hello()?));
        }
        let asked = ask(lines, TIME).await?;
        let limit = Some(("L6", limit));
        let what = format!("{count} polling devices (hello): answers");
        figures
            .add("C", what, (asked.rate, "/s"), limit, Goal::Share(0.35))
            .peers("REST 0.045 of L6");
        let what = format!("{count} polling devices (hello): p99");
        figures.add("C", what, (asked.p99, "ms"), None, Goal::Most(20.0));
        let what = format!("{count} polling devices (hello): p50");
        figures.add("C", what, (asked.p50, "ms"), None, Goal::None);
    }
    Ok(())
}
