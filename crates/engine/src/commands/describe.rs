//! What this person may see and do, in the words of the declarations. A field they may not read is
//! not in it.

use contract::{ChoiceView, EntityView, FieldView, KindView, LabelView};
use domain::masters;
use domain::permissions::{Action, ReadRight};
use domain::record::{EntityDef, FieldDef, Kind, Label, Values, section_label, section_place};

use crate::session::Held;

/// Entities in the order of the menu, their fields in the order of a form.
pub fn describe(held: &Held) -> Vec<EntityView> {
    let visible = masters::ALL.iter().filter(|entity| may(held, Action::View, entity));
    let mut visible: Vec<_> = visible.collect();
    visible.sort_by_key(|entity| entity.area);
    visible.into_iter().map(|entity| view(held, entity)).collect()
}

fn view(held: &Held, entity: &'static EntityDef) -> EntityView {
    let readable =
        |field: &&FieldDef| held.grants().field_right(entity, field.name).read == ReadRight::Full;
    let mut fields: Vec<_> = entity.all_fields().filter(readable).collect();
    fields.sort_by_key(|field| section_place(field.section));
    let defaults = entity.defaults();
    EntityView {
        name: entity.name.to_owned(),
        label: label(entity.label),
        plural: label(entity.plural),
        area: label(entity.area.label()),
        key: entity.key.to_owned(),
        tree: entity.tree.map(str::to_owned),
        fields: fields.into_iter().map(|field| field_view(held, &defaults, field)).collect(),
        children: entity.children.iter().map(|child| view(held, child)).collect(),
        may_create: may(held, Action::Create, entity),
        may_edit: may(held, Action::Edit, entity),
        may_retire: may(held, Action::Retire, entity),
    }
}

fn may(held: &Held, action: Action, entity: &EntityDef) -> bool {
    held.check(action, entity, None, &[]).is_ok()
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
        writable: right.write,
        listed: field.listed,
        search: field.search,
        // A section without a label does not pass the tests of the declarations.
        section: section_label(field.section).map_or_else(
            || LabelView { en: field.section.to_owned(), de: field.section.to_owned() },
            label,
        ),
        default: defaults.get(field.name).to_cell(),
    }
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
        Kind::Map => KindView::Map,
    }
}

/// A bound as a form needs it; no declared one is beyond 32 bits, and a larger one is cut for the form
/// alone.
fn bound(bound: i64) -> i32 {
    i32::try_from(bound).unwrap_or(if bound < 0 { i32::MIN } else { i32::MAX })
}

fn label(label: Label) -> LabelView {
    LabelView { en: label.en.to_owned(), de: label.de.to_owned() }
}
