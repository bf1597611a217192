//! The hub's order is the only order: whoever pulls misses nothing, whoever writes at the same time.

use domain::masters::CUSTOMER;

use super::desk::Desk;
use super::office::Office;

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_puller_among_eight_writers_and_slow_jobs_misses_no_row() {
    const PUSHES: usize = 12;
    let office = Office::open().await;
    let mut reader = Desk::filled(&office.admin).await;
    let mut writers = Vec::new();
    for number in 0..8 {
        let mut desk = Desk::of(&office.admin).await;
        desk.says_hello().await;
        writers.push(tokio::spawn(async move {
            for push in 0..PUSHES {
                for row in 0..3 {
                    let name = format!("Customer {number} {push} {row}");
                    desk.creates(&CUSTOMER, &[("name", &name)]);
                }
                let receipts = desk.pushes().await;
                assert!(receipts.iter().all(sync_protocol::receipt::Receipt::has_effect));
            }
        }));
    }
    // Jobs that change a row early and commit late: their place in the order is that of the commit.
    let statement = "BEGIN; UPDATE customer SET notes = 'looked at' WHERE name = 'Customer 0 0 0';
        INSERT INTO unit (id, version, created_at, created_by, updated_at, updated_by, name, unece_code, dimension)
        VALUES (gen_random_uuid(), 1, now(), gen_random_uuid(), now(), gen_random_uuid(), 'job', (ARRAY['KMT','GRM','TNE','LTR','MTR','CMT'])[1 + (SELECT count(*) FROM unit WHERE name = 'job')], 'other');
        SELECT pg_sleep(0.15); COMMIT";
    let database = office.hub.control("SELECT database_name FROM tenants").remove(0);
    let cluster = office.hub.cluster;
    let jobs = std::thread::spawn(move || {
        for _ in 0..6 {
            cluster.sql(&database, statement);
        }
    });
    while writers.iter().any(|writer| !writer.is_finished()) {
        // Each pull proves by digests that the copy is a state that existed on the hub.
        reader.pulls().await;
    }
    for writer in writers {
        writer.await.unwrap();
    }
    tokio::task::spawn_blocking(|| jobs.join().unwrap()).await.unwrap();
    reader.pulls().await;
    let held = |entity: &str| reader.copy.keys().filter(|(name, _)| name == entity).count();
    assert_eq!(held("customer"), 8 * PUSHES * 3);
    assert_eq!(office.count("SELECT count(*) FROM unit WHERE name = 'job'"), 6);
    let jobs = reader.copy.values().filter(|record| record.title() == "job");
    assert_eq!(jobs.count(), 6);
}

#[tokio::test]
async fn a_transaction_that_commits_later_stands_later() {
    let office = Office::open().await;
    let mut anna = Desk::filled(&office.admin).await;
    anna.creates(&CUSTOMER, &[("name", "First")]);
    anna.creates(&CUSTOMER, &[("name", "Second")]);
    anna.pushes().await;
    let database = office.hub.control("SELECT database_name FROM tenants").remove(0);
    let cluster = office.hub.cluster;
    // Draws its change id first and commits last: only once it sees what the other wrote.
    let slow = std::thread::spawn(move || {
        cluster.sql(
            &database,
            "BEGIN; UPDATE customer SET city = 'Leeds' WHERE name = 'First';
             DO $$ BEGIN WHILE NOT EXISTS (SELECT FROM customer WHERE city = 'York')
                 LOOP PERFORM pg_sleep(0.02); END LOOP; END $$;
             COMMIT",
        )
    });
    let waiting = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'PgSleep'";
    while office.count(waiting) == 0 {
        tokio::task::yield_now().await;
    }
    office.sql("UPDATE customer SET city = 'York' WHERE name = 'Second'");
    slow.join().unwrap();
    let order = office.sql(
        "SELECT u.name FROM sync_member m JOIN sync_commit c USING (change_id) JOIN customer u ON u.id = m.row_id
         ORDER BY c.position",
    );
    assert_eq!(order, ["Second", "First"]);
    let ids = office.sql(
        "SELECT u.name FROM sync_member m JOIN customer u ON u.id = m.row_id ORDER BY m.change_id",
    );
    assert_eq!(ids, ["First", "Second"]);
    anna.pulls().await;
}
