//! `/me`: what somebody decides about themselves.

pub mod factors;
pub mod password;
pub mod profile;
pub mod sessions;

use crate::web::words::Words;

/// The parts of `/me`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// Name, language, zone, formats.
    Profile,
    /// The password.
    Password,
    /// What one has beside the password.
    Factors,
    /// Signed-in browsers and programs.
    Sessions,
}

/// A tab that leads to a part.
#[derive(Debug, Clone)]
pub struct Tab {
    pub(super) href: &'static str,
    pub(super) label: String,
    pub(super) current: bool,
}

/// The tabs, `here` being the present one.
pub fn tabs(here: Part, words: Words) -> Vec<Tab> {
    let tab = |part, href, key| Tab {
        href,
        label: words.get(key),
        current: part == here,
    };
    vec![
        tab(Part::Profile, "/me", "me-profile"),
        tab(Part::Password, "/me/password", "me-password"),
        tab(Part::Factors, "/me/factors", "me-factors"),
        tab(Part::Sessions, "/me/sessions", "me-sessions"),
    ]
}

/// What an address of `/me` may carry: what was just done.
#[derive(Debug, Default, serde::Deserialize)]
pub struct Done {
    #[serde(default)]
    done: String,
}

impl Done {
    /// What was done, in words; nothing for what nobody here does.
    pub fn text(&self, known: &[&str], words: Words) -> Option<String> {
        let known = known.contains(&self.done.as_str());
        known.then(|| words.get(&format!("me-done-{}", self.done)))
    }
}
