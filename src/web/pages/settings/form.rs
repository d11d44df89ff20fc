//! The form of one thing: made, changed, removed; what was typed is kept until it is right.

use super::entry::Entry;
use super::examples::{self, Begin};
use super::fault::Wrong;
use super::form_page::{FormPage, SecretPage, name_of};
use super::hand::Done;
use super::list::{self, ListPage, Toast};
use super::noun::Noun;
use super::typed::Typed;
use super::{facts, lines};
use crate::tenancy::change::{Act, Looked, Version};
use crate::web::WebError;
use crate::web::api::{Desk, try_stored};
use crate::web::extract::Visit;
use crate::web::pages::{encode, page};
use crate::web::shell::{Section, Shell};
use crate::web::words::Words;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use secrecy::ExposeSecret;
use serde_json::{Value, json};

/// The field of a form that says which version was looked at.
const VERSION: &str = "version";

/// What becomes of a form that was sent.
enum Outcome {
    Made(Done),
    Wrong(Wrong, StatusCode),
    Changed,
}

/// `GET /settings/<noun>/new`
pub async fn empty(
    visit: &Visit,
    desk: &Desk,
    noun: Noun,
    begin: &Begin,
) -> Result<Response, WebError> {
    let words = visit.visitor.words();
    let entries = noun.entries(desk, words).await?;
    let typed = Typed::as_it_is(&entries, &start(noun, desk, begin));
    let form = FormPage::new(&visit.visitor, &visit.present(), noun);
    page(&FormPage {
        examples: examples::offered(noun, begin, words),
        ..form.filled(&entries, &typed, &Wrong::default())
    })
}

/// What a new thing begins with.
fn start(noun: Noun, desk: &Desk, begin: &Begin) -> Value {
    match noun {
        Noun::Sites => json!({ "time_zone": desk.caller.client.tenant().time_zone }),
        Noun::Connections => examples::start(begin),
        Noun::Keys => json!({ "scopes": ["read"] }),
        Noun::Fields => json!({ "noun": "equipment", "kind": "text", "searchable": true }),
        _ => Value::Null,
    }
}

/// `GET /settings/<noun>/{id}`
pub async fn filled(visit: &Visit, desk: &Desk, noun: Noun, id: i64) -> Result<Response, WebError> {
    page(&as_it_is(visit, desk, noun, id).await?)
}

/// The form of a thing as it is.
async fn as_it_is(visit: &Visit, desk: &Desk, noun: Noun, id: i64) -> Result<FormPage, WebError> {
    let looked = noun.look(desk, id).await?;
    let entries = if noun.changes() {
        noun.entries(desk, visit.visitor.words()).await?
    } else {
        Vec::new()
    };
    let typed = Typed::as_it_is(&entries, &looked.wish);
    let form = FormPage::of(&visit.visitor, &visit.present(), noun, id, &looked);
    Ok(FormPage {
        facts: facts::of(desk, noun, id, &visit.visitor.reader).await?,
        ..form.filled(&entries, &typed, &Wrong::default())
    })
}

/// `POST /settings/<noun>` and `POST /settings/<noun>/{id}`
pub async fn save(
    visit: &Visit,
    desk: &Desk,
    noun: Noun,
    id: Option<i64>,
    typed: Typed,
) -> Result<Response, WebError> {
    let words = visit.visitor.words();
    let entries = noun.entries(desk, words).await?;
    let act = act(id, typed.wish(&entries), typed.get(VERSION));
    let (wrong, status, is_changed) = match attempt(desk, noun, act, &entries, words).await? {
        Outcome::Made(done) => return made(visit, desk, noun, &done),
        Outcome::Wrong(wrong, status) => (wrong, status, false),
        Outcome::Changed => (Wrong::default(), StatusCode::CONFLICT, true),
    };
    let present = visit.present();
    let form = match id {
        None => FormPage::new(&visit.visitor, &present, noun),
        Some(id) => {
            let looked = noun.look(desk, id).await?;
            let form = FormPage::of(&visit.visitor, &present, noun, id, &looked);
            if is_changed {
                form.told_of(&entries, &typed, &looked)
            } else {
                FormPage {
                    version: typed.get(VERSION).unwrap_or_default().to_owned(),
                    ..form
                }
            }
        }
    };
    let shown = page(&form.filled(&entries, &typed, &wrong))?;
    Ok((status, shown).into_response())
}

/// A new thing leaves out what was not typed; an older one has it taken away.
fn act(id: Option<i64>, wish: Value, version: Option<&str>) -> Act {
    let Some(id) = id else {
        let mut wish = wish;
        if let Value::Object(fields) = &mut wish {
            fields.retain(|_, value| !value.is_null());
        }
        return Act::Create(wish);
    };
    Act::Patch {
        id,
        with: wish,
        seen: version.filter(|text| !text.is_empty()).map(Version::known),
    }
}

async fn attempt(
    desk: &Desk,
    noun: Noun,
    act: Act,
    entries: &[Entry],
    words: Words,
) -> Result<Outcome, WebError> {
    match noun.change(desk, act).await {
        Ok(done) => Ok(Outcome::Made(done)),
        Err(WebError::Changed) => Ok(Outcome::Changed),
        Err(WebError::Faults(faults)) => Ok(Outcome::Wrong(
            Wrong::of(&faults, "", entries, words),
            StatusCode::UNPROCESSABLE_ENTITY,
        )),
        Err(error @ (WebError::InUse | WebError::Quota { .. })) => Ok(Outcome::Wrong(
            Wrong::saying(refusal(&error, words)),
            error.status(),
        )),
        Err(error) => Err(error),
    }
}

