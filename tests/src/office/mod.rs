//! The programs of an office: a [`Hub`] on the test's Postgres, and [`Device`]s that are the real
//! command line with a profile of its own. It speaks to them only as people and scripts do: by words,
//! exit codes and the JSON they print.

mod device;
mod hub;
mod postgres;
mod program;

pub use device::{Answer, Device, Watch};
pub use hub::{Hub, Tenant, User};
pub use postgres::{Postgres, SOCKET};
pub use program::{Program, run, run_with_input};

/// The password of everyone in a test.
pub const PASSWORD: &str = "seven quiet otters row home";
