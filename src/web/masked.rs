//! Raw messages fit to be shown: readable, without what looks like a secret.

use crate::domain::visible;

/// Names whose values are covered, in lower case.
const NAMES: [&str; 9] = [
    "password",
    "passwd",
    "pwd",
    "secret",
    "token",
    "api_key",
    "apikey",
    "authorization",
    "private_key",
];
/// The password field of Green-BMS lines.
const GREEN_BMS: &str = "#p002";
const COVER: &str = "•••";

/// The text of a message, with covers in place of secrets.
pub fn masked(raw: &[u8]) -> String {
    let text = String::from_utf8_lossy(raw);
    let text = visible(&text);
    // Lower case of ASCII only: places in both texts are the same.
    let lower = text.to_ascii_lowercase();
    let mut shown = String::with_capacity(text.len());
    let mut at = 0;
    while let Some((start, end)) = next_secret(&lower, at) {
        shown.push_str(&text[at..start]);
        shown.push_str(COVER);
        at = end;
    }
    shown.push_str(&text[at..]);
    shown
}

/// Where the next value of a secret name begins and ends.
fn next_secret(lower: &str, from: usize) -> Option<(usize, usize)> {
    let named = NAMES.iter().flat_map(|name| {
        let places = lower[from..].match_indices(name);
        places.filter_map(move |(at, _)| value_after(lower, from + at + name.len()))
    });
    let green = lower[from..].match_indices(GREEN_BMS).map(|(at, _)| {
        let start = from + at + GREEN_BMS.len();
        (start, start + until(&lower[start..], &['#', '$']))
    });
    named.chain(green).filter(|(start, end)| start < end).min()
}

/// The value behind a name: after `:` or `=`, quoted or up to what ends it.
fn value_after(lower: &str, at: usize) -> Option<(usize, usize)> {
    let skipped = |at: usize, what: &[char]| {
        let rest = &lower[at..];
        at + (rest.len() - rest.trim_start_matches(what).len())
    };
    // The rest of a longer name: `password_hash`.
    let named = at
        + until(
            &lower[at..],
            &['"', '\'', ':', '=', ' ', ',', '&', '{', '}', '\n'],
        );
    let after = skipped(named, &['"', '\'', ' ']);
    if !lower[after..].starts_with([':', '=']) {
        return None;
    }
    let start = skipped(after + 1, &[' ']);
    match lower[start..].chars().next() {
        Some(quote @ ('"' | '\'')) => {
            Some((start + 1, start + 1 + until(&lower[start + 1..], &[quote])))
        }
        _ => Some((
            start,
            start + until(&lower[start..], &[',', ';', '&', '}', ']', '\n', '$']),
        )),
    }
}

fn until(text: &str, ends: &[char]) -> usize {
    text.find(ends).unwrap_or(text.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_of_secret_names_are_covered_wherever_they_stand() {
        for (raw, shown) in [
            (
                r#"{"user":"a","Password":"x, y","v":1}"#,
                r#"{"user":"a","Password":"•••","v":1}"#,
            ),
            (r#"{"pwd":123,"v":1}"#, r#"{"pwd":•••,"v":1}"#),
            ("token=abc&v=1", "token=•••&v=1"),
            (
                r#"{"access_token_id": "abc"}"#,
                r#"{"access_token_id": "•••"}"#,
            ),
            (r#"{"secret":"cut of"#, r#"{"secret":"•••"#),
            ("$#g00112.5#p0021234#g0023$", "$#g00112.5#p002•••#g0023$"),
            (
                r#"{"note":"no secret here","v":1}"#,
                r#"{"note":"no secret here","v":1}"#,
            ),
        ] {
            assert_eq!(masked(raw.as_bytes()), shown);
        }
    }

    #[test]
    fn no_bytes_make_it_panic() {
        use rand::RngExt as _;
        let seed = rand::random::<u64>();
        eprintln!("seed {seed}");
        let mut rng = <rand::rngs::StdRng as rand::SeedableRng>::seed_from_u64(seed);
        for _ in 0..5_000 {
            let mut raw = br#"{"password":"x","pwd":1}#p002token="#.to_vec();
            for _ in 0..rng.random_range(0..8) {
                let at = rng.random_range(0..raw.len());
                raw[at] = rng.random();
            }
            masked(&raw);
        }
    }
}
