//! Bodies that unpack to more than anyone sends, or to nothing at all.

use std::io::Write as _;

use crate::support::{Answer, TestHub};

const MIB: usize = 1024 * 1024;

async fn sends(hub: &TestHub, packing: &str, body: Vec<u8>) -> Answer {
    let request = hub.post("/api/v1/auth/login").header("content-type", "application/json");
    request.header("content-encoding", packing).bytes(body).send().await
}

fn gzip(plain: &[u8]) -> Vec<u8> {
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    packer.write_all(plain).unwrap();
    packer.finish().unwrap()
}

/// A frame that holds bytes for somebody else and unpacks to nothing (RFC 8878, 3.1.2).
fn skippable(size: u32) -> Vec<u8> {
    let mut frame = vec![0x50, 0x2A, 0x4D, 0x18];
    frame.extend(size.to_le_bytes());
    frame.resize(frame.len() + size as usize, 0);
    frame
}

fn sign_in() -> Vec<u8> {
    br#"{"tenant": "nowhere", "email": "a@b.example", "password": "four horses"}"#.to_vec()
}

#[tokio::test]
async fn a_packed_body_is_read_like_a_plain_one() {
    let hub = TestHub::start().await;
    let plain = sign_in();
    for (packing, body) in [
        ("identity", plain.clone()),
        ("gzip", gzip(&plain)),
        ("zstd", zstd::encode_all(&*plain, 3).unwrap()),
        ("zstd", [skippable(100), zstd::encode_all(&*plain, 3).unwrap()].concat()),
    ] {
        sends(&hub, packing, body).await.assert_problem(401, "not_signed_in");
    }
    sends(&hub, "br", plain).await.assert_problem(415, "unsupported_media_type");
}

#[tokio::test]
async fn a_small_body_that_unpacks_to_a_large_one_is_refused() {
    let hub = TestHub::start().await;
    let zeros = vec![b' '; 65 * MIB];
    let bombs = [
        ("gzip", gzip(&zeros)),
        ("zstd", zstd::encode_all(&*zeros, 3).unwrap()),
        // In pieces, each of them small.
        ("gzip", gzip(&zeros[..MIB]).repeat(65)),
        ("zstd", zstd::encode_all(&zeros[..MIB], 3).unwrap().repeat(65)),
    ];
    for (packing, bomb) in bombs {
        assert!(bomb.len() < MIB);
        sends(&hub, packing, bomb).await.assert_problem(413, "body_too_large");
    }
}

#[tokio::test]
async fn frames_that_unpack_to_nothing_are_counted_as_they_come() {
    let hub = TestHub::start().await;
    let many = skippable(0).repeat(8 * MIB / 8);
    sends(&hub, "zstd", many.clone()).await.assert_problem(400, "invalid_request");
    sends(&hub, "zstd", [many, skippable(0)].concat()).await.assert_problem(413, "body_too_large");
    sends(&hub, "zstd", skippable(9 * MIB as u32)).await.assert_problem(413, "body_too_large");
    // It promises four gibibytes and breaks off.
    let mut promise = skippable(16);
    promise[4..8].copy_from_slice(&u32::MAX.to_le_bytes());
    sends(&hub, "zstd", promise).await.assert_problem(400, "invalid_request");
}

#[tokio::test]
async fn a_frame_that_wants_gibibytes_of_memory_is_refused() {
    let hub = TestHub::start().await;
    let mut packer = zstd::Encoder::new(Vec::new(), 3).unwrap();
    packer.window_log(30).unwrap();
    packer.long_distance_matching(true).unwrap();
    packer.write_all(&sign_in()).unwrap();
    let frame = packer.finish().unwrap();
    sends(&hub, "zstd", frame).await.assert_problem(400, "invalid_request");
}

#[tokio::test]
async fn bytes_that_are_not_packed_as_they_say_are_refused() {
    let hub = TestHub::start().await;
    for packing in ["gzip", "zstd"] {
        sends(&hub, packing, sign_in()).await.assert_problem(400, "invalid_request");
    }
    let mut broken = zstd::encode_all(&*sign_in(), 3).unwrap();
    broken.truncate(broken.len() - 4);
    sends(&hub, "zstd", broken).await.assert_problem(400, "invalid_request");
    let large = vec![b' '; 8 * MIB + 1];
    sends(&hub, "identity", large).await.assert_problem(413, "body_too_large");
}
