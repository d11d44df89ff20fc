//! Who guesses has to wait, longer with each failure: by account, by address, over a restart and
//! over processes; and the log has it.

use super::{ADA, Browser, PASSWORD, directory, portal};
use crate::support::{Vigie, on_each_backend};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use std::net::{IpAddr, Ipv4Addr};
use std::time::Duration;
use vigie::domain::{Clock, SystemClock, Timestamp, UserId};
use vigie::identity::lockout::{Attempt, Booking, Guess, Turn, book, give_back, prune, succeeded};
use vigie::store::{Db, tenant};

const NOON: Timestamp = Timestamp::from_seconds(1_800_000_000);
const HERE: IpAddr = IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1));

fn password(email: &str, address: IpAddr) -> Attempt {
    Attempt {
        guess: Guess::Password(email.to_owned()),
        address: Some(address),
    }
}

/// Seconds until the attempt may be made; nothing is counted.
async fn wait_s(db: &Db, attempt: &Attempt, now: Timestamp) -> u64 {
    match book(db, attempt, now).await.unwrap() {
        Turn::Wait(seconds) => seconds,
        Turn::Booked(booking) => {
            give_back(db, booking, now).await.unwrap();
            0
        }
    }
}

/// Books, waiting each time as long as one is told to; the instant of the last booking.
async fn fail(db: &Db, attempt: &Attempt, times: u32, mut now: Timestamp) -> (Booking, Timestamp) {
    let mut last = None;
    for _ in 0..times {
        last = loop {
            match book(db, attempt, now).await.unwrap() {
                Turn::Booked(booking) => break Some(booking),
                Turn::Wait(seconds) => now = now.plus(seconds.cast_signed() * Timestamp::SECOND),
            }
        };
    }
    (last.expect("at least one"), now)
}

async fn entries(vigie: &Vigie, action: &str) -> Vec<Value> {
    let mut admin = Browser::signed_in(vigie, ADA, PASSWORD).await;
    let page = admin.get(&format!("/api/v1/audit?action={action}")).await;
    let page: Value = serde_json::from_str(&page.text).unwrap();
    page["items"].as_array().unwrap().clone()
}

