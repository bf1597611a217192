//! Attached files: in parts and resumed, whole or not at all, and for those alone who see that a record names them.

use domain::masters::{CUSTOMER, SUPPLIER};
use domain::record::Attachment;
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use sync_protocol::device::draft;
use uuid::Uuid;

use super::desk::Desk;
use super::office::{Office, SLUG};
use crate::support::{Answer, TestHub};

/// A file of so many bytes, as a record names it.
struct File {
    content: Vec<u8>,
    hash: String,
    entry: String,
}

fn file(size: usize, seed: u8) -> File {
    let content: Vec<u8> =
        (0..size).map(|at| u8::try_from((at + usize::from(seed)) % 251).unwrap()).collect();
    let hash = hex::encode(Sha256::digest(&content));
    let named = Attachment::new(&hash, size as u64, "application/pdf", "Offer.pdf").unwrap();
    File { content, entry: named.to_string(), hash }
}

fn path(entity: &str, id: Uuid, file: &File) -> String {
    format!("/api/v1/sync/attachments/{entity}/{id}/{}", file.hash)
}

impl Desk {
    async fn begins(&self, path: &str) -> Answer {
        self.device.person.post(path).send().await
    }

    async fn sends_part(&self, path: &str, offset: usize, bytes: &[u8]) -> Answer {
        let request = self.device.person.request("PATCH", path);
        let request = request.header("upload-offset", &offset.to_string());
        request.bytes(bytes.to_vec()).send().await
    }

    async fn fetches(&self, path: &str, from: usize) -> Answer {
        let request = self.device.person.request("GET", path);
        let request = match from {
            0 => request,
            from => request.header("range", &format!("bytes={from}-")),
        };
        request.send().await
    }
}

fn stands(answer: &Answer) -> (u64, bool) {
    let said: Value = answer.read(200);
    (said["received"].as_u64().unwrap(), said["complete"].as_bool().unwrap())
}

#[tokio::test]
async fn a_file_is_sent_in_parts_goes_on_where_it_broke_off_and_comes_back_byte_for_byte() {
    let office = Office::open().await;
    let mut anna = Desk::filled(&office.admin).await;
    let file = file(700_001, 3);
    let id = anna.creates(&CUSTOMER, &[("name", "Ada"), ("attachments", &file.entry)]);
    let path = path("customer", id, &file);
    // Before the record is there, nothing can be.
    anna.begins(&path).await.assert_problem(404, "not_found");
    anna.syncs().await;
    assert_eq!(stands(&anna.begins(&path).await), (0, false));
    anna.fetches(&path, 0).await.assert_problem(404, "not_found");
    let (first, rest) = file.content.split_at(300_000);
    assert_eq!(stands(&anna.sends_part(&path, 0, first).await), (300_000, false));
    // The reply was lost, and the same part comes again: it is told where to go on.
    anna.sends_part(&path, 0, first).await.assert_problem(409, "conflict");
    assert_eq!(stands(&anna.begins(&path).await), (300_000, false));
    assert_eq!(stands(&anna.sends_part(&path, 300_000, rest).await), (700_001, true));
    assert_eq!(stands(&anna.begins(&path).await), (700_001, true));
    let whole = anna.fetches(&path, 0).await;
    whole.assert(200);
    assert_eq!(whole.body, file.content);
    assert_eq!(whole.header("content-type"), Some("application/octet-stream"));
    let part = anna.fetches(&path, 650_000).await;
    part.assert(206);
    assert_eq!(part.header("content-range"), Some("bytes 650000-700000/700001"));
    assert_eq!(part.body, file.content[650_000..]);
    office.hub.hub.meter.write(&office.hub.hub.control, office.hub.clock.now()).await.unwrap();
    let metered = "SELECT sum(amount) FROM tenant_usage WHERE measure = 'attachment_bytes'";
    assert_eq!(office.hub.control(metered), ["700001"]);
}

