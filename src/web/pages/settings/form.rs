//! The form of one thing: made, changed, removed; what was typed is kept until it is right.

use super::fault::Wrong;
use super::field::{Field, Typed};
use super::form_page::{FormPage, SecretPage, name_of};
use super::list::{self, ListPage, Toast};
use super::noun::Noun;
use crate::tenancy::change::{Act, Looked, Version, Wish};
use crate::web::WebError;
use crate::web::api::Desk;
use crate::web::extract::Visit;
use crate::web::pages::{encode, page};
use crate::web::shell::{Section, Shell};
use crate::web::words::Words;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use secrecy::ExposeSecret;
use serde_json::Value;

/// The field of a form that says which version was looked at.
const VERSION: &str = "version";

/// What becomes of a form that was sent.
enum Outcome {
    Made(crate::tenancy::change::Made),
    Wrong(Wrong, StatusCode),
    Changed,
}

/// `GET /settings/<noun>/new`
pub fn empty(visit: &Visit, desk: &Desk, noun: Noun) -> Result<Response, WebError> {
    let fields = noun.fields(desk, visit.visitor.words());
    let typed = Typed::as_it_is(&fields, &start(noun, desk));
    let form = FormPage::new(&visit.visitor, &visit.present(), noun);
    page(&form.filled(&fields, &typed, &Wrong::default()))
}

/// What a new thing begins with.
fn start(noun: Noun, desk: &Desk) -> Value {
    match noun {
        Noun::Sites => serde_json::json!({ "time_zone": desk.caller.client.tenant().time_zone }),
        Noun::Connections => serde_json::json!({ "enabled": true, "config": {} }),
        Noun::Users => serde_json::json!({ "role": "viewer" }),
        _ => Value::Null,
    }
}

/// `GET /settings/<noun>/{id}`
pub async fn filled(visit: &Visit, desk: &Desk, noun: Noun, id: i64) -> Result<Response, WebError> {
    desk.check_sight(noun.thing(), id)?;
    let looked = desk.look(noun.thing(), id).await?;
    let fields = noun.fields(desk, visit.visitor.words());
    let typed = Typed::as_it_is(&fields, &looked.wish);
    let form = FormPage::of(&visit.visitor, &visit.present(), noun, id, &looked);
    page(&form.filled(&fields, &typed, &Wrong::default()))
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
    let fields = noun.fields(desk, words);
    let wish = Wish {
        thing: noun.thing(),
        act: act(id, typed.wish(&fields), typed.get(VERSION)),
    };
    let (wrong, status, is_changed) = match attempt(desk, wish, &fields, words).await? {
        Outcome::Made(made) => return done(visit, desk, noun, &made, &typed),
        Outcome::Wrong(wrong, status) => (wrong, status, false),
        Outcome::Changed => (Wrong::default(), StatusCode::CONFLICT, true),
    };
    let present = visit.present();
    let form = match id {
        None => FormPage::new(&visit.visitor, &present, noun),
        Some(id) => {
            let looked = desk.look(noun.thing(), id).await?;
            let form = FormPage::of(&visit.visitor, &present, noun, id, &looked);
            if is_changed {
                form.told_of(&fields, &typed, &looked)
            } else {
                FormPage {
                    version: typed.get(VERSION).unwrap_or_default().to_owned(),
                    ..form
                }
            }
        }
    };
    let shown = page(&form.filled(&fields, &typed, &wrong))?;
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
    wish: Wish,
    fields: &[Field],
    words: Words,
) -> Result<Outcome, WebError> {
    let said = |text: String, status| {
        let others = vec![text];
        let wrong = Wrong {
            others,
            ..Wrong::default()
        };
        Ok(Outcome::Wrong(wrong, status))
    };
    match desk.make_one(wish).await {
        Ok(made) => Ok(Outcome::Made(made)),
        Err(WebError::Changed) => Ok(Outcome::Changed),
        Err(WebError::Faults(faults)) => Ok(Outcome::Wrong(
            Wrong::of(&faults, "", fields, words),
            StatusCode::UNPROCESSABLE_ENTITY,
        )),
        Err(error @ (WebError::InUse | WebError::Quota { .. })) => {
            said(refusal(&error, words), error.status())
        }
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

fn done(
    visit: &Visit,
    desk: &Desk,
    noun: Noun,
    made: &crate::tenancy::change::Made,
    typed: &Typed,
) -> Result<Response, WebError> {
    if let Some(secret) = &made.secret {
        return page(&SecretPage {
            shell: Shell::of(&visit.visitor, Section::Settings, &visit.present()),
            back: noun.path(),
            user_name: format!("{}/{}", desk.caller.client.tenant().slug, made.key),
            secret: secret.expose_secret().to_owned(),
        });
    }
    let name = typed.get("name").unwrap_or(&made.key);
    let to = format!("{}?saved={}", noun.path(), encode(name));
    Ok(Redirect::to(&to).into_response())
}

/// `POST /settings/devices/{id}/secret`: another one; the former ends at once.
pub async fn rotate(visit: &Visit, desk: &Desk, id: i64) -> Result<Response, WebError> {
    let noun = Noun::Devices;
    let act = Act::Rotate { id, seen: None };
    let wish = Wish {
        thing: noun.thing(),
        act,
    };
    let made = desk.make_one(wish).await?;
    done(visit, desk, noun, &made, &Typed::default())
}

/// `POST /settings/<noun>/{id}/remove`: shows the list without it, and the way to have it back.
pub async fn remove(visit: &Visit, desk: &Desk, noun: Noun, id: i64) -> Result<Response, WebError> {
    let words = visit.visitor.words();
    let looked = desk.look(noun.thing(), id).await?;
    let act = Act::Remove { id, seen: None };
    let wish = Wish {
        thing: noun.thing(),
        act,
    };
    let toast = match desk.make_one(wish).await {
        Ok(_) => Toast {
            text: words.with("settings-removed", &[("name", &name_of(&looked))]),
            again: again(noun, &looked),
            is_refusal: false,
        },
        Err(error @ (WebError::InUse | WebError::Quota { .. })) => Toast {
            text: refusal(&error, words),
            again: String::new(),
            is_refusal: true,
        },
        Err(WebError::Faults(faults)) => Toast {
            text: Wrong::of(&faults, "", &[], words).others.join(" "),
            again: String::new(),
            is_refusal: true,
        },
        Err(error) => return Err(error),
    };
    let mut lines = list::lines(desk, noun, &visit.visitor.reader).await?;
    lines.retain(|line| line.id != id || toast.is_refusal);
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
        .and_then(|wish| serde_json::from_str(wish).ok());
    let wish = wish.ok_or_else(|| WebError::invalid("wish", "cannot be read"))?;
    let act = Act::Create(wish);
    let wish = Wish {
        thing: noun.thing(),
        act,
    };
    let made = desk.make_one(wish).await?;
    let to = format!("{}?saved={}", noun.path(), encode(&made.key));
    Ok(Redirect::to(&to).into_response())
}
