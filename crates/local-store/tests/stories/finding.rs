//! The search box.

use domain::masters::{CUSTOMER, SUPPLIER};
use domain::record::Value;
use local_store::ListQuery;

use crate::device::Device;

fn found(device: &Device, text: &str) -> Vec<String> {
    let hits = device.read(|view| view.search(text, None, 20));
    assert!(hits.complete);
    hits.hits.into_iter().map(|hit| hit.title.title).collect()
}

fn partners() -> Device {
    let device = Device::new(1);
    let mut muller = device.new_record(
        &CUSTOMER,
        &[
            ("code", "K-1001"),
            ("name", "Müller & Söhne"),
            ("email", "rechnung@mueller.example.com"),
            ("phone", "+49 30 123-4567"),
            ("city", "Århus"),
            ("tags", "Großkunde"),
        ],
    );
    let contact = CUSTOMER.child("customer_contact").unwrap();
    muller.put_child(testkit::records::child(
        contact,
        device.ids.next(),
        &[("name", "Łucja Nowak"), ("mobile", "0171 5550199")],
    ));
    device.create(&muller);
    device.create(&device.new_record(&CUSTOMER, &[("code", "M-2"), ("name", "Kontor am Markt")]));
    device.create(&device.new_record(&SUPPLIER, &[("code", "L-7"), ("name", "Sohnemann AG")]));
    device
}

#[test]
fn words_are_found_by_their_beginnings_whatever_the_accents() {
    let device = partners();
    for text in ["mull", "MÜLLER", "muller sohne", "söh müll", "großk", "arhus"] {
        assert_eq!(found(&device, text), ["Müller & Söhne"], "{text}");
    }
    assert_eq!(found(&device, "sohne"), ["Müller & Söhne", "Sohnemann AG"]);
    assert_eq!(found(&device, "lucja"), ["Müller & Söhne"], "by a contact");
    assert_eq!(found(&device, "m"), ["Müller & Söhne", "Kontor am Markt"], "a single letter");
    assert_eq!(found(&device, "unbekannt"), [""; 0]);
    assert_eq!(found(&device, "\" OR *:("), [""; 0]);
}

#[test]
fn a_mistyped_word_is_forgiven_where_nothing_else_is_found() {
    let device = partners();
    for text in ["mulelr", "muler sohne", "aarhus", "grosskudne", "rechnunk", "Mulller Shöne"] {
        assert_eq!(found(&device, text), ["Müller & Söhne"], "{text}");
    }
    assert_eq!(found(&device, "sohnemnan"), ["Sohnemann AG"]);
    // Right as it stands: nobody is shown beside it whose name is only alike.
    device.create(&device.new_record(&CUSTOMER, &[("name", "Muller")]));
    device.create(&device.new_record(&CUSTOMER, &[("name", "Mullor")]));
    assert_eq!(found(&device, "mullor"), ["Mullor"]);
    // Short words and numbers are never guessed at, nor the first letter.
    for text in ["sho", "K-1002", "0171 5550198", "nuller"] {
        assert_eq!(found(&device, text), [""; 0], "{text}");
    }
}

#[test]
fn numbers_are_found_as_people_write_them() {
    let device = partners();
    for text in
        ["K-1001", "k1001", "1001", "+49 30 123-4567", "49301234", "0171 555", "01715550199"]
    {
        assert_eq!(found(&device, text), ["Müller & Söhne"], "{text}");
    }
    assert_eq!(found(&device, "rechnung@mueller.example.com"), ["Müller & Söhne"]);
}

#[test]
fn an_exact_code_comes_first_and_one_entity_can_be_asked_for() {
    let device = partners();
    device.create(&device.new_record(&CUSTOMER, &[("code", "K-9"), ("name", "L-7 Immobilien")]));
    assert_eq!(found(&device, "L-7"), ["Sohnemann AG", "L-7 Immobilien"]);
    let hits = device.read(|view| view.search("L-7", Some(&CUSTOMER), 20));
    assert_eq!(hits.hits.len(), 1);
    assert_eq!(hits.hits[0].entity.name, "customer");
    let one = device.read(|view| view.search("sohne", None, 1));
    assert_eq!(one.hits.len(), 1);
}

#[test]
fn an_edit_moves_a_record_in_the_index_and_retiring_takes_it_out() {
    let device = partners();
    let id = device.read(|view| view.by_key(&CUSTOMER, "M-2"))[0];
    device.edit(&CUSTOMER, id, &[("name", "Hafenlager")]);
    assert_eq!(found(&device, "kontor"), [""; 0]);
    assert_eq!(found(&device, "hafen"), ["Hafenlager"]);
    let seen = device.get(&CUSTOMER, id).unwrap().record;
    device.write(sync_protocol::device::draft::retire(&seen));
    assert_eq!(found(&device, "hafen"), [""; 0]);
    assert_eq!(device.read(|view| view.by_key(&CUSTOMER, "M-2")), [id], "its code is still taken");
}

#[test]
fn what_is_typed_anew_brings_up_the_records_that_it_may_repeat() {
    let device = partners();
    device.create(&device.new_record(&CUSTOMER, &[("name", "Soehnlein & O'Brien Ltd")]));
    let brings_up = |typed: &[(&str, &str)]| -> Vec<uuid::Uuid> {
        let typed: Vec<_> = typed
            .iter()
            .map(|(name, text)| (CUSTOMER.field(name).unwrap(), Value::Text((*text).to_owned())))
            .collect();
        let all = ListQuery::default();
        let found = device.read(|view| view.resembling(&CUSTOMER, &all, &typed, |_, _| true));
        found.iter().map(|subject| subject.id).collect()
    };
    let muller = brings_up(&[("phone", "030/1234567")]);
    assert_eq!(muller.len(), 1);
    assert_eq!(brings_up(&[("name", "Mueller und Soehne GmbH")]), muller);
    assert_eq!(brings_up(&[("email", "Rechnung@Mueller.example.com")]), muller);
    assert_eq!(brings_up(&[("name", "Mulier"), ("city", "Arhus")]), muller);
    assert_eq!(brings_up(&[("phone", "0049 171 5550199")]), muller);
    assert_eq!(brings_up(&[("name", "S\u{f6}hnlein OBrien")]).len(), 1);
    assert!(brings_up(&[("name", "S\u{fc}dwind"), ("city", "Wien"), ("phone", "112")]).is_empty());
    // No search finds the words that nobody wrote.
    assert!(found(&device, "301234567").is_empty());
}
