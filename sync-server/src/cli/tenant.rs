//! `daybook-server tenant …`

use clap::{Args, Subcommand};

use super::failure::Failure;
use super::{backup, output};
use crate::hub::Hub;
use crate::tenant::create::{Order, create};
use crate::tenant::first_records::Chart;
use crate::tenant::lay_down::Choices;
use crate::tenant::manage::{self, TenantView};
use crate::tenant::sample::load;

#[derive(Subcommand)]
pub(super) enum Verb {
    /// Make a tenant and invite its first admin; prints the link that lets the admin in. Run again, it finishes
    /// what was interrupted.
    Create(Create),
    /// List the tenants.
    List {
        #[arg(long)]
        json: bool,
    },
    /// Show one tenant.
    Show(One),
    /// Shut a tenant's people and devices out; the data stays.
    Suspend(One),
    /// Let a suspended tenant's people in again.
    Resume(One),
    /// Remove a tenant with all its data.
    Delete {
        #[command(flatten)]
        one: One,
        /// The slug once more.
        #[arg(long, value_name = "SLUG")]
        confirm: Option<String>,
    },
    /// Enter a company to try things on: branches, items, customers and suppliers. Run again, it changes nothing.
    Sample(Sample),
    /// Take an encrypted backup of a tenant into the folder of DAYBOOK_BACKUP_URL.
    Backup(One),
    /// List a tenant's backups.
    Backups(One),
    /// Restore a backup beside, the newest if none is named, check everything in it, and remove it again. Devices may
    /// forget what they sent only once it lies in a backup that was verified.
    VerifyBackup {
        slug: String,
        /// As `tenant backups` lists it.
        name: Option<String>,
        #[arg(long)]
        json: bool,
    },
    /// Put a tenant back to one of its backups. Its devices offer again what they sent since.
    Restore {
        slug: String,
        /// As `tenant backups` lists it.
        name: String,
        /// Do it.
        #[arg(long)]
        yes: bool,
        #[arg(long)]
        json: bool,
    },
    /// Bring a tenant's database up to date, or every tenant's.
    Migrate {
        #[arg(required_unless_present = "all")]
        slug: Option<String>,
        #[arg(long, conflicts_with = "slug")]
        all: bool,
        #[arg(long)]
        json: bool,
    },
}

#[derive(Args)]
pub(super) struct One {
    slug: String,
    #[arg(long)]
    json: bool,
}

#[derive(Args)]
pub(super) struct Sample {
    slug: String,
    /// The e-mail address of the user to whom the customers at home belong.
    #[arg(long)]
    salesperson: Option<String>,
    #[arg(long)]
    json: bool,
}

#[derive(Args)]
pub(super) struct Create {
    /// What people type at sign-in: 3 to 40 of a to z, 0 to 9 and hyphens.
    slug: String,
    /// The name people read.
    #[arg(long)]
    name: String,
    /// The first admin's e-mail address.
    #[arg(long)]
    admin_email: String,
    #[arg(long, default_value = "Administrator")]
    admin_name: String,
    /// ISO 4217 code of the currency that companies start with.
    #[arg(long, default_value = "EUR")]
    currency: String,
    /// The time zone that companies start with.
    #[arg(long, default_value = "UTC")]
    time_zone: String,
    #[arg(long, default_value = "en")]
    language: String,
    /// ISO 3166 code of the country of the first company.
    #[arg(long, default_value = "DE")]
    country: String,
    /// The chart of accounts of the first company; by its country, if not given.
    #[arg(long, value_enum)]
    chart: Option<Chart>,
    #[arg(long)]
    json: bool,
}

impl Verb {
    pub(super) async fn run(self, hub: &Hub) -> Result<(), Failure> {
        match self {
            Self::Create(order) => order.run(hub).await,
            Self::List { json } => {
                let tenants = hub.control.tenants().await?.into_iter().map(TenantView::from);
                list(&tenants.collect::<Vec<_>>(), json)
            }
            Self::Show(one) => show(&manage::find(hub, &one.slug).await?.into(), one.json),
            Self::Suspend(one) => show(&manage::suspend(hub, &one.slug).await?, one.json),
            Self::Resume(one) => show(&manage::resume(hub, &one.slug).await?, one.json),
            Self::Delete { one, confirm } => {
                let view = manage::delete(hub, &one.slug, confirm.as_deref()).await?;
                show(&view, one.json)
            }
            Self::Sample(one) => sample(hub, &one).await,
            Self::Backup(one) => backup::take(hub, &one.slug, one.json).await,
            Self::Backups(one) => backup::list(hub, &one.slug, one.json).await,
            Self::VerifyBackup { slug, name, json } => {
                backup::verify(hub, &slug, name.as_deref(), json).await
            }
            Self::Restore { slug, name, yes, json } => {
                backup::restore(hub, &slug, &name, yes, json).await
            }
            Self::Migrate { slug, json, .. } => migrate(hub, slug.as_deref(), json).await,
        }
    }
}

impl Create {
    async fn run(self, hub: &Hub) -> Result<(), Failure> {
        let Self { language, time_zone, currency, country, .. } = self;
        let chart = self.chart.unwrap_or_else(|| Chart::of_country(&country));
        let order = Order {
            slug: self.slug,
            name: self.name,
            admin_email: self.admin_email,
            admin_name: self.admin_name,
            choices: Choices { language, time_zone, currency, country, chart },
        };
        let created = create(hub, &order).await?;
        if self.json {
            return output::json(&created);
        }
        let verb = if created.created { "is made" } else { "is there already" };
        output::print(&format!("The tenant {} {verb}.", created.slug))?;
        output::invitation(&created.admin_email, &created.invitation_url)
    }
}

fn show(tenant: &TenantView, json: bool) -> Result<(), Failure> {
    if json {
        return output::json(tenant);
    }
    list(std::slice::from_ref(tenant), false)
}

fn list(tenants: &[TenantView], json: bool) -> Result<(), Failure> {
    if json {
        return output::json(&tenants);
    }
    let row = |tenant: &TenantView| {
        vec![
            tenant.slug.clone().unwrap_or_default(),
            tenant.state.name().to_owned(),
            tenant.name.clone(),
            tenant.database.clone(),
            format!("schema {}", tenant.schema_version),
        ]
    };
    output::table(&tenants.iter().map(row).collect::<Vec<_>>())
}

async fn sample(hub: &Hub, sample: &Sample) -> Result<(), Failure> {
    let loaded = load(hub, &sample.slug, sample.salesperson.as_deref()).await?;
    if sample.json {
        return output::json(&loaded);
    }
    let rows =
        loaded.entered.iter().map(|(entity, count)| vec![entity.to_string(), count.to_string()]);
    output::table(&rows.collect::<Vec<_>>())?;
    output::print(&format!("{} records were there already.", loaded.kept))
}

async fn migrate(hub: &Hub, slug: Option<&str>, json: bool) -> Result<(), Failure> {
    let done = manage::migrate(hub, slug).await?;
    let failed = done.iter().filter(|line| line.error.is_some()).count();
    if json {
        output::json(&done)?;
    } else {
        let row = |line: &manage::Migrated| {
            let end = line.error.clone().unwrap_or_else(|| format!("at {}", line.to_version));
            vec![line.slug.clone(), format!("from {}", line.from_version), end]
        };
        output::table(&done.iter().map(row).collect::<Vec<_>>())?;
    }
    match failed {
        0 => Ok(()),
        _ => Err(Failure::Refused(format!(
            "{failed} of {} tenants could not be brought up to date; the others are",
            done.len()
        ))),
    }
}
