use super::*;
use crate::domain::ManualClock;

fn attempt(email: &str, address: [u8; 4]) -> Attempt {
    Attempt {
        tenant: TenantId(1),
        guess: Guess::Password(email.to_owned()),
        address: Some(address.into()),
    }
}

fn throttle() -> (Throttle, Arc<ManualClock>) {
    let clock = Arc::new(ManualClock::at(Timestamp(0)));
    (Throttle::new(clock.clone()), clock)
}

/// Fails as often as asked, waiting each time as long as one is told to.
fn fail(throttle: &Throttle, clock: &ManualClock, guess: &Attempt, times: u32) {
    for _ in 0..times {
        while let Err(seconds) = throttle.book(guess).map(drop) {
            clock.advance(seconds.cast_signed() * Timestamp::SECOND);
        }
    }
}

#[test]
fn guessing_gets_slower_and_waiting_helps() {
    let (throttle, clock) = throttle();
    let guess = attempt("a@x", [10, 0, 0, 1]);
    fail(&throttle, &clock, &guess, FREE_TRIES - 1);
    assert_eq!(throttle.wait_s(&guess), None);
    fail(&throttle, &clock, &guess, 2);
    assert_eq!(throttle.wait_s(&guess), Some(2));
    clock.advance(2 * Timestamp::SECOND);
    assert_eq!(throttle.wait_s(&guess), None);
}

#[test]
fn attempts_at_the_same_moment_are_no_way_around() {
    let (throttle, _) = throttle();
    let guess = attempt("a@x", [10, 0, 0, 1]);
    let let_in = std::thread::scope(|scope| {
        let tries: Vec<_> = (0..200)
            .map(|_| scope.spawn(|| throttle.book(&guess).is_ok()))
            .collect();
        let let_in = tries.into_iter().filter_map(|one| one.join().ok());
        let_in.filter(|let_in| *let_in).count()
    });
    assert_eq!(let_in, FREE_TRIES as usize);
}

#[test]
fn many_accounts_from_one_address_are_slowed_and_others_are_not() {
    let (throttle, clock) = throttle();
    for n in 0..40 {
        let guess = attempt(&format!("user{n}@x"), [10, 0, 0, 1]);
        fail(&throttle, &clock, &guess, 1);
    }
    assert_eq!(throttle.wait_s(&attempt("new@x", [10, 0, 0, 1])), Some(60));
    assert_eq!(throttle.wait_s(&attempt("user1@x", [10, 0, 0, 2])), None);
    let elsewhere = Attempt {
        tenant: TenantId(2),
        ..attempt("user1@x", [10, 0, 0, 1])
    };
    assert_eq!(throttle.wait_s(&elsewhere), None, "another client");
}

#[test]
fn one_account_under_attack_does_not_slow_its_neighbours_behind_the_same_proxy() {
    let (throttle, clock) = throttle();
    fail(&throttle, &clock, &attempt("a@x", [10, 0, 0, 1]), 9);
    assert_eq!(throttle.wait_s(&attempt("b@x", [10, 0, 0, 1])), None);
}

#[test]
fn a_right_password_clears_the_account_and_costs_the_address_nothing() {
    let (throttle, clock) = throttle();
    let own = attempt("a@x", [10, 0, 0, 1]);
    fail(&throttle, &clock, &own, 24);
    clock.advance(60 * Timestamp::SECOND);
    let booking = throttle.book(&own).unwrap();
    throttle.succeeded(booking);
    assert_eq!(throttle.wait_s(&own), None);
    fail(&throttle, &clock, &attempt("b@x", [10, 0, 0, 1]), 1);
    assert_eq!(throttle.wait_s(&attempt("c@x", [10, 0, 0, 1])), Some(32));
}

#[test]
fn an_attempt_that_was_not_looked_at_is_given_back() {
    let (throttle, _) = throttle();
    let own = attempt("a@x", [10, 0, 0, 1]);
    for _ in 0..50 {
        let booking = throttle.book(&own).unwrap();
        throttle.give_back(booking);
    }
    assert_eq!(throttle.wait_s(&own), None);
}

#[test]
fn codes_of_a_second_factor_get_slower_than_passwords() {
    let (throttle, clock) = throttle();
    let guess = Attempt {
        guess: Guess::Code(UserId(7)),
        ..attempt("", [10, 0, 0, 1])
    };
    fail(&throttle, &clock, &guess, 16);
    assert_eq!(throttle.wait_s(&guess), Some(900));
}
