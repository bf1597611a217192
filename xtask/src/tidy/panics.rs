//! Nothing that ships may panic, except where the reason it cannot happen stands beside it: in a
//! comment on the same line, on the line above, or above the statement, or in the `reason` of the
//! attribute that lets an item panic.

use super::Finding;
use super::code::{Kind, Source, Word};

pub fn check(source: &Source) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (index, word) in source.words.iter().enumerate() {
        let sign = |at: Option<usize>, wanted: &str| {
            at.and_then(|at| source.words.get(at)).is_some_and(|word| word.text == wanted)
        };
        if word.kind != Kind::Identifier {
            continue;
        }
        let is_call = matches!(word.text.as_str(), "unwrap" | "expect")
            && sign(index.checked_sub(1), ".")
            && sign(index.checked_add(1), "(");
        let is_macro = matches!(word.text.as_str(), "panic" | "unreachable")
            && sign(index.checked_add(1), "!");
        if (is_call || is_macro) && !has_reason(source, word) {
            let message = format!(
                "{} without its reason: return an error, or say in a comment beside it why it \
                 cannot fail",
                word.text
            );
            findings.push(Finding::new(&source.path, word.line, message));
        }
    }
    findings
}

fn has_reason(source: &Source, word: &Word) -> bool {
    word.may_panic
        || source.comment_on(word.line).is_some()
        || source.is_comment(word.line - 1)
        || source.is_comment(word.statement_line - 1)
}

#[cfg(test)]
mod tests {
    use super::super::code::sample;
    use super::*;

    fn lines(text: &str) -> Vec<usize> {
        let source = sample("crates/engine/src/a.rs", text);
        check(&source).into_iter().map(|finding| finding.line).collect()
    }

    #[test]
    fn a_panic_without_a_reason_is_found() {
        assert_eq!(lines("fn a() {\n  b().unwrap();\n}"), [2]);
        assert_eq!(lines("fn a() {\n  b()\n    .c()\n    .expect(\"d\");\n}"), [4]);
        assert_eq!(lines("fn a() {\n  unreachable!(\"d\");\n  panic!();\n}"), [2, 3]);
        assert_eq!(lines("/// Documentation is no reason.\nfn a() { b().unwrap() }"), [2]);
        assert_eq!(lines("fn a() {\n  c!(b.unwrap());\n}"), [2]);
    }

    #[test]
    fn a_reason_beside_it_is_enough() {
        assert_eq!(lines("fn a() {\n  b().unwrap(); // b is never empty\n}"), [0_usize; 0]);
        assert_eq!(lines("fn a() {\n  // b is never empty\n  b().unwrap();\n}"), [0_usize; 0]);
        let chain = "fn a() {\n  // b is never empty\n  let x = b()\n    .c()\n    .unwrap();\n}";
        assert_eq!(lines(chain), [0_usize; 0]);
        let item = "#[expect(clippy::expect_used, reason = \"b\")]\nimpl A {\n  fn a() {\n    c.expect(\"d\")\n  }\n}";
        assert_eq!(lines(item), [0_usize; 0]);
        assert_eq!(lines(&format!("{item}\nfn e() {{ f.unwrap() }}")), [7]);
        assert_eq!(lines("#[expect(clippy::expect_used)]\nfn a() { c.expect(\"d\") }"), [2]);
    }

    #[test]
    fn names_that_only_look_alike_are_left_alone() {
        assert_eq!(lines("fn a() { b.unwrap_or(1); expect(2); c.unwrap; }"), [0_usize; 0]);
        assert_eq!(lines("#[cfg(test)] mod tests { fn a() { b().unwrap(); } }"), [0_usize; 0]);
    }
}
