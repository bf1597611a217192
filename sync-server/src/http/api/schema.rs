//! The schemas of the OpenAPI document, made from the declarations: names, kinds, what is required, the words of a
//! choice, and which fields are sensitive.

use domain::record::{EntityDef, FieldDef, Kind};
use serde_json::{Value as Json, json};
use utoipa::openapi::extensions::Extensions;
use utoipa::openapi::path::{Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::schema::{
    AdditionalProperties, ArrayBuilder, KnownFormat, ObjectBuilder, SchemaFormat, SchemaType, Type,
};
use utoipa::openapi::{Ref, RefOr, Required, Schema};

use crate::http::route::Schemas;

/// What every record has beside its fields.
const HEAD: [(&str, Head); 7] = [
    ("id", Head::Id),
    ("version", Head::Version),
    ("created_at", Head::Time),
    ("created_by", Head::Id),
    ("updated_at", Head::Time),
    ("updated_by", Head::Id),
    ("retired_at", Head::TimeOrNothing),
];

#[derive(Clone, Copy)]
enum Head {
    Id,
    Version,
    Time,
    TimeOrNothing,
}

/// The name of a record's schema, as it is given.
pub(super) fn record_name(entity: &EntityDef) -> String {
    entity.name.to_owned()
}

/// The name of what a new record is made of; a change names any of these members.
pub(super) fn new_name(entity: &EntityDef) -> String {
    format!("{}_new", entity.name)
}

pub(super) fn changes_name(entity: &EntityDef) -> String {
    format!("{}_changes", entity.name)
}

pub(super) fn page_name(entity: &EntityDef) -> String {
    format!("{}_page", entity.name)
}

/// The answer to a write.
pub(super) const WRITTEN: &str = "written";

pub(super) fn written() -> Schemas {
    let outcome = text().enum_values(Some(["applied", "merged", "unchanged"]));
    let schema = ObjectBuilder::new()
        .property("id", formatted(KnownFormat::Uuid))
        .property("version", int())
        .property("outcome", outcome)
        .required("id")
        .required("version")
        .required("outcome")
        .description(Some("What was done. Get the record for what it holds now."));
    vec![(WRITTEN.to_owned(), schema.into())]
}

/// A record as it is given, with the rows of its collections.
pub(super) fn record(entity: &'static EntityDef) -> Schemas {
    let mut object = described(entity);
    for (name, head) in HEAD {
        object = object.property(name, head_schema(head)).required(name);
    }
    object = with_fields(object, entity, Use::Given);
    let mut schemas = Schemas::new();
    for child in entity.children {
        object = object.property(child.name, rows_of(&record_name(child)));
        let row = ObjectBuilder::new().property("id", formatted(KnownFormat::Uuid)).required("id");
        schemas.push((record_name(child), with_fields(row, child, Use::Given).into()));
    }
    schemas.push((record_name(entity), object.into()));
    schemas
}

/// What a new record is made of.
pub(super) fn new(entity: &'static EntityDef) -> Schemas {
    taken(entity, &new_name(entity), Use::New)
}

/// What a change may name.
pub(super) fn changes(entity: &'static EntityDef) -> Schemas {
    taken(entity, &changes_name(entity), Use::Change)
}

fn taken(entity: &'static EntityDef, name: &str, purpose: Use) -> Schemas {
    let mut object = described(entity).additional_properties(Some(closed()));
    if purpose == Use::New {
        object = object.property("id", formatted(KnownFormat::Uuid));
    }
    object = with_fields(object, entity, purpose);
    let mut schemas = Schemas::new();
    for child in entity.children {
        object = object.property(child.name, rows_of(&new_name(child)));
        let row = ObjectBuilder::new()
            .property("id", formatted(KnownFormat::Uuid))
            .additional_properties(Some(closed()));
        schemas.push((new_name(child), with_fields(row, child, Use::Change).into()));
    }
    schemas.push((name.to_owned(), object.into()));
    schemas
}

/// A page of a list.
pub(super) fn page(entity: &'static EntityDef) -> Schemas {
    let mut schemas = record(entity);
    let next = text_or_null().description(Some("The cursor of the next page; null at the end"));
    let total = int().description(Some("How many there are in all, where total=true was asked"));
    let page = ObjectBuilder::new()
        .property("items", rows_of(&record_name(entity)))
        .property("next", next)
        .property("total", total)
        .required("items")
        .required("next");
    schemas.push((page_name(entity), page.into()));
    schemas
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Use {
    Given,
    New,
    Change,
}

fn with_fields(mut object: ObjectBuilder, entity: &EntityDef, purpose: Use) -> ObjectBuilder {
    for field in entity.all_fields() {
        object = object.property(field.name, field_schema(field, purpose));
        let must = field.required && field.default.is_none() && purpose == Use::New;
        if must {
            object = object.required(field.name);
        }
    }
    object
}

fn described(entity: &EntityDef) -> ObjectBuilder {
    ObjectBuilder::new().title(Some(entity.label.en))
}

fn rows_of(name: &str) -> ArrayBuilder {
    ArrayBuilder::new().items(RefOr::<Schema>::Ref(Ref::from_schema_name(name)))
}

fn closed() -> AdditionalProperties<Schema> {
    AdditionalProperties::FreeForm(false)
}

fn head_schema(head: Head) -> ObjectBuilder {
    match head {
        Head::Id => formatted(KnownFormat::Uuid),
        Head::Version => int(),
        Head::Time => formatted(KnownFormat::DateTime),
        Head::TimeOrNothing => or_null(Type::String).format(known(KnownFormat::DateTime)),
    }
    .read_only(true)
}

/// How a record is referred to in what is sent.
const BY_NAME: &str = "an id, code:<code> or external:<system>/<id>";

/// A field: null stands for nothing, whatever its kind.
fn field_schema(field: &FieldDef, purpose: Use) -> RefOr<Schema> {
    let label = Some(match field.kind {
        Kind::Reference(_) if purpose != Use::Given => format!("{}: {BY_NAME}", field.label.en),
        _ => field.label.en.to_owned(),
    });
    let mut extensions = vec![];
    if field.sensitivity.is_sensitive() {
        extensions.push(("x-sensitivity", json!(field.sensitivity)));
    }
    if let Kind::Reference(entity) = field.kind {
        extensions.push(("x-entity", json!(entity)));
    }
    let extensions = (!extensions.is_empty()).then(|| Extensions::from_iter(extensions));
    let object = match field.kind {
        Kind::Tags | Kind::Attachments => {
            let types = SchemaType::from_iter([Type::Array, Type::Null]);
            let words = ArrayBuilder::new().schema_type(types).items(text());
            return words.description(label).extensions(extensions).into();
        }
        Kind::Map | Kind::Own => {
            let texts = AdditionalProperties::RefOr(text_or_null().into());
            or_null(Type::Object).additional_properties(Some(texts))
        }
        Kind::Bool => or_null(Type::Boolean),
        Kind::Int { min, max } => or_null(Type::Integer)
            .format(known(KnownFormat::Int64))
            .minimum(number(min))
            .maximum(number(max)),
        Kind::Decimal(decimal) => {
            let pattern = format!("^-?[0-9]+(\\.[0-9]{{1,{}}})?$", decimal.scale());
            text_or_null().format(custom("decimal")).pattern(Some(pattern))
        }
        Kind::Date => text_or_null().format(known(KnownFormat::Date)),
        Kind::Instant => text_or_null().format(known(KnownFormat::DateTime)),
        Kind::Reference(_) if purpose == Use::Given => {
            text_or_null().format(known(KnownFormat::Uuid))
        }
        Kind::Choice(choices) => {
            let words = choices.iter().map(|choice| Json::from(choice.value));
            text_or_null().enum_values(Some(words.chain([Json::Null])))
        }
        Kind::Text { max } => text_or_null().max_length(Some(max)),
        Kind::Email => text_or_null().format(known(KnownFormat::Email)),
        Kind::Url => text_or_null().format(custom("uri")),
        Kind::Country => text_or_null().format(custom("iso-3166-1-alpha-2")),
        Kind::CurrencyCode => text_or_null().format(custom("iso-4217")),
        Kind::Language => text_or_null().format(custom("bcp-47")),
        Kind::TimeZone => text_or_null().format(custom("iana-time-zone")),
        Kind::Iban => text_or_null().format(custom("iban")),
        Kind::Bic => text_or_null().format(custom("bic")),
        Kind::Gtin => text_or_null().format(custom("gtin")),
        Kind::UnitCode => text_or_null().format(custom("un-ece-rec-20")),
        _ => text_or_null(),
    };
    let default = field.default.map(Json::from);
    object.description(label).default(default).extensions(extensions).into()
}

type Bound = f64; // float: a bound of whole numbers in a JSON schema, never money

fn number(int: i64) -> Option<Bound> {
    // A bound beyond what a JSON number tells exactly is no help to anybody.
    i32::try_from(int).ok().map(Bound::from)
}

fn text() -> ObjectBuilder {
    ObjectBuilder::new().schema_type(Type::String)
}

fn text_or_null() -> ObjectBuilder {
    or_null(Type::String)
}

fn or_null(kind: Type) -> ObjectBuilder {
    ObjectBuilder::new().schema_type(SchemaType::from_iter([kind, Type::Null]))
}

fn int() -> ObjectBuilder {
    ObjectBuilder::new().schema_type(Type::Integer).format(known(KnownFormat::Int64))
}

fn formatted(format: KnownFormat) -> ObjectBuilder {
    text().format(known(format))
}

fn known(format: KnownFormat) -> Option<SchemaFormat> {
    Some(SchemaFormat::KnownFormat(format))
}

fn custom(format: &str) -> Option<SchemaFormat> {
    Some(SchemaFormat::Custom(format.to_owned()))
}

/// What a list reads from its query.
pub(super) fn list_parameters() -> Vec<Parameter> {
    let query = |name: &str, about: &str| parameter(name, ParameterIn::Query, about);
    vec![
        query(
            "filter[field]",
            "The field equals the value. Also filter[field][contains], [above], [at_least], [below], [at_most], \
             [empty]; an own field is named extra.<name>. A reference equals an id, code:<code> or \
             external:<system>/<id>",
        ),
        query(
            "sort",
            "Fields with commas between them, at most five: by each where those before are equal, like city,-name; with - before \
             it, from the last to the first. What has no value comes last. By default the id",
        ),
        query("limit", "Records of a page, 1 to 1000; by default 100"),
        query("cursor", "The place where it goes on: `next` of the page before"),
        query("retired", "true: retired records as well"),
        query("total", "true: how many there are in all"),
    ]
}

/// What every write reads from its headers.
pub(super) fn write_parameters() -> Vec<Parameter> {
    let about =
        "Names this write: a repeat with the same key gets the first answer and does nothing more";
    vec![parameter("Idempotency-Key", ParameterIn::Header, about)]
}

/// What a write to a record that stands reads as well.
pub(super) fn if_match() -> Parameter {
    let about = "The ETag of the record that was seen; 412 where it was changed since";
    parameter("If-Match", ParameterIn::Header, about)
}

pub(super) fn cursor() -> Parameter {
    parameter("cursor", ParameterIn::Query, "The place where it goes on: `next` of the page before")
}

fn parameter(name: &str, place: ParameterIn, about: &str) -> Parameter {
    let parameter = ParameterBuilder::new().name(name).parameter_in(place);
    parameter.required(Required::False).description(Some(about)).schema(Some(text())).build()
}
