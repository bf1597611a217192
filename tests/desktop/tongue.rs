//! What the screens say, by the names of the program's own texts and the labels of its records: a story
//! told in one language is told in all of them. It reads the sources, so that it never falls behind.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::{Value, json};
use system_tests::desktop::{App, Trouble};

use crate::tour;

/// Where the program's texts lie, a folder for each language.
const TEXTS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../ui/shared/i18n");

/// What the program is read in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    English,
    German,
    /// English as a script from right to left would stand.
    Mirrored,
}

/// A text in both languages that the program has.
#[derive(Clone, Debug)]
pub struct Text {
    pub english: String,
    pub german: String,
}

#[derive(Clone, Debug)]
pub struct Tongue {
    language: Language,
    words: BTreeMap<String, Text>,
    labels: Vec<Text>,
}

impl Tongue {
    /// # Panics
    /// Where the sources of the texts are not there, or have another form.
    pub fn new(language: Language) -> Self {
        let german = texts_in("de");
        let words = texts_in("en").into_iter().map(|(path, english)| {
            let german = german.get(&path).unwrap_or_else(|| panic!("no German {path}")).clone();
            (path, Text { english, german })
        });
        Self { language, words: words.collect(), labels: Vec::new() }
    }

    /// Makes the program speak so, at the screen where it stands.
    ///
    /// # Errors
    /// The app is gone.
    pub async fn speak(&self, app: &App) -> Result<(), Trouble> {
        let language = if self.language == Language::German { "de" } else { "en" };
        let mirrored = self.language == Language::Mirrored;
        tour::remember(app, &json!({ "language": language, "mirrored": mirrored })).await
    }

    /// Takes the labels of records from the program, where somebody is signed in.
    ///
    /// # Errors
    /// The app is gone, or refuses.
    pub async fn learn_labels(&mut self, app: &App) -> Result<(), Trouble> {
        let ask = "const done = arguments[arguments.length - 1];
            window.__TAURI_INTERNALS__.invoke('call', { request: { command: 'describe' } }).then(done);";
        let described = app.ask_and_wait(ask, Vec::new()).await?;
        self.labels = Vec::new();
        gather(&described, &mut self.labels);
        assert!(self.labels.len() > 300, "{} labels", self.labels.len());
        Ok(())
    }

    /// A text of the program by its name: `list.apply`.
    ///
    /// # Panics
    /// Where there is none.
    pub fn say(&self, name: &str) -> String {
        self.say_of(name, &[])
    }

    /// A text with what stands in its places.
    ///
    /// # Panics
    /// Where there is none.
    pub fn say_of(&self, name: &str, places: &[(&str, &str)]) -> String {
        let text = self.words.get(name).unwrap_or_else(|| panic!("no text {name}"));
        let mut said =
            if self.language == Language::German { &text.german } else { &text.english }.clone();
        for (place, word) in places {
            said = said.replace(&format!("{{{{{place}}}}}"), word);
        }
        self.mirrored(said)
    }

    /// A label of records or fields, by its English. It comes with the data, which nothing mirrors.
    ///
    /// # Panics
    /// Where there is none.
    pub fn label(&self, english: &str) -> String {
        let known = self.labels.iter().find(|label| label.english == english);
        let label = known.unwrap_or_else(|| panic!("no label {english}"));
        let german = self.language == Language::German;
        if german { &label.german } else { &label.english }.clone()
    }

    /// Every text and label.
    pub fn texts(&self) -> impl Iterator<Item = &Text> {
        self.words.values().chain(&self.labels)
    }

    fn mirrored(&self, text: String) -> String {
        match self.language {
            Language::Mirrored => format!("\u{202e}{text}\u{202c}"),
            Language::English | Language::German => text,
        }
    }
}

fn gather(value: &Value, labels: &mut Vec<Text>) {
    match value {
        Value::Array(values) => values.iter().for_each(|value| gather(value, labels)),
        Value::Object(fields) => match (fields.get("en"), fields.get("de")) {
            (Some(Value::String(english)), Some(Value::String(german))) => {
                labels.push(Text { english: english.clone(), german: german.clone() });
            }
            _ => fields.values().for_each(|value| gather(value, labels)),
        },
        _ => {}
    }
}

/// The texts of one language by their names.
fn texts_in(language: &str) -> BTreeMap<String, String> {
    let folder = Path::new(TEXTS).join(language);
    let files = std::fs::read_dir(&folder).unwrap_or_else(|e| panic!("{}: {e}", folder.display()));
    let mut texts = BTreeMap::new();
    for path in files.flatten().map(|entry| entry.path()) {
        let source = std::fs::read_to_string(&path);
        let source = source.unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        read_texts(&source, &mut texts);
    }
    assert!(texts.len() > 400, "{} texts in {language}", texts.len());
    texts
}

/// Reads what an object literal of names and texts says: `fill: { title: "Getting your records" }`.
fn read_texts(source: &str, texts: &mut BTreeMap<String, String>) {
    let mut signs = source.chars().peekable();
    let mut path: Vec<Option<String>> = Vec::new();
    let (mut word, mut name) = (String::new(), None);
    while let Some(sign) = signs.next() {
        match sign {
            '/' => while signs.next_if(|next| *next != '\n').is_some() {},
            '{' => path.push(name.take()),
            '}' => drop(path.pop()),
            ':' => name = Some(std::mem::take(&mut word)),
            '"' => {
                let mut text = String::new();
                while let Some(sign) = signs.next().filter(|sign| *sign != '"') {
                    text.push(if sign == '\\' { signs.next().unwrap_or(sign) } else { sign });
                }
                if let Some(name) = name.take() {
                    // The outermost is the file's own name.
                    let outer = path.iter().skip(1).flatten().cloned();
                    texts.insert(outer.chain([name]).collect::<Vec<_>>().join("."), text);
                }
            }
            _ if sign.is_alphanumeric() || sign == '_' => word.push(sign),
            _ => word.clear(),
        }
    }
}
