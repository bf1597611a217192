//! THE LIST of commands. The desktop's one `call`, the command line and the tests all go through it.

use serde::{Deserialize, Serialize};
use ts_rs::TS;
use uuid::Uuid;

use crate::{
    AcceptInvitation, Accepted, AttachSource, AttachTo, AttachmentCopy, AttachmentView,
    AttentionItem, BeforeMerge, BulkAct, BulkReport, Chosen, CourierFile, CourierRead, Decision,
    DuplicatePage, EntityView, ExportRequest, Exported, FormDraft, HistoryPage, ImportBatch,
    ImportProgress, ImportReport, ImportRequest, ImportUndone, ListPage, ListRequest, ProposalAct,
    ProposalView, RecordView, RoundReport, Saved, SavedView, SearchHit, SignIn, SignedIn,
    SimilarRecord, Status, SyncPage, SyncPlan, Totals, UsedBy, Verified,
};
use domain::record::RecordChanges;

/// What a screen asks.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(tag = "command", content = "with", rename_all = "snake_case")]
pub enum Command {
    /// Who is signed in, how the sync stands, what waits. Cheap: asked often.
    Status,
    SignIn(SignIn),
    /// Sets the first password of a person who was invited. Nobody is signed in by it, and nothing is kept
    /// here; the person signs in next.
    AcceptInvitation(AcceptInvitation),
    /// The person has the recovery code that the status or the sign-in told; it is told no more.
    RecoveryCodeShown,
    /// Ends the session here. With `wipe` the local copy is destroyed, which is refused while work
    /// waits to be sent.
    SignOut {
        wipe: bool,
    },
    /// Every entity this person may see, with fields and what may be done.
    Describe,
    List(ListRequest),
    /// What the records of a list add up to, over all its pages.
    Totals {
        list: ListRequest,
        fields: Vec<String>,
    },
    /// The same done with many records: with `dry_run` it is only told what would come of it.
    Bulk {
        entity: String,
        chosen: Chosen,
        act: BulkAct,
        dry_run: bool,
    },
    /// The lists of an entity that this person keeps by name, on this device.
    Views {
        entity: String,
    },
    /// Keeps these in place of those kept before.
    KeepViews {
        entity: String,
        views: Vec<SavedView>,
    },
    /// A record by id, or by the text of its key or code.
    Get {
        entity: String,
        id: String,
    },
    /// A new record's declared defaults, for an empty form.
    Blank {
        entity: String,
    },
    /// Creates (`id` absent) or edits a record. `from` of a change is what the person saw; where it is
    /// absent, what stands here now is taken. A reference may be given by id, key or code; an added
    /// row may have the nil id, and gets its own.
    Save {
        entity: String,
        id: Option<Uuid>,
        changes: RecordChanges,
    },
    /// The forms of a record (or of new ones, where `record` is absent) that this person has begun here and not
    /// saved, the newest first.
    Drafts {
        entity: String,
        record: Option<Uuid>,
    },
    /// Keeps what is typed into a form as it stands; without `content` it is forgotten.
    KeepDraft {
        entity: String,
        record: Option<Uuid>,
        draft: Uuid,
        content: Option<String>,
    },
    /// What this person is used to here, by name: where they were last, what they opened last.
    Habit {
        name: String,
    },
    /// Keeps it; without `value` it is forgotten.
    KeepHabit {
        name: String,
        value: Option<String>,
    },
    /// Deletes: the record is retired.
    Retire {
        entity: String,
        id: Uuid,
    },
    /// What refers to these records and would go on referring to them when they are deleted, by kind.
    UsedBy {
        entity: String,
        chosen: Chosen,
    },
    /// Takes a deletion back: the record is in lists again, as it was.
    BringBack {
        entity: String,
        id: Uuid,
    },
    /// Who changed what of a record (by id, key or code), newest first; `cursor` is the `next` of the page before.
    History {
        entity: String,
        id: String,
        #[serde(default)]
        #[ts(optional = nullable)]
        cursor: Option<String>,
    },
    /// The files of a record (by id, key or code), with where the content of each is.
    Attachments {
        entity: String,
        id: String,
    },
    Attach {
        to: AttachTo,
        source: AttachSource,
    },
    /// Takes a file away from a record.
    Detach {
        to: AttachTo,
        hash: String,
    },
    /// Writes the content of a file to a path, or into a folder (the person's downloads where absent); fetches
    /// it first where it is not here. A file that is there is never written over.
    SaveAttachment {
        entity: String,
        id: Uuid,
        hash: String,
        path: Option<String>,
    },
    /// Shows the content of a file in the program that this machine has for it, likewise. What could run as
    /// a program is not opened.
    OpenAttachment {
        entity: String,
        id: Uuid,
        hash: String,
    },
    /// Finds records of any entity by words as they are typed.
    Search {
        text: String,
        entity: Option<String>,
        limit: u32,
    },
    /// What would come of importing a file; nothing is written.
    ImportPreview(ImportRequest),
    /// Writes what is right in a file and tells what is not, by line and column.
    Import(ImportRequest),
    /// Stops the import that runs; what it has written so far is its batch.
    ImportCancel,
    /// The imports of this device, newest first.
    ImportBatches,
    /// What refers to the records that undoing an import would delete.
    ImportUsedBy {
        batch: Uuid,
    },
    /// Takes back what an import wrote, where nobody has changed it since.
    ImportUndo {
        batch: Uuid,
    },
    /// Writes records into a file.
    Export(ExportRequest),
    /// What waits until a second person has approved it.
    Approvals,
    /// Approves or refuses a proposal of a record (by id, key or code); which one is said where several wait.
    Decide {
        entity: String,
        id: String,
        #[serde(default)]
        proposal: Option<Uuid>,
        act: ProposalAct,
    },
    /// The groups of records that are probably the same, as far as this person may see them.
    Duplicates {
        entity: String,
        offset: u32,
        limit: u32,
    },
    /// The records that a new one of these values would probably repeat; `id` is the record that is edited.
    Similar {
        entity: String,
        id: Option<Uuid>,
        changes: RecordChanges,
    },
    /// Each of these records is another one: they are not shown as the same again.
    NotTheSame {
        entity: String,
        records: Vec<Uuid>,
    },
    /// What has to be settled before `loser` can become `survivor`, and what comes of it.
    MayMerge {
        entity: String,
        survivor: Uuid,
        loser: Uuid,
    },
    /// Makes one record of two: `loser` goes, and whatever refers to it refers to `survivor`, which takes the
    /// loser's values of the fields in `take`.
    Merge {
        entity: String,
        survivor: Uuid,
        loser: Uuid,
        take: Vec<String>,
    },
    AttentionList,
    /// Decides each field of an item. `mended` is what the person writes instead of either, or beside it, in
    /// the words of a `Save`; a field that is mended needs no decision. Work that was refused is done anew
    /// from what is kept and mended, and what waited for it follows. `shown` is the item's `record_version` as the
    /// person saw it: where the record was changed since, nothing is written and the item is to be shown anew.
    AttentionResolve {
        id: Uuid,
        #[serde(default)]
        #[ts(optional, as = "Option<i32>")]
        shown: Option<i64>,
        decisions: Vec<Decision>,
        #[serde(default)]
        #[ts(optional, as = "Option<RecordChanges>")]
        mended: RecordChanges,
    },
    /// Decides about somebody else's work by an item of the kind `review`: it is applied with this person's rights, or
    /// returned to its author with the reason. `shown` as in `AttentionResolve`. The sync server carries it out, by
    /// what stands then.
    AttentionReview {
        id: Uuid,
        #[serde(default)]
        #[ts(optional, as = "Option<i32>")]
        shown: Option<i64>,
        apply: bool,
        #[serde(default)]
        #[ts(optional)]
        reason: Option<String>,
    },
    /// One round with the sync server, now.
    Sync,
    /// Writes a file that somebody carries to the sync server, with all work that has no answer. A file that is there
    /// is never written over.
    WriteCourierFile {
        path: String,
    },
    /// Takes the file that the sync server wrote in answer.
    ReadCourierFile {
        path: String,
    },
    /// When this device syncs by itself.
    SyncPlan,
    /// Keeps this in place of it, from now on.
    KeepSyncPlan(SyncPlan),
    /// What waits, what was sent, how the device stands.
    SyncPage,
    /// Checks the local file and its parity with the sync server.
    Verify,
}

