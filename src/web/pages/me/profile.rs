//! Name, language, theme, zone and formats of the person who looks.

use super::{Done, Part, Tab, tabs};
use crate::domain::audit::Action;
use crate::domain::visible;
use crate::identity::journal;
use crate::store::tenant::{Profile, UserRow, users};
use crate::web::extract::{
    Account, Form, LOCALE_COOKIE, Query, THEME_COOKIE, Visit, Visitor, theme,
};
use crate::web::form::Field;
use crate::web::format::Locale;
use crate::web::pages::{page, preferences};
use crate::web::present::Present;
use crate::web::shell::{Section, Shell};
use crate::web::words::Words;
use crate::web::{AppState, WebError};
use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum_extra::extract::CookieJar;
use jiff::tz::TimeZone;
use serde::Deserialize;

const LONGEST_NAME: usize = 80;

/// The page.
#[derive(Template)]
#[template(path = "pages/me_profile.html")]
pub struct ProfilePage {
    shell: Shell,
    tabs: Vec<Tab>,
    done: Option<String>,
    email: String,
    role: String,
    verified: bool,
    /// Whether mail can be sent to show that the address is read.
    mails: bool,
    name: Field,
    picks: Vec<Field>,
}

/// What its form sends.
#[derive(Debug, Clone, Deserialize)]
pub struct Given {
    pub(in crate::web) name: String,
    #[serde(default)]
    pub(in crate::web) locale: String,
    #[serde(default)]
    pub(in crate::web) theme: String,
    #[serde(default)]
    pub(in crate::web) time_zone: String,
    #[serde(default)]
    pub(in crate::web) number_format: String,
    #[serde(default)]
    pub(in crate::web) date_format: String,
}

/// `GET /me`
pub async fn show(
    State(state): State<AppState>,
    visit: Visit,
    account: Account,
    Query(done): Query<Done>,
) -> Result<Response, WebError> {
    let mails = state.postman.is_some();
    let given = Given::of(&account.user);
    let done = done.text(&["profile", "verify"], visit.visitor.words());
    page(&ProfilePage::of(
        &visit.visitor,
        &visit.present(),
        &account.user,
        mails,
        given,
        done,
        None,
    ))
}

/// `POST /me`
pub async fn submit(
    State(state): State<AppState>,
    visit: Visit,
    account: Account,
    jar: CookieJar,
    Form(given): Form<Given>,
) -> Result<Response, WebError> {
    let profile = match given.profile() {
        Ok(profile) => profile,
        Err(fault) => {
            let mails = state.postman.is_some();
            let again = ProfilePage::of(
                &visit.visitor,
                &visit.present(),
                &account.user,
                mails,
                given,
                None,
                Some(fault),
            );
            return Ok((StatusCode::UNPROCESSABLE_ENTITY, page(&again)?).into_response());
        }
    };
    let user = &account.user;
    let mut tx = visit.client.scope().db().begin().await?;
    users::set_profile(&mut tx, user.id, &profile).await?;
    let (by, now) = (&account.actor, state.clock.now());
    journal::note(&mut tx, now, by, user, Action::CHANGED, "profile");
    tx.commit().await?;
    let https = state.config.https;
    let locale = profile.locale.as_deref().and_then(Locale::of_tag);
    let jar = preferences::keep(jar, LOCALE_COOKIE, locale.map_or("", Locale::tag), https);
    let jar = preferences::keep(jar, THEME_COOKIE, theme(&given.theme), https);
    Ok((jar, Redirect::to("/me?done=profile")).into_response())
}

/// A field that is wrong, and the message that says so.
pub(in crate::web) type Fault = (&'static str, &'static str);

impl Given {
    /// What is kept of them.
    pub(in crate::web) fn of(user: &UserRow) -> Self {
        let text = |value: &Option<String>| value.clone().unwrap_or_default();
        Self {
            name: user.user.name.clone(),
            locale: text(&user.locale),
            theme: text(&user.theme),
            time_zone: text(&user.time_zone),
            number_format: text(&user.number_format),
            date_format: text(&user.date_format),
        }
    }

