//! The programs of an office: a [`Hub`] on the test's Postgres, and [`Device`]s that are the real
//! command line with a profile of its own. It speaks to them only as people and scripts do: by words,
//! exit codes and the JSON they print.

mod device;
mod hub;
mod later;
mod postgres;
mod program;
mod request;
mod small_disk;

pub use device::{Answer, Device, Watch};
pub use hub::{Hub, Tenant, User};
pub use later::{Around, after_days, of_version};
pub use postgres::{Postgres, SOCKET};
pub use program::{Program, run, run_with_input};
pub use small_disk::SmallDisk;

/// The password of everyone in a test.
pub const PASSWORD: &str = "seven quiet otters row home";
