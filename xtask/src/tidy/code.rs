//! Rust as a flat list of words with line numbers, with everything that only tests compile cut
//! out. Working on the compiler's own words means that comments, strings and macro bodies are told
//! apart from code. It knows no rule.

use std::collections::BTreeSet;
use std::str::FromStr;

use proc_macro2::{Delimiter, TokenStream, TokenTree};

use super::Finding;
use crate::tree::File;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Identifier,
    Sign,
    Literal,
}

#[derive(Debug, Clone)]
pub struct Word {
    pub kind: Kind,
    pub text: String,
    /// Counted from 1.
    pub line: usize,
    /// The line on which the statement that this word belongs to begins.
    pub statement_line: usize,
    /// It stands in an item that may panic, with the reason in its attribute:
    /// `#[expect(clippy::expect_used, reason = "…")]`.
    pub may_panic: bool,
}

/// One file of Rust as it ships.
#[derive(Debug)]
pub struct Source {
    pub path: String,
    pub words: Vec<Word>,
    lines: Vec<String>,
}

impl Source {
    /// The raw text of a line (counted from 1), comments included.
    pub fn line(&self, number: usize) -> &str {
        number.checked_sub(1).and_then(|index| self.lines.get(index)).map_or("", String::as_str)
    }

    /// The comment that ends a line, if there is one.
    pub fn comment_on(&self, number: usize) -> Option<&str> {
        let line = self.line(number);
        // "//" right after a colon is an address inside a string.
        let start = line.match_indices("//").find(|(at, _)| !line[..*at].ends_with(':'))?.0;
        Some(line[start..].trim_start_matches('/').trim())
    }

    /// Whether a line is nothing but an ordinary comment (documentation does not count).
    pub fn is_comment(&self, number: usize) -> bool {
        let line = self.line(number).trim_start();
        line.starts_with("//") && !line.starts_with("///") && !line.starts_with("//!")
    }
}

/// The Rust of the project that ends up in a program or a library. Files that are not Rust to the
/// compiler's reader come back as findings.
pub fn shipped(files: &[File]) -> (Vec<Source>, Vec<Finding>) {
    let mut sources = Vec::new();
    let mut unreadable = Vec::new();
    let mut test_modules = BTreeSet::new();
    let rust = files.iter().filter(|file| file.has_extension(&["rs"]));
    for file in rust.filter(|file| !is_test_path(&file.path)) {
        match read(file) {
            Ok((source, modules)) => {
                sources.push(source);
                test_modules.extend(modules);
            }
            Err(line) => {
                unreadable.push(Finding::new(&file.path, line, "is not readable as Rust"));
            }
        }
    }
    sources.retain(|source| !test_modules.iter().any(|module| lies_in(&source.path, module)));
    (sources, unreadable)
}

/// Folders and files that only tests compile.
pub fn is_test_path(path: &str) -> bool {
    let in_test_folder = path.split('/').any(|part| matches!(part, "tests" | "benches"));
    in_test_folder || path.ends_with("/tests.rs") || path.starts_with("crates/testkit/")
}

/// `module` is a path without its ending: both `module.rs` and all below `module/` belong to it.
fn lies_in(path: &str, module: &str) -> bool {
    path.strip_prefix(module).is_some_and(|rest| rest == ".rs" || rest.starts_with('/'))
}

/// The shipped words of one file, and the modules it declares for tests only. An error is the line
/// at which reading stopped.
fn read(file: &File) -> Result<(Source, Vec<String>), usize> {
    let stream = TokenStream::from_str(&file.text).map_err(|error| error.span().start().line)?;
    let mut reader = Reader { words: Vec::new(), modules: Vec::new(), may_panic: false };
    reader.take(stream);
    let folder = module_folder(&file.path);
    let modules = reader.modules.iter().map(|name| format!("{folder}/{name}")).collect();
    let lines = file.text.lines().map(str::to_owned).collect();
    Ok((Source { path: file.path.clone(), words: reader.words, lines }, modules))
}

/// Where the modules that a file declares lie.
fn module_folder(path: &str) -> String {
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    match name {
        "mod.rs" | "lib.rs" | "main.rs" => folder.to_owned(),
        name => format!("{folder}/{}", name.trim_end_matches(".rs")),
    }
}

struct Reader {
    words: Vec<Word>,
    modules: Vec<String>,
    may_panic: bool,
}

