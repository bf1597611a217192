//! Numbers the authorities publish and numbers companies print, and the same with a mistake.

use super::rules::{NATIONAL, VAT};
use super::*;

/// Country, numbers that are right as typed, with the canonical form. The first of most members of the
/// Union are the samples of "VIES VAT number construction rules"; others are printed by their owners.
#[rustfmt::skip]
const RIGHT: &[(&str, &[(&str, &str)])] = &[
    ("AT", &[("U10223006", "ATU10223006"), ("ATU 13585627", "ATU13585627"), ("13585627", "ATU13585627")]),
    ("AU", &[("51 824 753 556", "51824753556"), ("AU 53 004 085 616", "53004085616")]),
    ("BE", &[("0776.091.951", "BE0776091951"), ("BE 428759497", "BE0428759497")]),
    ("BG", &[("101004508", "BG101004508"), ("BG131272009", "BG131272009"), ("7523169263", "BG7523169263"), ("7111042925", "BG7111042925"), ("7153849522", "BG7153849522")]),
    ("BR", &[("00.000.000/0001-91", "00000000000191"), ("33.000.167/0001-01", "33000167000101"), ("12.ABC.345/01DE-35", "12ABC34501DE35"), ("390.533.447-05", "39053344705")]),
    ("CA", &[("12302 6635 RT 0001", "123026635RT0001"), ("123026635", "123026635")]),
    ("CH", &[("CHE-107.787.577 IVA", "CHE107787577IVA"), ("100.155.212", "CHE100155212")]),
    ("CN", &[("91110000600037341L", "91110000600037341L"), ("91 340600 MA2PENCC7K", "91340600MA2PENCC7K")]),
    ("CY", &[("00532445O", "CY00532445O"), ("CY-10259033P", "CY10259033P")]),
    ("CZ", &[("46505334", "CZ46505334"), ("CZ395601439", "CZ395601439"), ("630903928", "CZ630903928"), ("7103192745", "CZ7103192745")]),
    ("DE", &[("111 111 125", "DE111111125"), ("de 136 695 976", "DE136695976"), ("DE136695976-00001", "DE136695976-00001"), ("181/815/08155", "18181508155")]),
    ("DK", &[("88 14 63 28", "DK88146328"), ("DK13585628", "DK13585628")]),
    ("EE", &[("100207415", "EE100207415"), ("EE 100 931 558", "EE100931558")]),
    ("ES", &[("A0011012B", "ESA0011012B"), ("A78304516", "ESA78304516"), ("ES X-5910266-W", "ESX5910266W"), ("54362315-K", "ES54362315K"), ("M-1234567-L", "ESM1234567L")]),
    ("FI", &[("0985360-8", "FI09853608"), ("FI20774740", "FI20774740")]),
    ("FR", &[("00 300 076 965", "FR00300076965"), ("FRK7399859412", "FRK7399859412"), ("4Z123456782", "FR4Z123456782"), ("FR 53 0000 04605", "FR53000004605"), ("552 008 443", "552008443")]),
    ("GB", &[("434 0314 94", "GB434031494"), ("GB 100 1950 75", "GB100195075"), ("GB242338087388", "GB242338087388"), ("GD001", "GBGD001"), ("GB GD 8888 100 03", "GBGD888810003"), ("GBHA599", "GBHA599"), ("XI434031494", "XI434031494")]),
    ("GR", &[("040127797", "EL040127797"), ("EL 94259216", "EL094259216"), ("GR094259216", "EL094259216")]),
    ("HR", &[("33392005961", "HR33392005961"), ("HR 38192148118", "HR38192148118")]),
    ("HU", &[("21376414", "HU21376414"), ("HU-12892312", "HU12892312"), ("12892312-2-41", "12892312241")]),
    ("IE", &[("8Z49289F", "IE8Z49289F"), ("IE3628739L", "IE3628739L"), ("5343381W", "IE5343381W"), ("6433435OA", "IE6433435OA"), ("6433435IH", "IE6433435IH"), ("8D79739I", "IE8D79739I")]),
    ("IN", &[("27AAPFU0939F1ZV", "27AAPFU0939F1ZV"), ("AAPFU0939F", "AAPFU0939F")]),
    ("IT", &[("00000010215", "IT00000010215"), ("IT 00743110157", "IT00743110157"), ("RCCMNL83S18D969H", "RCCMNL83S18D969H")]),
    ("JP", &[("7-0000-1205-0002", "7000012050002"), ("1180301018771", "1180301018771"), ("T7000012050002", "T7000012050002")]),
    ("LT", &[("213179412", "LT213179412"), ("LT290061371314", "LT290061371314"), ("100004801610", "LT100004801610")]),
    ("LU", &[("10000356", "LU10000356"), ("LU 150 274 42", "LU15027442")]),
    ("LV", &[("40003009497", "LV40003009497"), ("161175-19997", "LV16117519997")]),
    ("MT", &[("15121333", "MT15121333"), ("MT 1167-9112", "MT11679112")]),
    ("MX", &[("GODE 561231 GR8", "GODE561231GR8"), ("MAB-930714-8T4", "MAB9307148T4"), ("XAXX010101000", "XAXX010101000"), ("Ñ&A010203AB1", "Ñ&A010203AB1")]),
    ("NL", &[("010000446B01", "NL010000446B01"), ("NL004495445B01", "NL004495445B01"), ("002455799B11", "NL002455799B11"), ("NL 4495445 B01", "NL004495445B01")]),
    ("NO", &[("923 609 016", "923609016"), ("NO 974 760 673 MVA", "974760673MVA")]),
    ("NZ", &[("49-091-850", "49091850"), ("136-410-132", "136410132")]),
    ("PL", &[("526-000-12-46", "PL5260001246"), ("PL 8567346215", "PL8567346215")]),
    ("PT", &[("502757191", "PT502757191"), ("PT 501 964 843", "PT501964843")]),
    ("RO", &[("11198699", "RO11198699"), ("RO 185 472 90", "RO18547290"), ("1630615123457", "RO1630615123457")]),
    ("SE", &[("556188840401", "SE556188840401"), ("556188-8404", "5561888404")]),
    ("SI", &[("15012557", "SI15012557"), ("SI 5022 3054", "SI50223054")]),
    ("SK", &[("4030000007", "SK4030000007"), ("SK 202 274 96 19", "SK2022749619")]),
    ("TR", &[("4540536920", "4540536920"), ("17291716060", "17291716060"), ("10000000146", "10000000146")]),
    ("US", &[("91-1144442", "911144442"), ("078-05-1120", "078051120")]),
    ("ZA", &[("4100105461", "4100105461"), ("0001/339/050", "0001339050")]),
];

