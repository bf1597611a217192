//! The client without a face: what a screen asks, done against the local copy, and the sync with the
//! hub. The desktop, the command line and the tests run the same bodies against a narrow host.
//! Holds no screen, no SQL and no rule of the business.

pub mod host;
pub mod http;
pub mod profile;
pub mod secrets;
