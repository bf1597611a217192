//! `daybook-server tenant suspend` and `resume`

use crate::support::{Device, TestHub};

#[tokio::test]
async fn a_suspended_tenants_people_are_out_within_the_life_of_their_tokens_and_come_back_with_it()
{
    let hub = TestHub::start().await;
    let admin = hub.tenant("acme").await;
    let mut other = Device::of(&hub.tenant("beta").await);
    let mut laptop = Device::of(&admin);
    laptop.signs_in().await;
    other.signs_in().await;
    let whoami = async || laptop.person.post("/api/v1/auth/logout").send().await;

    assert_eq!(hub.runs(&["tenant", "suspend", "acme"])["state"], "suspended");
    hub.eventually(async || whoami().await.status == 403).await;
    whoami().await.assert_problem(403, "tenant_suspended");
    laptop.tries_to_refresh(&laptop.refresh_token).await.assert_problem(403, "tenant_suspended");
    admin.tries_to_sign_in().await.assert_problem(403, "tenant_suspended");
    // Only who knows the password learns that.
    let guess = admin.who_types("four horses eat green hay").tries_to_sign_in().await;
    guess.assert_problem(401, "not_signed_in");
    other.refreshes().await;

    assert_eq!(hub.runs(&["tenant", "resume", "acme"])["state"], "active");
    hub.eventually(async || laptop.tries_to_refresh(&laptop.refresh_token).await.status == 200)
        .await;
    laptop.signs_in().await;
    laptop.person.post("/api/v1/auth/logout").send().await.assert(204);
}
