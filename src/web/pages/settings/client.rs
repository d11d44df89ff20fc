//! The organisation as a whole: name, language, colour, how long samples are kept, from where one
//! may come, and what is used of what may be.

use super::entry::{Entry, Input};
use super::fault::Wrong;
use super::form_page::FormPage;
use super::typed::Typed;
use crate::store::tenant::{logo as stored, usage};
use crate::tenancy::change::{self, ClientAct, Looked, Version};
use crate::tenancy::logo;
use crate::tenancy::maintenance::By;
use crate::web::WebError;
use crate::web::api::Desk;
use crate::web::extract::{Form, Query, Visit, Visitor};
use crate::web::format::{self, Locale};
use crate::web::pages::page;
use crate::web::present::Present;
use crate::web::shell::Shell;
use crate::web::words::Words;
use askama::Template;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

/// The address of the form.
const PATH: &str = "/settings/client";
const MEGABYTE: i64 = 1_000_000;

/// The page.
#[derive(Template)]
#[template(path = "pages/settings_client.html")]
pub struct ClientPage {
    shell: Shell,
    form: FormPage,
    /// Whether there is a picture of theirs.
    has_logo: bool,
    usages: Vec<Usage>,
}

/// How much of something is used.
struct Usage {
    label: String,
    text: String,
    /// Used and most, for a bar; none without a limit.
    meter: Option<(i64, i64)>,
}

/// What the address may say.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    saved: String,
}

/// `GET /settings/client`
pub async fn show(
    visit: Visit,
    desk: Desk,
    Query(asked): Query<Asked>,
) -> Result<Response, WebError> {
    let looked = change::look_at_client(&desk.office()).await?;
    let typed = Typed::as_it_is(&entries(), &looked.wish);
    let form = form(&visit.visitor, &visit.present(), &looked);
    let saved = (!asked.saved.is_empty()).then(|| visit.visitor.words().get("client-saved"));
    let form = FormPage {
        done: saved,
        ..form.filled(&entries(), &typed, &Wrong::default())
    };
    page(&ClientPage::of(form, beside(&desk).await?))
}

/// `POST /settings/client`: an allow-list that locks its author out is refused.
pub async fn save(
    visit: Visit,
    desk: Desk,
    Form(pairs): Form<Vec<(String, String)>>,
) -> Result<Response, WebError> {
    let (words, entries, typed) = (visit.visitor.words(), entries(), Typed::of(pairs));
    let seen = typed.get("version").map(Version::known);
    let act = ClientAct::Patch(typed.wish(&entries));
    let office = desk.office();
    let saved = change::change_client(&office, &act, seen.as_ref(), desk.address).await;
    let (wrong, status) = match saved.map_err(WebError::from) {
        Ok(()) => {
            // The client is opened anew with what it is now.
            let opened = desk.state.platform.reconcile().await;
            opened.map_err(|error| WebError::Unavailable(error.to_string()))?;
            return Ok(Redirect::to(&format!("{PATH}?saved=1")).into_response());
        }
        Err(error @ WebError::Faults(_)) => {
            let WebError::Faults(faults) = &error else {
                return Err(error);
            };
            (Wrong::of(faults, "", &entries, words), error.status())
        }
        Err(WebError::Changed) => (Wrong::default(), StatusCode::CONFLICT),
        Err(error) => return Err(error),
    };
    let looked = change::look_at_client(&office).await?;
    let form = form(&visit.visitor, &visit.present(), &looked);
    let form = if status == StatusCode::CONFLICT {
        form.told_of(&entries, &typed, &looked)
    } else {
        form
    };
    let again = ClientPage::of(form.filled(&entries, &typed, &wrong), beside(&desk).await?);
    Ok((status, page(&again)?).into_response())
}

/// `POST /settings/client/logo/remove`
pub async fn remove_logo(desk: Desk) -> Result<Redirect, WebError> {
    let by = By {
        actor: desk.actor(),
        at: desk.state.clock.now(),
    };
    let scope = desk.caller.client.scope();
    logo::remove(scope.db(), by, &scope.tenant().slug).await?;
    Ok(Redirect::to(PATH))
}

fn entries() -> Vec<Entry> {
    let languages = Locale::ALL.map(|one| (one.tag().to_owned(), one.own_name().to_owned()));
    vec![
        Entry::needed("name", Input::Text),
        Entry::needed("locale", Input::Choice(languages.into())),
        Entry::needed("time_zone", Input::Text),
        Entry::new("colour", Input::Text),
        Entry::new("retention_days", Input::Number),
        Entry::new("allow", Input::Rows),
    ]
}

fn form(visitor: &Visitor, present: &Present, looked: &Looked) -> FormPage {
    FormPage {
        title: visitor.words().get("settings-client"),
        back: "/settings".to_owned(),
        action: PATH.to_owned(),
        version: looked.version.as_str().to_owned(),
        ..FormPage::blank(visitor, present)
    }
}

/// What the page shows beside the form.
struct Beside {
    has_logo: bool,
    /// The part of a message, how much is used, how much may be.
    used: Vec<(&'static str, i64, Option<i64>)>,
}

async fn beside(desk: &Desk) -> Result<Beside, WebError> {
    let client = &desk.caller.client;
    let (db, quota) = (client.scope().db(), client.tenant().quota);
    let counts = usage::counts(db).await?;
    let megabytes = (usage::bytes(db).await? + MEGABYTE - 1) / MEGABYTE;
    Ok(Beside {
        has_logo: stored::shown_since(db).await?.is_some(),
        used: vec![
            ("users", counts.users, quota.users),
            ("devices", counts.devices, quota.devices),
            ("points", counts.points, quota.points),
            ("storage", megabytes, quota.storage_mb),
        ],
    })
}

impl ClientPage {
    fn of(form: FormPage, beside: Beside) -> Self {
        let words = form.shell.words;
        Self {
            shell: form.shell.clone(),
            has_logo: beside.has_logo,
            usages: beside
                .used
                .into_iter()
                .map(|(name, used, most)| Usage::of(name, used, most, words))
                .collect(),
            form,
        }
    }

    #[cfg(test)]
    pub(in crate::web::pages) fn sample(visitor: &Visitor, present: &Present) -> Self {
        let looked = Looked {
            key: "acme".to_owned(),
            wish: serde_json::json!({ "name": "<Nantes>", "allow": ["192.0.2.0/24"] }),
            version: Version::known("1"),
        };
        let typed = Typed::as_it_is(&entries(), &looked.wish);
        let form = form(visitor, present, &looked).filled(&entries(), &typed, &Wrong::default());
        let beside = Beside {
            has_logo: true,
            used: vec![("users", 3, Some(5)), ("points", 900, None)],
        };
        Self::of(form, beside)
    }
}

impl Usage {
    fn of(name: &str, used: i64, most: Option<i64>, words: Words) -> Self {
        let number = |n: i64| format::number(n as f64, 0, words);
        let used_text = number(used);
        Self {
            label: words.get(&format!("usage-{name}")),
            text: match most.map(number) {
                Some(most) => words.with("usage-of", &[("used", &used_text), ("most", &most)]),
                None => used_text,
            },
            meter: most.map(|most| (used.min(most), most)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_form_says_what_the_client_is() {
        let wish = json!({ "name": "Acme", "locale": "fr", "time_zone": "Europe/Paris",
            "allow": ["192.0.2.0/24", "2001:db8::/32"], "colour": "#1e5b46", "retention_days": 400 });
        assert_eq!(Typed::as_it_is(&entries(), &wish).wish(&entries()), wish);
    }
}
