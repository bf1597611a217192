//! `/healthz`, unknown addresses, and the form of errors.

use crate::support::TestHub;

#[tokio::test]
async fn the_hub_says_that_it_is_alive() {
    let hub = TestHub::start().await;
    let answer = hub.get("/healthz").send().await;
    answer.assert(200);
    assert_eq!(answer.json(), serde_json::json!({ "status": "alive" }));
    assert_eq!(answer.header("cache-control"), Some("no-store"));
}

#[tokio::test]
async fn an_unknown_address_and_a_wrong_method_are_problems_like_all_others() {
    let hub = TestHub::start().await;
    hub.get("/api/v1/nothing").send().await.assert_problem(404, "not_found");
    hub.request("DELETE", "/api/v1/auth/login")
        .send()
        .await
        .assert_problem(405, "method_not_allowed");
}

#[tokio::test]
async fn readiness_and_counters_are_not_on_the_public_address() {
    let hub = TestHub::start().await;
    hub.get("/readyz").send().await.assert(404);
    hub.get("/metrics").send().await.assert(404);
}
