//! The note of an export that was made on a device: who took what out, in which columns, when; none of the values.
//! It is written before the file, travels as any op, and the hub puts it into its audit. Nobody changes one.

use chrono::SubsecRound as _;
use uuid::Uuid;

use crate::masters;
use crate::permissions::{Guard, Permission};
use crate::person;
use crate::record::{
    Area, Choice, EntityDef, FieldDef, Found, Kind, Label, Lookup, Problems, Record, ScopeRule,
    Value, Values, choice, field,
};

/// Whoever may export may, and must, say so.
const GUARD: Guard =
    Guard::manage(Permission::MASTER_RECORD_EXPORT, Permission::MASTER_RECORD_EXPORT);

pub static EXPORT_NOTE: EntityDef = EntityDef::new("export_note", Area::Organisation, GUARD)
    .called(Label { en: "Export", de: "Export" }, Label { en: "Exports", de: "Exporte" })
    .fields(&[], OWN)
    .key("entity")
    .scope(ScopeRule::Owner)
    .never_merged()
    .row_rules(names_a_master)
    .record_rules(of_its_author)
    .relations(stands_already)
    .keeps(|_, _, problems| problems.add("", "fixed", FIXED))
    .also_needs(|_, record| {
        let entity = record.get("entity").text().and_then(masters::find);
        entity.map(|entity| entity.guard.view).into_iter().collect()
    });

const FIXED: &str = "says what was done; leave it as it is";

const OWN: &[FieldDef] = &[
    field("owner_id", "Exported by", "Exportiert von", Kind::Reference(person::NAME)).required(),
    field("entity", "Record type", "Datensatzart", Kind::text(60)).required().listed(),
    field("records", "Records", "Datensätze", Kind::Int { min: 0, max: 4_294_967_295 })
        .required()
        .listed(),
    field("columns", "Columns", "Spalten", COLUMNS).required(),
    field("format", "File format", "Dateiformat", Kind::Choice(FORMATS)).required().listed(),
    field("exported_at", "Exported at", "Exportiert am", Kind::Instant).required().listed(),
];

/// As many names as a tenant may ever declare of its own, beside the fields there are.
const COLUMNS: Kind = Kind::text(1_300_000);
/// Between the names of two columns; none of them holds it.
const BETWEEN: &str = ", ";

const FORMATS: &[Choice] = &[
    choice("csv", "CSV", "CSV"),
    choice("xlsx", "Excel (XLSX)", "Excel (XLSX)"),
    choice("jsonl", "JSON lines", "JSON-Zeilen"),
];

/// What one export took out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Taken<'a> {
    /// A master's machine name.
    pub entity: &'a str,
    pub records: u32,
    /// Machine names; those of child rows as `contact.name`.
    pub columns: Vec<&'a str>,
    /// `csv`, `xlsx` or `jsonl`.
    pub format: &'a str,
}

impl<'a> Taken<'a> {
    /// Writes it into an empty note of `owner`'s; the moment is that of the note's making.
    pub fn write(&self, note: &mut Record, owner: Uuid) {
        // To the microsecond that is stored.
        let at = note.head.created_at.trunc_subsecs(6);
        let values = &mut note.values;
        values.set("owner_id", Value::Id(owner));
        values.set("entity", Value::Text(self.entity.to_owned()));
        values.set("records", Value::Int(i64::from(self.records)));
        values.set("columns", Value::Text(self.columns.join(BETWEEN)));
        values.set("format", Value::Text(self.format.to_owned()));
        values.set("exported_at", Value::Instant(at));
    }

    /// What a note says; nothing where it is not whole or names no master.
    pub fn of(note: &'a Record) -> Option<Self> {
        let Value::Int(records) = note.get("records") else { return None };
        Some(Self {
            entity: masters::find(note.get("entity").text()?)?.name,
            records: u32::try_from(*records).ok()?,
            columns: note.get("columns").text()?.split(BETWEEN).collect(),
            format: note.get("format").text()?,
        })
    }
}

fn names_a_master(values: &Values, problems: &mut Problems) {
    if values.get("entity").text().is_some_and(|name| masters::find(name).is_none()) {
        problems.add("entity", "unknown_entity", "names no master; name one");
    }
}

fn stands_already(record: &Record, lookup: &dyn Lookup, problems: &mut Problems) {
    if matches!(lookup.record(&EXPORT_NOTE, record.id()), Found::Yes(_)) {
        problems.add("", "fixed", FIXED);
    }
}

fn of_its_author(record: &Record, problems: &mut Problems) {
    if record.get("owner_id").id() != Some(record.head.created_by) {
        problems.add("owner_id", "not_the_author", "is somebody else; name who exports");
    }
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::*;
    use crate::record::lookup::double::Holding;
    use crate::record::{validate, validate_relations};

    const ANNA: Uuid = Uuid::from_u128(1);
    const BEN: Uuid = Uuid::from_u128(2);

    fn note(taken: &Taken<'_>, owner: Uuid) -> Record {
        let mut note = Record::new(&EXPORT_NOTE, Uuid::from_u128(9), ANNA, DateTime::UNIX_EPOCH);
        taken.write(&mut note, owner);
        note
    }

    fn customers() -> Taken<'static> {
        Taken {
            entity: "customer",
            records: 17,
            columns: vec!["id", "contact.name"],
            format: "csv",
        }
    }

    fn rules(problems: Problems) -> Vec<String> {
        problems.0.into_iter().map(|problem| problem.rule).collect()
    }

    #[test]
    fn a_note_says_what_was_taken() {
        let note = note(&customers(), ANNA);
        assert_eq!(validate(&note).0, []);
        assert_eq!(Taken::of(&note), Some(customers()));
    }

    #[test]
    fn a_note_in_another_name_or_of_nothing_there_is_is_refused() {
        assert_eq!(rules(validate(&note(&customers(), BEN))), ["not_the_author"]);
        let unknown = Taken { entity: "secret", ..customers() };
        assert_eq!(rules(validate(&note(&unknown, ANNA))), ["unknown_entity"]);
    }

    #[test]
    fn a_note_that_stands_is_neither_changed_nor_deleted() {
        let note = note(&customers(), ANNA);
        assert_eq!(validate_relations(&note, &Holding(Vec::new())).0, []);
        let held = Holding(vec![note.clone()]);
        assert_eq!(rules(validate_relations(&note, &held)), ["fixed"]);
        let mut kept = Problems::default();
        (EXPORT_NOTE.keeps)(&note, &held, &mut kept);
        assert_eq!(rules(kept), ["fixed"]);
    }
}
