//! The measured installation: a real hub on a real Postgres with one tenant, and what is known of the rows in
//! it. It starts and finds; it measures nothing.

use std::net::SocketAddr;

use system_tests::by_hand::Device;
use system_tests::office::{Hub, Tenant};
use uuid::Uuid;

use crate::{Fault, Outcome, processes};

pub struct Office {
    pub hub: Hub,
    pub tenant: Tenant,
    /// The tenant's database.
    pub database: String,
    pub address: SocketAddr,
    pub rows: u32,
    /// A currency for every customer.
    pub currency: Uuid,
    hub_process: u32,
    postgres_process: u32,
    /// How often each customer was edited.
    edits: Vec<u32>,
    devices: u16,
}

/// Processor time of the hub and of all of Postgres.
#[derive(Clone, Copy, Debug)]
pub struct Cost {
    pub hub: f64,
    pub postgres: f64,
}

impl Office {
    /// # Errors
    /// Where the hub cannot be started.
    pub async fn open(rows: u32) -> Outcome<Self> {
        let hub = Hub::start();
        let tenant = hub.tenant("bench");
        let database = hub.database_of(&tenant);
        let url = hub.url();
        let address = url.trim_start_matches("http://").parse()?;
        let currency = hub.sql(&database, "SELECT id FROM currency WHERE code = 'EUR' LIMIT 1");
        let currency = match currency.parse() {
            Ok(currency) => currency,
            Err(_) => hub.sql(&database, "SELECT id FROM currency LIMIT 1").parse()?,
        };
        // This very query's server process is a child of the one that owns the cluster, and so are all.
        let backend = "SELECT pid FROM pg_stat_activity WHERE backend_type = 'checkpointer'";
        let backend = hub.sql(&database, backend).parse()?;
        let edits = vec![0; rows as usize];
        Ok(Self {
            hub_process: processes::hub()?,
            postgres_process: processes::parent(backend)?,
            hub,
            tenant,
            database,
            address,
            rows,
            currency,
            edits,
            devices: 0,
        })
    }

    /// A new device of the administrator, who has every right.
    ///
    /// # Errors
    /// Where it cannot sign in.
    pub async fn device(&mut self) -> Outcome<Device> {
        self.devices += 1;
        Device::enrol(self.address, &self.tenant.admin, self.devices).await
    }

    /// How often a customer was edited; and from now on once more.
    ///
    /// # Errors
    /// Where there is no such customer.
    pub fn edited(&mut self, number: u32) -> Outcome<u32> {
        let edits = self.edits.get_mut(number as usize);
        let edits = edits.ok_or_else(|| Fault::from(format!("there is no customer {number}")))?;
        *edits += 1;
        Ok(*edits - 1)
    }

    /// `count` customers from all over the tenant, beginning at one of the first; each once.
    pub fn spread(&self, count: u32, first: u32) -> Vec<u32> {
        let step = (self.rows / count).max(1);
        (0..count).map(|index| (index * step + first % step) % self.rows).collect()
    }

    /// Processor time used so far, in seconds.
    pub fn cost(&self) -> Cost {
        Cost {
            hub: processes::time_of(self.hub_process).as_secs_f64(),
            postgres: processes::time_of_family(self.postgres_process).as_secs_f64(),
        }
    }

    /// Lets Postgres do what it would do at a time of its own choice, so that it does not fall into a
    /// measurement.
    pub fn settle(&self) {
        self.hub.sql(&self.database, "VACUUM ANALYZE");
        self.hub.sql(&self.database, "CHECKPOINT");
    }
}

impl Cost {
    pub fn since(self, before: Cost) -> Cost {
        Cost { hub: self.hub - before.hub, postgres: self.postgres - before.postgres }
    }

    pub fn total(self) -> f64 {
        self.hub + self.postgres
    }
}
