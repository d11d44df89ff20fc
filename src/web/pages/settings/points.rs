//! The points of a type: each with a form of its own; saved, the whole type changes.

use super::entry::Entry;
use super::fault::Wrong;
use super::form_page::FormPage;
use super::noun::{self, Noun};
use super::typed::Typed;
use crate::tenancy::change::{FieldFault, Looked, Thing, Version, Wish};
use crate::web::WebError;
use crate::web::api::Desk;
use crate::web::extract::Visit;
use crate::web::pages::page;
use crate::web::words::Words;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use serde_json::{Map, Value, json};

/// The word in the address for a point that is not there yet.
pub const NEW: &str = "new";

/// The points of a type that was looked at: address, name, detail.
pub fn lines(here: &str, looked: &Looked, words: Words) -> Vec<(String, String, String)> {
    let line = |point: &Value| {
        let text = |name: &str| point.get(name).and_then(Value::as_str).unwrap_or_default();
        let kind = words.get(&format!("kind-{}", text("kind")));
        let detail = [text("key"), &kind, text("unit")];
        let told = detail.iter().filter(|part| !part.is_empty());
        (
            format!("{here}/points/{}", text("key")),
            text("name").to_owned(),
            told.copied().collect::<Vec<_>>().join(" · "),
        )
    };
    points(looked).iter().map(line).collect()
}

fn points(looked: &Looked) -> Vec<Value> {
    let points = looked.wish.get("points").and_then(Value::as_array);
    points.cloned().unwrap_or_default()
}

/// Where a point stands among those of its type; after the last for a new one.
fn place(points: &[Value], key: &str) -> Result<usize, WebError> {
    if key == NEW {
        return Ok(points.len());
    }
    let found = points.iter().position(|point| point["key"] == key);
    found.ok_or(WebError::NotFound)
}

/// `GET /settings/types/{id}/points/{key}`
pub async fn show(visit: &Visit, desk: &Desk, id: i64, key: &str) -> Result<Response, WebError> {
    let looked = desk.look(Thing::Type, id).await?;
    let points = points(&looked);
    let place = place(&points, key)?;
    let entries = noun::point(visit.visitor.words());
    let start = json!({ "kind": "number", "decimals": 1 });
    let typed = Typed::as_it_is(&entries, &spread(points.get(place).unwrap_or(&start)));
    let form = form(visit, id, key, &looked);
    page(&form.filled(&entries, &typed, &Wrong::default()))
}

/// `POST /settings/types/{id}/points/{key}`
pub async fn save(
    visit: &Visit,
    desk: &Desk,
    id: i64,
    key: &str,
    typed: Typed,
) -> Result<Response, WebError> {
    let words = visit.visitor.words();
    let entries = noun::point(words);
    let looked = desk.look(Thing::Type, id).await?;
    let mut all = points(&looked);
    let place = place(&all, key)?;
    let wish = point_wish(&entries, &typed, all.get(place));
    if place < all.len() {
        all[place] = wish;
    } else {
        all.push(wish);
    }
    let version = typed.get("version").map(Version::known);
    let faults = match change(desk, id, all, version).await {
        Ok(()) => return Ok(to_type(id)),
        Err(WebError::Faults(faults)) => faults,
        Err(WebError::Changed) => {
            let mut form = form(visit, id, key, &looked);
            form.notices.push(words.get("settings-changed"));
            let shown = page(&form.filled(&entries, &typed, &Wrong::default()))?;
            return Ok((StatusCode::CONFLICT, shown).into_response());
        }
        Err(error) => return Err(error),
    };
    let faults: Vec<_> = faults.into_iter().map(flat).collect();
    let wrong = Wrong::of(&faults, &format!("/points/{place}"), &entries, words);
    let shown = page(&form(visit, id, key, &looked).filled(&entries, &typed, &wrong))?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, shown).into_response())
}

