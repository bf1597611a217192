//! Attached files: noted with the work that names them, dropped with the last name, kept while a decision waits.

use domain::attention::{ATTENTION, FIELD_ROWS};
use domain::masters::CUSTOMER;
use domain::record::{Attachment, ChildRow, Value, Values};
use local_store::{Draft, NewFile, SealedFile, Sealing, Standing};
use sync_protocol::device::draft;
use uuid::Uuid;

use crate::device::Device;
use crate::hub::Hub;

fn entry(letter: char) -> Attachment {
    let hash: String = std::iter::repeat_n(letter, 64).collect();
    Attachment::new(&hash, 12, "application/pdf", &format!("Offer {letter}.pdf")).unwrap()
}

fn sealed(letter: char) -> SealedFile {
    let salt = [u8::try_from(letter).unwrap(); 32];
    let file = Uuid::from_u128(letter.into());
    SealedFile { hash: entry(letter).hash().to_owned(), file, salt, size: 12, whole: true }
}

fn names(letters: &[char]) -> String {
    letters.iter().map(|letter| entry(*letter).to_string()).collect::<Vec<_>>().join("\n")
}

/// A customer of the hub's, named in its file so many times.
fn attach(device: &Device, id: Uuid, letters: &[char], new: char) {
    let seen = device.get(&CUSTOMER, id).unwrap().record;
    let mut left = seen.clone();
    testkit::records::set(&mut left.values, &[("attachments", &names(letters))]);
    let intent = draft::update(&seen, &left).unwrap();
    let draft = Draft {
        op_id: device.ids.next(),
        intent,
        needs: Vec::new(),
        replaces: None,
        numbered_on: None,
    };
    let sealing = Sealing { lease_serial: 1, occurred_at: device.clock.now() };
    let file = NewFile { entity: &CUSTOMER, row_id: id, file: sealed(new) };
    device.store().write_attaching(&[draft], sealing, &[file]).unwrap();
}

fn held(device: &Device) -> Vec<char> {
    let files = device.read(|view| view.sealed_files());
    files.iter().map(|file| file.hash.chars().next().unwrap()).collect()
}

#[test]
fn a_file_is_known_with_the_work_that_names_it_also_after_a_fill() {
    let device = Device::new(1);
    let mut hub = Hub::default();
    let ada = hub.put(device.new_record(&CUSTOMER, &[("name", "Ada")])).id();
    hub.pull_into(device.store());
    attach(&device, ada, &['a'], 'a');
    let named = device.read(|view| view.named_files());
    assert_eq!(named.iter().map(|named| named.file.name()).collect::<Vec<_>>(), ["Offer a.pdf"]);
    let standing = |device: &Device| {
        device.read(|view| view.attachment_standing(&CUSTOMER, ada, entry('a').hash()))
    };
    let unsent = Standing { attached_here: true, hub_epoch: None, missing: false };
    assert_eq!(standing(&device), unsent);
    hub.fill(device.store());
    assert_eq!(device.read(|view| view.sealed_file(entry('a').hash())), Some(sealed('a')));
    assert_eq!(standing(&device), unsent);
}

#[test]
fn a_file_goes_with_its_record_and_stays_while_another_names_it() {
    let device = Device::new(1);
    let mut hub = Hub::default();
    let both = names(&['a', 'b']);
    let ada = hub.put(device.new_record(&CUSTOMER, &[("name", "Ada"), ("attachments", &both)]));
    let ben = device.new_record(&CUSTOMER, &[("name", "Ben"), ("attachments", &names(&['b']))]);
    let ben = hub.put(ben);
    hub.pull_into(device.store());
    for letter in ['a', 'b'] {
        device.store().keep_sealed_file(&sealed(letter)).unwrap();
    }
    hub.leave(&ada);
    hub.pull_into(device.store());
    assert_eq!(held(&device), ['b']);
    let mut without = ben.clone();
    without.values.set("attachments", Value::Null);
    hub.put(without);
    hub.pull_into(device.store());
    assert_eq!(held(&device), Vec::<char>::new());
    // One that comes to its end only now is not taken back.
    assert!(!device.store().sealed_file_arrived(&sealed('b')).unwrap());
}

#[test]
fn what_was_attached_to_refused_work_stays_until_somebody_decides() {
    let device = Device::new(1);
    let mut hub = Hub::default();
    let mut item = device.new_record(&ATTENTION, &[("kind", "rejected"), ("entity", "customer")]);
    let fields = ATTENTION.child(FIELD_ROWS).unwrap();
    let mut values = Values::empty(fields);
    values.set("path", Value::Text("attachments".to_owned()));
    values.set("mine", Value::Text(format!("[\"{}\"]", entry('a'))));
    item.put_child(ChildRow { id: Uuid::from_u128(1), values });
    let item = hub.put(item);
    hub.pull_into(device.store());
    device.store().keep_sealed_file(&sealed('a')).unwrap();
    hub.put(device.new_record(&CUSTOMER, &[("name", "Ada")]));
    hub.pull_into(device.store());
    assert_eq!(held(&device), ['a']);
    let mut decided = item.clone();
    decided.head.retired_at = Some(device.clock.now());
    hub.put(decided);
    hub.pull_into(device.store());
    assert_eq!(held(&device), Vec::<char>::new());
}

#[test]
fn a_file_goes_when_the_field_that_names_it_may_not_be_read_any_more() {
    let device = Device::new(1);
    let mut hub = Hub::default();
    hub.put(device.new_record(&CUSTOMER, &[("name", "Ada"), ("attachments", &names(&['a']))]));
    hub.pull_into(device.store());
    device.store().keep_sealed_file(&sealed('a')).unwrap();
    hub.redact("customer.attachments");
    hub.pull_into(device.store());
    assert_eq!(held(&device), Vec::<char>::new());
    assert!(device.read(|view| view.named_files()).is_empty());
}
