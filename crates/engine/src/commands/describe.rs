//! What this person may see and do, in the words of the declarations. A field they may not read is
//! not in it.

use contract::{
    Cell, ChoiceView, EntityView, Failure, FieldView, KindView, LabelView, VersionsView,
};
use domain::masters;
use domain::permissions::{Action, ReadRight, RowFilter};
use domain::person::PERSON;
use domain::record::{
    EntityDef, FieldDef, Kind, Label, OwnFields, OwnKind, Values, section_label, section_place,
};
use local_store::View;

use super::{fault, numbers};
use sync_protocol::judge::may_be_taken;

use crate::session::Held;

/// Masters in the order of the menu, their fields in the order of a form; last the users, who stand in no menu.
///
/// # Errors
/// A damaged file.
pub fn describe(view: &View, held: &Held) -> Result<Vec<EntityView>, Failure> {
    let own_fields = view.own_fields().map_err(fault)?;
    let leases = view.number_leases().map_err(fault)?;
    let visible = masters::ALL.iter().filter(|entity| may(held, Action::View, entity));
    let mut visible: Vec<_> = visible.collect();
    visible.sort_by_key(|entity| (entity.area, entity.rank));
    let people = Some(&PERSON).filter(|entity| may(held, Action::View, entity));
    let told = visible.into_iter().copied().chain(people);
    let view = |entity| EntityView {
        numbered_as: numbers::stem(held, &leases, entity),
        ..entity_view(held, &own_fields, entity)
    };
    Ok(told.map(view).collect())
}

fn entity_view(held: &Held, own_fields: &OwnFields, entity: &'static EntityDef) -> EntityView {
    let readable =
        |field: &&FieldDef| held.grants().field_right(entity, field.name).read == ReadRight::Full;
    // Its own fields stand for the map that they are kept in.
    // What a record became is told by the record itself, not by a field of its form.
    let declared = entity.all_fields().filter(|field| {
        field.kind != Kind::Own && !(field.kept && field.kind == Kind::Reference("record"))
    });
    let mut fields: Vec<_> = declared.filter(readable).collect();
    fields.sort_by_key(|field| section_place(field.section));
    let defaults = entity.defaults();
    let place = entity.own_map().map_or(0, |map| section_place(map.section));
    let before = fields.iter().take_while(|field| section_place(field.section) <= place).count();
    let mut fields: Vec<FieldView> =
        fields.into_iter().map(|field| field_view(held, &defaults, field)).collect();
    fields.splice(before..before, own_field_views(held, own_fields, entity));
    EntityView {
        name: entity.name.to_owned(),
        label: label(entity.label),
        plural: label(entity.plural),
        area: label(entity.area.label()),
        key: entity.key.to_owned(),
        numbered_as: None,
        tree: entity.tree.map(str::to_owned),
        versions: entity.versions.map(|versions| VersionsView {
            from: versions.from.to_owned(),
            to: versions.to.map(str::to_owned),
            of: versions.of.iter().map(|&name| name.to_owned()).collect(),
        }),
        fields,
        children: entity
            .children
            .iter()
            .map(|child| entity_view(held, own_fields, child))
            .collect(),
        partly_seen: held.grants().row_filter(entity.guard.view) != RowFilter::Everything,
        may_create: may(held, Action::Create, entity),
        may_edit: may(held, Action::Edit, entity),
        may_retire: may(held, Action::Retire, entity),
        may_merge: entity.merges && may(held, Action::Merge, entity),
        may_import: may(held, Action::Import, entity),
        may_export: may(held, Action::Export, entity),
    }
}

fn may(held: &Held, action: Action, entity: &EntityDef) -> bool {
    let kept = (entity.proposals || entity.name == PERSON.name) && action != Action::View;
    !kept && held.check(action, entity, None, &[]).is_ok()
}

fn field_view(held: &Held, defaults: &Values, field: &FieldDef) -> FieldView {
    let entity = defaults.entity();
    let right = held.grants().field_right(entity, field.name);
    FieldView {
        name: field.name.to_owned(),
        label: label(field.label),
        kind: kind(field.kind),
        required: field.required,
        sensitive: field.sensitivity.is_sensitive(),
        writable: right.write && !field.kept && !entity.proposals,
        merges: entity.merges && right.write && may_be_taken(entity, field.name),
        listed: field.listed,
        search: field.search,
        section: section(field),
        default: defaults.get(field.name).to_cell(),
    }
}

