//! The list of what there is of a noun: found by its words, changed, removed.

use super::lines::Line;
use super::noun::Noun;
use crate::web::extract::Visitor;
use crate::web::plain::words;
use crate::web::present::Present;
use crate::web::shell::{Section, Shell};
use askama::Template;
use serde::Deserialize;

/// Rows of one page.
const ROWS: usize = 60;

/// A list of things to administer.
#[derive(Template)]
#[template(path = "pages/settings_list.html")]
pub struct ListPage {
    pub(super) shell: Shell,
    /// The address of this one.
    pub(super) path: String,
    pub(super) add: String,
    pub(super) empty: String,
    pub(super) q: String,
    pub(super) count: String,
    pub(super) rows: Vec<Line>,
    /// How many are left out; empty when none is.
    pub(super) more: String,
    pub(super) toast: Option<Toast>,
}

/// What was just done, and how to take it back.
#[derive(Debug, Clone, Default)]
pub struct Toast {
    pub(super) text: String,
    /// The wish that makes it anew; empty when it does not come back.
    pub(super) again: String,
}

/// What the address asks for.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    pub(super) q: String,
    /// The name of what was just saved.
    pub(super) saved: String,
}

impl ListPage {
    pub(super) fn of(
        visitor: &Visitor,
        present: &Present,
        noun: Noun,
        lines: Vec<Line>,
        asked: Asked,
        toast: Option<Toast>,
    ) -> Self {
        let text = visitor.words();
        let wanted = words(&asked.q);
        let all = lines.len();
        let mut found: Vec<_> = lines
            .into_iter()
            .filter(|line| line.holds(&wanted))
            .collect();
        let left = found.len().saturating_sub(ROWS);
        found.truncate(ROWS);
        let saved = (!asked.saved.is_empty()).then(|| Toast {
            text: text.with("settings-saved", &[("name", &asked.saved)]),
            ..Toast::default()
        });
        Self {
            shell: Shell::of(visitor, Section::Settings, present),
            path: noun.path(),
            add: text.get(&format!("settings-new-{}", noun.name())),
            empty: text.get(&format!("settings-empty-{}", noun.name())),
            count: text.count("settings-count", all),
            more: if left > 0 {
                text.count("settings-more", left)
            } else {
                String::new()
            },
            rows: found,
            q: asked.q,
            toast: toast.or(saved),
        }
    }
}
