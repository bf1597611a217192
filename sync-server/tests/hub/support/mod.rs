//! What the stories are told with: a Postgres of their own, a hub, people and devices.

mod cluster;
mod hub;
mod person;

pub use cluster::Cluster;
pub use hub::{TestHub, order};
pub use person::{Answer, Device, ENCRYPTION_SECRET, Person};
