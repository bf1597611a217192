//! Attention: the items that need a person, kept on the hub and synced to whom they concern like any
//! record. What was written, what stands and the common base are its child rows, one for each field;
//! beside them stands each reason, with the rule by its code, so that a screen says it in the person's language.

use crate::permissions::{Guard, Permission};
use crate::person;
use crate::record::{Area, Choice, EntityDef, FieldDef, Kind, Label, ScopeRule, choice, field};

const GUARD: Guard =
    Guard::manage(Permission::SYNC_CONFLICT_VIEW, Permission::SYNC_CONFLICT_RESOLVE);

pub static ATTENTION: EntityDef = EntityDef::new("attention", Area::Organisation, GUARD)
    .called(Label { en: "Attention", de: "Klärung" }, Label { en: "Attention", de: "Klärung" })
    .fields(&[], OWN)
    .children(&[&FIELDS, &REASONS])
    .key("title")
    .scope(ScopeRule::Owner);

const OWN: &[FieldDef] = &[
    field("owner_id", "For", "Für", Kind::Reference(person::NAME)).required(),
    field("kind", "Kind", "Art", Kind::Choice(KINDS)).required().listed(),
    field("entity", "Record type", "Datensatzart", Kind::text(60)).required().listed(),
    field("row_id", "Record", "Datensatz", Kind::Reference("record")).required(),
    field("title", "Name", "Name", Kind::text(200)).listed().search(),
    field("op_id", "Operation", "Vorgang", Kind::Reference("op")).required(),
    field("by_user", "Other person", "Andere Person", Kind::Reference(person::NAME)),
    field("code", "Reason", "Grund", Kind::text(60)),
    field("message", "What happened", "Was geschah", Kind::LongText).listed(),
];

/// Two people changed the same; the hub's value stands until someone decides.
pub const CONFLICT: &str = "conflict";
/// The hub refused the work; what was entered is kept here.
pub const REJECTED: &str = "rejected";
/// The work depends on other work that was refused.
pub const WAITING: &str = "waiting";
/// A record was deleted by one and edited by another: it is back, inactive.
pub const RETIRED_EDIT: &str = "retired_edit";
/// A value that must be unique was taken; the record has a provisional one.
pub const VALUE_TAKEN: &str = "value_taken";
/// Somebody else decided about what this person proposed; there is nothing to choose.
pub const DECIDED: &str = "decided";
/// Somebody's work that is done only once the owner of the item says so: it came under a lease that had ended, or its
/// author may not do it any more.
pub const REVIEW: &str = "review";
/// The same, for its author: somebody else decides.
pub const IN_REVIEW: &str = "in_review";

const KINDS: &[Choice] = &[
    choice(CONFLICT, "Changed by two people", "Von zwei Personen geändert"),
    choice(REJECTED, "Refused", "Abgelehnt"),
    choice(WAITING, "Waiting for other work", "Wartet auf anderen Vorgang"),
    choice(RETIRED_EDIT, "Deleted and edited", "Gelöscht und bearbeitet"),
    choice(VALUE_TAKEN, "Already taken", "Bereits vergeben"),
    choice(DECIDED, "Decided by somebody else", "Von jemand anderem entschieden"),
    choice(REVIEW, "To be reviewed", "Zu prüfen"),
    choice(IN_REVIEW, "In review", "In Prüfung"),
];

/// The name of the child rows, one for each field that needs a decision.
pub const FIELD_ROWS: &str = "attention_field";

static FIELDS: EntityDef = EntityDef::new(FIELD_ROWS, Area::Organisation, GUARD)
    .called(Label { en: "Field", de: "Feld" }, Label { en: "Fields", de: "Felder" })
    .fields(crate::masters::CHILD_FIELDS, FIELD_OWN)
    .child_of("attention");

/// A value as JSON on one line, so that every kind fits one column: the longest text and the longest list
/// that a field can hold, with every character escaped, each in up to twelve.
const JSON: Kind = Kind::text(1_300_000);

const FIELD_OWN: &[FieldDef] = &[
    field("path", "Field", "Feld", Kind::text(200)).required(),
    field("mine", "What I wrote", "Meine Eingabe", JSON),
    field("theirs", "What stands", "Aktueller Wert", JSON),
    field("base", "What it was", "Vorheriger Wert", JSON),
    field("decision", "Decision", "Entscheidung", Kind::Choice(DECISIONS)),
];

/// The name of the child rows that say why: one for each rule that refused, or for what else happened.
pub const REASON_ROWS: &str = "attention_reason";

static REASONS: EntityDef = EntityDef::new(REASON_ROWS, Area::Organisation, GUARD)
    .called(Label { en: "Reason", de: "Grund" }, Label { en: "Reasons", de: "Gründe" })
    .fields(crate::masters::CHILD_FIELDS, REASON_OWN)
    .child_of("attention");

/// As [`crate::record::Problem`] has it; the parameters are an object of texts.
const REASON_OWN: &[FieldDef] = &[
    field("path", "Field", "Feld", Kind::text(200)),
    field("rule", "Rule", "Regel", Kind::text(60)).required(),
    field("message", "What happened", "Was geschah", Kind::LongText),
    field("params", "Parameters", "Angaben", JSON),
];

pub const MINE: &str = "mine";
pub const THEIRS: &str = "theirs";

const DECISIONS: &[Choice] = &[
    choice(MINE, "What I wrote", "Meine Eingabe"),
    choice(THEIRS, "What stands", "Aktueller Wert"),
];
