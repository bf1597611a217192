//! The project as files: where it starts, and the text of every file that git knows or would
//! take. It judges nothing.

use std::path::{Path, PathBuf};
use std::process::Command;

/// What keeps a chore from being done at all (a broken rule is a finding, not a fault).
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    #[error("cannot run {program}: {source}")]
    Start { program: &'static str, source: std::io::Error },
    #[error("{program} refused: {message}")]
    Refused { program: &'static str, message: String },
    #[error("cannot read {path}: {source}")]
    Read { path: String, source: std::io::Error },
    #[error("cannot write {path}: {source}")]
    Write { path: String, source: std::io::Error },
    #[error("{0}")]
    Usage(String),
}

/// One text file; `path` is relative to the project's root, with forward slashes.
#[derive(Debug, Clone)]
pub struct File {
    pub path: String,
    pub text: String,
}

impl File {
    /// A generated file says so in its first lines, and no length or style rule applies to it.
    pub fn is_generated(&self) -> bool {
        self.text.lines().take(5).any(|line| {
            let line = line.to_lowercase();
            line.contains("generated") && line.contains("do not edit")
        })
    }

    pub fn has_extension(&self, wanted: &[&str]) -> bool {
        let extension = Path::new(&self.path).extension().and_then(|part| part.to_str());
        extension.is_some_and(|extension| wanted.contains(&extension))
    }
}

pub struct Tree {
    pub root: PathBuf,
}

impl Tree {
    /// The project this program was built from.
    pub fn of_this_project() -> Result<Self, Fault> {
        let here = Path::new(env!("CARGO_MANIFEST_DIR"));
        let root =
            here.parent().ok_or_else(|| Fault::Usage("xtask has no parent folder".into()))?;
        Ok(Self { root: root.to_owned() })
    }

    /// Every text file that is tracked, or that is new and not ignored. Binary files are left out.
    pub fn files(&self) -> Result<Vec<File>, Fault> {
        let program = "git ls-files";
        let output = Command::new("git")
            .args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"])
            .current_dir(&self.root)
            .output()
            .map_err(|source| Fault::Start { program, source })?;
        if !output.status.success() {
            let message = String::from_utf8_lossy(&output.stderr).trim().to_owned();
            return Err(Fault::Refused { program, message });
        }
        let names = String::from_utf8_lossy(&output.stdout);
        let mut files = Vec::new();
        for path in names.split('\0').filter(|path| !path.is_empty()) {
            if let Some(text) = self.read(path)? {
                files.push(File { path: path.to_owned(), text });
            }
        }
        files.sort_by(|left, right| left.path.cmp(&right.path));
        Ok(files)
    }

    /// The text of one file. `None` where it is absent (deleted but still tracked) or binary.
    pub fn read(&self, path: &str) -> Result<Option<String>, Fault> {
        let full = self.root.join(path);
        if !full.is_file() {
            return Ok(None);
        }
        let bytes =
            std::fs::read(&full).map_err(|source| Fault::Read { path: path.to_owned(), source })?;
        Ok(String::from_utf8(bytes).ok().filter(|text| !text.contains('\0')))
    }

    /// Writes one file, making its folder first.
    pub fn write(&self, path: &str, text: &str) -> Result<(), Fault> {
        let full = self.root.join(path);
        let fault = |source| Fault::Write { path: path.to_owned(), source };
        if let Some(folder) = full.parent() {
            std::fs::create_dir_all(folder).map_err(fault)?;
        }
        std::fs::write(&full, text).map_err(fault)
    }
}