/// What a command answers: `NotTheSame` with the `Duplicates` that are left (its first page), `MayMerge` with
/// `BeforeMerge`, `Merge` with the `Record` that stays, `Status`, `RecoveryCodeShown` and `SignOut` with `Status`, `Describe` with `Entities`, `Get`, `Blank`,
/// `Retire`, `BringBack` and `Decide` with `Record`, both `Views` commands with what is kept, `ImportPreview` with `Import`, `ImportCancel` with the batches, both `Attention` commands with what is still open, `ImportUsedBy` with `UsedBy`.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(tag = "reply", content = "with", rename_all = "snake_case")]
pub enum Reply {
    Status(Status),
    SignedIn(SignedIn),
    Accepted(Accepted),
    Entities(Vec<EntityView>),
    List(ListPage),
    Totals(Totals),
    Bulk(BulkReport),
    Views(Vec<SavedView>),
    /// To `KeepDraft` with the one that is kept.
    Drafts(Vec<FormDraft>),
    /// Both `Habit` commands: what is kept; in the page's own words (JSON).
    Habit(Option<String>),
    History(HistoryPage),
    Record(RecordView),
    Saved(Saved),
    /// The files of the record, after what was done.
    Attachments(Vec<AttachmentView>),
    AttachmentCopy(AttachmentCopy),
    Hits(Vec<SearchHit>),
    Duplicates(DuplicatePage),
    Similar(Vec<SimilarRecord>),
    BeforeMerge(BeforeMerge),
    UsedBy(Vec<UsedBy>),
    Import(ImportReport),
    ImportBatches(Vec<ImportBatch>),
    ImportUndone(ImportUndone),
    Exported(Exported),
    Approvals(Vec<ProposalView>),
    Attention(Vec<AttentionItem>),
    Round(RoundReport),
    CourierFile(CourierFile),
    CourierRead(Box<CourierRead>),
    /// To both commands of the plan.
    SyncPlan(SyncPlan),
    SyncPage(SyncPage),
    Verified(Verified),
}

/// What the engine tells a screen unasked.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(tag = "event", content = "with", rename_all = "snake_case")]
pub enum Event {
    /// Records changed, by sync or by another window. No ids: any of them.
    Changed {
        entity: String,
        ids: Vec<Uuid>,
    },
    Status(Box<Status>),
    /// How far the import is that runs.
    Import(ImportProgress),
}
