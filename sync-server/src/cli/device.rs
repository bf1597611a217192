//! `daybook-server device …`

use clap::{Args, Subcommand};
use uuid::Uuid;

use super::failure::Failure;
use super::{courier, output};
use crate::hub::Hub;
use crate::people::device::{self, DeviceView};
use crate::store::control::device::DeviceState;

#[derive(Subcommand)]
pub(super) enum Verb {
    /// List the devices, with what each may still owe.
    List {
        tenant: String,
        #[arg(long)]
        json: bool,
    },
    /// Take a file that a device wrote for the courier, and write the file that answers it.
    Exchange(courier::Exchange),
    /// Set for how long a device may work offline that waits for a courier, from its next lease on.
    Courier(courier::Lease),
    /// Shut a device out.
    Revoke(One),
    /// Shut a device out and tell it to destroy its copy.
    Wipe(One),
}

#[derive(Args)]
pub(super) struct One {
    tenant: String,
    device_id: Uuid,
    #[arg(long)]
    json: bool,
}

impl Verb {
    pub(super) async fn run(self, hub: &Hub) -> Result<(), Failure> {
        match self {
            Self::List { tenant, json } => {
                let devices = device::list(hub, &tenant).await?;
                if json { output::json(&devices) } else { table(&devices) }
            }
            Self::Exchange(exchange) => exchange.run(hub).await,
            Self::Courier(lease) => lease.run(hub).await,
            Self::Revoke(one) => {
                show(device::revoke(hub, &one.tenant, one.device_id).await?, one.json)
            }
            Self::Wipe(one) => {
                let device = device::wipe(hub, &one.tenant, one.device_id).await?;
                warn(&device);
                show(device, one.json)
            }
        }
    }
}

/// Says what becomes of work that is only in the copy.
fn warn(device: &DeviceView) {
    let unsent = match device.unsent_ops {
        _ if device.state != DeviceState::Wiping => return,
        Some(0) => return,
        Some(count) => format!("it held {count} unsent operations when it was last seen"),
        None => "it never said how many unsent operations it holds".to_owned(),
    };
    eprintln!(
        "Mind: {unsent}. When it comes it hands them in first, and they wait in Attention for somebody to apply or \
         return; of a device that never comes they are lost, and so are files that it has not sent."
    );
}

fn show(device: DeviceView, json: bool) -> Result<(), Failure> {
    if json { output::json(&device) } else { table(&[device]) }
}

/// What it is, and since when if it is not in use any more.
fn state(device: &DeviceView) -> String {
    let name = device.state.name();
    match device.state {
        DeviceState::Active => name.to_owned(),
        _ => format!("{name} since {}", device.state_since.format("%Y-%m-%d %H:%M UTC")),
    }
}

fn table(devices: &[DeviceView]) -> Result<(), Failure> {
    let row = |device: &DeviceView| {
        let seen = device.last_seen_at.map(|at| at.format("seen %Y-%m-%d %H:%M UTC").to_string());
        let frozen = device.frozen_at.map(|at| {
            at.format("stopped since %Y-%m-%d %H:%M UTC: two copies are in use").to_string()
        });
        let copy = device.copy_of.map(|of| format!("was a copy of {of}"));
        let healed = match (device.lost_ops, device.healed_ops) {
            (Some(0), 0) => None,
            (Some(lost), healed) => Some(format!("{healed} healed, {lost} lost")),
            (None, healed) => Some(format!("{healed} healed, more may come")),
        };
        let purged = device.purged.map(|it| {
            let at = it.purged_at.format("%Y-%m-%d %H:%M UTC");
            format!("purged for rights {} on {at}", it.purged_policy)
        });
        let unsent = device.unsent_ops.map(|count| format!("{count} unsent"));
        vec![
            device.id.to_string(),
            device.name.clone(),
            device.user_email.clone().unwrap_or_default(),
            state(device),
            seen.unwrap_or_default(),
            unsent.unwrap_or_default(),
            frozen.or(copy).unwrap_or_default(),
            healed.unwrap_or_default(),
            purged.unwrap_or_default(),
        ]
    };
    output::table(&devices.iter().map(row).collect::<Vec<_>>())
}
