//! Stories of a round, told as the effects of its steps.

use super::*;

fn local() -> Local {
    Local {
        epoch: 7,
        policy_version: 1,
        lease_serial: 1,
        schema: Hash::default(),
        cursor: Some(40),
        chain: ChainEnd::default(),
        unanswered: 0,
        life: 7,
        doubtful: Vec::new(),
        fill: None,
        page: None,
    }
}

fn reply(standing: Standing, head: Position) -> Event {
    Event::Hello(Box::new(HelloReply {
        standing,
        epoch: 7,
        policy_version: 1,
        server_time: DateTime::UNIX_EPOCH,
        head,
        chain: ChainEnd::default(),
        lease: None,
        attachment_max: None,
        backed_up: None,
    }))
}

fn names(effects: &[Effect]) -> Vec<&'static str> {
    let name = |effect: &Effect| match effect {
        Effect::SendHello(_) => "hello",
        Effect::SendOps { .. } => "ops",
        Effect::OfferAgain { .. } => "offer again",
        Effect::Forget { .. } => "forget",
        Effect::GoOnBehind { .. } => "go on behind",
        Effect::Pull { into: Target::Live, .. } => "pull",
        Effect::Pull { into: Target::Side, .. } => "pull aside",
        Effect::Snapshot { request } if request.page.is_some() => "snapshot goes on",
        Effect::Snapshot { .. } => "snapshot",
        Effect::StoreLease(_) => "lease",
        Effect::BeginFill { .. } => "begin fill",
        Effect::SwapIn => "swap",
        Effect::Wipe => "wipe",
        Effect::Finish(Outcome::UpToDate) => "up to date",
        Effect::Finish(Outcome::Forked) => "forked",
        Effect::Finish(Outcome::NoParity) => "no parity",
        Effect::Finish(Outcome::Outdated) => "outdated",
        Effect::Finish(_) => "not now",
    };
    effects.iter().map(name).collect()
}

fn start(local: Local) -> Round {
    let mut round = Round::new(local);
    assert_eq!(names(&round.step(Event::Start { now: DateTime::UNIX_EPOCH })), ["hello"]);
    round
}

fn checkpoint(position: Position, parity: bool) -> Event {
    let doubt = Doubt { entity: "customer".to_owned(), bucket: None };
    let doubts = if parity { Vec::new() } else { vec![doubt] };
    Event::PulledCheckpoint { cursor: position, policy_version: 1, doubts }
}

fn pushed(position: Position, left: u64) -> Event {
    Event::Pushed { position, left }
}

#[test]
fn nothing_to_do_is_one_request() {
    let mut round = start(local());
    assert_eq!(names(&round.step(reply(Standing::Ok, 40))), ["up to date"]);
}

#[test]
fn all_work_is_sent_before_anything_is_received_and_ones_own_edit_is_waited_for() {
    let mut round = start(Local { unanswered: 3, ..local() });
    assert_eq!(names(&round.step(reply(Standing::Ok, 40))), ["ops"]);
    assert_eq!(names(&round.step(pushed(44, 1))), ["ops"]);
    let effects = round.step(pushed(45, 0));
    assert_eq!(names(&effects), ["pull"]);
    let Some(Effect::Pull { request, .. }) = effects.last() else { panic!("no pull") };
    assert_eq!(request.at_least, 45);
    assert_eq!(names(&round.step(checkpoint(45, true))), ["up to date"]);
}

#[test]
fn a_first_fill_goes_aside_and_is_swapped_in() {
    let mut round = start(Local { cursor: None, ..local() });
    assert_eq!(names(&round.step(reply(Standing::Ok, 40))), ["begin fill", "snapshot"]);
    let page = ByteBuf::from([1]);
    assert_eq!(names(&round.step(Event::PulledPage { page })), ["snapshot goes on"]);
    let end = Event::SnapshotEnd { cursor: 40, policy_version: 1 };
    assert_eq!(names(&round.step(end)), ["pull aside"]);
    let page = ByteBuf::from([1]);
    assert_eq!(names(&round.step(Event::PulledPage { page })), ["pull aside"]);
    assert_eq!(names(&round.step(checkpoint(41, true))), ["swap", "up to date"]);
}

#[test]
fn a_fill_that_broke_off_goes_on_where_it_was() {
    let page = Some(ByteBuf::from([9]));
    let fill = Some(Fill::Snapshot { page });
    let mut round = start(Local { cursor: None, fill, ..local() });
    assert_eq!(names(&round.step(reply(Standing::Ok, 40))), ["snapshot goes on"]);
    let other = Local { cursor: None, fill: None, epoch: 6, ..local() };
    let mut round = start(Local { fill: Some(Fill::Snapshot { page: None }), ..other });
    let rebuild = Standing::Rebuild { reason: RebuildReason::Epoch };
    assert_eq!(names(&round.step(reply(rebuild, 40))), ["begin fill", "snapshot"]);
}

