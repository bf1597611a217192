//! What the judge gives away of a record, and to whom; how an item of Attention names it.

use domain::masters::CUSTOMER;
use domain::permissions::StandardRole;
use domain::record::Cell;
use sync_protocol::receipt::Receipt;

use crate::office::{Office, edited};

#[test]
fn a_witness_of_a_hidden_field_is_answered_the_same_whatever_it_says() {
    let answers = ["DE136695976", "DE811569869", ""].map(|guess| {
        let mut office = Office::new();
        let mut sales = office.desk(StandardRole::Sales);
        let owner = sales.grants.user_id.to_string();
        let fields =
            [("name", "Ada"), ("country", "DE"), ("tax_id", "DE136695976"), ("owner_id", &owner)];
        let seen = office.laid_down(&CUSTOMER, &fields);
        let mut intent = edited(&seen, &[("country", "KE")]);
        let witness = intent.changes.fields.iter_mut().find(|change| change.field == "tax_id");
        let witness = witness.unwrap();
        (witness.from, witness.to) = (Some(Cell::from(guess)), Cell::from(guess));
        let receipts = office.push(&mut sales, vec![intent]);
        assert_eq!(office.attention(), []);
        receipts
    });
    assert!(answers.iter().all(|answer| *answer == [Receipt::Applied { version: 2 }]));
}
