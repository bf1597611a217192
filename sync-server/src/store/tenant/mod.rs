//! One tenant's database: users, roles, settings, links, outbox, audit. One file for each table. Every
//! function takes a connection that already belongs to the tenant; none knows which.

pub mod api_answer;
pub mod attachment;
pub mod audit;
pub mod audit_chain;
pub mod link;
pub mod number;
pub mod outbox;
pub mod own_field;
pub mod record;
pub mod role;
pub mod settings;
pub mod sync;
pub mod user;
pub mod whole;