#[test]
fn published_numbers_are_accepted_in_canonical_form() {
    for (country, numbers) in RIGHT {
        for (typed, canonical) in *numbers {
            assert_eq!(read(country, typed).as_deref(), Ok(*canonical), "{country} {typed}");
        }
    }
}

#[test]
fn the_canonical_form_reads_back_as_itself() {
    for (country, numbers) in RIGHT {
        for (_, canonical) in *numbers {
            assert_eq!(read(country, canonical).as_deref(), Ok(*canonical), "{country}");
        }
    }
}

#[test]
fn every_country_with_a_rule_has_examples_and_its_message_shows_a_right_one() {
    for rule in VAT.iter().chain(NATIONAL).filter(|rule| rule.country != "XI") {
        assert!(RIGHT.iter().any(|(country, _)| *country == rule.country), "{}", rule.country);
        let Some((_, example)) = rule.form.split_once("for example ") else {
            panic!("{} has no example", rule.country);
        };
        let example = example.split(", ").next().unwrap();
        assert!(read(rule.country, example).is_ok(), "{} {example}", rule.country);
    }
}

/// One wrong digit is noticed everywhere but where the authority has no check digit, or (BG, RO, NL …)
/// one of several schemes happens to fit.
#[test]
fn a_wrong_last_digit_is_refused() {
    for (country, wrong) in [
        ("AT", "ATU13585628"),
        ("AU", "51 824 753 557"),
        ("BE", "BE0776091952"),
        ("BG", "BG101004509"),
        ("BG", "BG7523169264"),
        ("BR", "33.000.167/0001-02"),
        ("BR", "12.ABC.345/01DE-36"),
        ("BR", "390.533.447-06"),
        ("CA", "123456783"),
        ("CH", "CHE-107.787.578 IVA"),
        ("CN", "91110000600037341N"),
        ("CY", "CY10259033Z"),
        ("CZ", "CZ25123890"),
        ("CZ", "CZ630903927"),
        ("CZ", "CZ7103192746"),
        ("DE", "DE136695978"),
        ("DK", "DK13585627"),
        ("EE", "EE100594103"),
        ("ES", "ESB64717839"),
        ("ES", "54362315Z"),
        ("ES", "X2482300A"),
        ("FI", "FI20774741"),
        ("FR", "FR84323140391"),
        ("FR", "552008444"),
        ("FR", "FRK7399859413"),
        ("GB", "GB802311781"),
        ("GB", "GB025799682"),
        ("GB", "GBGD888810004"),
        ("GR", "EL123456781"),
        ("HR", "HR33392005962"),
        ("HU", "HU12892313"),
        ("IE", "IE6433435E"),
        ("IE", "IE6433435VH"),
        ("IE", "IE8D79739J"),
        ("IN", "27AAPFU0939F1ZO"),
        ("IT", "IT00743110158"),
        ("IT", "RCCMNL83S18D969A"),
        ("JP", "2-8356-7825-6246"),
        ("LT", "LT100001919018"),
        ("LU", "LU15027443"),
        ("LV", "LV40003521601"),
        ("LV", "328673-00677"),
        ("MT", "MT11679113"),
        ("NL", "NL123456789B90"),
        ("NO", "NO 974 760 674 MVA"),
        ("NZ", "136410133"),
        ("PL", "PL8567346216"),
        ("PT", "PT501964842"),
        ("RO", "RO18547291"),
        ("RO", "1630615123458"),
        ("SE", "SE556188840501"),
        ("SI", "SI50223055"),
        ("SK", "SK2022749618"),
        ("TR", "4540536921"),
        ("TR", "17291716050"),
        ("ZA", "2449/494/16/0"),
        ("ZA", "4100105462"),
    ] {
        assert_eq!(
            read(country, wrong).map_err(|f| f.rule),
            Err("tax_id_checksum"),
            "{country} {wrong}"
        );
    }
}

