//! Where the money of two suppliers goes once they are one.

use domain::masters::SUPPLIER;
use domain::permissions::StandardRole;
use domain::record::approval;
use sync_protocol::device::draft;
use sync_protocol::receipt::{Receipt, RejectCode};

use super::rejected;
use crate::office::{Office, edited};

const OURS: &str = "DE89370400440532013000";
const THEIRS: &str = "GB82WEST12345698765432";

#[test]
fn what_was_owed_to_one_goes_to_the_account_of_another_only_when_a_second_person_says_so() {
    let mut office = Office::new();
    let mut desk = office.desk(StandardRole::Admin);
    let mut second = office.desk(StandardRole::Admin);
    let evil = office.laid_down(&SUPPLIER, &[("name", "Kontor KG"), ("iban", THEIRS)]);
    let good = [("name", "Kontor"), ("iban", OURS)];
    let good = office.laid_down(&SUPPLIER, &good);
    let merge = draft::merge(&evil, &good, &["name"]);
    assert_eq!(office.push(&mut desk, vec![merge]), [Receipt::Applied { version: 2 }]);
    let now = office.standing(&evil);
    assert!(now.get("iban").is_null(), "nobody is paid there yet");
    assert!(now.get("payment_hold").is_true());
    let [proposal] = approval::pending(&now).try_into().unwrap();
    assert_eq!(proposal.values.get("iban").text(), Some(THEIRS));
    let approve = |row| draft::approve(&now, row);
    let (_, rule, _) = rejected(&office.push(&mut desk, vec![approve(&proposal)]));
    assert_eq!(rule, "too_early", "who merged them does not approve it as if they were another");
    let receipts = office.push(&mut second, vec![approve(&proposal)]);
    assert_eq!(receipts, [Receipt::Applied { version: 3 }]);
    assert_eq!(office.standing(&evil).get("iban").text(), Some(THEIRS));
}

#[test]
fn an_account_stays_in_force_where_the_other_has_none_or_the_same() {
    for theirs in [vec![], vec![("iban", OURS)]] {
        let mut office = Office::new();
        let mut desk = office.desk(StandardRole::Admin);
        let ours = [("name", "Stern"), ("iban", OURS), ("bic", "COBADEFF")];
        let stays = office.laid_down(&SUPPLIER, &ours);
        let goes = office.laid_down(&SUPPLIER, &[vec![("name", "Stern AG")], theirs].concat());
        let receipts = office.push(&mut desk, vec![draft::merge(&stays, &goes, &[])]);
        assert_eq!(receipts, [Receipt::Applied { version: 2 }]);
        let now = office.standing(&stays);
        assert_eq!(now.get("iban").text(), Some(OURS));
        assert_eq!(now.get("bic").text(), Some("COBADEFF"));
        assert!(!now.get("payment_hold").is_true());
        assert_eq!(approval::pending(&now), []);
    }
}

#[test]
fn what_waited_before_a_merge_goes_on_waiting_and_says_the_end_of_nothing_in_force() {
    let mut office = Office::new();
    let mut desk = office.desk(StandardRole::Admin);
    let stays = office.laid_down(&SUPPLIER, &[("name", "Stern"), ("iban", OURS)]);
    let goes = office.laid_down(&SUPPLIER, &[("name", "Stern AG"), ("iban", THEIRS)]);
    let typed = "FR1420041010050500013M02606";
    office.push(&mut desk, vec![edited(&stays, &[("iban", typed)])]);
    let [waits] = approval::pending(&office.standing(&stays)).try_into().unwrap();
    assert_eq!(waits.values.get(approval::ENDS).text(), Some("•••• 3000"));
    let stays = office.standing(&stays);
    office.push(&mut desk, vec![draft::merge(&stays, &goes, &[])]);
    let now = office.standing(&stays);
    assert!(now.get("iban").is_null());
    let waiting = approval::pending(&now);
    let mut ibans: Vec<_> = waiting.iter().map(|row| row.values.get("iban").text()).collect();
    ibans.sort_unstable();
    assert_eq!(ibans, [Some(OURS), Some(typed)], "nobody's typing is replaced by a merge");
    assert!(waiting.iter().all(|row| row.values.get(approval::ENDS).is_null()));
}

#[test]
fn who_may_not_read_accounts_merges_no_two_that_are_paid_to_different_ones() {
    let mut office = Office::new();
    // Approves accounts, and reads of those in force the end alone.
    let mut desk = office.desk(StandardRole::Manager);
    let stays = office.laid_down(&SUPPLIER, &[("name", "Stern"), ("iban", OURS)]);
    let goes = office.laid_down(&SUPPLIER, &[("name", "Stern AG"), ("iban", THEIRS)]);
    let merge = draft::merge(&stays, &goes, &[]);
    let (code, rule, message) = rejected(&office.push(&mut desk, vec![merge]));
    assert_eq!((code, rule.as_str()), (RejectCode::NotPermitted, "accounts_unread"));
    assert!(!message.contains("3000") && !message.contains("5432"), "{message}");
    assert_eq!(office.standing(&stays), stays);
    assert!(!office.standing(&goes).is_retired());
    // Nothing comes before them where nothing goes out of force.
    let bare = office.laid_down(&SUPPLIER, &[("name", "Stern KG")]);
    let receipts = office.push(&mut desk, vec![draft::merge(&stays, &bare, &[])]);
    assert_eq!(receipts, [Receipt::Applied { version: 2 }]);
    assert_eq!(office.standing(&stays).get("iban").text(), Some(OURS));
}