impl Reader {
    fn take(&mut self, stream: TokenStream) {
        let trees: Vec<TokenTree> = stream.into_iter().collect();
        let outer_may_panic = self.may_panic;
        let mut statement_line = None;
        let mut index = 0;
        while let Some(tree) = trees.get(index) {
            if let Some(attribute) = attribute_at(&trees, index) {
                index += attribute.width;
                if attribute.for_whole_file && attribute.tests_only {
                    return;
                }
                self.may_panic |= attribute.allows_panic;
                if attribute.tests_only {
                    index += self.skip_item(trees.get(index..).unwrap_or_default());
                }
                continue;
            }
            let line = tree.span().start().line;
            let statement = *statement_line.get_or_insert(line);
            match tree {
                TokenTree::Group(group) => {
                    let (open, close) = match group.delimiter() {
                        Delimiter::Parenthesis => ("(", ")"),
                        Delimiter::Brace => ("{", "}"),
                        Delimiter::Bracket => ("[", "]"),
                        Delimiter::None => ("", ""),
                    };
                    self.push(Kind::Sign, open, line, statement);
                    self.take(group.stream());
                    self.push(Kind::Sign, close, group.span_close().end().line, statement);
                    if group.delimiter() == Delimiter::Brace {
                        statement_line = None;
                        self.may_panic = outer_may_panic;
                    }
                }
                TokenTree::Ident(word) => {
                    self.push(Kind::Identifier, &word.to_string(), line, statement);
                }
                TokenTree::Literal(word) => {
                    self.push(Kind::Literal, &word.to_string(), line, statement);
                }
                TokenTree::Punct(sign) => {
                    self.push(Kind::Sign, &sign.as_char().to_string(), line, statement);
                    if matches!(sign.as_char(), ';' | ',') {
                        statement_line = None;
                    }
                    if sign.as_char() == ';' {
                        self.may_panic = outer_may_panic;
                    }
                }
            }
            index += 1;
        }
        self.may_panic = outer_may_panic;
    }

    fn push(&mut self, kind: Kind, text: &str, line: usize, statement_line: usize) {
        let may_panic = self.may_panic;
        self.words.push(Word { kind, text: text.to_owned(), line, statement_line, may_panic });
    }

    /// How many trees the item at the start of `trees` takes. A module without a body is noted.
    fn skip_item(&mut self, trees: &[TokenTree]) -> usize {
        let mut index = 0;
        let mut last_word = None;
        let mut is_module = false;
        while let Some(tree) = trees.get(index) {
            if let Some(attribute) = attribute_at(trees, index) {
                index += attribute.width;
                continue;
            }
            index += 1;
            match tree {
                TokenTree::Ident(word) => {
                    is_module |= word == "mod";
                    last_word = Some(word.to_string());
                }
                TokenTree::Punct(sign) if sign.as_char() == ';' => {
                    if is_module {
                        self.modules.extend(last_word);
                    }
                    break;
                }
                TokenTree::Group(group) if group.delimiter() == Delimiter::Brace => break,
                _ => {}
            }
        }
        index
    }
}

struct Attribute {
    /// How many trees it takes.
    width: usize,
    tests_only: bool,
    for_whole_file: bool,
    allows_panic: bool,
}

/// The attribute (or documentation comment) that begins at `index`, if one does.
fn attribute_at(trees: &[TokenTree], index: usize) -> Option<Attribute> {
    let is_sign = |tree: Option<&TokenTree>, wanted: char| matches!(tree, Some(TokenTree::Punct(sign)) if sign.as_char() == wanted);
    if !is_sign(trees.get(index), '#') {
        return None;
    }
    let for_whole_file = is_sign(trees.get(index + 1), '!');
    let width = if for_whole_file { 3 } else { 2 };
    let Some(TokenTree::Group(group)) = trees.get(index + width - 1) else { return None };
    if group.delimiter() != Delimiter::Bracket {
        return None;
    }
    let words = words_of(group.stream());
    Some(Attribute {
        width,
        tests_only: is_for_tests(&words),
        for_whole_file,
        allows_panic: allows_panic(&words),
    })
}

/// `#[test]`, `#[tokio::test]`, `#[cfg(test)]`, `#[cfg(all(test, unix))]`, but not
/// `#[cfg(not(test))]`.
fn is_for_tests(words: &[String]) -> bool {
    let names = |wanted: &str| words.iter().any(|word| word == wanted);
    match words.first().map(String::as_str) {
        Some("cfg") => names("test") && !names("not"),
        Some("cfg_attr" | "doc") | None => false,
        Some(_) => {
            words.iter().take_while(|word| *word != "(").last().is_some_and(|word| word == "test")
        }
    }
}

