//! Every master over HTTP, for programs of others: lists, records, writes, exports and histories, made from the
//! declaration. A write is an op of a device that lives on the hub and is judged like any other; what is shown is
//! what the person would see. Nothing here is made for one entity.

mod answer;
mod cursor;
mod document;
mod export;
mod history;
mod input;
mod numbered;
mod query;
mod read;
mod reference;
mod request;
mod schema;
mod write;

use axum::extract::{Request, State};
use domain::masters;
use domain::permissions::Action;
use domain::record::EntityDef;
use sync_protocol::history::History;

use self::query::Read;
use self::read::{ExternalPath, Named, OnePath};
use super::route::Access::Guarded;
use super::route::{Route, delete, get, patch, post, put};
use super::{App, SignedIn};

/// The routes of every master, each with what its guard asks.
pub(super) fn routes() -> Vec<Route> {
    masters::ALL.iter().copied().flat_map(of).collect()
}

fn of(entity: &'static EntityDef) -> Vec<Route> {
    let all = format!("/api/v1/{}", entity.name);
    let (one, external) =
        (format!("{all}/{{id}}"), format!("{all}/external/{{system}}/{{external_id}}"));
    let (label, plural) = (entity.label.en.to_lowercase(), entity.plural.en.to_lowercase());
    let may = |action| Guarded(entity.guard, action);
    type S = State<App>;
    let list = get(all.clone(), may(Action::View), move |app: S, who: SignedIn, query: Read| {
        read::list(entity, app, who, query)
    });
    let create =
        post(all.clone(), may(Action::Create), move |app: S, who: SignedIn, request: Request| {
            write::create(entity, app, who, request)
        });
    let export = get(
        format!("{all}/export"),
        may(Action::Export),
        move |app: S, who: SignedIn, query: Read| export::export(entity, app, who, query),
    );
    let record =
        get(one.clone(), may(Action::View), move |app: S, who: SignedIn, path: OnePath| {
            read::get(entity, app, who, Named::one(path))
        });
    let change = patch(
        one.clone(),
        may(Action::Edit),
        move |app: S, who: SignedIn, path: OnePath, request: Request| {
            write::change(entity, app, who, Named::one(path), request)
        },
    );
    let retire = delete(
        one.clone(),
        may(Action::Retire),
        move |app: S, who: SignedIn, path: OnePath, request: Request| {
            write::retire(entity, app, who, Named::one(path), request)
        },
    );
    let history = get(
        format!("{one}/history"),
        may(Action::View),
        move |app: S, who: SignedIn, path: OnePath, query: Read| {
            history::history(entity, app, who, Named::one(path), query)
        },
    );
    let by_external = get(
        external.clone(),
        may(Action::View),
        move |app: S, who: SignedIn, path: ExternalPath| {
            read::get(entity, app, who, Named::external(path))
        },
    );
    let upsert = put(
        external,
        may(Action::Edit),
        move |app: S, who: SignedIn, path: ExternalPath, request: Request| {
            write::upsert(entity, app, who, path, request)
        },
    );
    let record_schema = || (schema::record_name(entity), schema::record(entity));
    let gives_record = |route: Route| {
        let (name, schemas) = record_schema();
        route.gives_schema(&name, schemas)
    };
    let writes = |route: Route| {
        let route = route.reads(schema::write_parameters());
        route.gives_schema(schema::WRITTEN, schema::written())
    };
    let takes_changes =
        |route: Route| route.takes_schema(&schema::changes_name(entity), schema::changes(entity));
    vec![
        list.about(format!("The {plural} that one may see, filtered, in an order, page by page"))
            .reads(schema::list_parameters())
            .gives_schema(&schema::page_name(entity), schema::page(entity)),
        writes(create)
            .about(format!("Make a new {label}"))
            .takes_schema(&schema::new_name(entity), schema::new(entity))
            .succeeds(201),
        export
            .about(format!("All {plural} that one may see, a JSON document a line"))
            .reads(schema::list_parameters())
            .gives_media(export::MEDIA_TYPE),
        gives_record(record)
            .about(format!("One {label}, by its id, code:<code> or external:<system>/<id>")),
        takes_changes(writes(change))
            .about(format!("Change what is named of a {label}"))
            .reads([schema::if_match()]),
        writes(retire)
            .about(format!("Retire a {label}: it is kept, out of lists"))
            .reads([schema::if_match()]),
        history
            .about(format!("Who changed what of a {label}, newest first"))
            .reads([schema::cursor()])
            .gives::<History>(),
        gives_record(by_external).about(format!("One {label}, by its id in another system")),
        takes_changes(writes(upsert))
            .about(format!("Change the {label} of this id in another system, or make it"))
            .reads([schema::if_match()]),
    ]
}
