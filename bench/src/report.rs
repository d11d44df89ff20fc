//! A table of figures: value, unit, peer, ratio and goal.

use crate::machine;
use serde::Serialize;
use std::fmt::Write as _;

/// One figure.
#[derive(Debug, Serialize)]
pub struct Figure {
    /// What was measured, and on what.
    pub name: String,
    /// Ours.
    pub value: f64,
    /// Unit of all three.
    pub unit: &'static str,
    /// The same of the peer in this run.
    pub peer: Option<Peer>,
    /// What must be reached.
    pub goal: Option<Goal>,
}

/// What a figure is compared with.
#[derive(Debug, Clone, Serialize)]
pub struct Peer {
    /// Who.
    pub name: String,
    /// Theirs.
    pub value: f64,
}

/// What a figure must reach.
#[derive(Debug, Clone, Copy, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Goal {
    /// No more than this.
    AtMost(f64),
    /// No less than this.
    AtLeast(f64),
}

impl Goal {
    /// Whether a value reaches it.
    pub fn is_met(self, value: f64) -> bool {
        match self {
            Self::AtMost(limit) => value <= limit,
            Self::AtLeast(limit) => value >= limit,
        }
    }
}

impl std::fmt::Display for Goal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::AtMost(limit) => write!(f, "≤ {limit}"),
            Self::AtLeast(limit) => write!(f, "≥ {limit}"),
        }
    }
}

/// The figures of one bench.
#[derive(Debug, Serialize)]
pub struct Report {
    /// Which bench.
    pub title: String,
    /// The machine and the versions of what took part.
    pub machine: Vec<String>,
    /// What a reader must know to repeat or judge it.
    pub notes: Vec<String>,
    /// The figures.
    pub figures: Vec<Figure>,
}

impl Report {
    /// An empty report of this machine.
    pub fn new(title: &str) -> Self {
        Self {
            title: title.to_owned(),
            machine: machine::describe(),
            notes: Vec::new(),
            figures: Vec::new(),
        }
    }

    /// Adds a figure.
    pub fn add(
        &mut self,
        name: impl Into<String>,
        value: f64,
        unit: &'static str,
        peer: Option<Peer>,
        goal: Option<Goal>,
    ) {
        self.figures.push(Figure {
            name: name.into(),
            value,
            unit,
            peer,
            goal,
        });
    }

    /// Whether any figure is on the wrong side of its goal.
    pub fn misses_a_goal(&self) -> bool {
        self.figures
            .iter()
            .any(|figure| figure.goal.is_some_and(|goal| !goal.is_met(figure.value)))
    }

    /// The table for people.
    pub fn to_markdown(&self) -> String {
        let mut text = format!("## {}\n\n", self.title);
        for line in self.machine.iter().chain(&self.notes) {
            let _infallible = writeln!(text, "- {line}");
        }
        text.push_str("\n| figure | value | unit | peer | ratio | goal | |\n|---|---:|---|---|---:|---|---|\n");
        for figure in &self.figures {
            let _infallible = writeln!(text, "{}", row(figure));
        }
        text
    }
}

fn row(figure: &Figure) -> String {
    let (peer, ratio) = figure.peer.as_ref().map_or_else(Default::default, |peer| {
        (
            format!("{} ({})", short(peer.value), peer.name),
            format!("{:.3}", figure.value / peer.value),
        )
    });
    let (goal, met) = figure.goal.map_or_else(Default::default, |goal| {
        let met = if goal.is_met(figure.value) {
            "met"
        } else {
            "**missed**"
        };
        (goal.to_string(), met)
    });
    let (name, value, unit) = (&figure.name, short(figure.value), figure.unit);
    format!("| {name} | {value} | {unit} | {peer} | {ratio} | {goal} | {met} |")
}

fn short(value: f64) -> String {
    let digits = if value.abs() >= 100.0 { 0 } else { 3 };
    format!("{value:.digits$}")
}
