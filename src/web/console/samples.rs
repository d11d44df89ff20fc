//! Every page of the console in both languages.

use super::account::AccountPage;
use super::client::{ClientPage, Seen};
use super::clients::{ClientLine, ClientsPage, Figures};
use super::desk::Desk;
use super::second_factor::ConsoleFactorPage;
use super::sign_in::ConsoleSignInPage;
use crate::domain::{StaffId, StaffRole, SupportGrantId, TenantId, TenantStatus, Timestamp};
use crate::store::control::{Staff, StaffRow, TenantRow, TenantSpec};
use crate::store::tenant::{SupportGrant, SupportGrantRow};
use crate::web::door::Refusal;
use crate::web::format::Locale;
use crate::web::pages::{AppForm, Link, code_field};
use crate::web::value::Reader;
use crate::web::words::Words;
use askama::Template;
use jiff::tz::TimeZone;

const NOW: Timestamp = Timestamp::from_seconds(1_795_181_520);

fn desk(locale: Locale) -> Desk {
    let staff = StaffRow {
        id: StaffId(1),
        staff: Staff {
            email: "s@platform.example".to_owned(),
            name: "S. Platform".to_owned(),
            role: StaffRole::Admin,
        },
        password_hash: String::new(),
        disabled: false,
        created_at: NOW,
    };
    let reader = Reader {
        words: Words::of(locale),
        zone: TimeZone::UTC,
        now: NOW,
    };
    Desk::of(staff, reader)
}

fn client(status: TenantStatus) -> TenantRow {
    TenantRow {
        id: TenantId(1),
        spec: TenantSpec {
            slug: "helianthe".to_owned(),
            name: "Hélianthe <Énergies>".to_owned(),
            locale: "fr".to_owned(),
            time_zone: "Europe/Paris".to_owned(),
            brand: "{}".to_owned(),
            retention_days: None,
            allow_list: "[]".to_owned(),
            quota: "{}".to_owned(),
        },
        status,
        database_url: String::new(),
        database_secret: None,
        created_at: NOW,
    }
}

fn seen() -> Seen {
    Seen {
        row: client(TenantStatus::Active),
        figures: Figures {
            users: Some(12),
            points: Some(1_204),
            per_second: Some(38.4),
            error: Some("field: connection refused".to_owned()),
            is_served: true,
        },
        grants: vec![SupportGrantRow {
            id: SupportGrantId(1),
            grant: SupportGrant {
                staff_id: StaffId(1),
                staff_name: "S. Platform".to_owned(),
                staff_email: "s@platform.example".to_owned(),
                reason: "<b>A barrier</b> stays open".to_owned(),
                expires_at: NOW.plus(Timestamp::HOUR),
            },
            created_at: NOW,
            entered_at: None,
            revoked_at: None,
            revoked_by: None,
        }],
    }
}

/// Renders all of them.
pub fn render_all(locale: Locale) -> Vec<String> {
    let (desk, seen) = (desk(locale), seen());
    let lines = [TenantStatus::Active, TenantStatus::Suspended]
        .map(|status| ClientLine::of(&client(status), &seen.figures, desk.reader.words));
    let entrance = Link::new("http://helianthe.localhost/support/x", "Enter");
    let fault = Some(desk.reader.words.get("support-reason-wrong"));
    let pages = [
        ConsoleSignInPage {
            shell: desk.shell(),
            email: String::new(),
            fault: Some(desk.reader.words.get("sign-in-wrong")),
        }
        .render(),
        ConsoleFactorPage {
            shell: desk.shell(),
            code: code_field(Some(Refusal::Wrong), desk.reader.words),
        }
        .render(),
        AccountPage::with(&desk, false, 0, Some(Refusal::Wrong)).render(),
        AccountPage {
            form: AppForm::of("ABCDEFGH", "otpauth://totp/x", None, desk.reader.words).ok(),
            ..AccountPage::with(&desk, false, 0, None)
        }
        .render(),
        AccountPage {
            codes: vec!["abcd-efgh-jkmn".to_owned()],
            ..AccountPage::with(&desk, true, 10, None)
        }
        .render(),
        ClientsPage::of(&desk, lines.into()).render(),
        ClientPage::of(&desk, &seen, "too", fault, None).render(),
        ClientPage::of(&desk, &seen, "", None, Some(entrance)).render(),
    ];
    pages.into_iter().map(Result::unwrap).collect()
}
