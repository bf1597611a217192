//! The declaration of an entity: a master or the child of one. Everything else asks it.

use crate::permissions::{Guard, OwnershipColumn, Permission, RowFacts};
use crate::record::{Approval, FieldDef, Label, Lookup, Problems, Record, Value, Values};

/// Where the desktop's menu shows a master.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Area {
    Partners,
    Items,
    Finance,
    Organisation,
}

impl Area {
    pub const fn label(self) -> Label {
        match self {
            Self::Partners => Label { en: "Partners", de: "Geschäftspartner" },
            Self::Items => Label { en: "Items", de: "Artikel" },
            Self::Finance => Label { en: "Finance", de: "Finanzen" },
            Self::Organisation => Label { en: "Organisation", de: "Organisation" },
        }
    }
}

/// Whose record it is: the source of `owner_id` when a record is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OwnerRule {
    /// The person who made it.
    Creator,
    /// Nobody: reference data of the whole tenant.
    Nobody,
    /// The user of the employee in this field; who made the record where there is none.
    UserOf { field: &'static str },
}

/// Who may hold a record, by the ownership columns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ScopeRule {
    /// Everyone in the tenant who may view the entity.
    Tenant,
    /// Only the user in `owner_id`.
    Owner,
}

/// Rows of a child that hold from a day on, one after the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Versions {
    /// The field with the first day.
    pub from: &'static str,
    /// The field with the last day; `None` where a row holds until the next one begins.
    pub to: Option<&'static str>,
    /// What a row is a version of: the fields whose values two versions share.
    pub of: &'static [&'static str],
}

/// One entity. Static, declared once, in its own file in `masters`.
#[derive(Debug)]
pub struct EntityDef {
    /// Machine name: the table's name on both sides and the REST path.
    pub name: &'static str,
    pub label: Label,
    pub plural: Label,
    pub area: Area,
    /// Its place in its area of the menu, from 1: what people open most stands first.
    pub rank: u8,
    pub guard: Guard,
    /// The master that a child belongs to; `None` for a master.
    pub parent: Option<&'static str>,
    /// Fields that every master (or every child) has, before its own.
    common: &'static [FieldDef],
    own: &'static [FieldDef],
    pub children: &'static [&'static EntityDef],
    /// The field by which people open a record.
    pub key: &'static str,
    /// The field that points to the record above in a tree.
    pub tree: Option<&'static str>,
    pub versions: Option<Versions>,
    pub owner: OwnerRule,
    pub scope: ScopeRule,
    /// Whether every device of the tenant holds its records, also where the person may not open them.
    pub everywhere: bool,
    /// Brings values into the canonical form that depends on other fields (a tax id, by its country);
    /// what it cannot read it leaves for the rules to refuse.
    pub normalise: fn(&mut Values),
    /// Rules on one row by itself.
    pub row_rules: fn(&Values, &mut Problems),
    /// Rules on a record with its children.
    pub record_rules: fn(&Record, &mut Problems),
    /// Rules that need other records.
    pub relations: fn(&Record, &dyn Lookup, &mut Problems),
    /// The fields (references and texts) by whose value a rule asks for other records of this entity, such as
    /// the years of a company; changes of such records are judged one after the other.
    pub peers: &'static [&'static str],
    /// Where a new record takes what nobody gave: the field that names another record, and the fields that are
    /// copied from there, once.
    pub copies: Option<(&'static str, &'static [&'static str])>,
    /// The fields whose changes take effect only when a second person has approved them.
    pub approval: Option<&'static Approval>,
    /// Whether the rows of this child are proposals under such an approval: nobody writes them but the judge, and
    /// whoever decides reads them in full.
    pub proposals: bool,
    /// What keeps a record from being retired.
    pub keeps: fn(&Record, &dyn Lookup, &mut Problems),
    /// What a change needs beside the guard, told from the record as it stands and as it is to be.
    pub also_needs: fn(Option<&Record>, &Record) -> Vec<Permission>,
    /// Whether two records may become one: not where a standard or the books say that there are two.
    pub merges: bool,
    /// What a row gives up when a merge brings it to another record (given as it stands there).
    pub arriving: fn(&Record, &mut Values),
}

impl EntityDef {
    /// Starts a declaration; the methods below add to it.
    pub const fn new(name: &'static str, area: Area, guard: Guard) -> Self {
        const NOTHING: Label = Label { en: "", de: "" };
        Self {
            name,
            label: NOTHING,
            plural: NOTHING,
            area,
            rank: u8::MAX,
            guard,
            parent: None,
            common: &[],
            own: &[],
            children: &[],
            key: "code",
            tree: None,
            versions: None,
            owner: OwnerRule::Creator,
            scope: ScopeRule::Tenant,
            everywhere: false,
            normalise: |_| {},
            row_rules: |_, _| {},
            record_rules: |_, _| {},
            relations: |_, _, _| {},
            peers: &[],
            copies: None,
            approval: None,
            proposals: false,
            keeps: |_, _, _| {},
            also_needs: |_, _| Vec::new(),
            merges: true,
            arriving: |_, _| {},
        }
    }

    pub const fn called(mut self, singular: Label, plural: Label) -> Self {
        self.label = singular;
        self.plural = plural;
        self
    }

    /// Its place in the menu; without one it stands after those that have one.
    pub const fn rank(mut self, rank: u8) -> Self {
        self.rank = rank;
        self
    }

    pub const fn fields(mut self, common: &'static [FieldDef], own: &'static [FieldDef]) -> Self {
        self.common = common;
        self.own = own;
        self
    }

    pub const fn child_of(mut self, parent: &'static str) -> Self {
        self.parent = Some(parent);
        self.key = "position";
        self
    }

    pub const fn children(mut self, children: &'static [&'static EntityDef]) -> Self {
        self.children = children;
        self
    }

    pub const fn key(mut self, field: &'static str) -> Self {
        self.key = field;
        self
    }

    pub const fn tree(mut self, field: &'static str) -> Self {
        self.tree = Some(field);
        self
    }

    pub const fn versions(
        mut self,
        from: &'static str,
        to: Option<&'static str>,
        of: &'static [&'static str],
    ) -> Self {
        self.versions = Some(Versions { from, to, of });
        self
    }

    pub const fn owned_by(mut self, owner: OwnerRule) -> Self {
        self.owner = owner;
        self
    }

    pub const fn scope(mut self, scope: ScopeRule) -> Self {
        self.scope = scope;
        self
    }

    pub const fn everywhere(mut self) -> Self {
        self.everywhere = true;
        self
    }

    pub const fn normalise(mut self, normalise: fn(&mut Values)) -> Self {
        self.normalise = normalise;
        self
    }

    pub const fn row_rules(mut self, rules: fn(&Values, &mut Problems)) -> Self {
        self.row_rules = rules;
        self
    }

    pub const fn record_rules(mut self, rules: fn(&Record, &mut Problems)) -> Self {
        self.record_rules = rules;
        self
    }

    pub const fn relations(mut self, rules: fn(&Record, &dyn Lookup, &mut Problems)) -> Self {
        self.relations = rules;
        self
    }

    pub const fn peers(mut self, fields: &'static [&'static str]) -> Self {
        self.peers = fields;
        self
    }

    pub const fn copies_from(
        mut self,
        field: &'static str,
        copied: &'static [&'static str],
    ) -> Self {
        self.copies = Some((field, copied));
        self
    }

    pub const fn approved_by_a_second(mut self, approval: &'static Approval) -> Self {
        self.approval = Some(approval);
        self
    }

    pub const fn proposals(mut self) -> Self {
        self.proposals = true;
        self
    }

    pub const fn keeps(mut self, rules: fn(&Record, &dyn Lookup, &mut Problems)) -> Self {
        self.keeps = rules;
        self
    }

    pub const fn also_needs(
        mut self,
        needs: fn(Option<&Record>, &Record) -> Vec<Permission>,
    ) -> Self {
        self.also_needs = needs;
        self
    }

    pub const fn never_merged(mut self) -> Self {
        self.merges = false;
        self
    }

    pub const fn arriving(mut self, arriving: fn(&Record, &mut Values)) -> Self {
        self.arriving = arriving;
        self
    }

    /// All fields in declaration order: the order of columns, of positions on the wire and of forms.
    pub fn all_fields(&self) -> impl DoubleEndedIterator<Item = &'static FieldDef> + use<> {
        self.common.iter().chain(self.own)
    }

    pub fn field_count(&self) -> usize {
        self.common.len() + self.own.len()
    }

    pub fn position(&self, name: &str) -> Option<usize> {
        self.all_fields().position(|field| field.name == name)
    }

    pub fn field(&self, name: &str) -> Option<&'static FieldDef> {
        self.all_fields().find(|field| field.name == name)
    }

    pub fn child(&self, name: &str) -> Option<&'static EntityDef> {
        self.children.iter().copied().find(|child| child.name == name)
    }

    pub fn is_master(&self) -> bool {
        self.parent.is_none()
    }

    /// A new row's values: each declared default, read by its kind.
    pub fn defaults(&'static self) -> Values {
        let mut values = Values::empty(self);
        for field in self.all_fields() {
            if let Some(text) = field.default {
                // A default that its own kind refuses is a mistake in the declaration; a test reads all.
                let value = field.kind.read(&text.into()).unwrap_or(Value::Null);
                values.set(field.name, value);
            }
        }
        values
    }
}

