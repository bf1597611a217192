//! Something on the screen, found the way a person finds it: by what it is and what it is called.
//! Every action looks for it anew, so a control outlives redraws. It refuses to choose when several
//! things fit.

use std::time::Instant;

use fantoccini::elements::{Element, ElementRef};
use fantoccini::error::{CmdError, ErrorStatus};
use fantoccini::wd::WebDriverCompatibleCommand;
use serde_json::{Value, json};

use super::process::{PATIENCE, PAUSE};
use super::{App, Trouble, page};

#[derive(Debug, Clone)]
pub struct Control<'app> {
    app: &'app App,
    role: &'static str,
    name: Option<String>,
    text: Option<String>,
    within: Option<Box<Control<'app>>>,
}

impl<'app> Control<'app> {
    pub(super) fn new(app: &'app App, role: &'static str) -> Self {
        Self { app, role, name: None, text: None, within: None }
    }

    /// Only what has exactly this accessible name (blanks count once).
    pub fn named(mut self, name: &str) -> Self {
        self.name = Some(name.to_owned());
        self
    }

    /// Only what shows these words somewhere inside: for rows and dialogs.
    pub fn with_text(mut self, text: &str) -> Self {
        self.text = Some(text.to_owned());
        self
    }

    /// Only what lies inside another control.
    pub fn within(mut self, outer: &Control<'app>) -> Self {
        self.within = Some(Box::new(outer.clone()));
        self
    }

    // -- waiting -----------------------------------------------------------------------------

    /// Waits until it is there.
    ///
    /// # Errors
    /// It does not come, or several fit.
    pub async fn appears(&self) -> Result<(), Trouble> {
        self.on_element(async |_| Ok(())).await
    }

    /// Waits until nothing fits any more.
    ///
    /// # Errors
    /// It stays.
    pub async fn disappears(&self) -> Result<(), Trouble> {
        let wanted = format!("There should be no {self}.");
        self.app.until(&wanted, async || Ok(self.count().await? == 0)).await
    }

    /// Waits until it has the focus.
    ///
    /// # Errors
    /// It does not get it.
    pub async fn has_focus(&self) -> Result<(), Trouble> {
        let script = "return document.activeElement === arguments[0]";
        self.until("have the focus", async |id| {
            Ok(self.app.ask(script, vec![page::element(id)]).await? == json!(true))
        })
        .await
    }

    /// Waits until it holds this value (a field) or shows exactly this text (anything else).
    ///
    /// # Errors
    /// It does not.
    pub async fn reads(&self, wanted: &str) -> Result<(), Trouble> {
        let script = "return arguments[0].value ?? arguments[0].innerText";
        self.until(&format!("read \"{wanted}\""), async |id| {
            let found = self.app.ask(script, vec![page::element(id)]).await?;
            Ok(found.as_str().map(plain) == Some(plain(wanted)))
        })
        .await
    }

    async fn until(
        &self,
        wanted: &str,
        mut is_true: impl AsyncFnMut(&str) -> Result<bool, Trouble>,
    ) -> Result<(), Trouble> {
        let wanted = format!("The {self} should {wanted}.");
        self.app
            .until(&wanted, async || match self.find().await?.as_slice() {
                [only] => match is_true(only).await {
                    // It was redrawn in between: ask again.
                    Err(Trouble::Driver(error)) if is_passing(&error) => Ok(false),
                    answer => answer,
                },
                _ => Ok(false),
            })
            .await
    }

    // -- asking ------------------------------------------------------------------------------

    /// How many fit at this moment. It does not wait.
    ///
    /// # Errors
    /// The app is gone.
    pub async fn count(&self) -> Result<usize, Trouble> {
        Ok(self.find().await?.len())
    }

    /// The text it shows.
    ///
    /// # Errors
    /// It is not there, or several fit.
    pub async fn text(&self) -> Result<String, Trouble> {
        self.on_element(async |element| element.text().await).await
    }

    /// The value of a field.
    ///
    /// # Errors
    /// It is not there, or several fit.
    pub async fn value(&self) -> Result<String, Trouble> {
        let value = self.on_element(async |element| element.prop("value").await).await?;
        Ok(value.unwrap_or_default())
    }

    /// An attribute, as assistive technology reads it: `aria-expanded`, `aria-invalid`.
    ///
    /// # Errors
    /// It is not there, or several fit.
    pub async fn attribute(&self, name: &str) -> Result<Option<String>, Trouble> {
        self.on_element(async |element| element.attr(name).await).await
    }

    // -- doing -------------------------------------------------------------------------------

    /// Clicks it.
    ///
    /// # Errors
    /// It is not there, several fit, or something lies over it.
    pub async fn click(&self) -> Result<(), Trouble> {
        if self.app.zoom() == 100 {
            return self.on_element(async |element| element.click().await).await;
        }
        self.on_element(async |element| {
            let middle = vec![page::element(&element.element_id())];
            let middle = self.app.client().execute(page::MIDDLE, middle).await?;
            let at = |name: &str| middle[name].as_f64().unwrap_or_default();
            self.app.click_at(at("x"), at("y")).await
        })
        .await
    }

