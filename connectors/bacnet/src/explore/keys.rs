//! Keys for what was found: made of names, the same each time.

use crate::object;
use bacnet_types::primitives::ObjectIdentifier;
use std::collections::HashSet;

const LONGEST: usize = 48;

/// The key of a device: its instance is what stays when it is renamed.
pub(super) fn device(instance: u32) -> String {
    format!("device-{instance}")
}

/// The key of a point: its name in small letters; with its object when another has that name.
pub(super) fn point(name: &str, object: ObjectIdentifier, taken: &mut HashSet<String>) -> String {
    let own = object::name(object).replace(':', "-");
    let mut key = slug(name);
    if key.is_empty() {
        key.clone_from(&own);
    }
    if !taken.insert(key.clone()) {
        key = own;
        taken.insert(key.clone());
    }
    key
}

fn slug(name: &str) -> String {
    let mut slug = String::new();
    for letter in name.chars().flat_map(char::to_lowercase) {
        if slug.len() >= LONGEST {
            break;
        }
        if letter.is_ascii_alphanumeric() {
            slug.push(letter);
        } else if !slug.is_empty() && !slug.ends_with('-') {
            slug.push('-');
        }
    }
    slug.trim_end_matches('-').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_keys_and_twins_stay_apart() {
        let mut taken = HashSet::new();
        let mut key = |name: &str, object: &str| {
            let object = object::parse(object).unwrap();
            point(name, object, &mut taken)
        };
        assert_eq!(
            key("AHU-1 Supply Temp (°C)", "analog-input:1"),
            "ahu-1-supply-temp-c"
        );
        assert_eq!(
            key("ahu 1 supply temp c", "analog-input:2"),
            "analog-input-2"
        );
        assert_eq!(key("温度", "analog-input:3"), "analog-input-3");
    }
}
