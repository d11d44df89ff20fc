//! A plan for people: one line per thing, one per difference.

use super::fields::FieldChange;
use super::plan::{Action, Plan, PointStep, Step};
use std::fmt;

/// Values longer than this are cut; a plan is to be read, not copied.
const LONGEST_VALUE: usize = 60;

impl Action {
    const fn sign(self) -> &'static str {
        match self {
            Self::Create => "+",
            Self::Change => "~",
            Self::Remove => "-",
        }
    }
}

impl Step {
    /// What happened, for the record of changes.
    pub(super) fn verb(&self) -> &'static str {
        match (self.action, &self.was) {
            (Action::Create, _) => "created",
            (Action::Change, Some(_)) => "renamed",
            (Action::Change, None) => "changed",
            (Action::Remove, _) => "removed",
        }
    }
}

impl fmt::Display for FieldChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = |value: &Option<String>| value.as_deref().map_or("nothing".to_owned(), cut);
        let (from, to) = (shown(&self.from), shown(&self.to));
        write!(f, "{}: {from} -> {to}", self.field)
    }
}

impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_empty() {
            writeln!(f, "client {}: no difference", self.client)?;
        } else {
            writeln!(f, "client {}:", self.client)?;
        }
        for step in &self.steps {
            write_step(f, step)?;
        }
        self.write_end(f)
    }
}

impl Plan {
    fn write_end(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.is_empty() {
            let count = |action| {
                self.steps
                    .iter()
                    .filter(|step| step.action == action)
                    .count()
            };
            writeln!(
                f,
                "  {} to create, {} to change, {} to remove",
                count(Action::Create),
                count(Action::Change),
                count(Action::Remove)
            )?;
        }
        let lost = self.lost_histories();
        if lost > 0 {
            writeln!(
                f,
                "  {lost} of the points to remove have samples; those will no longer be shown"
            )?;
        }
        if !self.kept.is_empty() {
            let kept: Vec<String> = self
                .kept
                .iter()
                .map(|(noun, count)| noun.counted(*count))
                .collect();
            let kept = kept.join(", ");
            writeln!(
                f,
                "  kept although not in the manifest: {kept} (--prune removes what people made)"
            )?;
        }
        Ok(())
    }
}

fn write_step(f: &mut fmt::Formatter<'_>, step: &Step) -> fmt::Result {
    let Step { noun, key, .. } = step;
    write!(f, "  {} {noun} {key}", step.action.sign())?;
    write_was(f, step.was.as_deref())?;
    if step.action == Action::Create {
        write_name(f, &step.fields)?;
        return write_created_points(f, &step.points);
    }
    writeln!(f)?;
    for field in &step.fields {
        writeln!(f, "      {field}")?;
    }
    for point in &step.points {
        write_point(f, point)?;
    }
    Ok(())
}

fn write_was(f: &mut fmt::Formatter<'_>, was: Option<&str>) -> fmt::Result {
    match was {
        Some(was) => write!(f, " (was {was})"),
        None => Ok(()),
    }
}

fn write_name(f: &mut fmt::Formatter<'_>, fields: &[FieldChange]) -> fmt::Result {
    let name = fields.iter().find(|field| field.field == "name");
    match name.and_then(|field| field.to.as_deref()) {
        Some(name) => write!(f, " \"{}\"", cut(name)),
        None => Ok(()),
    }
}

fn write_created_points(f: &mut fmt::Formatter<'_>, points: &[PointStep]) -> fmt::Result {
    match points.len() {
        0 => writeln!(f),
        1 => writeln!(f, ", 1 point"),
        n => writeln!(f, ", {n} points"),
    }
}

fn write_point(f: &mut fmt::Formatter<'_>, point: &PointStep) -> fmt::Result {
    write!(f, "      {} point {}", point.action.sign(), point.key)?;
    write_was(f, point.was.as_deref())?;
    if point.has_history {
        f.write_str(" (has samples)")?;
    }
    if point.action == Action::Change {
        let fields: Vec<String> = point.fields.iter().map(ToString::to_string).collect();
        write!(f, ": {}", fields.join(", "))?;
    }
    writeln!(f)
}

fn cut(value: &str) -> String {
    if value.chars().count() <= LONGEST_VALUE {
        return value.to_owned();
    }
    let start: String = value.chars().take(LONGEST_VALUE).collect();
    format!("{start}…")
}
