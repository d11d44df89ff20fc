//! A device that was found becomes equipment: what has to be wished for, in one change.

use crate::domain::{SiteId, Unit, is_key};
use crate::ingest::{Addition, FoundEquipment, FoundKind, FoundPoint};
use crate::tenancy::change::{
    ConnectionWish, EquipmentWish, PointWish, Ref, Thing, TypeWish, Version, Wish,
};
use crate::tenancy::manifest::Library;
use crate::tenancy::rules::{LONGEST_LINE, LONGEST_NAME};
use crate::web::WebError;
use crate::web::api::Desk;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Digits a number shows until somebody says otherwise.
const DECIMALS: i64 = 2;

/// Wishes that take a found device into the model, and make the connection read it.
pub async fn wishes(
    desk: &Desk,
    connection: i64,
    site: SiteId,
    found: &FoundEquipment,
) -> Result<Vec<Wish>, WebError> {
    let known = desk.model.types.iter().find(|row| {
        let key = &row.equipment_type.key;
        found.kind.as_deref() == Some(key.as_str()) || *key == type_key(found)
    });
    let mut wishes = Vec::new();
    // A type that is made of its points has all of them.
    let is_made = known.is_none() && !found.kind.as_deref().is_some_and(has_library);
    let kind = match (known, &found.kind) {
        (Some(row), _) => row.equipment_type.key.clone(),
        (None, Some(key)) if has_library(key) => {
            // Alone, its key takes the type from the library.
            wishes.push(Wish::create(&TypeWish {
                key: key.clone(),
                ..TypeWish::default()
            }));
            key.clone()
        }
        (None, _) => {
            wishes.push(Wish::create(&type_of(found)));
            type_key(found)
        }
    };
    wishes.push(Wish::create(&EquipmentWish {
        key: found.key.clone(),
        name: cut(&found.name, LONGEST_NAME).unwrap_or_else(|| found.key.clone()),
        site: Some(Ref::Id(site.0)),
        kind: Some(Ref::from(kind.as_str())),
        model: maker(found),
        serial: found
            .serial
            .as_deref()
            .and_then(|serial| cut(serial, LONGEST_LINE)),
        ..EquipmentWish::default()
    }));
    if !is_made {
        wishes.extend(beyond(desk, &kind, found).await?);
    }
    wishes.push(configured(desk, connection, found).await?);
    Ok(wishes)
}

fn has_library(key: &str) -> bool {
    Library::embedded().is_ok_and(|library| library.types.contains_key(key))
}

/// The type of a device nothing is known of but its points.
fn type_of(found: &FoundEquipment) -> TypeWish {
    TypeWish {
        key: type_key(found),
        name: cut(found.model.as_deref().unwrap_or(&found.name), LONGEST_NAME)
            .unwrap_or_else(|| found.key.clone()),
        points: points(found).values().map(|point| wish_of(point)).collect(),
        ..TypeWish::default()
    }
}

fn type_key(found: &FoundEquipment) -> String {
    let key = found
        .model
        .as_deref()
        .map(|model| model.replace(['/', '+', '#', '{', '}'], "-"));
    key.filter(|key| is_key(key))
        .unwrap_or_else(|| found.key.clone())
}

/// Points that the type does not have.
async fn beyond(desk: &Desk, kind: &str, found: &FoundEquipment) -> Result<Vec<Wish>, WebError> {
    let row = desk
        .model
        .types
        .iter()
        .find(|row| row.equipment_type.key == kind);
    let looked = match row {
        Some(row) => Some(desk.look(Thing::Type, row.id.0).await?),
        None => None,
    };
    let listed = looked
        .as_ref()
        .and_then(|looked| looked.wish["points"].as_array());
    let of_type: Vec<String> = match listed {
        Some(points) => points
            .iter()
            .filter_map(|point| point["key"].as_str().map(str::to_owned))
            .collect(),
        None => library_points(kind),
    };
    let more = points(found)
        .into_values()
        .filter(|point| !of_type.contains(&point.key));
    Ok(more
        .map(|point| {
            Wish::create(&PointWish {
                equipment: Some(Ref::from(found.key.as_str())),
                ..wish_of(point)
            })
        })
        .collect())
}

fn library_points(kind: &str) -> Vec<String> {
    let library = Library::embedded().ok();
    let kind = library.and_then(|library| library.types.get(kind));
    let points = kind.into_iter().flat_map(|kind| &kind.points);
    points.map(|point| point.key.clone()).collect()
}

/// Points by key; one that nothing can be called is left out.
fn points(found: &FoundEquipment) -> BTreeMap<&str, &FoundPoint> {
    let named = found.points.iter().filter(|point| is_key(&point.key));
    named.map(|point| (point.key.as_str(), point)).collect()
}