#[tokio::test]
async fn what_is_not_the_file_is_refused_and_nothing_of_it_is_kept() {
    let office = Office::open().await;
    let mut anna = Desk::filled(&office.admin).await;
    let (named, other) = (file(1_000, 3), file(1_000, 4));
    let id = anna.creates(&CUSTOMER, &[("name", "Ada"), ("attachments", &named.entry)]);
    anna.syncs().await;
    let path = path("customer", id, &named);
    anna.begins(&path).await.assert(200);
    let wrong = anna.sends_part(&path, 0, &other.content).await;
    wrong.assert_problem(422, "invalid_fields");
    assert_eq!(wrong.json()["errors"][0]["rule"], "wrong_hash");
    assert_eq!(office.count("SELECT count(*) FROM attachment_part"), 0);
    let long = anna.sends_part(&path, 0, &[named.content.as_slice(), b"x"].concat()).await;
    assert_eq!(long.json()["errors"][0]["rule"], "too_long");
    assert_eq!(stands(&anna.begins(&path).await), (0, false));
    assert_eq!(stands(&anna.sends_part(&path, 0, &named.content).await), (1_000, true));
    let too_much = anna.sends_part(&path, 0, &vec![0; (1 << 20) + 1]).await;
    too_much.assert_problem(413, "body_too_large");
}

#[tokio::test]
async fn one_cannot_go_on_with_what_another_began() {
    let office = Office::open().await;
    let mut anna = Desk::filled(&office.admin).await;
    let file = file(1_000, 5);
    let id = anna.creates(&CUSTOMER, &[("name", "Ada"), ("attachments", &file.entry)]);
    anna.syncs().await;
    let ben = Desk::filled(&office.colleague("ben", "manager").await).await;
    let path = path("customer", id, &file);
    ben.begins(&path).await.assert(200);
    ben.sends_part(&path, 0, &[9; 500]).await.assert(200);
    assert_eq!(stands(&anna.begins(&path).await), (0, false));
    assert_eq!(stands(&anna.sends_part(&path, 0, &file.content).await), (1_000, true));
    assert_eq!(stands(&ben.begins(&path).await), (1_000, true));
    assert_eq!(ben.fetches(&path, 0).await.body, file.content);
}

#[tokio::test]
async fn a_file_is_for_those_who_see_the_record_and_a_hash_alone_is_worth_nothing() {
    let office = Office::open().await;
    let mut anna = Desk::filled(&office.admin).await;
    let file = file(1_000, 6);
    let supplier = anna.creates(&SUPPLIER, &[("name", "Steel"), ("attachments", &file.entry)]);
    let theirs = anna.creates(&CUSTOMER, &[("name", "Not Tina's"), ("attachments", &file.entry)]);
    anna.syncs().await;
    for (entity, id) in [("supplier", supplier), ("customer", theirs)] {
        let path = path(entity, id, &file);
        assert_eq!(stands(&anna.sends_part(&path, 0, &file.content).await), (1_000, true));
    }
    let mut tina = Desk::filled(&office.colleague("tina", "sales").await).await;
    let nowhere = tina.fetches(&path("supplier", Uuid::from_u128(1), &file), 0).await;
    for (entity, id) in [("supplier", supplier), ("customer", theirs)] {
        let path = path(entity, id, &file);
        for answer in [tina.fetches(&path, 0).await, tina.begins(&path).await] {
            answer.assert_problem(404, "not_found");
            assert_eq!(answer.json()["detail"], nowhere.json()["detail"]);
        }
        tina.sends_part(&path, 0, &file.content).await.assert_problem(404, "not_found");
    }
    // She has heard of the hash and writes it into a record of her own: it brings her nothing.
    let own = tina.creates(&CUSTOMER, &[("name", "Tina's"), ("attachments", &file.entry)]);
    tina.syncs().await;
    let path = path("customer", own, &file);
    tina.fetches(&path, 0).await.assert_problem(404, "not_found");
    assert_eq!(stands(&tina.begins(&path).await), (0, false));
}

#[tokio::test]
async fn another_tenant_s_file_is_not_there() {
    let office = Office::open().await;
    let mut anna = Desk::filled(&office.admin).await;
    let file = file(1_000, 7);
    let id = anna.creates(&CUSTOMER, &[("name", "Ada"), ("attachments", &file.entry)]);
    anna.syncs().await;
    let path = path("customer", id, &file);
    anna.sends_part(&path, 0, &file.content).await.assert(200);
    let zoe = Desk::filled(&office.hub.tenant("beta").await).await;
    zoe.fetches(&path, 0).await.assert_problem(404, "not_found");
    zoe.begins(&path).await.assert_problem(404, "not_found");
    // Nor without a token, nor for one who cannot sync.
    office.hub.get(&path).send().await.assert_problem(401, "not_signed_in");
}

