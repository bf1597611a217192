//! Stories of two devices and a hub, told with the real programs on a real Postgres.

mod any_master;
mod approval;
mod attachments;
mod branch;
mod deciding;
mod hostile;
mod importing;
mod invitation;
mod kill;
mod links;
mod live;
mod lost;
mod mending;
mod merging;
mod northwind;
mod numbers;
mod offline_edits;
mod own_fields;
mod people;
mod replies;
mod restoring;
mod rights;
mod taking_back;
mod terminal;
mod two_hundred;
mod wiping;