on_each_backend! {
    async fn guessing_gets_slower_and_waiting_helps(database: TestDatabase) {
        tenant::migrate(&database.db).await.unwrap();
        let (db, ada) = (&database.db, password(ADA, HERE));
        let _ = fail(db, &ada, 4, NOON).await;
        assert_eq!(wait_s(db, &ada, NOON).await, 0, "the fifth is free");
        let (fifth, _) = fail(db, &ada, 1, NOON).await;
        assert_eq!(fifth.locks_for, Some(Duration::from_secs(1)));
        assert_eq!(wait_s(db, &ada, NOON).await, 1);
        let (sixth, now) = fail(db, &ada, 1, NOON).await;
        assert_eq!((sixth.locks_for, wait_s(db, &ada, now).await), (None, 2));
        assert_eq!(wait_s(db, &ada, now.plus(2 * Timestamp::SECOND)).await, 0);
        let shouted = password(" ADA@Alpha.example ", HERE);
        assert_eq!(wait_s(db, &shouted, now).await, 2, "however it is written");
    }

    async fn attempts_at_the_same_moment_are_no_way_around(database: TestDatabase) {
        tenant::migrate(&database.db).await.unwrap();
        let other_process = database.reopen().await;
        let tries = (0..40).map(|n| {
            let db = if n % 2 == 0 { database.db.clone() } else { other_process.clone() };
            tokio::spawn(async move {
                matches!(book(&db, &password(ADA, HERE), NOON).await, Ok(Turn::Booked(_)))
            })
        });
        let tries: Vec<_> = tries.collect();
        let mut let_in = 0;
        for one in tries {
            let_in += usize::from(one.await.unwrap());
        }
        assert_eq!(let_in, 5);
    }

    async fn many_accounts_from_one_network_are_slowed_and_others_are_not(database: TestDatabase) {
        tenant::migrate(&database.db).await.unwrap();
        let db = &database.db;
        let mut now = NOON;
        for n in 0..40 {
            let host: IpAddr = format!("2001:db8::{n}").parse().unwrap();
            now = fail(db, &password(&format!("user{n}@x"), host), 1, now).await.1;
        }
        let neighbour = "2001:db8::ffff".parse().unwrap();
        assert_eq!(wait_s(db, &password("new@x", neighbour), now).await, 60);
        assert_eq!(wait_s(db, &password("user1@x", HERE), now).await, 0);
    }

    async fn one_account_under_attack_does_not_slow_its_neighbours(database: TestDatabase) {
        tenant::migrate(&database.db).await.unwrap();
        let (_, now) = fail(&database.db, &password(ADA, HERE), 9, NOON).await;
        assert_eq!(wait_s(&database.db, &password("b@x", HERE), now).await, 0);
    }

    async fn a_right_password_clears_the_account_and_costs_the_address_nothing(database: TestDatabase) {
        tenant::migrate(&database.db).await.unwrap();
        let (db, own) = (&database.db, password(ADA, HERE));
        let (_, now) = fail(db, &own, 24, NOON).await;
        let now = now.plus(60 * Timestamp::SECOND);
        let (booking, now) = fail(db, &own, 1, now).await;
        succeeded(db, booking, now).await.unwrap();
        assert_eq!(wait_s(db, &own, now).await, 0);
        let (_, now) = fail(db, &password("b@x", HERE), 1, now).await;
        assert_eq!(wait_s(db, &password("c@x", HERE), now).await, 32);
    }

    async fn codes_get_slower_than_passwords(database: TestDatabase) {
        tenant::migrate(&database.db).await.unwrap();
        let code = Attempt { guess: Guess::Factor(UserId(7)), address: None };
        let (_, now) = fail(&database.db, &code, 16, NOON).await;
        assert_eq!(wait_s(&database.db, &code, now).await, 900);
    }

    async fn failures_are_forgotten_after_an_hour_and_by_no_clock_that_is_set_back(database: TestDatabase) {
        tenant::migrate(&database.db).await.unwrap();
        let (db, ada) = (&database.db, password(ADA, HERE));
        let (_, now) = fail(db, &ada, 30, NOON).await;
        let yesterday = now.plus(-Timestamp::DAY);
        assert_eq!(wait_s(db, &ada, yesterday).await, 60, "no longer than the longest");
        assert_eq!(prune(db, now.plus(Timestamp::HOUR)).await.unwrap(), 0);
        let (_, later) = fail(db, &ada, 1, now.plus(2 * Timestamp::HOUR)).await;
        assert_eq!(wait_s(db, &ada, later).await, 0, "the count began anew");
        assert_eq!(prune(db, later.plus(2 * Timestamp::HOUR)).await.unwrap(), 2);
    }

    async fn who_has_to_wait_waits_in_every_process_and_after_a_restart(database: TestDatabase) {
        let mut vigie = portal(&database).await;
        let directory = directory(&vigie, &database).await;
        let alpha = directory.by_slug("alpha").unwrap();
        let vic = password("vic@alpha.example", HERE);
        let _ = fail(alpha.db(), &vic, 12, SystemClock.now()).await;
        let slowed = Browser::new(&vigie).sign_in("vic@alpha.example", PASSWORD).await;
        assert_eq!(slowed.status, StatusCode::TOO_MANY_REQUESTS);
        vigie.stop().await;
        vigie.start().await;
        let slowed = Browser::new(&vigie).sign_in("vic@alpha.example", PASSWORD).await;
        assert_eq!(slowed.status, StatusCode::TOO_MANY_REQUESTS);
        assert!(Browser::signed_in(&vigie, ADA, PASSWORD).await.is_in().await);
    }

    async fn every_failure_is_in_the_log_from_where_and_with_what(database: TestDatabase) {
        let vigie = portal(&database).await;
        let wrong = "wrong wrong wrong";
        Browser::new(&vigie).sign_in("vic@alpha.example", wrong).await;
        let body = json!({ "grant_type": "password", "email": "vic@alpha.example", "password": wrong });
        let token = vigie.request(Method::POST, "alpha", "/api/v1/auth/token").json(&body);
        assert_eq!(token.send().await.unwrap().status(), StatusCode::UNAUTHORIZED);
        let mut vic = Browser::signed_in(&vigie, "vic@alpha.example", PASSWORD).await;
        vic.post("/me/factors/app", &[("current", PASSWORD)]).await;
        vic.post("/me/factors/app/confirm", &[("code", "000000")]).await;
        vic.post("/me/erase", &[("proof", wrong)]).await;

        let failed = entries(&vigie, "sign-in-failed").await;
        let notes: Vec<_> = failed.iter().rev().map(|entry| entry["note"].as_str().unwrap()).collect();
        assert_eq!(notes, ["the password", "the password", "a code of a new app", "the password, asked for again"]);
        for entry in &failed {
            assert_eq!(entry["name"], "vic@alpha.example");
            assert!(entry["address"].as_str().is_some_and(|from| from.starts_with("127.")), "{entry}");
        }
        assert_eq!(failed[0]["actor_name"], "Vic");
        let signed_in = entries(&vigie, "signed-in").await;
        assert!(signed_in.iter().all(|entry| entry["agent"] == "tests/1"), "{signed_in:?}");
    }

    async fn the_failure_that_locks_an_account_is_in_the_log_once(database: TestDatabase) {
        let vigie = portal(&database).await;
        for _ in 0..8 {
            Browser::new(&vigie).sign_in("vic@alpha.example", "wrong wrong wrong").await;
        }
        let locked = entries(&vigie, "locked-out").await;
        assert_eq!(locked.len(), 1, "{locked:?}");
        assert_eq!(locked[0]["name"], "vic@alpha.example");
    }
}
