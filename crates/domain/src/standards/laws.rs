//! What holds for every reader of this folder, whatever was typed. The rules of one standard are
//! tested beside it.

use super::*;
use proptest::prelude::*;

type Reader = fn(&str) -> Result<String, Fault>;

const READERS: &[(&str, Reader)] = &[
    ("bic", bic::read),
    ("country", country::read),
    ("country name", country::from_name),
    ("currency", currency::read),
    ("email", email::read),
    ("gtin", gtin::read),
    ("hs_code", hs_code::read),
    ("iban", iban::read),
    ("language", language::read),
    ("phone", phone::read),
    ("routing_number", routing_number::read),
    ("time_zone", time_zone::read),
    ("unit", unit::read),
    ("url", url::read),
];

/// Text of the characters these values are made of, and now and then of any others.
fn typed_text() -> impl Strategy<Value = String> {
    prop_oneof!["[0-9]{1,18}", "[A-Za-z0-9 ./+*&@:#()ÑßİŸ-]{0,24}", ".{0,16}"]
}

/// The canonical text is a fixed point, and a refusal names its rule and says something.
fn holds(what: &str, read: impl Fn(&str) -> Result<String, Fault>, text: &str) {
    match read(text) {
        Ok(canonical) => {
            assert_eq!(read(&canonical).as_deref(), Ok(canonical.as_str()), "{what} of {text:?}");
        }
        Err(fault) => {
            let stable = |c: char| c.is_ascii_lowercase() || c == '_';
            assert!(!fault.rule.is_empty() && fault.rule.chars().all(stable), "{what}");
            assert!(fault.message.ends_with('.'), "{what}: {fault}");
        }
    }
}

proptest! {
    #[test]
    fn reading_a_canonical_text_changes_nothing(text in typed_text()) {
        for (what, read) in READERS {
            holds(what, read, &text);
        }
    }

    #[test]
    fn so_it_is_with_values_that_depend_on_a_country(
        text in typed_text(),
        country in prop::sample::select(country::all()),
    ) {
        holds(country, |text| tax_id::read(country, text), &text);
        holds(country, |text| postal_code::read(country, text), &text);
    }

    #[test]
    fn a_misread_digit_in_a_gtin_is_always_noticed(
        body in prop::collection::vec(0u32..10, 12),
        place in 0usize..13,
        change in 1u32..10,
    ) {
        let body: String = body.iter().map(u32::to_string).collect();
        let Some(right) = (0..10).map(|check| format!("{body}{check}")).find(|n| gtin::read(n).is_ok())
        else {
            // Twelve zeros are refused with every check digit that fits.
            prop_assert!(body.bytes().all(|byte| byte == b'0'));
            return Ok(());
        };
        let wrong: String = right
            .chars()
            .enumerate()
            .map(|(at, c)| {
                let digit = c.to_digit(10).unwrap();
                if at == place { ((digit + change) % 10).to_string() } else { digit.to_string() }
            })
            .collect();
        prop_assert!(gtin::read(&wrong).is_err(), "{} for {}", wrong, right);
    }
}
