//! A tenant's database as a whole, as it goes into a backup and comes out of one: the tables and sequences that the
//! catalogue names, the rows of a table as Postgres writes them. It knows no table by name but the migrations' own.

pub mod catalogue;
pub mod load;
pub mod people;
pub mod unload;