/// `POST /settings/types/{id}/points/{key}/remove`
pub async fn remove(desk: &Desk, id: i64, key: &str) -> Result<Response, WebError> {
    let looked = desk.look(Thing::Type, id).await?;
    let mut all = points(&looked);
    let place = place(&all, key)?;
    if place >= all.len() {
        return Err(WebError::NotFound);
    }
    all.remove(place);
    change(desk, id, all, Some(looked.version)).await?;
    Ok(to_type(id))
}

async fn change(
    desk: &Desk,
    id: i64,
    points: Vec<Value>,
    seen: Option<Version>,
) -> Result<(), WebError> {
    let with = json!({ "points": points });
    desk.make_one(Wish::patch(Thing::Type, id, with, seen))
        .await?;
    Ok(())
}

/// How the fields of a policy begin in the form.
const POLICY: &str = "command_";

/// A point with the fields of its policy beside its own.
fn spread(point: &Value) -> Value {
    let mut flat = point.clone();
    let policy = point.get("command").and_then(Value::as_object);
    for (name, value) in policy.into_iter().flatten() {
        flat[format!("{POLICY}{name}")] = value.clone();
    }
    flat
}

/// `/command/min` is about the entry `command_min`.
fn flat(fault: FieldFault) -> FieldFault {
    FieldFault {
        pointer: fault.pointer.replace("/command/", "/command_"),
        ..fault
    }
}

/// The other way round; without a role nobody commands the point.
fn gathered(mut flat: Value) -> Value {
    let Value::Object(fields) = &mut flat else {
        return flat;
    };
    let (policy, point): (Map<_, _>, Map<_, _>) = std::mem::take(fields)
        .into_iter()
        .partition(|(name, _)| name.starts_with(POLICY));
    *fields = point;
    let policy: Map<_, _> = policy
        .into_iter()
        .filter(|(_, value)| !value.is_null())
        .map(|(name, value)| (name[POLICY.len()..].to_owned(), value))
        .collect();
    if policy.contains_key("role") {
        fields.insert("command".to_owned(), Value::Object(policy));
    }
    flat
}

/// What was typed; a key that changed says what it was, so that history stays with the point.
fn point_wish(entries: &[Entry], typed: &Typed, before: Option<&Value>) -> Value {
    let mut wish = gathered(typed.wish(entries));
    if let Value::Object(wish) = &mut wish {
        wish.retain(|_, value| !value.is_null());
        let was = before.and_then(|before| before.get("key"));
        if let Some(was) = was.filter(|was| Some(*was) != wish.get("key")) {
            wish.insert("was".to_owned(), was.clone());
        }
    }
    wish
}

fn form(visit: &Visit, id: i64, key: &str, looked: &Looked) -> FormPage {
    let words = visit.visitor.words();
    let back = format!("{}/{id}", Noun::Types.path());
    let here = format!("{back}/points/{key}");
    let title = if key == NEW {
        words.get("settings-new-point")
    } else {
        key.to_owned()
    };
    FormPage {
        title,
        back_label: looked.key.clone(),
        version: looked.version.as_str().to_owned(),
        remove: if key == NEW {
            String::new()
        } else {
            format!("{here}/remove")
        },
        remove_text: words.get("settings-remove-point"),
        action: here,
        back,
        ..FormPage::blank(&visit.visitor, &visit.present())
    }
}

fn to_type(id: i64) -> Response {
    Redirect::to(&format!("{}/{id}", Noun::Types.path())).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_policy_lies_flat_in_the_form_and_whole_in_the_wish() {
        let point = json!({ "key": "setpoint", "command": { "role": "operator", "min": 0.0 } });
        let flat = spread(&point);
        assert_eq!(
            (&flat["command_role"], &flat["command_min"]),
            (&json!("operator"), &json!(0.0))
        );
        let typed = json!({ "key": "setpoint", "command_role": "operator", "command_min": 0.0, "command_max": null });
        assert_eq!(gathered(typed), point);
        let nobody = json!({ "key": "setpoint", "command_role": null, "command_confirm": false });
        assert_eq!(gathered(nobody), json!({ "key": "setpoint" }));
    }
}