/// A section without a label does not pass the tests of the declarations.
fn section(field: &FieldDef) -> LabelView {
    section_label(field.section).map_or_else(|| same(field.section), label)
}

/// The tenant's own fields that the person may read.
fn own_field_views(
    held: &Held,
    own_fields: &OwnFields,
    entity: &'static EntityDef,
) -> Vec<FieldView> {
    let Some(map) = entity.own_map() else { return Vec::new() };
    let mut views = Vec::new();
    for own in own_fields.in_use(entity.name) {
        let name = map.own_path(&own.name);
        let right = held.grants().field_right(entity, &name);
        if right.read != ReadRight::Full {
            continue;
        }
        let called = |language: &str| own.translations.get(language).unwrap_or(&own.label).clone();
        views.push(FieldView {
            name,
            label: LabelView { en: called("en"), de: called("de") },
            kind: own_kind(&own.kind),
            required: own.required,
            sensitive: own.sensitivity.is_sensitive(),
            writable: right.write,
            merges: entity.merges && right.write,
            listed: own.listed,
            search: own.searched,
            section: section(map),
            default: Cell::Null,
        });
    }
    views
}

fn own_kind(own: &OwnKind) -> KindView {
    match own {
        OwnKind::Plain(plain) => kind(*plain),
        OwnKind::Choice(words) => {
            let choice = |(value, shown): (&String, &String)| ChoiceView {
                value: value.clone(),
                label: same(shown),
            };
            KindView::Choice { choices: words.iter().map(choice).collect() }
        }
    }
}

/// What the tenant wrote in its one language.
fn same(text: &str) -> LabelView {
    LabelView { en: text.to_owned(), de: text.to_owned() }
}

fn kind(kind: Kind) -> KindView {
    let standard = |name: &str| KindView::Standard { name: name.to_owned() };
    match kind {
        Kind::Text { max } => KindView::Text { max: u32::try_from(max).unwrap_or(u32::MAX) },
        Kind::LongText => KindView::LongText,
        Kind::Code => KindView::Code,
        Kind::Bool => KindView::Bool,
        Kind::Int { min, max } => KindView::Int { min: bound(min), max: bound(max) },
        Kind::Decimal(decimal) => KindView::Decimal { scale: decimal.scale() },
        Kind::Date => KindView::Date,
        Kind::Instant => KindView::Instant,
        Kind::Reference(entity) => KindView::Reference { entity: entity.to_owned() },
        Kind::Choice(choices) => KindView::Choice {
            choices: choices
                .iter()
                .map(|choice| ChoiceView {
                    value: choice.value.to_owned(),
                    label: label(choice.label),
                })
                .collect(),
        },
        Kind::Country => standard("country"),
        Kind::CurrencyCode => standard("currency_code"),
        Kind::Language => standard("language"),
        Kind::TimeZone => standard("time_zone"),
        Kind::Email => standard("email"),
        Kind::Phone => standard("phone"),
        Kind::Url => standard("url"),
        Kind::TaxId => standard("tax_id"),
        Kind::Iban => standard("iban"),
        Kind::Bic => standard("bic"),
        Kind::RoutingNumber => standard("routing_number"),
        Kind::Gtin => standard("gtin"),
        Kind::HsCode => standard("hs_code"),
        Kind::UnitCode => standard("unit_code"),
        Kind::Tags => KindView::Tags,
        Kind::Attachments => KindView::Attachments,
        Kind::Map | Kind::Own => KindView::Map,
    }
}

/// A bound as a form needs it; no declared one is beyond 32 bits, and a larger one is cut for the form
/// alone.
fn bound(bound: i64) -> i32 {
    i32::try_from(bound).unwrap_or(if bound < 0 { i32::MIN } else { i32::MAX })
}

pub(super) fn label(label: Label) -> LabelView {
    LabelView { en: label.en.to_owned(), de: label.de.to_owned() }
}