/// `#[expect(clippy::unwrap_used, reason = "…")]` and its like; without a reason it allows nothing.
fn allows_panic(words: &[String]) -> bool {
    let names = |wanted: &[&str]| words.iter().any(|word| wanted.contains(&word.as_str()));
    matches!(words.first().map(String::as_str), Some("allow" | "expect"))
        && names(&["unwrap_used", "expect_used", "panic", "unreachable"])
        && names(&["reason"])
}

fn words_of(stream: TokenStream) -> Vec<String> {
    let mut words = Vec::new();
    for tree in stream {
        match tree {
            TokenTree::Ident(word) => words.push(word.to_string()),
            TokenTree::Group(group) => {
                words.push("(".to_owned());
                words.extend(words_of(group.stream()));
            }
            TokenTree::Punct(_) | TokenTree::Literal(_) => {}
        }
    }
    words
}

/// A source for the tests of the rules.
#[cfg(test)]
pub fn sample(path: &str, text: &str) -> Source {
    let file = File { path: path.to_owned(), text: text.to_owned() };
    read(&file).expect("the sample is Rust").0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<String> {
        sample("a.rs", text).words.into_iter().map(|word| word.text).collect()
    }

    fn file(path: &str, text: &str) -> File {
        File { path: path.to_owned(), text: text.to_owned() }
    }

    #[test]
    fn comments_strings_and_documentation_are_not_code() {
        let found = words("/// unwrap\nfn a() { /* unwrap */ b(\"unwrap\") } // unwrap");
        assert!(!found.contains(&"unwrap".to_owned()), "{found:?}");
    }

    #[test]
    fn what_only_tests_compile_is_cut_out() {
        for text in [
            "#[cfg(test)] mod tests { fn gone() {} }",
            "#[test] fn gone() -> [u8; 2] { x }",
            "#[tokio::test(flavor = \"x\")] #[other] async fn gone() {}",
            "#[cfg(all(test, unix))] use gone::{a, b};",
            "#![cfg(test)] fn gone() {}",
        ] {
            let found = words(&format!("{text} ; fn kept() {{}}"));
            assert!(!found.contains(&"gone".to_owned()), "{text}: {found:?}");
        }
        assert!(words("#[cfg(not(test))] fn kept() {}").contains(&"kept".to_owned()));
        assert!(
            words("#[cfg_attr(test, derive(Debug))] struct kept;").contains(&"kept".to_owned())
        );
        assert!(words("#[test] fn gone() {} fn kept() {}").contains(&"kept".to_owned()));
    }

    #[test]
    fn a_module_for_tests_takes_its_file_along() {
        let files = [
            file("crates/a/src/lib.rs", "#[cfg(test)] mod world; mod real;"),
            file("crates/a/src/world.rs", "fn gone() {}"),
            file("crates/a/src/world/deep.rs", "fn gone() {}"),
            file("crates/a/src/real.rs", "#[cfg(test)] mod inner;"),
            file("crates/a/src/real/inner.rs", "fn gone() {}"),
            file("crates/a/tests/story.rs", "fn gone() {}"),
            file("crates/a/src/broken.rs", "fn a( {"),
        ];
        let (sources, unreadable) = shipped(&files);
        let paths: Vec<&str> = sources.iter().map(|source| source.path.as_str()).collect();
        assert_eq!(paths, ["crates/a/src/lib.rs", "crates/a/src/real.rs"]);
        assert_eq!(unreadable.len(), 1);
    }

    #[test]
    fn a_statement_knows_where_it_began() {
        let source = sample("a.rs", "fn a() {\n let x = b\n  .c()\n  .d();\n e();\n}");
        let line = |text: &str| {
            source.words.iter().find(|word| word.text == text).map(|word| word.statement_line)
        };
        assert_eq!((line("d"), line("e")), (Some(2), Some(5)));
    }

    #[test]
    fn an_address_in_a_string_is_no_comment() {
        let source = sample("a.rs", "a(\"https://x\");\nb(); // why\n");
        assert_eq!(source.comment_on(1), None);
        assert_eq!(source.comment_on(2), Some("why"));
    }
}
