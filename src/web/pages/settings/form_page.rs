//! The page of a form: its fields with what was typed and what is wrong with them.

use super::fault::Wrong;
use super::field::{Field, FieldView, Typed};
use super::noun::Noun;
use crate::tenancy::change::Looked;
use crate::web::extract::Visitor;
use crate::web::present::Present;
use crate::web::shell::{Section, Shell};
use askama::Template;
use serde_json::Value;

/// The form of one thing.
#[derive(Template)]
#[template(path = "pages/settings_form.html")]
pub struct FormPage {
    pub(super) shell: Shell,
    pub(super) title: String,
    /// The list it belongs to.
    pub(super) back: String,
    pub(super) back_label: String,
    /// Where it is sent.
    pub(super) action: String,
    pub(super) fields: Vec<FieldView>,
    pub(super) version: String,
    /// What is wrong with no field in particular.
    pub(super) notices: Vec<String>,
    /// What others made of it meanwhile: field and value.
    pub(super) theirs: Vec<(String, String)>,
    /// Where removing it is sent; empty for what is not there yet.
    pub(super) remove: String,
    pub(super) remove_text: String,
    /// The points of a type: address, name, detail.
    pub(super) points: Vec<(String, String, String)>,
    /// Where a point is added; empty where none is.
    pub(super) add_point: String,
    /// Where another secret is made; empty where there is none.
    pub(super) rotate: String,
}

/// A secret, shown once.
#[derive(Template)]
#[template(path = "pages/settings_secret.html")]
pub struct SecretPage {
    pub(super) shell: Shell,
    pub(super) back: String,
    pub(super) user_name: String,
    pub(super) secret: String,
}

impl FormPage {
    pub(super) fn new(visitor: &Visitor, present: &Present, noun: Noun) -> Self {
        let words = visitor.words();
        Self {
            title: words.get(&format!("settings-new-{}", noun.name())),
            back: noun.path(),
            back_label: words.get(&format!("settings-{}", noun.name())),
            action: noun.path(),
            ..Self::blank(visitor, present)
        }
    }

    /// A form that says nothing yet.
    pub(super) fn blank(visitor: &Visitor, present: &Present) -> Self {
        Self {
            shell: Shell::of(visitor, Section::Settings, present),
            title: String::new(),
            back: String::new(),
            back_label: String::new(),
            action: String::new(),
            fields: Vec::new(),
            version: String::new(),
            notices: Vec::new(),
            theirs: Vec::new(),
            remove: String::new(),
            remove_text: String::new(),
            points: Vec::new(),
            add_point: String::new(),
            rotate: String::new(),
        }
    }

    pub(super) fn of(
        visitor: &Visitor,
        present: &Present,
        noun: Noun,
        id: i64,
        looked: &Looked,
    ) -> Self {
        let words = visitor.words();
        let here = format!("{}/{id}", noun.path());
        let rotate = (noun == Noun::Devices).then(|| format!("{here}/secret"));
        Self {
            title: name_of(looked),
            version: looked.version.as_str().to_owned(),
            remove: format!("{here}/remove"),
            remove_text: words.get(&format!("settings-remove-{}", noun.name())),
            points: super::points::lines(&here, looked, words),
            add_point: if noun == Noun::Types {
                format!("{here}/points/new")
            } else {
                String::new()
            },
            rotate: rotate.unwrap_or_default(),
            action: here,
            ..Self::new(visitor, present, noun)
        }
    }

    /// The form with what was typed and what is wrong with it.
    pub(super) fn filled(self, fields: &[Field], typed: &Typed, wrong: &Wrong) -> Self {
        let words = self.shell.words;
        let view =
            |field: &Field| FieldView::of(field, typed, wrong.by_field.get(field.name), words);
        let mut notices = self.notices;
        notices.extend(wrong.others.iter().cloned());
        if !wrong.by_field.is_empty() {
            notices.insert(0, words.count("settings-faults", wrong.by_field.len()));
        }
        Self {
            fields: fields.iter().map(view).collect(),
            notices,
            ..self
        }
    }

    /// Says that somebody else changed it, and to what; saved again, what was typed stands.
    pub(super) fn told_of(self, fields: &[Field], typed: &Typed, looked: &Looked) -> Self {
        let words = self.shell.words;
        let now = Typed::as_it_is(fields, &looked.wish);
        let differs = |field: &&Field| {
            now.get(field.name).unwrap_or_default() != typed.get(field.name).unwrap_or_default()
        };
        let theirs = fields.iter().filter(differs).map(|field| {
            let value = now.get(field.name).unwrap_or("—");
            (
                words.get(&format!("field-{}", field.name)),
                value.to_owned(),
            )
        });
        Self {
            theirs: theirs.collect(),
            notices: vec![words.get("settings-changed")],
            ..self
        }
    }

    #[cfg(test)]
    pub(in crate::web::pages) fn sample(visitor: &Visitor, present: &Present) -> Self {
        use super::field::Input;
        let fields = [
            Field::needed("name", Input::Text),
            Field::new("note", Input::Lines),
            Field::new("bookable", Input::Check),
            Field::new("states", Input::States),
            Field::needed("site", Input::Thing(vec![(1, "<Nantes>".to_owned())])),
        ];
        let typed = Typed::of(vec![("name".to_owned(), "<Nantes>".to_owned())]);
        let wrong = Wrong {
            by_field: [("name".to_owned(), "<Nantes>".to_owned())].into(),
            others: vec!["<Nantes>".to_owned()],
        };
        Self::new(visitor, present, Noun::Sites).filled(&fields, &typed, &wrong)
    }
}

/// What people call a thing that was looked at.
pub fn name_of(looked: &Looked) -> String {
    let name = looked.wish.get("name").and_then(Value::as_str);
    name.unwrap_or(&looked.key).to_owned()
}