#[tokio::test]
async fn a_file_has_a_largest_size_and_a_plan_has_room_for_so_much() {
    let hub = TestHub::with(&[("DAYBOOK_MAX_ATTACHMENT_BYTES", "1048576")]).await;
    let admin = hub.tenant(SLUG).await;
    let office = Office { hub, admin };
    let mut anna = Desk::filled(&office.admin).await;
    assert_eq!(anna.says_hello().await.attachment_max, Some(1_048_576));
    let (large, fits) = (file(1_048_577, 8), file(1_048_576, 8));
    let large_id = anna.creates(&CUSTOMER, &[("name", "L"), ("attachments", &large.entry)]);
    let id = anna.creates(&CUSTOMER, &[("name", "F"), ("attachments", &fits.entry)]);
    anna.syncs().await;
    anna.begins(&path("customer", large_id, &large)).await.assert_problem(413, "body_too_large");
    office.hub.control("UPDATE tenants SET max_storage = 1000000");
    let path = path("customer", id, &fits);
    // Every hub hears of a tenant that changed.
    office.hub.eventually(async || anna.begins(&path).await.status == 409).await;
    let full = anna.begins(&path).await;
    full.assert_problem(409, "conflict");
    assert!(full.text().contains("plan"), "{}", full.text());
}

#[tokio::test]
async fn what_no_record_names_is_swept_away_after_a_month_and_what_one_names_stays() {
    let office = Office::open().await;
    let mut anna = Desk::filled(&office.admin).await;
    let (kept, left) = (file(1_000, 9), file(1_000, 10));
    let both = format!("{}\n{}", kept.entry, left.entry);
    let id = anna.creates(&CUSTOMER, &[("name", "Ada"), ("attachments", &both)]);
    anna.syncs().await;
    for file in [&kept, &left] {
        anna.sends_part(&path("customer", id, file), 0, &file.content).await.assert(200);
    }
    anna.edits("customer", id, &[("attachments", &kept.entry)]);
    anna.syncs().await;
    anna.fetches(&path("customer", id, &left), 0).await.assert_problem(404, "not_found");
    let sweep = async |days: i64| {
        let hub = &office.hub.hub;
        let place = hub.directory.by_slug(SLUG).await.unwrap().unwrap();
        let mut connection = hub.directory.connection(&place).await.unwrap();
        let now = office.hub.clock.now() + chrono::TimeDelta::days(days);
        daybook_server::attachment::sweep::sweep(&mut connection, now).await.unwrap()
    };
    assert_eq!((sweep(0).await, sweep(29).await), (0, 0));
    // Taken back in time, it is as if it never was away.
    anna.edits("customer", id, &[("attachments", &both)]);
    anna.syncs().await;
    assert_eq!(sweep(40).await, 0);
    anna.fetches(&path("customer", id, &left), 0).await.assert(200);
    anna.edits("customer", id, &[("attachments", &kept.entry)]);
    anna.syncs().await;
    assert_eq!((sweep(50).await, sweep(81).await), (0, 1));
    anna.fetches(&path("customer", id, &kept), 0).await.assert(200);
    assert_eq!(office.count("SELECT count(*) FROM attachment_part"), 1);
}

#[tokio::test]
async fn the_files_of_a_record_that_was_merged_are_those_of_the_one_that_stands() {
    let office = Office::open().await;
    let mut anna = Desk::filled(&office.admin).await;
    let file = file(1_000, 11);
    let stays = anna.creates(&CUSTOMER, &[("name", "Ada"), ("code", "C1")]);
    let goes =
        anna.creates(&CUSTOMER, &[("name", "Ada"), ("code", "C2"), ("attachments", &file.entry)]);
    anna.syncs().await;
    anna.sends_part(&path("customer", goes, &file), 0, &file.content).await.assert(200);
    let merge = draft::merge(anna.holds("customer", stays), anna.holds("customer", goes), &[]);
    anna.seal(merge);
    let receipts = anna.syncs().await;
    assert!(receipts[0].has_effect(), "{receipts:?}");
    let taken_over = anna.fetches(&path("customer", stays, &file), 0).await;
    taken_over.assert(200);
    assert_eq!(taken_over.body, file.content);
    assert_eq!(stands(&anna.begins(&path("customer", stays, &file)).await), (1_000, true));
}
