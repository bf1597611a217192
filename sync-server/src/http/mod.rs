//! The hub over HTTP: the list of routes, who may use them, and what an error looks like. A noun is a folder, a
//! verb a file. It holds no rule of the business.

mod api;
pub mod auth;
pub mod body;
mod control_character;
mod guard;
mod health;
pub mod openapi;
pub mod problem;
mod request;
pub mod route;
pub mod router;
pub mod serve;
mod signed_in;
mod sync;

pub use problem::{Code, Problem};
pub use signed_in::SignedIn;

use std::sync::Arc;

use crate::hub::Hub;

/// What every handler gets as its state.
pub type App = Arc<Hub>;
