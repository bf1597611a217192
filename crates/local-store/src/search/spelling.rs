//! What a mistyped word may have meant: words of the index that differ from it by a letter or two. It is
//! asked only where nothing was found by the word as it stands, and never guesses at numbers.

use rusqlite::params;

use crate::error::Result;
use crate::layout::Db;

/// Shorter words are too near to too many others.
const SHORTEST: usize = 4;
/// From this length on, two mistakes are forgiven.
const LONG: usize = 8;
/// So many words are tried in place of one.
const TRIED: usize = 8;

/// Words of the index that begin almost as `word` does, nearest first, then those of most records. The
/// first letter must be right: people seldom mistake it, and it keeps the number of words that are compared small.
pub(crate) fn alike(db: Db, word: &str) -> Result<Vec<String>> {
    let Some(first) = word.chars().next() else { return Ok(Vec::new()) };
    if word.len() < SHORTEST || !word.bytes().all(|sign| sign.is_ascii_alphabetic()) {
        return Ok(Vec::new());
    }
    let forgiven = if word.len() < LONG { 1 } else { 2 };
    let mut query = db.connection.prepare_cached(
        "SELECT term, doc FROM search_words WHERE term >= ?1 AND term <= ?1 || '~'",
    )?;
    let mut rows = query.query(params![first.to_string()])?;
    let mut found: Vec<(usize, i64, String)> = Vec::new();
    while let Some(row) = rows.next()? {
        let term = row.get_ref(0)?.as_str().unwrap_or_default();
        let distance = mistakes(word.as_bytes(), term.as_bytes(), forgiven);
        if distance <= forgiven {
            found.push((distance, -row.get::<_, i64>(1)?, term.to_owned()));
        }
    }
    found.sort_unstable();
    found.truncate(TRIED);
    Ok(found.into_iter().map(|(_, _, term)| term).collect())
}

/// How many letters are missing, too many, wrong or swapped with their neighbour in `typed`, held against the
/// beginning of `term` that suits it best; counted no further than `most` + 1. (The optimal string alignment
/// distance, its last row taken at its least, so that a word may still be unfinished.)
fn mistakes(typed: &[u8], term: &[u8], most: usize) -> usize {
    let term = term.get(..typed.len() + most).unwrap_or(term);
    if term.len() + most < typed.len() {
        return most + 1;
    }
    let mut before: Vec<usize> = Vec::new();
    let mut above: Vec<usize> = (0..=term.len()).collect();
    let mut last_sign = None;
    for (line, &sign) in (1..).zip(typed) {
        let mut row = Vec::with_capacity(above.len());
        row.push(line);
        let mut left = line;
        for (column, (&other, pair)) in (1..).zip(term.iter().zip(above.windows(2))) {
            let [diagonal, over] = pair else { continue };
            let mut least = (diagonal + usize::from(sign != other)).min(over + 1).min(left + 1);
            let swapped =
                last_sign == Some(other) && column >= 2 && term.get(column - 2) == Some(&sign);
            if let (true, Some(two_back)) = (swapped, before.get(column.saturating_sub(2))) {
                least = least.min(two_back + 1);
            }
            row.push(least);
            left = least;
        }
        if row.iter().all(|mistakes| *mistakes > most) {
            return most + 1;
        }
        before = std::mem::replace(&mut above, row);
        last_sign = Some(sign);
    }
    above.into_iter().min().unwrap_or(most + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counted(typed: &str, term: &str) -> usize {
        mistakes(typed.as_bytes(), term.as_bytes(), 2)
    }

    #[test]
    fn each_slip_of_the_hand_counts_once() {
        assert_eq!(counted("mueller", "mueller"), 0);
        assert_eq!(counted("muelle", "mueller"), 0, "not yet finished");
        assert_eq!(counted("mueler", "mueller"), 1, "one left out");
        assert_eq!(counted("muelller", "mueller"), 1, "one too many");
        assert_eq!(counted("mualler", "mueller"), 1, "one wrong");
        assert_eq!(counted("meuller", "mueller"), 1, "two swapped");
        assert_eq!(counted("mualer", "mueller"), 2);
        assert!(counted("miller", "mueller") <= 2);
        assert!(counted("maier", "mueller") > 2);
    }

    #[test]
    fn counting_ends_where_it_is_too_far() {
        assert_eq!(mistakes(b"abcdefgh", b"azzzzzzz", 1), 2);
        assert_eq!(mistakes(b"abcdefgh", b"ab", 1), 2);
        assert_eq!(mistakes(b"", b"", 1), 0);
    }
}
