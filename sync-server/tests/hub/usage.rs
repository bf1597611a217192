//! What a tenant uses is counted, each tenant by itself.

use crate::support::{Device, TestHub};

async fn used(hub: &TestHub, slug: &str) -> Vec<String> {
    hub.hub.meter.write(&hub.hub.control, hub.clock.now()).await.unwrap();
    hub.control(&format!(
        "SELECT measure || ' ' || sum(amount) FROM tenant_usage JOIN tenants ON id = tenant_id
         WHERE slug = '{slug}' AND measure <> 'bytes_out' GROUP BY measure ORDER BY measure"
    ))
}

#[tokio::test]
async fn sign_ins_requests_and_bytes_add_up_by_tenant() {
    let hub = TestHub::start().await;
    let (acme, beta) = (hub.tenant("acme").await, hub.tenant("beta").await);
    let mut laptop = Device::of(&acme);
    laptop.signs_in().await;
    let hello = |laptop: &Device| {
        let request = laptop.person.post("/api/v1/sync/hello");
        request.header("content-type", "application/json").bytes(vec![b'x'; 1_000])
    };
    // It cannot be read; the way cost something all the same.
    let first = hello(&laptop).send().await;
    first.assert_problem(400, "invalid_request");
    assert_eq!(used(&hub, "acme").await, ["bytes_in 1000", "requests 1", "sign_ins 1"]);
    laptop.signs_in().await;
    hello(&laptop).send().await;
    assert_eq!(used(&hub, "acme").await, ["bytes_in 2000", "requests 2", "sign_ins 2"]);
    assert_eq!(used(&hub, "beta").await, Vec::<String>::new());
    beta.tries_to_sign_in().await.assert(200);
    assert_eq!(used(&hub, "beta").await, ["sign_ins 1"]);
}

#[tokio::test]
async fn what_cannot_be_written_now_is_written_later() {
    let hub = TestHub::start().await;
    hub.tenant("acme").await.tries_to_sign_in().await.assert(200);
    hub.control("ALTER TABLE tenant_usage RENAME TO away");
    hub.hub.meter.write(&hub.hub.control, hub.clock.now()).await.unwrap_err();
    hub.control("ALTER TABLE away RENAME TO tenant_usage");
    assert_eq!(used(&hub, "acme").await, ["sign_ins 1"]);
}
