//! What the fuzzers begin with, and what they have found: messages of devices and hubs, and bytes that once broke
//! something.

#![allow(clippy::unwrap_used, reason = "a story that cannot go on has failed")]

use std::path::{Path, PathBuf};

use daybook_server::sync::place::{self, PullToken, SnapshotToken};
use decoding::TARGETS;
use rand::{RngExt as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;
use serde_bytes::ByteBuf;
use sync_protocol::courier::{DeviceOpening, HubOpening, OPENING_MAX, Part, PartReader};
use sync_protocol::message::{Escrow, Frame, Push};
use sync_protocol::op::SealedOp;
use sync_protocol::wire::{self, FrameReader};

fn kept(target: &str) -> Vec<(PathBuf, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/corpus").join(target);
    let files = std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path());
    let mut kept: Vec<_> = files.map(|path| (path.clone(), std::fs::read(path).unwrap())).collect();
    // In the same order on every disk.
    kept.sort_unstable();
    kept
}

#[test]
fn whatever_was_kept_is_read_or_refused() {
    for (name, read) in TARGETS {
        let kept = kept(name);
        assert!(kept.len() >= 5, "{name} has only {} files", kept.len());
        for (path, bytes) in kept {
            println!("{}", path.display());
            read(&bytes);
            // Broken off, with a tail, and with each of its first bytes another.
            read(&bytes[..bytes.len() / 2]);
            read(&[&bytes[..], &[0]].concat());
            for at in 0..bytes.len().min(64) {
                let mut changed = bytes.clone();
                changed[at] ^= 0xff;
                read(&changed);
            }
        }
    }
}

/// Rounds of changes for each target; a fuzzer makes millions.
const ROUNDS: usize = 1_500;
/// Heads of CBOR that promise much: lengths and numbers of eight bytes, lists and maps without an end, tags, breaks.
const HEADS: [u8; 12] = [0x1b, 0x3b, 0x5b, 0x5f, 0x7b, 0x7f, 0x9b, 0x9f, 0xbb, 0xbf, 0xd9, 0xff];

/// One change, as a line may make it or somebody who means harm.
fn change(bytes: &mut Vec<u8>, random: &mut ChaCha8Rng) {
    let at = random.random_range(0..=bytes.len());
    let to = bytes.len().min(at + random.random_range(1..=32));
    match random.random_range(0..6) {
        0 => bytes.truncate(at),
        1 => drop(bytes.drain(at..to)),
        2 => bytes.extend_from_within(at..to),
        3 => {
            let piece = bytes[at..to].to_vec();
            let place = random.random_range(0..=bytes.len());
            bytes.splice(place..place, piece);
        }
        4 => bytes.insert(at, HEADS[random.random_range(0..HEADS.len())]),
        _ => bytes[at..to].iter_mut().take(9).for_each(|byte| *byte = random.random()),
    }
}

#[test]
fn what_is_changed_by_chance_is_read_or_refused() {
    for (name, read) in TARGETS {
        let kept = kept(name);
        let mut random = ChaCha8Rng::seed_from_u64(7);
        for round in 0..ROUNDS {
            let mut bytes = kept[round % kept.len()].1.clone();
            for _ in 0..random.random_range(1..=4) {
                change(&mut bytes, &mut random);
            }
            read(&bytes);
        }
    }
}

#[test]
fn a_fuzzer_begins_with_what_devices_and_hubs_say() {
    let real = |name: &str| kept(name).into_iter().filter(|(path, _)| is_real(path));
    for (path, bytes) in real("push") {
        let handed_in = wire::decode::<Escrow>(&bytes).map(|escrow| escrow.ops);
        let ops = handed_in.or_else(|_| wire::decode::<Push>(&bytes).map(|push| push.ops));
        let ops = ops.unwrap_or_else(|error| panic!("{error}: {}", path.display()));
        assert!(!ops.is_empty());
        for op in ops {
            SealedOp::open(op.into_vec()).unwrap();
        }
    }
    for (path, bytes) in real("courier") {
        let mut parts = PartReader::new(bytes.as_slice());
        let (part, opening) = parts.part(OPENING_MAX).unwrap().unwrap();
        assert_eq!(part, Part::Opening, "{}", path.display());
        let of_device = wire::decode::<DeviceOpening>(&opening).is_ok();
        assert!(of_device || wire::decode::<HubOpening>(&opening).is_ok(), "{}", path.display());
        assert!(parts.part(OPENING_MAX).unwrap().is_some());
        parts.prove().unwrap();
    }
    for (path, bytes) in real("token") {
        let bytes = ByteBuf::from(bytes);
        let known = PullToken::read(&bytes).is_ok() || place::read::<SnapshotToken>(&bytes).is_ok();
        assert!(known, "{}", path.display());
    }
    for (path, bytes) in real("frames") {
        let packed = wire::compress(&bytes).unwrap();
        let mut frames = FrameReader::new(packed.as_slice()).unwrap();
        let mut last = None;
        while let Some(frame) = frames.read::<Frame>().unwrap() {
            last = Some(frame);
        }
        assert!(
            matches!(last, Some(Frame::Checkpoint { .. } | Frame::Page { .. })),
            "{}",
            path.display()
        );
    }
}

/// Whether `cargo run --package decoding` wrote it, and no fuzzer.
fn is_real(path: &Path) -> bool {
    path.file_name().and_then(|name| name.to_str()).is_some_and(|name| name.starts_with("real-"))
}