    /// What is kept; an empty choice is none.
    pub(in crate::web) fn profile(&self) -> Result<Profile, Fault> {
        let name = self.name.trim();
        if name.is_empty() || visible(name) != name {
            return Err(("name", "me-name-missing"));
        }
        if name.chars().count() > LONGEST_NAME {
            return Err(("name", "me-name-long"));
        }
        let zone = one(&self.time_zone, |zone| TimeZone::get(zone).is_ok());
        Ok(Profile {
            name: name.to_owned(),
            locale: one(&self.locale, is_language).map_err(|()| ("locale", "me-choice-unknown"))?,
            theme: one(&self.theme, |name| ["light", "dark"].contains(&name))
                .map_err(|()| ("theme", "me-choice-unknown"))?,
            time_zone: zone.map_err(|()| ("time_zone", "me-zone-unknown"))?,
            number_format: one(&self.number_format, is_language)
                .map_err(|()| ("number_format", "me-choice-unknown"))?,
            date_format: one(&self.date_format, |name| ["text", "iso"].contains(&name))
                .map_err(|()| ("date_format", "me-choice-unknown"))?,
        })
    }
}

fn is_language(tag: &str) -> bool {
    Locale::of_tag(tag).is_some_and(|locale| locale.tag() == tag)
}

fn one(value: &str, known: impl Fn(&str) -> bool) -> Result<Option<String>, ()> {
    if value.is_empty() {
        return Ok(None);
    }
    known(value).then(|| Some(value.to_owned())).ok_or(())
}

impl ProfilePage {
    #[cfg(test)]
    pub(in crate::web::pages) fn sample(
        visitor: &Visitor,
        present: &Present,
        user: &UserRow,
    ) -> Self {
        let given = Given::of(user);
        Self::of(
            visitor,
            present,
            user,
            true,
            given,
            None,
            Some(("name", "me-name-missing")),
        )
    }

    fn of(
        visitor: &Visitor,
        present: &Present,
        user: &UserRow,
        mails: bool,
        given: Given,
        done: Option<String>,
        fault: Option<Fault>,
    ) -> Self {
        let words = visitor.words();
        let fault_of = |name: &str| {
            let (_, key) = fault.filter(|(field, _)| *field == name)?;
            Some(words.get(key))
        };
        let field = |name, key, value: &str| {
            Field::new(name, key, words)
                .value(value)
                .fault(fault_of(name))
        };
        let person = &user.user;
        Self {
            shell: Shell::of(visitor, Section::Elsewhere, present),
            tabs: tabs(Part::Profile, words),
            done,
            email: person.email.clone(),
            verified: user.email_verified_at.is_some(),
            mails,
            role: words.get(&format!("role-{}", person.role)),
            name: field("name", "name", &given.name),
            picks: vec![
                field("locale", "language", &given.locale).choices(languages(words)),
                field("theme", "theme", &given.theme).choices(themes(words)),
                field("time_zone", "me-zone", &given.time_zone)
                    .hint(words.get("me-zone-hint"))
                    .choices(zones(words)),
                field("number_format", "me-numbers", &given.number_format).choices(
                    [
                        ("", words.get("me-as-language")),
                        ("en", "1,204.5".to_owned()),
                        ("fr", "1\u{202f}204,5".to_owned()),
                    ]
                    .map(owned),
                ),
                field("date_format", "me-dates", &given.date_format).choices(
                    [
                        ("", words.get("me-as-language")),
                        ("text", words.get("me-date-text")),
                        ("iso", "2026-11-20".to_owned()),
                    ]
                    .map(owned),
                ),
            ],
        }
    }
}

fn owned((value, label): (&str, String)) -> (String, String) {
    (value.to_owned(), label)
}

fn languages(words: Words) -> Vec<(String, String)> {
    let browser = ("", words.get("me-as-browser"));
    let known = Locale::ALL.map(|locale| (locale.tag(), locale.own_name().to_owned()));
    std::iter::once(browser).chain(known).map(owned).collect()
}

fn themes(words: Words) -> Vec<(String, String)> {
    [
        ("", "theme-system"),
        ("light", "theme-light"),
        ("dark", "theme-dark"),
    ]
    .map(|(value, key)| owned((value, words.get(key))))
    .into()
}

/// Every zone with a place, by name.
fn zones(words: Words) -> Vec<(String, String)> {
    let places = jiff::tz::db()
        .available()
        .map(|name| name.as_str().to_owned());
    let mut names: Vec<_> = places.filter(|name| is_place(name)).collect();
    names.sort_unstable();
    let own = owned(("", words.get("me-zone-of-place")));
    let label = |name: String| (name.clone(), name.replace('_', " "));
    std::iter::once(own)
        .chain(names.into_iter().map(label))
        .collect()
}

fn is_place(zone: &str) -> bool {
    const CONTINENTS: [&str; 10] = [
        "Africa",
        "America",
        "Antarctica",
        "Arctic",
        "Asia",
        "Atlantic",
        "Australia",
        "Europe",
        "Indian",
        "Pacific",
    ];
    zone == "UTC"
        || zone
            .split_once('/')
            .is_some_and(|(area, _)| CONTINENTS.contains(&area))
}
