//! What a screen may ask: the one list of commands with their requests, replies and failure codes.
//! Holds no behaviour; the TypeScript types are written from here.

mod approval;
mod attachment;
mod command;
mod courier;
mod draft;
mod duplicates;
mod entity;
mod export;
mod failure;
mod history;
mod import;
mod record;
mod session;
mod sync;

pub use approval::{ProposalAct, ProposalView, SameElsewhere};
pub use attachment::{AttachSource, AttachTo, AttachmentCopy, AttachmentState, AttachmentView};
pub use command::{Command, Event, Reply};
pub use courier::{
    CourierFile, CourierOutcome, CourierRead, CourierStanding, CourierTaken, CourierWritten,
};
pub use domain::record::{Cell, Change, ChildAction, ChildChange, Problem, RecordChanges};
pub use draft::FormDraft;
pub use duplicates::{BeforeMerge, DuplicateGroup, DuplicatePage, DuplicateReason, SimilarRecord};
pub use entity::{ChoiceView, EntityView, FieldView, KindView, LabelView, VersionsView};
pub use export::{ExportRequest, Exported, FileFormat, Language};
pub use failure::{Failure, FailureCode};
pub use history::{HistoryChange, HistoryEntry, HistoryPage, HistoryState};
pub use import::{
    DecimalSign, ImportBatch, ImportColumn, ImportCounts, ImportForm, ImportLeft, ImportNote,
    ImportOptions, ImportProblem, ImportProgress, ImportReport, ImportRequest, ImportStage,
    ImportUndone, MappedBy,
};
pub use record::{
    BulkAct, BulkReport, ChildView, Chosen, FieldValue, Filter, ListPage, ListRequest, RecordSync,
    RecordView, RefusedRecord, Relation, Saved, SavedView, SearchHit, Sum, SyncState, Totals,
    UsedBy, ViewColumn,
};
pub use session::{
    AcceptInvitation, Accepted, AmongCopies, Invitation, Rights, RightsStanding, SignIn, SignedIn,
    SignedInAs, Status, Step,
};
pub use sync::{
    AttentionField, AttentionItem, AttentionProposal, Decision, FilesStanding, Line, NumbersLeft,
    Often, OutboxEntry, QuietHours, ReceiptView, RoundEntry, RoundReport, Stopped, SyncPage,
    SyncPlan, Verified,
};
