//! The OpenAPI document, made from the list of routes.

use std::collections::BTreeMap;

use axum::Json;
use axum::response::IntoResponse;
use utoipa::openapi::extensions::Extensions;
use utoipa::openapi::path::PathItem;
use utoipa::openapi::path::{
    HttpMethod, Operation, OperationBuilder, ParameterBuilder, ParameterIn,
};
use utoipa::openapi::request_body::RequestBodyBuilder;
use utoipa::openapi::schema::{ObjectBuilder, Type};
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme};
use utoipa::openapi::{
    ComponentsBuilder, ContentBuilder, InfoBuilder, OpenApi, OpenApiBuilder, PathsBuilder, Ref,
    RefOr, Required, ResponseBuilder, Schema,
};
use utoipa::{PartialSchema as _, ToSchema as _};

use super::problem::ProblemDetails;
use super::route::{Access, Content, Method, Route};
use super::router;

const BEARER: &str = "access_token";

/// `GET /openapi.json`
pub(super) async fn document() -> impl IntoResponse {
    Json(of(&router::routes()))
}

/// The document of these routes.
pub fn of(routes: &[Route]) -> OpenApi {
    let mut schemas: BTreeMap<String, RefOr<Schema>> = BTreeMap::new();
    let mut problem = Vec::new();
    ProblemDetails::schemas(&mut problem);
    schemas.extend(problem);
    schemas.insert(ProblemDetails::name().into_owned(), ProblemDetails::schema());
    let mut paths = PathsBuilder::new();
    for route in routes {
        for content in [&route.takes, &route.gives].into_iter().flatten() {
            if let Content::Json { schema, .. } = content {
                schemas.extend(schema.iter().cloned());
            }
        }
        paths = paths.path(&*route.path, PathItem::new(method(route.method), operation(route)));
    }
    let scheme = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).bearer_format("JWT").build();
    let components = schemas
        .into_iter()
        .fold(ComponentsBuilder::new(), |components, (name, schema)| {
            components.schema(name, schema)
        })
        .security_scheme(BEARER, SecurityScheme::Http(scheme))
        .build();
    let info = InfoBuilder::new()
        .title("Daybook hub")
        .version(env!("CARGO_PKG_VERSION"))
        .description(Some("The sync server of Daybook. Every route names the permission it takes."))
        .build();
    OpenApiBuilder::new().info(info).paths(paths.build()).components(Some(components)).build()
}

fn operation(route: &Route) -> Operation {
    let access = match route.access {
        Access::Public(_) => "public".to_owned(),
        Access::SignedIn | Access::Contact => "signed in".to_owned(),
        Access::Permission(_) | Access::Guarded(..) => {
            let last = route.access.permissions().pop();
            last.map_or_else(String::new, |permission| permission.name().to_owned())
        }
    };
    let (status, success) = match &route.gives {
        Some(content) => {
            let done = ResponseBuilder::new().description("Done");
            (200, done.content(media_type(content), body(content)))
        }
        None => (204, ResponseBuilder::new().description("Done, and there is nothing to say")),
    };
    let status = route.success.unwrap_or(status);
    let problem = ContentBuilder::new().schema(Some(Ref::from_schema_name(ProblemDetails::name())));
    let failure = ResponseBuilder::new()
        .description("What went wrong")
        .content("application/problem+json", problem.build());
    let mut operation = OperationBuilder::new()
        .operation_id(Some(operation_id(route)))
        .summary(Some(&*route.about))
        .response(status.to_string(), success.build())
        .response("default", failure.build())
        .extensions(Some(Extensions::from_iter([("x-permission", access)])));
    let in_path =
        route.path.split('/').filter_map(|word| word.strip_prefix('{')?.strip_suffix('}'));
    for name in in_path {
        let text = ObjectBuilder::new().schema_type(Type::String);
        let parameter = ParameterBuilder::new().name(name).parameter_in(ParameterIn::Path);
        operation = operation.parameter(parameter.required(Required::True).schema(Some(text)));
    }
    for parameter in &route.parameters {
        operation = operation.parameter(parameter.clone());
    }
    if let Some(content) = &route.takes {
        let request = RequestBodyBuilder::new()
            .required(Some(Required::True))
            .content(media_type(content), body(content));
        operation = operation.request_body(Some(request.build()));
    }
    if !matches!(route.access, Access::Public(_)) {
        operation = operation.security(SecurityRequirement::new(BEARER, Vec::<String>::new()));
    }
    operation.build()
}

fn operation_id(route: &Route) -> String {
    let words =
        route.path.split('/').filter(|word| !word.is_empty() && *word != "api" && *word != "v1");
    let words: Vec<String> = words.map(|word| word.replace(['{', '}', '.'], "_")).collect();
    format!("{}_{}", method_name(route.method), words.join("_"))
}

fn media_type(content: &Content) -> &'static str {
    match content {
        Content::Json { .. } => "application/json",
        Content::Other(media_type) => media_type,
    }
}

fn body(content: &Content) -> utoipa::openapi::Content {
    match content {
        Content::Json { name, .. } => {
            ContentBuilder::new().schema(Some(Ref::from_schema_name(name))).build()
        }
        Content::Other(_) => ContentBuilder::new().build(),
    }
}

fn method(method: Method) -> HttpMethod {
    match method {
        Method::Get => HttpMethod::Get,
        Method::Post => HttpMethod::Post,
        Method::Put => HttpMethod::Put,
        Method::Patch => HttpMethod::Patch,
        Method::Delete => HttpMethod::Delete,
    }
}

fn method_name(method: Method) -> &'static str {
    match method {
        Method::Get => "get",
        Method::Post => "post",
        Method::Put => "put",
        Method::Patch => "patch",
        Method::Delete => "delete",
    }
}