#[test]
fn a_pull_that_broke_off_goes_on_at_its_page_and_a_fill_has_no_use_for_it() {
    let page = Some(ByteBuf::from([9]));
    let asked = |effects: Vec<Effect>| match effects.last() {
        Some(Effect::Pull { request, .. }) => request.page.clone(),
        _ => panic!("no pull"),
    };
    let mut round = start(Local { page: page.clone(), ..local() });
    assert_eq!(asked(round.step(reply(Standing::Ok, 50))), page);
    let catch_up = Fill::CatchUp { cursor: 40, policy_version: 1, page: page.clone() };
    let mut round = start(Local { cursor: None, fill: Some(catch_up), ..local() });
    assert_eq!(asked(round.step(reply(Standing::Ok, 50))), page);
    let mut round = start(Local { page, ..local() });
    let rebuild = Standing::Rebuild { reason: RebuildReason::Epoch };
    assert_eq!(names(&round.step(reply(rebuild, 50))), ["begin fill", "snapshot"]);
    round.step(Event::SnapshotEnd { cursor: 40, policy_version: 1 });
    assert_eq!(round.local.page, None);
}

#[test]
fn the_bad_part_of_a_copy_is_asked_for_and_fetched_anew() {
    let mut round = start(local());
    assert_eq!(names(&round.step(reply(Standing::Ok, 50))), ["pull"]);
    let effects = round.step(checkpoint(50, false));
    let [Effect::Pull { request, into: Target::Live }] = effects.as_slice() else { panic!() };
    assert_eq!(
        (request.doubtful.as_slice(), request.anew.len()),
        (&["customer".to_owned()][..], 0)
    );
    let bad = Doubt { entity: "customer".to_owned(), bucket: Some(3) };
    let told = Event::PulledCheckpoint { cursor: 50, policy_version: 1, doubts: vec![bad] };
    let effects = round.step(told);
    let [Effect::Pull { request, into: Target::Live }] = effects.as_slice() else { panic!() };
    assert_eq!(request.anew, [("customer".to_owned(), 3)]);
    assert_eq!(names(&round.step(checkpoint(50, true))), ["up to date"]);
}

#[test]
fn a_copy_that_cannot_be_mended_is_fetched_anew_once() {
    let mut round = start(local());
    assert_eq!(names(&round.step(reply(Standing::Ok, 50))), ["pull"]);
    for _ in 0..MENDS {
        assert_eq!(names(&round.step(checkpoint(50, false))), ["pull"]);
    }
    assert_eq!(names(&round.step(checkpoint(50, false))), ["begin fill", "snapshot"]);
    let end = Event::SnapshotEnd { cursor: 50, policy_version: 1 };
    assert_eq!(names(&round.step(end)), ["pull aside"]);
    for _ in 0..MENDS {
        assert_eq!(names(&round.step(checkpoint(50, false))), ["pull aside"]);
    }
    assert_eq!(names(&round.step(checkpoint(50, false))), ["no parity"]);
}

#[test]
fn other_rights_are_a_reason_to_pull_though_nothing_else_is_new() {
    let mut round = start(Local { policy_version: 0, ..local() });
    let effects = round.step(reply(Standing::Ok, 40));
    let [Effect::Pull { request, .. }] = effects.as_slice() else { panic!() };
    assert_eq!(request.policy_version, 0, "the answer leads from what the copy was made for");
    assert_eq!(names(&round.step(checkpoint(40, true))), ["up to date"]);
}

#[test]
fn an_old_client_sends_and_does_not_receive() {
    let mut round = start(Local { unanswered: 1, ..local() });
    assert_eq!(names(&round.step(reply(Standing::Drain, 50))), ["ops"]);
    assert_eq!(names(&round.step(pushed(51, 0))), ["outdated"]);
}

#[test]
fn refusal_waiting_and_wiping_end_the_round_with_the_work_kept() {
    let until = DateTime::UNIX_EPOCH;
    for standing in [
        Standing::Wait { reason: "busy".to_owned(), until },
        Standing::Refused { reason: "suspended".to_owned() },
    ] {
        let mut round = start(Local { unanswered: 1, ..local() });
        assert_eq!(names(&round.step(reply(standing, 50))), ["not now"]);
    }
    let mut round = start(local());
    assert_eq!(names(&round.step(reply(Standing::Wipe, 50))), ["wipe", "not now"]);
}

