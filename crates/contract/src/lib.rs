//! What a screen may ask: the one list of commands with their requests, replies and failure codes.
//! Holds no behaviour; the TypeScript types are written from here.

mod command;
mod entity;
mod failure;
mod record;
mod session;
mod sync;

pub use command::{Command, Event, Reply};
pub use domain::record::{Cell, Change, ChildAction, ChildChange, Problem, RecordChanges};
pub use entity::{ChoiceView, EntityView, FieldView, KindView, LabelView};
pub use failure::{Failure, FailureCode};
pub use record::{
    ChildView, Filter, ListPage, ListRequest, RecordSync, RecordView, Saved, SearchHit, SyncState,
};
pub use session::{
    AcceptInvitation, Accepted, Invitation, Rights, RightsStanding, SignIn, SignedIn, SignedInAs,
    Status, Step,
};
pub use sync::{
    AttentionField, AttentionItem, Decision, OutboxEntry, ReceiptView, RoundReport, SyncPage,
    Verified,
};
