//! `daybook-server device exchange` and `device courier`.

use std::path::PathBuf;

use clap::Args;
use uuid::Uuid;

use super::failure::Failure;
use super::output;
use crate::courier::{self, Brought, Exchanged};
use crate::hub::Hub;

#[derive(Args)]
pub(super) struct Exchange {
    tenant: String,
    /// The file that the device wrote.
    #[arg(
        long,
        value_name = "FILE",
        required_unless_present = "device",
        conflicts_with = "device"
    )]
    from: Option<PathBuf>,
    /// Without a file of it: write what leads this device on from where it last said that it stands.
    #[arg(long, value_name = "ID")]
    device: Option<Uuid>,
    /// Where to write the file for the device; one that is there is never written over.
    #[arg(long, value_name = "FILE")]
    to: PathBuf,
    #[arg(long)]
    json: bool,
}

#[derive(Args)]
pub(super) struct Lease {
    tenant: String,
    device_id: Uuid,
    /// Days of full rights offline, 45 at most.
    #[arg(long, value_name = "DAYS", required_unless_present = "none", conflicts_with = "none")]
    lease_days: Option<i32>,
    /// Those that hold for every device of the tenant, as before.
    #[arg(long)]
    none: bool,
    #[arg(long)]
    json: bool,
}

impl Exchange {
    pub(super) async fn run(self, hub: &Hub) -> Result<(), Failure> {
        let Self { tenant, from, device, to, json } = self;
        let brought = match (from, device) {
            (Some(from), _) => Brought::File(from),
            (None, Some(device)) => Brought::Nothing { device },
            (None, None) => {
                return Err(Failure::Refused("name a file (--from) or a device".to_owned()));
            }
        };
        let done = courier::exchange(hub, &tenant, brought, &to).await?;
        if json {
            return output::json(&done);
        }
        output::print(&words(&done))?;
        output::print(&format!("Bring it to the device: {}", to.display()))
    }
}

fn words(done: &Exchanged) -> String {
    let Exchanged { device, answer, answers_file, judged, answered, bytes, .. } = done;
    let holds = match done.standing {
        "ok" => format!("{answered} answers and what is new"),
        "rebuild" => format!("{answered} answers and a fresh copy"),
        "drain" => {
            format!(
                "{answered} answers; its Daybook is too old for what is new and has to be updated"
            )
        }
        standing => format!("that the device is not served now ({standing})"),
    };
    let lease =
        done.lease_until.map(|until| until.format("; it may work until %Y-%m-%d").to_string());
    format!(
        "File {answer} for device {device} answers its file {answers_file}: {holds}{}. {judged} operations were \
         judged; {bytes} bytes.",
        lease.unwrap_or_default()
    )
}

impl Lease {
    pub(super) async fn run(self, hub: &Hub) -> Result<(), Failure> {
        let Self { tenant, device_id, lease_days, json, .. } = self;
        let set = courier::set_lease(hub, &tenant, device_id, lease_days).await?;
        match (json, set.lease_days) {
            (true, _) => output::json(&set),
            (false, Some(days)) => output::print(&format!(
                "From its next lease on, device {device_id} may work {days} days without a word of the hub."
            )),
            (false, None) => output::print(&format!(
                "From its next lease on, device {device_id} may work as long as every device of the tenant."
            )),
        }
    }
}
