//! The declaration of one field: everything that storage, forms, search, sync and masks ask of it.

use crate::permissions::Sensitivity;

use super::Kind;

/// A text shown to people, in each language Daybook ships complete.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Label {
    pub en: &'static str,
    pub de: &'static str,
}

/// Within what a value may stand only once (case folded by `fold_code`, retired rows included).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unique {
    No,
    Tenant,
    /// Once per `company_id`.
    Company,
    /// Each entry of a map, its key and its text, once in the tenant.
    Entries,
}

/// One field of an entity. Built with [`field`] and its `const` methods in the master's own file.
#[derive(Clone, Copy, Debug)]
pub struct FieldDef {
    pub name: &'static str,
    pub label: Label,
    pub kind: Kind,
    pub required: bool,
    /// Who may read it by default, and that concurrent changes of it are always reviewed.
    pub sensitivity: Sensitivity,
    /// Fields of one merge group change together or not at all when two devices disagree.
    pub merge_group: Option<&'static str>,
    pub unique: Unique,
    /// Found by the search box.
    pub search: bool,
    /// A column of the list before a person chooses columns.
    pub listed: bool,
    /// The value of a new record where the person gives none, as text of the field's kind.
    pub default: Option<&'static str>,
    /// Written by the judge alone, never by a person.
    pub kept: bool,
    /// The form's section; fields of one section stand together in declaration order.
    pub section: &'static str,
}

/// Starts a field declaration: machine name, English and German label, kind.
pub const fn field(name: &'static str, en: &'static str, de: &'static str, kind: Kind) -> FieldDef {
    FieldDef {
        name,
        label: Label { en, de },
        kind,
        required: false,
        sensitivity: Sensitivity::None,
        merge_group: None,
        unique: Unique::No,
        search: false,
        listed: false,
        default: None,
        kept: false,
        section: "general",
    }
}

impl FieldDef {
    /// Whether the whole value stands once, so that it is also kept folded in a column of its own.
    pub const fn is_folded(&self) -> bool {
        matches!(self.unique, Unique::Tenant | Unique::Company)
    }

    pub const fn required(mut self) -> Self {
        self.required = true;
        self
    }

    pub const fn sensitive(mut self, sensitivity: Sensitivity) -> Self {
        self.sensitivity = sensitivity;
        self
    }

    pub const fn group(mut self, merge_group: &'static str) -> Self {
        self.merge_group = Some(merge_group);
        self
    }

    pub const fn unique(mut self, unique: Unique) -> Self {
        self.unique = unique;
        self
    }

    pub const fn search(mut self) -> Self {
        self.search = true;
        self
    }

    pub const fn listed(mut self) -> Self {
        self.listed = true;
        self
    }

    pub const fn default(mut self, text: &'static str) -> Self {
        self.default = Some(text);
        self
    }

    pub const fn kept(mut self) -> Self {
        self.kept = true;
        self
    }

    pub const fn section(mut self, section: &'static str) -> Self {
        self.section = section;
        self
    }
}
