//! The words people read: one Fluent message per phrase, in French and in English.
//!
//! Invariant: no text of a page is written in Rust or in a template; `tests/it/house.rs`
//! holds that both languages have the same messages.

use super::format::{self, Formats, Locale};
use fluent_templates::fluent_bundle::FluentValue;
use fluent_templates::{LanguageIdentifier, Loader, static_loader};
use std::borrow::Cow;
use std::collections::HashMap;
use unic_langid::langid;

static_loader! {
    static LOCALES = {
        locales: "./assets/locales",
        fallback_language: "en",
        // Isolation marks would end up in attributes and titles.
        customise: |bundle| bundle.set_use_isolating(false),
    };
}

static ENGLISH: LanguageIdentifier = langid!("en");
static FRENCH: LanguageIdentifier = langid!("fr");

/// The messages of one language, and how numbers and dates stand in them. Copy it freely.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Words(pub Locale, pub Formats);

impl Words {
    /// The messages of a language, with its own numbers and dates.
    pub const fn of(locale: Locale) -> Self {
        Self(locale, Formats::of(locale))
    }

    /// The message `key`.
    pub fn get(self, key: &str) -> String {
        LOCALES.lookup(self.language(), key)
    }

    /// The message `key`, if there is one: for keys made of what data say.
    pub fn find(self, key: &str) -> Option<String> {
        LOCALES.try_lookup(self.language(), key)
    }

    /// The message `key` with its variables.
    pub fn with(self, key: &str, variables: &[(&'static str, &str)]) -> String {
        LOCALES.lookup_with_args(self.language(), key, &arguments(variables))
    }

    /// The message `key` for a number of things: `$n` chooses the plural, `$count` is what is shown.
    pub fn count(self, key: &str, n: usize) -> String {
        self.count_with(key, n, &[])
    }

    /// Like [`Words::count`], with further variables.
    pub fn count_with(self, key: &str, n: usize, variables: &[(&'static str, &str)]) -> String {
        let mut arguments = arguments(variables);
        arguments.insert("n".into(), FluentValue::from(n));
        let count = format::number(n as f64, 0, self);
        arguments.insert("count".into(), FluentValue::from(count));
        LOCALES.lookup_with_args(self.language(), key, &arguments)
    }

    /// The word of a named state; a state this platform has no word for is shown as the manifest spells it.
    pub fn state(self, name: &str) -> String {
        let key = format!("state-{}", name.to_ascii_lowercase().replace('_', "-"));
        self.find(&key).unwrap_or_else(|| sentence_case(name))
    }

    fn language(self) -> &'static LanguageIdentifier {
        match self.0 {
            Locale::English => &ENGLISH,
            Locale::French => &FRENCH,
        }
    }
}

fn arguments(
    variables: &[(&'static str, &str)],
) -> HashMap<Cow<'static, str>, FluentValue<'static>> {
    let argument = |(name, value): &(&'static str, &str)| {
        (Cow::Borrowed(*name), FluentValue::from((*value).to_owned()))
    };
    variables.iter().map(argument).collect()
}

/// `IN_ALARM` -> `In alarm`.
fn sentence_case(name: &str) -> String {
    let lower = name.to_lowercase().replace('_', " ");
    let mut letters = lower.chars();
    letters
        .next()
        .map(|first| first.to_uppercase().chain(letters).collect())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    const EN: Words = Words::of(Locale::English);
    const FR: Words = Words::of(Locale::French);

    #[test]
    fn a_count_takes_the_plural_and_the_digits_of_its_language() {
        assert_eq!(EN.count("stale-points", 1), "1 stale point");
        assert_eq!(EN.count("stale-points", 1204), "1,204 stale points");
        assert_eq!(
            FR.count("stale-points", 1204),
            "1\u{202f}204 points périmés"
        );
    }

    #[test]
    fn a_state_without_a_word_of_ours_is_shown_as_the_manifest_spells_it() {
        assert_eq!(FR.state("FREE"), "Libre");
        assert_eq!(FR.state("LEG_4_DOWN"), "Leg 4 down");
    }
}