/// Why nothing was done, for refusals that are about no field.
pub fn refusal(error: &WebError, words: Words) -> String {
    match error {
        WebError::Quota { most, .. } => {
            words.with("settings-quota", &[("most", &most.to_string())])
        }
        _ => words.get("settings-in-use"),
    }
}

fn made(visit: &Visit, desk: &Desk, noun: Noun, done: &Done) -> Result<Response, WebError> {
    if let Some(secret) = &done.secret {
        return secret_page(visit, desk, noun, &done.name, secret.expose_secret());
    }
    let to = format!("{}?saved={}", noun.path(), encode(&done.name));
    Ok(Redirect::to(&to).into_response())
}

fn secret_page(
    visit: &Visit,
    desk: &Desk,
    noun: Noun,
    name: &str,
    secret: &str,
) -> Result<Response, WebError> {
    let words = visit.visitor.words();
    let (title, label, name) = if noun == Noun::Devices {
        let user_name = format!("{}/{name}", desk.caller.client.tenant().slug);
        ("device-secret", "device-user-name", user_name)
    } else {
        ("key-secret", "field-name", name.to_owned())
    };
    page(&SecretPage {
        shell: Shell::of(&visit.visitor, Section::Settings, &visit.present()),
        back: noun.path(),
        title: words.get(title),
        label: words.get(label),
        name,
        secret: secret.to_owned(),
    })
}

/// `POST /settings/<noun>/{id}/secret`: another one; the former ends at once.
pub async fn rotate(visit: &Visit, desk: &Desk, noun: Noun, id: i64) -> Result<Response, WebError> {
    let name = noun.look(desk, id).await?.key;
    match noun.change(desk, Act::Rotate { id, seen: None }).await {
        Ok(done) => made(visit, desk, noun, &Done { name, ..done }),
        Err(error) => again_with(visit, desk, noun, id, error).await,
    }
}

/// `POST /settings/connections/{id}/test`: connects once, and says what came of it.
pub async fn test(visit: &Visit, desk: &Desk, id: i64) -> Result<Response, WebError> {
    let words = visit.visitor.words();
    let looked = Noun::Connections.look(desk, id).await?;
    let is_ours_to_open = looked.wish["protocol"] == "mqtt";
    let form = as_it_is(visit, desk, Noun::Connections, id).await?;
    page(&match try_stored(desk, id).await? {
        Ok(()) => FormPage {
            done: Some(words.get(if is_ours_to_open {
                "connection-test-works"
            } else {
                "connection-test-waits"
            })),
            ..form
        },
        Err(why) => FormPage {
            notices: vec![words.with("connection-test-fails", &[("why", &why)])],
            ..form
        },
    })
}

/// `POST /settings/<noun>/{id}/remove`: shows the list without it, and the way to have it back.
pub async fn remove(visit: &Visit, desk: &Desk, noun: Noun, id: i64) -> Result<Response, WebError> {
    let words = visit.visitor.words();
    let looked = noun.look(desk, id).await?;
    if let Err(error) = noun.change(desk, Act::Remove { id, seen: None }).await {
        return again_with(visit, desk, noun, id, error).await;
    }
    if noun == Noun::People {
        let to = format!("{}?done=removed", noun.path());
        return Ok(Redirect::to(&to).into_response());
    }
    let toast = Toast {
        text: words.with("settings-removed", &[("name", &name_of(&looked))]),
        again: again(noun, &looked),
    };
    let mut lines = lines::of(desk, noun, &visit.visitor.reader).await?;
    // The model of this request was read before it went.
    lines.retain(|line| line.id != id || !noun.is_of_model());
    let asked = list::Asked::default();
    let (visitor, present) = (&visit.visitor, visit.present());
    page(&ListPage::of(
        visitor,
        &present,
        noun,
        lines,
        asked,
        Some(toast),
    ))
}

/// The form again, with why nothing was done.
async fn again_with(
    visit: &Visit,
    desk: &Desk,
    noun: Noun,
    id: i64,
    error: WebError,
) -> Result<Response, WebError> {
    let words = visit.visitor.words();
    let notices = match &error {
        WebError::InUse | WebError::Quota { .. } => vec![refusal(&error, words)],
        WebError::Faults(faults) => Wrong::of(faults, "", &[], words).others,
        _ => return Err(error),
    };
    let form = as_it_is(visit, desk, noun, id).await?;
    let shown = page(&FormPage { notices, ..form })?;
    Ok((error.status(), shown).into_response())
}

/// The wish that makes it anew; nothing where something was lost with it.
fn again(noun: Noun, looked: &Looked) -> String {
    if noun.comes_back() {
        looked.wish.to_string()
    } else {
        String::new()
    }
}

/// `POST /settings/<noun>/again`: what was removed a moment ago is made anew.
pub async fn undo(desk: &Desk, noun: Noun, typed: &Typed) -> Result<Response, WebError> {
    let wish = typed
        .get("wish")
        .and_then(|wish| serde_json::from_str(wish).ok())
        .filter(|_| noun.comes_back());
    let wish = wish.ok_or_else(|| WebError::invalid("wish", "cannot be read"))?;
    let done = noun.change(desk, Act::Create(wish)).await?;
    let to = format!("{}?saved={}", noun.path(), encode(&done.name));
    Ok(Redirect::to(&to).into_response())
}
