//! The first word of each round.

use sync_protocol::message::{Hello, Pull, Push, RebuildReason, Standing};
use sync_protocol::op::{ChainEnd, Hash};
use sync_protocol::wire;

use super::desk::Desk;
use super::office::{Office, SLUG};

#[tokio::test]
async fn an_idle_round_is_one_small_request_each_way() {
    let office = Office::open().await;
    let mut anna = Desk::filled(&office.admin).await;
    let hello = anna.hello();
    let answer = anna.asks("hello", &hello).await;
    assert!(wire::pack(&hello).unwrap().len() < 700);
    assert!(answer.body.len() < 700, "{}", answer.body.len());
    let reply: sync_protocol::message::HelloReply = anna.read(&answer);
    assert_eq!(reply.standing, Standing::Ok);
    assert_eq!(reply.lease, None);
    assert_eq!(anna.cursor, Some(reply.head));
}

#[tokio::test]
async fn the_hub_tells_the_end_of_the_chain_and_whether_to_begin_anew() {
    let office = Office::open().await;
    let mut anna = Desk::filled(&office.admin).await;
    anna.creates(&domain::masters::CUSTOMER, &[("name", "Miller")]);
    anna.syncs().await;
    let reply = anna.says_hello().await;
    assert_eq!(reply.chain, anna.chain);
    let ask = async |hello: Hello| {
        let mut desk = anna.clone();
        let answer = desk.asks("hello", &hello).await;
        desk.read::<sync_protocol::message::HelloReply>(&answer).standing
    };
    let rebuild = |reason| Standing::Rebuild { reason };
    let ahead = Some(reply.head + 1);
    assert_eq!(ask(Hello { cursor: ahead, ..anna.hello() }).await, rebuild(RebuildReason::Cursor));
    assert_eq!(ask(Hello { epoch: 9, ..anna.hello() }).await, rebuild(RebuildReason::Epoch));
    assert_eq!(ask(Hello { schema: Hash([1; 32]), ..anna.hello() }).await, Standing::Drain);
    assert_eq!(
        ask(Hello { policy_version: 77, ..anna.hello() }).await,
        rebuild(RebuildReason::Rights)
    );
}

#[tokio::test]
async fn a_restored_hub_takes_nothing_of_the_life_before() {
    let office = Office::open().await;
    let mut anna = Desk::filled(&office.admin).await;
    office.hub.control("UPDATE tenants SET epoch = 2");
    let reply = loop {
        let answer = anna.asks("hello", &anna.hello()).await;
        let reply: sync_protocol::message::HelloReply = anna.read(&answer);
        if reply.epoch == 2 {
            break reply;
        }
        tokio::task::yield_now().await;
    };
    assert_eq!(reply.standing, Standing::Rebuild { reason: RebuildReason::Epoch });
    let push = Push { epoch: 1, ops: Vec::new() };
    anna.asks("push", &push).await.assert_problem(410, "epoch_changed");
    let pull = Pull { epoch: 1, ..anna.pull() };
    anna.asks("pull", &pull).await.assert_problem(410, "epoch_changed");
}

#[tokio::test]
async fn whoever_is_turned_away_learns_only_that() {
    let office = Office::open().await;
    let mut anna = Desk::filled(&office.admin).await;
    for (statement, standing) in [
        ("UPDATE tenants SET state = 'suspended'", "refused"),
        ("UPDATE tenants SET state = 'migrating'", "wait"),
        ("UPDATE tenants SET state = 'active'; UPDATE devices SET state = 'revoked'", "refused"),
        ("UPDATE devices SET state = 'wiping'", "wipe"),
    ] {
        office.hub.control(statement);
        let reply = loop {
            let answer = anna.asks("hello", &anna.hello()).await;
            let reply: sync_protocol::message::HelloReply = anna.read(&answer);
            let said = serde_json::to_value(&reply.standing).unwrap();
            if said["standing"] == standing {
                break reply;
            }
            tokio::task::yield_now().await;
        };
        assert_eq!((reply.head, reply.lease.is_none()), (0, true));
        assert_eq!(
            anna.asks("push", &Push { epoch: 1, ops: Vec::new() }).await.status / 100,
            if standing == "wait" { 5 } else { 4 }
        );
    }
}

#[tokio::test]
async fn a_device_is_noted_with_what_it_holds_but_not_at_each_round() {
    let office = Office::open().await;
    let mut anna = Desk::filled(&office.admin).await;
    let seen = format!(
        "SELECT seen_at || ' ' || coalesce(cursor, 0) FROM sync_device WHERE device_id = '{}'",
        anna.device_id
    );
    let before = office.sql(&seen);
    anna.says_hello().await;
    assert_eq!(office.sql(&seen), before);
    office.hub.clock.advance(chrono::TimeDelta::seconds(61));
    anna.says_hello().await;
    let after = office.sql(&seen);
    assert_ne!(after, before);
    assert!(after[0].ends_with(&format!(" {}", anna.cursor.unwrap())), "{after:?}");
}

#[tokio::test]
async fn only_an_enrolled_device_syncs_and_only_with_its_own_tenant() {
    let office = Office::open().await;
    let mut beta = office.hub.tenant("beta").await;
    beta.signs_in().await;
    let answer = beta
        .post("/api/v1/sync/push")
        .header("content-type", "application/cbor")
        .bytes(wire::encode(&Push { epoch: 1, ops: Vec::new() }).unwrap())
        .send()
        .await;
    answer.assert_problem(403, "not_permitted");
    // A device of one tenant that says the other's ids is a stranger there: its chain is its own.
    let anna = Desk::filled(&office.admin).await;
    let mut other = Desk::filled(&office.hub.tenant("gamma").await).await;
    other.creates(&domain::masters::CUSTOMER, &[("name", "Gamma's")]);
    other.pushes().await;
    assert_eq!(office.hub.in_tenant(SLUG, "SELECT count(*) FROM customer"), ["0"]);
    assert_eq!(anna.chain, ChainEnd::default());
}

#[tokio::test]
async fn a_body_of_the_wrong_kind_or_size_is_refused() {
    let office = Office::open().await;
    let anna = Desk::filled(&office.admin).await;
    let post = |kind: &str, bytes: Vec<u8>| {
        let request = anna.device.person.post("/api/v1/sync/push");
        request.header("content-type", kind).bytes(bytes).send()
    };
    post("text/plain", vec![1]).await.assert_problem(415, "unsupported_media_type");
    post("application/cbor", vec![0xff]).await.assert_problem(400, "invalid_request");
    post("application/cbor", vec![0; 9 << 20]).await.assert_problem(413, "body_too_large");
    let bomb = anna.device.person.post("/api/v1/sync/push");
    let bomb = bomb.header("content-type", "application/cbor").header("content-encoding", "zstd");
    let bomb = bomb.bytes(wire::compress(&vec![0; 70 << 20]).unwrap()).send().await;
    bomb.assert_problem(413, "body_too_large");
    // For people who look, the same in JSON.
    let readable =
        anna.device.person.post("/api/v1/sync/hello").header("accept", "application/json");
    let answer = readable.json(&anna.hello()).send().await;
    assert_eq!(answer.json()["standing"], "ok");
}
