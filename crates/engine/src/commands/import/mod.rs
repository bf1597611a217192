//! Files brought in. A file is read and mapped (`sheet`), each record is found, drafted and judged as a single
//! save is (`plan`), and what is right is written in small steps through the one function that writes (`run`);
//! the ops of a run are its batch, which can be undone (`undo`). Holds no rule of a master.

mod aliases;
mod batch;
mod cells;
mod columns;
mod control;
mod doubles;
mod draft;
mod duplicates;
mod forms;
mod keep;
mod lookup;
mod notes;
mod open;
mod plan;
mod references;
mod run;
mod sheet;
mod target;
#[cfg(test)]
mod tests;
mod undo;
mod words;

pub use batch::{batches, needed_ops};
pub use control::Imports;
pub use references::Names;
pub use run::{import, preview};
pub use target::short;
pub use undo::{undo, used_by};
pub use words::{Words, said};
