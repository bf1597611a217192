//! What the program knows of itself: routes, permissions, the OpenAPI document. None takes a configuration.

use domain::permissions::{Permission, RowRule};
use serde::Serialize;

use super::failure::Failure;
use super::output;
use crate::http::openapi;
use crate::http::router;

/// `daybook-server openapi`
pub(super) fn openapi() -> Result<(), Failure> {
    output::print(&openapi::of(&router::routes()).to_pretty_json()?)
}

/// `daybook-server routes`
pub(super) fn routes(json: bool) -> Result<(), Failure> {
    let routes = router::routes();
    let lines: Vec<_> = routes.iter().map(|route| route.line()).collect();
    if json {
        return output::json(&lines);
    }
    let rows = routes.iter().map(|route| {
        let line = route.line();
        let access = match (line.public, line.permission) {
            (true, _) => "public".to_owned(),
            (false, Some(permission)) => permission.to_string(),
            (false, None) => "signed in".to_owned(),
        };
        let method = format!("{:?}", line.method).to_uppercase();
        vec![method, line.path.into_owned(), access, route.about.to_string()]
    });
    output::table(&rows.collect::<Vec<_>>())
}

#[derive(Serialize)]
struct PermissionLine {
    permission: Permission,
    roles: Vec<HolderLine>,
}

#[derive(Serialize)]
struct HolderLine {
    role: &'static str,
    rows: RowRule,
}

/// `daybook-server permissions`
pub(super) fn permissions(json: bool) -> Result<(), Failure> {
    let line = |permission: &Permission| PermissionLine {
        permission: *permission,
        roles: permission
            .default_holders()
            .iter()
            .map(|(role, rows)| HolderLine { role: role.key(), rows: *rows })
            .collect(),
    };
    let lines: Vec<_> = Permission::ALL.iter().map(line).collect();
    if json {
        return output::json(&lines);
    }
    let rows = lines.iter().map(|line| {
        let role = |holder: &HolderLine| match holder.rows {
            RowRule::All => holder.role.to_owned(),
            RowRule::OwnOrDepartment => format!("{} (own)", holder.role),
        };
        let roles: Vec<String> = line.roles.iter().map(role).collect();
        vec![line.permission.to_string(), roles.join(", ")]
    });
    output::table(&rows.collect::<Vec<_>>())
}