fn wish_of(point: &FoundPoint) -> PointWish {
    let states: BTreeMap<i32, String> = match &point.kind {
        FoundKind::State(states) => states
            .iter()
            .filter_map(|(word, code)| Some((i32::try_from(*code).ok()?, word.clone())))
            .collect(),
        _ => BTreeMap::new(),
    };
    let kind = match &point.kind {
        FoundKind::Boolean => "boolean",
        FoundKind::State(_) if !states.is_empty() => "state",
        _ => "number",
    };
    let unit = point
        .unit
        .as_deref()
        .filter(|unit| kind == "number" && Unit::parse(unit).is_ok());
    PointWish {
        key: point.key.clone(),
        name: cut(&point.name, LONGEST_NAME).unwrap_or_else(|| point.key.clone()),
        kind: kind.to_owned(),
        unit: unit.map(str::to_owned),
        decimals: if kind == "number" { DECIMALS } else { 0 },
        states,
        ..PointWish::default()
    }
}

/// The connection with what it must say to read the device.
async fn configured(desk: &Desk, id: i64, found: &FoundEquipment) -> Result<Wish, WebError> {
    let looked = desk.look(Thing::Connection, id).await?;
    let mut config = looked.wish["config"].clone();
    let of_points = found.points.iter().flat_map(|point| &point.additions);
    for addition in found.additions.iter().chain(of_points) {
        add(&mut config, addition);
    }
    let wish: ConnectionWish = serde_json::from_value(json!({
        "key": looked.wish["key"], "name": looked.wish["name"], "protocol": looked.wish["protocol"],
        "enabled": looked.wish["enabled"], "config": config,
    }))
    .map_err(|error| WebError::Internal(error.to_string()))?;
    let seen = Version::known(looked.version.as_str());
    Ok(Wish::replace(id, &wish, Some(seen)))
}

/// Appends an item to a list, which is made where it is missing, unless it is there already.
fn add(config: &mut Value, addition: &Addition) {
    let mut at = config;
    for token in addition.list.split('/').skip(1) {
        let name = token.replace("~1", "/").replace("~0", "~");
        if at.is_null() {
            *at = json!({});
        }
        at = match at {
            Value::Object(fields) => fields.entry(name).or_insert(Value::Null),
            Value::Array(items) => match name.parse().ok().and_then(|n: usize| items.get_mut(n)) {
                Some(item) => item,
                None => return,
            },
            _ => return,
        };
    }
    if at.is_null() {
        *at = json!([]);
    }
    if let Value::Array(items) = at
        && !items.contains(&addition.item)
    {
        items.push(addition.item.clone());
    }
}

/// Who made it and what it is, in one line.
fn maker(found: &FoundEquipment) -> Option<String> {
    let parts = [found.vendor.as_deref(), found.model.as_deref()];
    let parts: Vec<_> = parts.into_iter().flatten().collect();
    cut(&parts.join(" "), LONGEST_LINE)
}

/// A text of a stranger as a line of ours; none when nothing of it can be seen.
fn cut(text: &str, most: usize) -> Option<String> {
    let visible: String = text
        .chars()
        .filter(|c| !c.is_control())
        .take(most)
        .collect();
    let line = crate::domain::visible(visible.trim()).into_owned();
    (!line.is_empty()).then_some(line)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn addition(list: &str) -> Addition {
        Addition {
            list: list.to_owned(),
            item: json!({ "topic": "a" }),
        }
    }

    #[test]
    fn an_addition_is_made_once_wherever_its_list_is() {
        let mut config = json!({ "url": "mqtt://b", "devices": [{ "unit": 1 }] });
        add(&mut config, &addition("/routes"));
        add(&mut config, &addition("/routes"));
        add(&mut config, &addition("/devices/0/points"));
        add(&mut config, &addition("/url/points"));
        add(&mut config, &addition("/devices/9/points"));
        let item = json!({ "topic": "a" });
        assert_eq!(
            config,
            json!({ "url": "mqtt://b", "devices": [{ "unit": 1, "points": [item] }], "routes": [item] })
        );
    }

    #[test]
    fn what_a_stranger_says_becomes_points_that_can_be() {
        let point = |key: &str, kind, unit: Option<&str>| FoundPoint {
            key: key.to_owned(),
            name: "a\u{202e}b\n".to_owned(),
            kind,
            unit: unit.map(str::to_owned),
            writable: false,
            value: None,
            additions: Vec::new(),
        };
        let found = FoundEquipment {
            key: "ahu".to_owned(),
            points: vec![
                point("t", FoundKind::Number, Some("°C")),
                point("x", FoundKind::Number, Some("furlong")),
                point("no/key", FoundKind::Boolean, None),
                point(
                    "s",
                    FoundKind::State(vec![("ON".to_owned(), 1), ("big".to_owned(), i64::MAX)]),
                    None,
                ),
            ],
            ..FoundEquipment::default()
        };
        let wishes: Vec<_> = points(&found)
            .values()
            .map(|point| wish_of(point))
            .collect();
        let keys: Vec<_> = wishes.iter().map(|wish| wish.key.as_str()).collect();
        assert_eq!(keys, ["s", "t", "x"]);
        assert_eq!(wishes[0].states.len(), 1);
        assert_eq!(
            (wishes[1].unit.as_deref(), wishes[2].unit.as_deref()),
            (Some("°C"), None)
        );
        assert_eq!(wishes[0].name, "a\u{fffd}b");
    }
}
