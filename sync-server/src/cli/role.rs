//! `daybook-server role …`

use clap::Subcommand;
use domain::permissions::DutyConflict;

use super::failure::Failure;
use super::output;
use crate::hub::Hub;
use crate::people::role;

#[derive(Subcommand)]
pub(super) enum Verb {
    /// List the roles.
    List {
        tenant: String,
        #[arg(long)]
        json: bool,
    },
    /// Give a user exactly these roles.
    Set {
        tenant: String,
        email: String,
        #[arg(required = true, value_name = "ROLE")]
        roles: Vec<String>,
        #[arg(long)]
        json: bool,
    },
}

impl Verb {
    pub(super) async fn run(self, hub: &Hub) -> Result<(), Failure> {
        match self {
            Self::List { tenant, json } => {
                let roles = role::list(hub, &tenant).await?;
                if json { output::json(&roles) } else { table(&roles) }
            }
            Self::Set { tenant, email, roles, json } => {
                let assigned = role::set(hub, &tenant, &email, &roles).await?;
                warn(&assigned.duty_conflicts);
                if json {
                    return output::json(&assigned);
                }
                let roles: Vec<&str> = assigned.roles.iter().map(String::as_str).collect();
                output::print(&format!("{} has: {}", assigned.email, roles.join(", ")))
            }
        }
    }
}

fn table(roles: &[role::RoleView]) -> Result<(), Failure> {
    let row = |role: &role::RoleView| {
        vec![
            role.key.clone(),
            role.label.clone(),
            format!("{} permissions", role.permissions.len()),
            format!("{} users", role.users),
        ]
    };
    output::table(&roles.iter().map(row).collect::<Vec<_>>())
}

/// Says which duties meet in a person that had better be two people's.
pub(super) fn warn(conflicts: &[DutyConflict]) {
    for meet in conflicts {
        eprintln!("Mind: one person now has both {} and {}.", meet.first, meet.second);
    }
}
