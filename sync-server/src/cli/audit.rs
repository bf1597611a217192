//! `daybook-server audit …`

use clap::Subcommand;

use super::failure::Failure;
use super::output;
use crate::audit::verify::{Finding, verify};
use crate::hub::Hub;

#[derive(Subcommand)]
pub(super) enum Verb {
    /// Walk a tenant's audit chain and say whether anything was edited, deleted, moved or cut off.
    Verify {
        tenant: String,
        #[arg(long)]
        json: bool,
    },
}

impl Verb {
    pub(super) async fn run(self, hub: &Hub) -> Result<(), Failure> {
        let Self::Verify { tenant, json } = self;
        let verified = verify(hub, &tenant).await?;
        if json {
            output::json(&verified)?;
        } else {
            let rows: Vec<_> =
                verified.findings.iter().map(|finding| vec![line(finding)]).collect();
            output::table(&rows)?;
            output::print(&format!(
                "{} entries are sealed, {} wait for it; of {} the values were erased.",
                verified.sealed, verified.unsealed, verified.erased
            ))?;
        }
        match verified.intact {
            true => Ok(()),
            false => Err(Failure::Found(format!(
                "the audit of {tenant} is not whole: {} finding(s)",
                verified.findings.len()
            ))),
        }
    }
}

fn line(finding: &Finding) -> String {
    match finding {
        Finding::LinkDeleted { place } => format!("{place}: links before this one are missing"),
        Finding::EntryDeleted { place, entry_id } => {
            format!("{place}: the entry {entry_id} was deleted")
        }
        Finding::Changed { place, entry_id } => {
            format!("{place}: the entry {entry_id} was changed or moved")
        }
        Finding::ValuesChanged { place, entry_id } => {
            format!("{place}: the values of the entry {entry_id} were changed")
        }
        Finding::Unlinked { entry_id } => format!("the entry {entry_id} is in no link"),
        Finding::Cut { anchored_place } => {
            format!("the chain does not hold what was sealed at {anchored_place}")
        }
    }
}
