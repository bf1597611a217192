//! In the page, an app may use features, a feature may use what is shared, and features never
//! know each other. The place of a file says what it is:
//! `ui/shared/…` is shared, `ui/APP/src/features/NAME/…` is a feature, the rest of `ui/APP` is app.

use super::Finding;
use crate::tree::File;

#[derive(Debug, PartialEq, Eq)]
enum Place<'a> {
    Shared,
    Feature { app: &'a str, name: &'a str },
    App(&'a str),
}

pub fn check(files: &[File]) -> Vec<Finding> {
    let scripts = files.iter().filter(|file| file.has_extension(&["ts", "tsx"]));
    let mut findings = Vec::new();
    for file in scripts {
        let Some(from) = place(&file.path) else { continue };
        for (line, target) in imports(&file.text) {
            let Some(path) = resolve(&file.path, target) else { continue };
            let Some(to) = place(&path) else { continue };
            if let Some(message) = complaint(&from, &to) {
                findings.push(Finding::new(&file.path, line, format!("{message} ({target})")));
            }
        }
    }
    findings
}

fn complaint(from: &Place, to: &Place) -> Option<&'static str> {
    match (from, to) {
        (_, Place::Shared) => None,
        (Place::Shared, _) => Some("what is shared may not import an app or a feature"),
        (Place::App(from), Place::App(to) | Place::Feature { app: to, .. }) => {
            (from != to).then_some("one app may not import another: move it to ui/shared")
        }
        (Place::Feature { .. }, Place::App(_)) => {
            Some("a feature may not import its app: move what both need to shared")
        }
        (Place::Feature { .. }, Place::Feature { .. }) => (from != to)
            .then_some("features may not import each other: move what both need to shared"),
    }
}

fn place(path: &str) -> Option<Place<'_>> {
    let mut parts = path.strip_prefix("ui/")?.split('/');
    let app = parts.next()?;
    if app == "shared" {
        return Some(Place::Shared);
    }
    if parts.next()? != "src" {
        return None;
    }
    match parts.next()? {
        "features" => Some(Place::Feature { app, name: stem(parts.next()?) }),
        "shared" => Some(Place::Shared),
        _ => Some(Place::App(app)),
    }
}

fn stem(name: &str) -> &str {
    name.split('.').next().unwrap_or(name)
}

/// Every imported or re-exported name with its line, static and dynamic.
fn imports(text: &str) -> Vec<(usize, &str)> {
    let mut found = Vec::new();
    for (index, line) in text.lines().enumerate() {
        let line_start = line.trim_start();
        if line_start.starts_with("//") || line_start.starts_with('*') {
            continue;
        }
        for opening in ["from \"", "from '", "import \"", "import '", "import(\"", "import('"] {
            for (at, _) in line.match_indices(opening) {
                let rest = &line[at + opening.len()..];
                let quote = if opening.ends_with('"') { '"' } else { '\'' };
                if let Some((target, _)) = rest.split_once(quote) {
                    found.push((index + 1, target));
                }
            }
        }
    }
    found
}

/// The path inside the project that an import means; none for a package from outside.
fn resolve(from: &str, target: &str) -> Option<String> {
    if target == "@daybook/shared" || target.starts_with("@daybook/shared/") {
        return Some("ui/shared/".to_owned());
    }
    // "@/…" is the root of the app's own sources.
    if let Some(rest) = target.strip_prefix("@/") {
        let app = from.strip_prefix("ui/")?.split('/').next()?;
        return Some(format!("ui/{app}/src/{rest}"));
    }
    if !target.starts_with('.') {
        return None;
    }
    let mut parts: Vec<&str> = from.split('/').collect();
    parts.pop();
    for step in target.split('/') {
        match step {
            "." | "" => {}
            ".." => {
                parts.pop();
            }
            name => parts.push(name),
        }
    }
    Some(parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(path: &str, text: &str) -> Vec<usize> {
        let file = File { path: path.to_owned(), text: text.to_owned() };
        check(&[file]).into_iter().map(|finding| finding.line).collect()
    }

    #[test]
    fn an_import_against_the_direction_is_found() {
        let feature = "ui/desktop/src/features/list/table.tsx";
        assert_eq!(lines(feature, "import { a } from \"../form/field\";"), [1]);
        assert_eq!(lines(feature, "import a from \"@/features/form\";"), [1]);
        assert_eq!(lines(feature, "\nexport * from '../../app/router';"), [2]);
        assert_eq!(lines(feature, "const a = import(\"../form/field\");"), [1]);
        assert_eq!(
            lines("ui/shared/src/kit/a.ts", "import b from \"../../../desktop/src/app\";"),
            [1]
        );
        assert_eq!(
            lines("ui/admin/src/app/a.ts", "import b from \"../../../desktop/src/app/b\";"),
            [1]
        );
    }

    #[test]
    fn imports_along_the_direction_are_fine() {
        let feature = "ui/desktop/src/features/list/table.tsx";
        let text = "import a from \"./row\";\nimport b from \"../../shared/b\";\nimport c from \
                    \"@daybook/shared/kit\";\nimport d from \"react\";\n// import \"../form/x\";";
        assert_eq!(lines(feature, text), [0_usize; 0]);
        assert_eq!(
            lines("ui/desktop/src/app/a.tsx", "import b from \"../features/list\";"),
            [0_usize; 0]
        );
    }
}
