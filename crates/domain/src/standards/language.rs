//! Languages by BCP 47 tag: well-formed by the `oxilangtag` crate, with a language of ISO 639
//! (`isolang` crate) and a region of ISO 3166. Which languages screens exist in is not decided here.

use super::{Fault, country, typed};
use isolang::Language;
use oxilangtag::LanguageTag;

/// The tag in canonical case (`de`, `pt-BR`, `zh-Hant-TW`); underscores are read as dashes, and a
/// three letter code that has a two letter one is shortened, as BCP 47 wants.
///
/// # Errors
/// `language_form` where it is no tag; `language_unknown` or `language_region` where language or region
/// does not exist.
pub fn read(text: &str) -> Result<String, Fault> {
    let typed = typed::tidy(text).replace('_', "-");
    let tag = LanguageTag::parse_and_normalize(&typed).map_err(|_| {
        Fault::new(
            "language_form",
            format!("“{typed}” is not a language tag. Use for example de, en-GB or zh-Hant."),
        )
    })?;
    let code = tag.primary_language();
    let language = Language::from_639_1(code).or_else(|| Language::from_639_3(code));
    let Some(language) = language else {
        return Err(Fault::new(
            "language_unknown",
            format!("ISO 639 knows no language “{code}”. Use for example de, en or fr."),
        ));
    };
    if let Some(region) = tag.region() {
        // Three digits name a part of the world by UN M.49, such as 419 for Latin America.
        let area = region.len() == 3 && region.bytes().all(|byte| byte.is_ascii_digit());
        if !area && country::read(region).as_deref() != Ok(region) {
            return Err(Fault::new(
                "language_region",
                format!("“{region}” is not a country. Use for example en-GB or pt-BR."),
            ));
        }
    }
    let shortest = language.to_639_1().unwrap_or_else(|| language.to_639_3());
    // The primary language stands at the start of the tag and is ASCII.
    Ok(format!("{shortest}{}", tag.as_str().get(code.len()..).unwrap_or_default()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_read_in_any_case_and_shortened() {
        for (typed, canonical) in [
            ("de", "de"),
            ("EN-gb", "en-GB"),
            ("pt_BR", "pt-BR"),
            ("zh-hant-tw", "zh-Hant-TW"),
            ("es-419", "es-419"),
            ("deu-AT", "de-AT"),
            ("gsw", "gsw"),
        ] {
            assert_eq!(read(typed).as_deref(), Ok(canonical), "{typed}");
        }
    }

    #[test]
    fn what_is_no_language_is_refused() {
        for (wrong, rule) in [
            ("", "language_form"),
            ("d", "language_form"),
            ("German language", "language_form"),
            ("de-", "language_form"),
            ("qq", "language_unknown"),
            ("en-QQ", "language_region"),
            ("en-UK", "language_region"),
        ] {
            assert_eq!(read(wrong).map_err(|fault| fault.rule), Err(rule), "{wrong}");
        }
    }
}