#[test]
fn a_device_that_the_hub_does_not_serve_waits_for_its_person_with_the_work_kept() {
    let mut round = start(with_ops(3, 1));
    assert_eq!(names(&round.step(reply(Standing::Frozen, 50))), ["forked"]);
}

#[test]
fn a_machine_that_was_set_back_goes_on_behind_what_the_hub_holds_of_it() {
    // Of three ops here the hub answered one in this file's memory, and holds nine.
    let mut round = start(with_ops(3, 2));
    let Event::Hello(mut greeting) = reply(Standing::Ok, 50) else { panic!("a hello") };
    greeting.chain = ChainEnd { op_seq: 9, hash: Hash([9; 32]) };
    let effects = round.step(Event::Hello(greeting));
    assert_eq!(names(&effects), ["go on behind", "ops"]);
    assert!(matches!(effects[0], Effect::GoOnBehind { said: 3, chain } if chain.op_seq == 9));
    assert_eq!(names(&round.step(pushed(50, 0))), ["pull"]);
}

fn restored(epoch: u64, held: u64, backed_up: Option<Position>) -> Event {
    let standing = match epoch {
        7 => Standing::Ok,
        _ => Standing::Rebuild { reason: RebuildReason::Epoch },
    };
    let Event::Hello(reply) = reply(standing, 40) else { panic!("a hello") };
    let chain = ChainEnd { op_seq: held, hash: Hash::default() };
    Event::Hello(Box::new(HelloReply { epoch, chain, backed_up, ..*reply }))
}

fn with_ops(op_seq: u64, unanswered: u64) -> Local {
    Local { chain: ChainEnd { op_seq, hash: Hash::default() }, unanswered, ..local() }
}

#[test]
fn a_restored_hub_is_offered_what_it_lost_before_the_copy_is_fetched_anew() {
    let mut round = start(with_ops(9, 1));
    let effects = round.step(restored(8, 5, Some(30)));
    assert_eq!(names(&effects), ["offer again"]);
    // Also what lies before the end of its chain: another copy of the file may have left gaps there.
    assert!(matches!(effects[..], [Effect::OfferAgain { epoch: 8, behind: 0 }]), "{effects:?}");
    assert_eq!(names(&round.step(Event::OfferedAgain { left: 4 })), ["ops"]);
    assert_eq!(names(&round.step(pushed(44, 0))), ["begin fill", "snapshot"]);
    // A round that broke off after it: nothing is offered a third time.
    let mut round = start(Local { life: 8, ..with_ops(9, 2) });
    assert_eq!(names(&round.step(restored(8, 7, None))), ["ops"]);
}

#[test]
fn a_hub_that_holds_less_than_it_answered_was_restored_whatever_it_says() {
    let mut round = start(with_ops(9, 1));
    let effects = round.step(restored(7, 6, None));
    assert!(matches!(effects[..], [Effect::OfferAgain { epoch: 7, behind: 6 }]), "{effects:?}");
    assert_eq!(names(&round.step(Event::OfferedAgain { left: 3 })), ["ops"]);
    assert_eq!(names(&round.step(pushed(44, 0))), ["begin fill", "snapshot"]);
    // What it holds less is not in this file any more: there is nothing to wait for, in this round or the next.
    let mut round = start(with_ops(9, 0));
    assert_eq!(names(&round.step(restored(7, 6, None))), ["offer again"]);
    assert_eq!(names(&round.step(Event::OfferedAgain { left: 0 })), ["up to date"]);
    // Work that was never sent is no loss.
    let mut round = start(with_ops(9, 3));
    assert_eq!(names(&round.step(restored(7, 6, None))), ["ops"]);
}

#[test]
fn work_is_forgotten_once_a_verified_backup_of_this_life_holds_it() {
    let mut round = start(with_ops(9, 0));
    let effects = round.step(restored(7, 9, Some(30)));
    assert_eq!(names(&effects), ["forget", "up to date"]);
    assert!(matches!(effects[0], Effect::Forget { backed_up: 30, held: 9 }));
    // Not before the hub has taken what follows: another copy of the file may have taken these places.
    let mut round = start(with_ops(9, 2));
    assert_eq!(names(&round.step(restored(7, 7, Some(30)))), ["ops"]);
    let effects = round.step(Event::Pushed { position: 40, left: 0 });
    assert_eq!(names(&effects)[0], "forget");
    assert!(matches!(effects[0], Effect::Forget { backed_up: 30, held: 7 }));
    assert_eq!(names(&start(with_ops(9, 0)).step(restored(7, 9, None))), ["up to date"]);
}
