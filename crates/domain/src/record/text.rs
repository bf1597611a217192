//! What a text is before any rule looks at it: without signs that nobody sees, letters in their composed form.
//! How two texts are compared is said in `fold`.

use std::borrow::Cow;

use icu_normalizer::ComposingNormalizerBorrowed;
use icu_properties::props::{
    DefaultIgnorableCodePoint, GeneralCategory, PrependedConcatenationMark, VariationSelector,
};
use icu_properties::{CodePointMapData, CodePointSetData};

/// Joins or parts the letters beside it: Persian and the scripts of India cannot be written without.
const JOINERS: [char; 2] = ['\u{200c}', '\u{200d}'];
/// Braille without a dot: a letter by its category, a blank to the eye.
const BRAILLE_BLANK: char = '\u{2800}';

/// A text in Unicode's composed form (NFC) without signs that cannot be seen: zero-width blanks, direction marks,
/// soft hyphens. Joiners and the selectors of a letter's form stay where a letter stands before them (a joiner
/// needs one behind it as well). Control characters are the kind's to judge.
pub fn clean(text: &str) -> Cow<'_, str> {
    if text.is_ascii() {
        return Cow::Borrowed(text);
    }
    let mut kept = String::with_capacity(text.len());
    let mut signs = text.chars().peekable();
    let mut before = ' ';
    while let Some(sign) = signs.next() {
        let stays = if JOINERS.contains(&sign) {
            let joins = seen(before) || selects(before);
            joins && signs.peek().is_some_and(|next| seen(*next))
        } else if selects(sign) {
            seen(before)
        } else {
            !invisible(sign)
        };
        if stays {
            kept.push(sign);
            before = sign;
        }
    }
    Cow::Owned(ComposingNormalizerBorrowed::new_nfc().normalize(&kept).into_owned())
}

/// Whether there is nothing in the text that can be seen.
pub(super) fn is_blank(text: &str) -> bool {
    !text.chars().any(|sign| seen(sign) && sign != BRAILLE_BLANK)
}

/// Whether a sign takes no room and has no shape: format characters, and all that Unicode says to ignore where it
/// cannot be shown.
pub(super) fn invisible(sign: char) -> bool {
    if sign.is_ascii() {
        return false;
    }
    let format = CodePointMapData::<GeneralCategory>::new().get(sign) == GeneralCategory::Format;
    CodePointSetData::new::<DefaultIgnorableCodePoint>().contains(sign)
        || (format && !CodePointSetData::new::<PrependedConcatenationMark>().contains(sign))
}

fn selects(sign: char) -> bool {
    CodePointSetData::new::<VariationSelector>().contains(sign)
}

fn seen(sign: char) -> bool {
    !sign.is_whitespace() && !sign.is_control() && !invisible(sign)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_nobody_sees_is_taken_out() {
        assert_eq!(clean("A\u{200b}1\u{feff}"), "A1");
        assert_eq!(clean("Ada\u{202e}\u{ad}"), "Ada");
        assert_eq!(clean("E\u{301}1"), "\u{c9}1");
        assert!(is_blank(&clean("\u{200b}\u{3164}")));
        assert!(is_blank("\u{2800} \u{a0}"));
    }

    #[test]
    fn words_that_need_a_joiner_keep_it_and_a_joiner_alone_is_nothing() {
        for word in ["می\u{200c}خواهم", "क्\u{200d}ष", "👩\u{200d}❤\u{fe0f}\u{200d}👩"]
        {
            assert_eq!(clean(word), word);
        }
        assert!(clean("\u{200d}\u{200c}").is_empty());
        assert_eq!(clean("A\u{200d} \u{200d}B"), "A B");
    }

    proptest! {
        /// What was read once is read again as it stands: both sides and every witness see one text.
        #[test]
        fn a_clean_text_stays_as_it_is(text in any::<String>()) {
            let once = clean(&text).into_owned();
            prop_assert_eq!(clean(&once), once.as_str());
        }
    }
}
