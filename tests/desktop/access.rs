//! Whether every screen can be used by everybody: with a screen reader, in the dark, in German, from right to
//! left, and twice as large.

use serde_json::json;
use system_tests::desktop::{App, Desk, Look, Size, Trouble};

use crate::faults;
use crate::tongue::{Language, Tongue};
use crate::tour::{self, Firm};

/// A way through every screen, and what was wrong on it.
struct Visit {
    firm: Firm,
    desk: Desk,
    tongue: Tongue,
    app: App,
    look: Look,
    found: Vec<String>,
}

impl Visit {
    /// A company, a machine of one's own, and the program at its sign-in.
    async fn begin(name: &str, language: Language) -> Result<Self, Trouble> {
        let firm = Firm::open(name);
        let desk = Desk::new(name)?;
        let tongue = Tongue::new(language);
        let app = tour::open(&desk, Look::Light, &tongue).await?;
        Ok(Self { firm, desk, tongue, app, look: Look::Light, found: Vec::new() })
    }

    /// From the sign-in to the first list.
    async fn arrive(
        &mut self,
        mut faults: impl AsyncFnMut(&App) -> Result<Vec<String>, Trouble>,
    ) -> Result<(), Trouble> {
        let Self { firm, tongue, app, look, found, .. } = self;
        let mut look_at = async |app: &App, screen: &str| {
            found.extend(note(screen, *look, faults(app).await?));
            Ok(())
        };
        tour::arrive(app, tongue, firm, &mut look_at).await
    }

    /// Every screen of a working day.
    async fn work(
        &mut self,
        mut faults: impl AsyncFnMut(&App) -> Result<Vec<String>, Trouble>,
    ) -> Result<(), Trouble> {
        let Self { tongue, app, look, found, .. } = self;
        let mut look_at = async |app: &App, screen: &str| {
            found.extend(note(screen, *look, faults(app).await?));
            Ok(())
        };
        tour::work(app, tongue, &mut look_at).await
    }

    /// The same person, the same program, in another light.
    async fn again(mut self, look: Look) -> Result<Self, Trouble> {
        self.app.close().await?;
        self.app = tour::open(&self.desk, look, &self.tongue).await?;
        Ok(Self { look, ..self })
    }

    async fn ends_without_fault(self) -> Result<(), Trouble> {
        self.app.close().await?;
        assert!(self.found.is_empty(), "{}", self.found.join("\n"));
        Ok(())
    }
}

fn note(screen: &str, look: Look, faults: Vec<String>) -> impl Iterator<Item = String> {
    faults.into_iter().map(move |fault| format!("{screen} ({look:?}): {fault}"))
}

#[tokio::test]
async fn no_screen_keeps_anybody_out() -> Result<(), Trouble> {
    let mut visit = Visit::begin("axe", Language::English).await?;
    visit.arrive(faults::of_access).await?;
    visit.work(faults::of_access).await?;
    let mut visit = visit.again(Look::Dark).await?;
    visit.work(faults::of_access).await?;
    visit.ends_without_fault().await
}

#[tokio::test]
async fn german_screens_have_no_english_left() -> Result<(), Trouble> {
    let mut visit = Visit::begin("german", Language::German).await?;
    let known = visit.tongue.clone();
    visit.arrive(async |app| faults::of_tongue(app, &known).await).await?;
    // Somebody who is signed in is told the labels of records, too.
    let known = visit.tongue.clone();
    visit
        .work(async |app| {
            Ok([faults::of_tongue(app, &known).await?, faults::of_layout(app).await?].concat())
        })
        .await?;
    visit.ends_without_fault().await
}

#[tokio::test]
async fn a_script_from_right_to_left_breaks_no_screen() -> Result<(), Trouble> {
    let mut visit = Visit::begin("mirrored", Language::Mirrored).await?;
    let mirrored = async |app: &App| {
        assert_eq!(app.ask("return document.documentElement.dir", Vec::new()).await?, json!("rtl"));
        faults::of_layout(app).await
    };
    visit.arrive(mirrored).await?;
    visit.work(mirrored).await?;
    visit.ends_without_fault().await
}

#[tokio::test]
async fn everything_twice_as_large_fits_the_window_and_is_within_reach() -> Result<(), Trouble> {
    let mut visit = Visit::begin("large", Language::German).await?;
    visit.app.resize(Size { width: 1280, height: 800 }).await?;
    tour::remember(&visit.app, &json!({ "zoom": 200 })).await?;
    visit.app.is_drawn_at(200);
    let large = async |app: &App| {
        // Half of what the window has, so that what a style says of narrow windows holds.
        assert_eq!(
            app.ask("return [innerWidth, innerHeight]", Vec::new()).await?,
            json!([640, 400])
        );
        let faults = [faults::of_layout(app).await?, faults::of_reach(app).await?];
        Ok([faults.concat(), faults::of_access(app).await?].concat())
    };
    visit.arrive(large).await?;
    visit.work(large).await?;
    visit.ends_without_fault().await
}
