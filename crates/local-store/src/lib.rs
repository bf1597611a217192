//! The encrypted SQLite file of one device: records, the outbox below them, what came from the hub, and
//! the search index. The only crate that knows SQL on the device; it knows no network, no clock and no
//! rule of the business, and nothing but [`Store::write`], receipts and checkpoints changes a record.

mod apply;
mod attachments;
mod connection;
mod disk;
mod error;
mod fill;
mod image;
mod kept;
mod layout;
mod migrate;
mod numbers;
mod offer;
mod outbox;
mod records;
mod reseal;
mod search;
mod store;
mod unknown;
mod verify;
mod view;
mod write;

pub use apply::{Applied, Intake, Mismatch, Taken};
pub use attachments::{NamedFile, NewFile, SealedFile, Standing};
pub use connection::Key;
pub use disk::{Disk, DiskFiles, Files};
pub use error::StoreError;
pub use fill::{FillStage, Filling, Piece, Side, Unpacker};
pub use outbox::{Limits, Settled, WaitingOp};
pub use records::list::{Cursor, Filter, ListQuery, Listed, Order, Retired, Start, Test};
pub use records::lookup::HeldLookup;
pub use records::totals::Sum;
pub use records::{Held, RowState, Title};
pub use reseal::Reseal;
pub use search::query::{Hit, Hits};
pub use store::{Store, Touched};
pub use verify::Report;
pub use view::View;
pub use write::{Draft, Sealing, Written};
