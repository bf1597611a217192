//! The desktop app as a person meets it: a [`Desk`] is one person's machine (home, profile, keyring,
//! screen), an [`App`] is the running program, a [`Control`] is something on the screen, found by
//! its role and its name. Everything waits for what it wants to see; nothing waits for time.
//!
//! ```no_run
//! # async fn story() -> Result<(), system_tests::desktop::Trouble> {
//! use system_tests::desktop::Desk;
//!
//! let desk = Desk::new("clerk")?;
//! let app = desk.open().await?;
//! app.field("E-mail").fill("clerk@example.com").await?;
//! app.button("Sign in").click().await?;
//! app.press("Control+K").await?;
//! app.dialog("Go to").appears().await?;
//! app.kill().await?;
//! let app = desk.open().await?;
//! app.heading("Customers").appears().await?;
//! # Ok(()) }
//! ```

mod app;
mod control;
mod desk;
mod keys;
mod page;
mod process;
mod trouble;

pub use app::{App, Size};
pub use control::Control;
pub use desk::{Desk, Look};
pub use process::built_program;
pub use trouble::Trouble;
