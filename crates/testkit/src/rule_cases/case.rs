//! How a case is written down: texts as a person types them, by the path of their field.

use domain::record::EntityDef;

/// A record as lines of `(path, text)`. A path is `field` or `rows#label.field`: the field of a child row that
/// the label tells from others of its collection. In a text, `{n}` becomes a number that no other record of the
/// run has, `@label` the id of a [`Given`] record, `@self` that of the record which the case edits, `@me`
/// the user who works here, and an empty text is no value. A later line of one path stands for an earlier one.
pub type Lines = &'static [(&'static str, &'static str)];

/// A record that cases refer to by its label. It is looked up by its key first, so that it may be one that
/// every tenant has (a currency, a unit), and made once otherwise.
#[derive(Debug)]
pub struct Given {
    pub label: &'static str,
    pub entity: &'static EntityDef,
    pub lines: Lines,
}

pub const fn given(label: &'static str, entity: &'static EntityDef, lines: Lines) -> Given {
    Given { label, entity, lines }
}

/// One rule of a master, with what it accepts and what it refuses.
#[derive(Debug)]
pub struct Case {
    pub entity: &'static EntityDef,
    /// The rule's code, and the field that is named: `credit_limit`, `customer_contact.consent_at`.
    pub rule: &'static str,
    pub field: &'static str,
    /// A valid record without what the case is about.
    pub baseline: Lines,
    /// Whether the baseline is made first and then edited: for rules that ask for what stood before.
    pub edits: bool,
    /// Records that are made after the baseline and may refer to it as `@self`.
    pub after: &'static [Given],
    pub accepted: Lines,
    pub refused: Lines,
}

/// Starts a case: `case(&CUSTOMER, "negative", "credit_limit").on(BASE).accepts(&[..]).refuses(&[..])`.
pub const fn case(entity: &'static EntityDef, rule: &'static str, field: &'static str) -> Case {
    Case {
        entity,
        rule,
        field,
        baseline: &[],
        edits: false,
        after: &[],
        accepted: &[],
        refused: &[],
    }
}

impl Case {
    pub const fn on(mut self, baseline: Lines) -> Self {
        self.baseline = baseline;
        self
    }

    /// The baseline exists, and the values come as edits of it.
    pub const fn edits(mut self) -> Self {
        self.edits = true;
        self
    }

    /// ... with these records made in between.
    pub const fn after(mut self, given: &'static [Given]) -> Self {
        self.after = given;
        self.edits()
    }

    /// Lines on top of the baseline that every rule accepts.
    pub const fn accepts(mut self, lines: Lines) -> Self {
        self.accepted = lines;
        self
    }

    /// Lines on top of the baseline that this rule refuses.
    pub const fn refuses(mut self, lines: Lines) -> Self {
        self.refused = lines;
        self
    }

    /// `customer credit_limit:negative`, for reports.
    pub fn title(&self) -> String {
        format!("{} {}:{}", self.entity.name, self.field, self.rule)
    }
}
