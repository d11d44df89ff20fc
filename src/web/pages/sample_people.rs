//! The sample pages of signing in, of one's own account and of the people of a client.

use super::sample_client::NOW;
use super::*;
use crate::domain::{Role, UserId};
use crate::store::tenant::{User, UserRow};
use crate::web::extract::Visitor;
use crate::web::present::Present;
use crate::web::shell::Shell;

/// Who looks at the samples, as they are stored.
pub(super) fn person() -> UserRow {
    let user = User {
        email: "c.morel@helianthe.example".to_owned(),
        name: "C. Morel".to_owned(),
        role: Role::Admin,
    };
    UserRow {
        password_hash: Some("$argon2id$".to_owned()),
        ..UserRow::fresh(UserId(1), user, NOW)
    }
}

/// Each page with its name.
pub(super) fn pages(
    visitor: &Visitor,
    present: &Present,
    shell: Shell,
) -> Vec<(&'static str, askama::Result<String>)> {
    let (visitor, present) = (&visitor, &present);
    vec![
        (
            "new password",
            new_password::NewPasswordPage::sample(shell.clone()).render(),
        ),
        ("forgot", forgot::ForgotPage::sample(shell.clone()).render()),
        ("reset", reset::ResetPage::sample(shell.clone()).render()),
        (
            "link over",
            link::LinkOverPage {
                shell: shell.clone(),
            }
            .render(),
        ),
        (
            "welcome",
            welcome::WelcomePage::sample(shell.clone()).render(),
        ),
        (
            "register",
            register::RegisterPage::sample(shell.clone()).render(),
        ),
        ("verify", verify::VerifyPage::sample(shell.clone()).render()),
        (
            "people",
            people::PeoplePage::sample(visitor, present).render(),
        ),
        (
            "providers",
            providers::ProvidersPage::sample(visitor, present).render(),
        ),
        (
            "sign-in policy",
            sign_in_policy::PolicyPage::sample(visitor, present).render(),
        ),
        (
            "second factor",
            second_factor::SecondFactorPage::sample(shell.clone()).render(),
        ),
        ("enrol", enrol::EnrolPage::sample(shell.clone()).render()),
        (
            "recovery codes",
            factor_app::CodesPage {
                shell: shell.clone(),
                codes: vec!["abcd-efgh-jkmn".to_owned()],
                next: "/".to_owned(),
            }
            .render(),
        ),
        (
            "factors",
            me::factors::FactorsPage::sample(visitor, present, &person()).render(),
        ),
        (
            "profile",
            me::profile::ProfilePage::sample(visitor, present, &person()).render(),
        ),
        (
            "password",
            me::password::PasswordPage::sample(visitor, present, &person()).render(),
        ),
        (
            "sessions",
            me::sessions::SessionsPage::sample(visitor, present).render(),
        ),
    ]
}