    /// Types text into it, after what it holds.
    ///
    /// # Errors
    /// It is not there, several fit, or it takes no text.
    pub async fn type_text(&self, text: &str) -> Result<(), Trouble> {
        self.on_element(async |element| element.send_keys(text).await).await
    }

    /// Replaces what it holds: goes there, selects all of it, deletes it and types, as a person does.
    ///
    /// # Errors
    /// It is not there, several fit, or it takes no text.
    pub async fn fill(&self, text: &str) -> Result<(), Trouble> {
        self.click().await?;
        self.has_focus().await?;
        self.app.press("Control+A").await?;
        self.app.press("Delete").await?;
        if text.is_empty() {
            return Ok(());
        }
        self.type_text(text).await
    }

    /// Gives a file to where the system's own dialog would put it.
    ///
    /// # Errors
    /// It is not there, several fit, or it takes no file.
    pub async fn give(&self, path: &std::path::Path) -> Result<(), Trouble> {
        let path = path.to_string_lossy();
        self.on_element(async |element| element.send_keys(&path).await).await
    }

    // -- finding -----------------------------------------------------------------------------

    /// Does something with the one element that fits, and tries again while the page is in motion.
    async fn on_element<T>(
        &self,
        mut act: impl AsyncFnMut(&Element) -> Result<T, CmdError>,
    ) -> Result<T, Trouble> {
        let end = Instant::now() + PATIENCE;
        loop {
            let found = self.find().await?;
            let obstacle = match found.as_slice() {
                [] => format!("There should be a {self}."),
                [only] => match act(&self.element(only)).await {
                    Ok(answer) => return Ok(answer),
                    Err(error) if is_passing(&error) => {
                        format!("The {self} is in the way: {error}.")
                    }
                    Err(error) => return Err(error.into()),
                },
                several => format!("There should be one {self}, but there are {}.", several.len()),
            };
            if Instant::now() > end {
                return Err(self.app.unmet(&obstacle).await);
            }
            tokio::time::sleep(PAUSE).await;
        }
    }

    fn element(&self, id: &str) -> Element {
        Element::from_element_id(self.app.client().clone(), ElementRef::from(id.to_owned()))
    }

    /// The ids of all elements that fit at this moment.
    async fn find(&self) -> Result<Vec<String>, Trouble> {
        let outer = match &self.within {
            None => Value::Null,
            // Boxed because a control may lie within a control within a control.
            Some(outer) => match Box::pin(outer.find()).await?.as_slice() {
                [only] => page::element(only),
                _ => return Ok(Vec::new()),
            },
        };
        let (selector, roles) = page::selectors(self.role);
        let arguments =
            vec![json!(selector), json!(roles), json!(self.name), json!(self.text), outer];
        let answer = match self.app.client().execute(page::FIND, arguments).await {
            Ok(answer) => answer,
            Err(error) if is_passing(&error) => return Ok(Vec::new()),
            Err(error) => return Err(error.into()),
        };
        let mut fitting = Vec::new();
        for id in page::elements(&answer)? {
            if self.has_name(&id).await? {
                fitting.push(id);
            }
        }
        Ok(fitting)
    }

    /// Whether the browser's accessibility tree calls the element by the wanted name.
    async fn has_name(&self, id: &str) -> Result<bool, Trouble> {
        let Some(wanted) = &self.name else { return Ok(true) };
        let question = ComputedLabel { element: id.to_owned() };
        match self.app.client().issue_cmd(question).await {
            Ok(label) => Ok(label.as_str().map(plain) == Some(plain(wanted))),
            Err(error) if is_passing(&error) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }
}

impl std::fmt::Display for Control<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.role)?;
        if let Some(name) = &self.name {
            write!(f, " \"{name}\"")?;
        }
        if let Some(text) = &self.text {
            write!(f, " with the text \"{text}\"")?;
        }
        if let Some(outer) = &self.within {
            write!(f, " within {outer}")?;
        }
        Ok(())
    }
}

/// Troubles that pass by themselves: the page was just redrawn, or something slides over it.
fn is_passing(error: &CmdError) -> bool {
    error.is_stale_element_reference()
        || error.is_no_such_element()
        || error.is_element_not_interactable()
        || matches!(error, CmdError::Standard(found) if found.error == ErrorStatus::ElementClickIntercepted)
}

fn plain(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// WebDriver's question for the name that assistive technology would speak; the client has no word
/// of its own for it.
#[derive(Debug)]
struct ComputedLabel {
    element: String,
}

impl WebDriverCompatibleCommand for ComputedLabel {
    fn endpoint(
        &self,
        base: &url::Url,
        session: Option<&str>,
    ) -> Result<url::Url, url::ParseError> {
        let session = session.unwrap_or_default();
        base.join(&format!("session/{session}/element/{}/computedlabel", self.element))
    }

    fn method_and_body(&self, _: &url::Url) -> (http::Method, Option<String>) {
        (http::Method::GET, None)
    }
}
