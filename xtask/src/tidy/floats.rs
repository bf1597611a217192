//! Money is never a float. Where the books are computed, stored or sent, a float needs a reason on
//! its line: `// float: a share of the screen, not money`.

use super::Finding;
use super::code::{Kind, Source, Word};

/// The folders through which money passes.
const MONEY_CODE: &[&str] =
    &["crates/domain/", "crates/sync-protocol/", "crates/local-store/", "sync-server/src/"];

/// A reason has at least this many characters.
const SHORTEST_REASON: usize = 10;

pub fn check(source: &Source) -> Vec<Finding> {
    if !MONEY_CODE.iter().any(|folder| source.path.starts_with(folder)) {
        return Vec::new();
    }
    let mut lines: Vec<usize> = Vec::new();
    for (index, word) in source.words.iter().enumerate() {
        let before = index.checked_sub(1).and_then(|index| source.words.get(index));
        if is_float(word, before) && !has_reason(source, word.line) {
            lines.push(word.line);
        }
    }
    lines.dedup();
    let message = "a float in money code: use rust_decimal, or say on this line why no money can \
                   pass (`// float: ...`)";
    lines.into_iter().map(|line| Finding::new(&source.path, line, message)).collect()
}

fn is_float(word: &Word, before: Option<&Word>) -> bool {
    match word.kind {
        Kind::Identifier => {
            matches!(
                word.text.as_str(),
                "f32" | "f64" | "to_f32" | "to_f64" | "from_f64" | "as_f64"
            )
        }
        // The reader takes the two steps of `pair.0.1` for one number.
        Kind::Literal => is_float_literal(&word.text) && before.is_none_or(|word| word.text != "."),
        Kind::Sign => false,
    }
}

fn is_float_literal(text: &str) -> bool {
    let is_decimal = text.starts_with(|first: char| first.is_ascii_digit())
        && !["0x", "0b", "0o"].iter().any(|prefix| text.starts_with(prefix));
    let has_exponent = text.split_once(['e', 'E']).is_some_and(|(whole, exponent)| {
        whole.chars().all(|sign| sign.is_ascii_digit() || sign == '_')
            && exponent.starts_with(|sign: char| sign.is_ascii_digit() || "+-_".contains(sign))
    });
    let has_type = text.ends_with("f32") || text.ends_with("f64");
    is_decimal && (text.contains('.') || has_exponent || has_type)
}

fn has_reason(source: &Source, line: usize) -> bool {
    let comment = source.comment_on(line).unwrap_or_default();
    comment.split_once("float:").is_some_and(|(_, reason)| reason.trim().len() >= SHORTEST_REASON)
}

#[cfg(test)]
mod tests {
    use super::super::code::sample;
    use super::*;

    fn lines(path: &str, text: &str) -> Vec<usize> {
        check(&sample(path, text)).into_iter().map(|finding| finding.line).collect()
    }

    #[test]
    fn floats_in_money_code_are_found() {
        let text =
            "fn a(x: f64) {}\nconst B: T = 1.5;\nconst C: T = 1e3;\nlet d = amount.to_f64();";
        assert_eq!(lines("crates/domain/src/money/round.rs", text), [1, 2, 3, 4]);
        assert_eq!(lines("sync-server/src/http/api.rs", "let x = 2f32;"), [1]);
        assert_eq!(lines("ui/src-gen/a.rs", text), [0_usize; 0]);
    }

    #[test]
    fn whole_numbers_and_tuples_are_no_floats() {
        let text =
            "let a = 10_usize; let b = 0xe1; let c = pair.0.1; let d = 0..9; let e = \"1.5\";";
        assert_eq!(lines("crates/domain/src/money/round.rs", text), [0_usize; 0]);
    }

    #[test]
    fn a_float_may_stay_where_its_reason_stands() {
        let path = "crates/local-store/src/search.rs";
        assert_eq!(lines(path, "let rank: f64 = 0.0; // float: a rank, never money"), [0_usize; 0]);
        assert_eq!(lines(path, "let rank: f64 = 0.0; // float: ok"), [1]);
        assert_eq!(lines(path, "let rank: f64 = 0.0; // a rank"), [1]);
    }
}
