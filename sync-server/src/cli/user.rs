//! `daybook-server user …`

use clap::{Args, Subcommand};

use super::failure::Failure;
use super::{output, role};
use crate::hub::Hub;
use crate::people::disable::disable;
use crate::people::enable::enable;
use crate::people::invite::{Order, invite};
use crate::people::list::{UserView, users};
use crate::people::place;
use crate::people::rename::rename;
use crate::store::tenant::user::Places;

#[derive(Subcommand)]
pub(super) enum Verb {
    /// Invite someone; prints the link that lets them in once. Run again before it was used, it gives another.
    Invite(Invite),
    /// List the users.
    List {
        tenant: String,
        #[arg(long)]
        json: bool,
    },
    /// Shut a user out on every device.
    Disable(One),
    /// Let a disabled user in again.
    Enable(One),
    /// Call a user by another name, on every device from its next round on.
    Rename(Rename),
    /// Say where a user works, for roles that reach no further; without any place, nowhere.
    Place(Place),
}

#[derive(Args)]
pub(super) struct Place {
    tenant: String,
    email: String,
    /// The code or id of a company. Can be given several times, as the others.
    #[arg(long = "company", value_name = "CODE")]
    companies: Vec<String>,
    #[arg(long = "branch", value_name = "CODE")]
    branches: Vec<String>,
    /// Stands for every department below it as well.
    #[arg(long = "department", value_name = "CODE")]
    departments: Vec<String>,
    #[arg(long)]
    json: bool,
}

#[derive(Args)]
pub(super) struct Rename {
    tenant: String,
    email: String,
    name: String,
    #[arg(long)]
    json: bool,
}

#[derive(Args)]
pub(super) struct One {
    tenant: String,
    email: String,
    #[arg(long)]
    json: bool,
}

#[derive(Args)]
pub(super) struct Invite {
    tenant: String,
    #[arg(long)]
    email: String,
    #[arg(long)]
    name: String,
    /// The key of a role, as `role list` shows them. Can be given several times.
    #[arg(long = "role", required = true)]
    roles: Vec<String>,
    #[arg(long)]
    json: bool,
}

impl Verb {
    pub(super) async fn run(self, hub: &Hub) -> Result<(), Failure> {
        match self {
            Self::Invite(order) => order.run(hub).await,
            Self::List { tenant, json } => list(&users(hub, &tenant).await?, json),
            Self::Disable(one) => show(disable(hub, &one.tenant, &one.email).await?, one.json),
            Self::Enable(one) => show(enable(hub, &one.tenant, &one.email).await?, one.json),
            Self::Rename(Rename { tenant, email, name, json }) => {
                show(rename(hub, &tenant, &email, &name).await?, json)
            }
            Self::Place(order) => order.run(hub).await,
        }
    }
}

impl Place {
    async fn run(self, hub: &Hub) -> Result<(), Failure> {
        let order = place::Order {
            companies: self.companies,
            branches: self.branches,
            departments: self.departments,
        };
        let placed = place::place(hub, &self.tenant, &self.email, &order).await?;
        if self.json {
            return output::json(&placed);
        }
        let Places { companies, branches, departments } = &placed.places;
        let (companies, branches) = (companies.len(), branches.len());
        let departments = departments.len();
        output::print(&format!(
            "{} works in {companies} companies, {branches} branches, {departments} departments",
            placed.email
        ))
    }
}

impl Invite {
    async fn run(self, hub: &Hub) -> Result<(), Failure> {
        let order = Order { email: self.email, name: self.name, roles: self.roles };
        let invited = invite(hub, &self.tenant, &order).await?;
        role::warn(&invited.duty_conflicts);
        if self.json {
            return output::json(&invited);
        }
        output::invitation(&invited.email, &invited.invitation_url)
    }
}

fn show(user: UserView, json: bool) -> Result<(), Failure> {
    if json { output::json(&user) } else { list(&[user], false) }
}

fn list(users: &[UserView], json: bool) -> Result<(), Failure> {
    if json {
        return output::json(&users);
    }
    let row = |user: &UserView| {
        let roles: Vec<&str> = user.roles.iter().map(String::as_str).collect();
        let state = user.state.name().to_owned();
        vec![user.email.clone(), user.name.clone(), state, roles.join(", ")]
    };
    output::table(&users.iter().map(row).collect::<Vec<_>>())
}