#[test]
fn a_wrong_form_is_refused_with_the_right_one() {
    for (country, wrong) in [
        ("AT", "ATU1358562"),
        ("BE", "BE2776091951"),
        ("BR", "111.111.111-11"),
        ("BR", "12.abc.345/01de-3x"),
        ("CA", "12302 6635 AA 0001"),
        ("CH", "CHE-107.787.577 ZZZ"),
        ("CN", "9111000060003IOZSV"),
        ("CY", "CY12000000A"),
        ("CZ", "CZ91234567"),
        ("CZ", "1103492745"),
        ("CZ", "730312123"),
        ("DE", "DE12345678"),
        ("DE", "DE1366959761"),
        ("DE", "DE036695976"),
        ("ES", "O-1234567-L"),
        ("FR", "FRIO334175221"),
        ("FR", "FR552008443"),
        ("GB", "GD500"),
        ("GB", "HA499"),
        ("GB", "GB000000000"),
        ("IE", "IE64334Z5F"),
        ("IN", "40AAPFU0939F1ZV"),
        ("JP", "700001205000"),
        ("LT", "LT213179422"),
        ("MX", "GODE561331GR8"),
        ("MX", "GO561231GR8"),
        ("LV", "161375-19997"),
        ("MT", "MT00170858"),
        ("NL", "NL010000446A01"),
        ("NL", "NL010000446B00"),
        ("NO", "NO923609016MOMS"),
        ("NZ", "9125568"),
        ("RO", "RO1"),
        ("SE", "SE5561888404"),
        ("TR", "454053692"),
        ("US", "91-114444"),
        ("US", "000-00-0000"),
        ("ZA", "5001339050"),
    ] {
        let fault = read(country, wrong).unwrap_err();
        assert_eq!(fault.rule, "tax_id_form", "{country} {wrong}");
        assert!(fault.message.contains("for example"), "{fault}");
    }
    for rule in VAT.iter().chain(NATIONAL).filter(|rule| rule.country != "XI") {
        for wrong in ["", "  ", "?", "1", "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", "éééééééééé"]
        {
            let fault = read(rule.country, wrong).unwrap_err();
            assert_eq!(fault.rule, "tax_id_form", "{} {wrong}", rule.country);
        }
    }
}

#[test]
fn a_company_may_have_a_vat_number_of_another_country() {
    assert_eq!(read("US", "NL010000446B01"), Ok("NL010000446B01".into()));
    assert_eq!(read("CH", "DE 136 695 976"), Ok("DE136695976".into()));
    assert_eq!(read("DE", "ATU13585627"), Ok("ATU13585627".into()));
    // A wrong one is judged by the party's own country.
    assert_eq!(read("DE", "ATU13585628").unwrap_err().rule, "tax_id_form");
}

#[test]
fn territories_follow_the_country_whose_vat_they_share() {
    assert_eq!(read("MC", "FR 53 0000 04605"), Ok("FR53000004605".into()));
    assert_eq!(read("IM", "GB 003 2323 45"), Ok("GB003232345".into()));
    assert_eq!(read("LI", "CHE-107.787.577 MWST"), Ok("CHE107787577MWST".into()));
}

#[test]
fn a_country_without_a_rule_takes_any_sane_number() {
    assert_eq!(read("KE", "p051-123456 m"), Ok("P051123456M".into()));
    for wrong in ["", " - ", "12;34", "1234567890123456789012345678901"] {
        assert_eq!(read("KE", wrong).unwrap_err().rule, "tax_id_form", "{wrong}");
    }
    assert_eq!(read("QQ", "123").unwrap_err().rule, "country_unknown");
}
