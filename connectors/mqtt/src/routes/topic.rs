//! Topic patterns and the tree that finds the routes of a topic.
//!
//! Source: MQTT 5.0, 4.7 (topic names and filters).

use std::collections::HashMap;
use vigie_contract::ConfigFault;

/// Deepest topic that is looked at; MQTT itself allows 32,768 levels.
pub(super) const MAX_LEVELS: usize = 64;

/// A parsed pattern: which levels are fixed, which have a name, which are free.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Pattern {
    levels: Vec<Level>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Level {
    Literal(Box<str>),
    Named(Box<str>),
    Any,
    Rest,
}

impl Pattern {
    pub(super) fn parse(text: &str) -> Result<Self, ConfigFault> {
        if text.is_empty() || text.contains('\0') {
            return Err(fault("a topic has at least one character and no NUL"));
        }
        let levels = text
            .split('/')
            .map(Level::parse)
            .collect::<Result<Vec<_>, _>>()?;
        if levels.len() > MAX_LEVELS {
            return Err(fault("a topic has at most 64 levels"));
        }
        let rest = levels.iter().position(|level| *level == Level::Rest);
        if rest.is_some_and(|at| at + 1 != levels.len()) {
            return Err(fault("`#` is allowed as the last level only"));
        }
        let pattern = Self { levels };
        let mut names: Vec<_> = pattern.names().collect();
        names.sort_unstable();
        match names.windows(2).find(|pair| pair[0] == pair[1]) {
            Some(twice) => Err(fault(format!("`{{{}}}` is there twice", twice[0]))),
            None => Ok(pattern),
        }
    }

    /// The filter to subscribe to.
    pub(super) fn filter(&self) -> String {
        let level = |level: &Level| match level {
            Level::Literal(text) => text.to_string(),
            Level::Named(_) | Level::Any => "+".to_owned(),
            Level::Rest => "#".to_owned(),
        };
        self.levels.iter().map(level).collect::<Vec<_>>().join("/")
    }

    /// The level of a named part.
    pub(super) fn level_of(&self, name: &str) -> Option<usize> {
        self.levels
            .iter()
            .position(|level| matches!(level, Level::Named(known) if &**known == name))
    }

    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.levels.iter().filter_map(|level| match level {
            Level::Named(name) => Some(&**name),
            _ => None,
        })
    }
}

impl Level {
    fn parse(text: &str) -> Result<Self, ConfigFault> {
        if let Some(name) = text
            .strip_prefix('{')
            .and_then(|rest| rest.strip_suffix('}'))
        {
            let fine = |c: char| c.is_ascii_alphanumeric() || c == '_';
            if name.is_empty() || !name.chars().all(fine) || name == "n" {
                return Err(fault(format!(
                    "`{{{name}}}`: a name has letters, digits and `_`, and `n` is the number in an array"
                )));
            }
            return Ok(Self::Named(name.into()));
        }
        match text {
            "+" => Ok(Self::Any),
            "#" => Ok(Self::Rest),
            _ if text.contains(['+', '#', '{', '}']) => Err(fault(format!(
                "level `{text}`: `{{name}}`, `+` and `#` stand alone between two `/`"
            ))),
            _ => Ok(Self::Literal(text.into())),
        }
    }
}

fn fault(message: impl Into<String>) -> ConfigFault {
    ConfigFault::at("/topic", message)
}

/// All patterns, merged by their levels; a topic visits only branches that fit.
#[derive(Debug, Default)]
pub(super) struct Tree {
    nodes: Vec<Node>,
}

#[derive(Debug, Default)]
struct Node {
    literals: HashMap<Box<str>, usize>,
    any: Option<usize>,
    /// Routes that end with `#` here.
    rest: Vec<usize>,
    /// Routes that end here.
    here: Vec<usize>,
}

impl Tree {
    /// Each pattern leads to the route of its number.
    pub(super) fn new<'a>(patterns: impl Iterator<Item = (usize, &'a Pattern)>) -> Self {
        let mut tree = Self {
            nodes: vec![Node::default()],
        };
        for (route, pattern) in patterns {
            tree.insert(route, pattern);
        }
        tree
    }

    fn insert(&mut self, route: usize, pattern: &Pattern) {
        let mut at = 0;
        for level in &pattern.levels {
            at = match level {
                Level::Rest => return self.nodes[at].rest.push(route),
                Level::Literal(text) => self.nodes[at].literals.get(text).copied(),
                Level::Named(_) | Level::Any => self.nodes[at].any,
            }
            .unwrap_or_else(|| self.grow(at, level));
        }
        self.nodes[at].here.push(route);
    }

    fn grow(&mut self, at: usize, level: &Level) -> usize {
        let child = self.nodes.len();
        self.nodes.push(Node::default());
        match level {
            Level::Literal(text) => {
                self.nodes[at].literals.insert(text.clone(), child);
            }
            _ => self.nodes[at].any = Some(child),
        }
        child
    }

    /// Appends the routes that fit the levels of a topic.
    pub(super) fn find(&self, levels: &[&str], found: &mut Vec<usize>) {
        // Wildcards never match topics that begin with `$` (MQTT 5.0, 4.7.2).
        let reserved = levels.first().is_some_and(|level| level.starts_with('$'));
        self.walk(0, levels, !reserved, found);
    }

    fn walk(&self, at: usize, levels: &[&str], wild: bool, found: &mut Vec<usize>) {
        let node = &self.nodes[at];
        if wild {
            found.extend(&node.rest);
        }
        let Some((level, deeper)) = levels.split_first() else {
            return found.extend(&node.here);
        };
        if let Some(child) = node.literals.get(*level) {
            self.walk(*child, deeper, true, found);
        }
        if let Some(child) = node.any.filter(|_| wild) {
            self.walk(child, deeper, true, found);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(patterns: &[&str], topic: &str) -> Vec<usize> {
        let patterns: Vec<_> = patterns
            .iter()
            .map(|p| Pattern::parse(p).unwrap())
            .collect();
        let mut found = Vec::new();
        Tree::new(patterns.iter().enumerate())
            .find(&topic.split('/').collect::<Vec<_>>(), &mut found);
        found.sort_unstable();
        found
    }

    #[test]
    fn a_topic_finds_every_pattern_that_fits_and_no_other() {
        let patterns = ["a/{x}/c", "a/+/d", "a/#", "a/b/c", "#", "a/b/c/{y}"];
        assert_eq!(found(&patterns, "a/b/c"), [0, 2, 3, 4]);
        assert_eq!(found(&patterns, "a/z/d"), [1, 2, 4]);
        assert_eq!(found(&patterns, "a"), [2, 4]);
        assert_eq!(found(&patterns, "a//c"), [0, 2, 4]);
        assert_eq!(found(&patterns, "b"), [4]);
    }

    #[test]
    fn wildcards_leave_the_brokers_own_topics_alone() {
        assert!(found(&["#", "+/x", "{a}/x"], "$SYS/x").is_empty());
        assert_eq!(found(&["$SYS/#"], "$SYS/x"), [0]);
    }

    #[test]
    fn a_pattern_subscribes_to_its_filter() {
        assert_eq!(Pattern::parse("p/{id}/+/#").unwrap().filter(), "p/+/+/#");
    }

    #[test]
    fn a_wrong_pattern_says_what_is_allowed() {
        for wrong in ["", "a/#/b", "a/x{id}", "a/{}", "{a}/{a}", "a+", "a/{n}"] {
            assert!(Pattern::parse(wrong).is_err(), "{wrong}");
        }
    }
}