/// Where an ownership column of an entity is read from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ownership {
    /// The field of that name; empty where the entity has none.
    Field,
    /// The record's own id: a company belongs to itself, so that whoever works in one sees just that one.
    Itself,
    /// The record's own id where the field holds this text (or where it does not); else as [`Ownership::Field`].
    ItselfWhere { field: &'static str, text: &'static str, holds: bool },
}

/// Where row rules read an ownership column of an entity. Branches and departments are one entity.
pub fn ownership(entity: &EntityDef, column: OwnershipColumn) -> Ownership {
    let department = |holds| Ownership::ItselfWhere { field: "kind", text: "department", holds };
    match (entity.name, column) {
        ("company", OwnershipColumn::Company) => Ownership::Itself,
        ("warehouse", OwnershipColumn::Warehouse) => Ownership::Itself,
        ("branch", OwnershipColumn::Department) => department(true),
        ("branch", OwnershipColumn::Branch) => department(false),
        _ => Ownership::Field,
    }
}

/// The ownership columns of a record, as row rules ask for them; an entity may have only some.
pub fn row_facts(record: &Record) -> RowFacts {
    let entity = record.entity();
    let value = |column: OwnershipColumn| {
        let itself = match ownership(entity, column) {
            Ownership::Field => false,
            Ownership::Itself => true,
            Ownership::ItselfWhere { field, text, holds } => {
                (record.get(field).text() == Some(text)) == holds
            }
        };
        if itself {
            return Some(record.id());
        }
        entity.position(column.name()).and_then(|_| record.get(column.name()).id())
    };
    RowFacts {
        company_id: value(OwnershipColumn::Company),
        branch_id: value(OwnershipColumn::Branch),
        department_id: value(OwnershipColumn::Department),
        owner_id: value(OwnershipColumn::Owner),
        warehouse_id: value(OwnershipColumn::Warehouse),
    }
}
