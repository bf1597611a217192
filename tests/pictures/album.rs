//! Where the pictures of one look go, and how one is taken: of the same screen in both sizes of window.

use std::path::{Path, PathBuf};

use system_tests::desktop::{App, Size, Trouble};

/// The size of window that people see most.
pub const USUAL: Size = Size { width: 1280, height: 800 };

const LARGE: Size = Size { width: 1920, height: 1080 };

pub struct Album {
    folder: PathBuf,
    pub look: &'static str,
}

impl Album {
    pub fn new(folder: &Path, look: &'static str) -> Self {
        Self { folder: folder.to_owned(), look }
    }

    /// # Errors
    /// The app is gone, or a file cannot be written.
    pub async fn take(&self, app: &App, screen: &str) -> Result<(), Trouble> {
        self.keep(app, screen).await?;
        app.resize(LARGE).await?;
        self.keep(app, &format!("{screen}-1920")).await?;
        app.resize(USUAL).await
    }

    async fn keep(&self, app: &App, name: &str) -> Result<(), Trouble> {
        let path = self.folder.join(format!("{name}-{}.png", self.look));
        app.picture(&path).await?;
        eprintln!("{}", path.display());
        Ok(())
    }
}
