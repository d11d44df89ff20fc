//! Who subscribes to what: a tree of topic levels.

use crate::sessions::SessionKey;
use crate::topic::{Filter, is_reserved};
use rmqtt_codec::types::QoS;
use std::collections::HashMap;
use std::num::NonZeroU32;

/// The terms of one subscription.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Terms {
    pub(crate) qos: QoS,
    pub(crate) no_local: bool,
    pub(crate) retain_as_published: bool,
    pub(crate) id: Option<NonZeroU32>,
}

/// The subscriptions of one space, found by topic in steps of its levels.
#[derive(Debug, Default)]
pub(crate) struct TopicTree {
    root: Node,
}

impl TopicTree {
    /// Adds or replaces; `true` when the client had no such subscription before.
    pub(crate) fn insert(&mut self, filter: Filter<'_>, client: SessionKey, terms: Terms) -> bool {
        self.root
            .at(filter.pattern)
            .insert(filter.group, client, terms)
    }

    /// Removes; `false` when there was none.
    pub(crate) fn remove(&mut self, filter: Filter<'_>, client: &SessionKey) -> bool {
        self.root.remove(filter.pattern, filter.group, client)
    }

    /// Shows every set of subscribers whose pattern matches.
    pub(crate) fn for_each_match(&mut self, topic: &str, visit: &mut dyn FnMut(&mut Subscribers)) {
        if is_reserved(topic) {
            self.root.descend_literally(topic, visit);
        } else {
            self.root.descend(Some(topic), visit);
        }
    }
}

#[derive(Debug, Default)]
struct Node {
    children: HashMap<Box<str>, Node>,
    plus: Option<Box<Node>>,
    /// Patterns that end at this level.
    here: Subscribers,
    /// Patterns that end in `#` below this level.
    below: Subscribers,
}

impl Node {
    fn at(&mut self, pattern: &str) -> &mut Subscribers {
        let (level, rest) = split_level(pattern);
        let node = match level {
            "#" => return &mut self.below,
            "+" => self.plus.get_or_insert_default(),
            literal => self.children.entry(literal.into()).or_default(),
        };
        match rest {
            Some(rest) => node.at(rest),
            None => &mut node.here,
        }
    }

    fn remove(&mut self, pattern: &str, group: Option<&str>, client: &SessionKey) -> bool {
        let (level, rest) = split_level(pattern);
        let node = match level {
            "#" => return self.below.remove(group, client),
            "+" => self.plus.as_deref_mut(),
            literal => self.children.get_mut(literal),
        };
        let Some(node) = node else { return false };
        let removed = match rest {
            Some(rest) => node.remove(rest, group, client),
            None => node.here.remove(group, client),
        };
        if node.is_empty() {
            if level == "+" {
                self.plus = None;
            } else {
                self.children.remove(level);
            }
        }
        removed
    }

    fn descend(&mut self, topic: Option<&str>, visit: &mut dyn FnMut(&mut Subscribers)) {
        self.below.show(visit);
        let Some(topic) = topic else {
            return self.here.show(visit);
        };
        let (_, rest) = split_level(topic);
        if let Some(plus) = &mut self.plus {
            plus.descend(rest, visit);
        }
        self.descend_literally(topic, visit);
    }

    /// As [`Self::descend`], but no wildcard matches the first level.
    fn descend_literally(&mut self, topic: &str, visit: &mut dyn FnMut(&mut Subscribers)) {
        let (level, rest) = split_level(topic);
        if let Some(child) = self.children.get_mut(level) {
            child.descend(rest, visit);
        }
    }

    fn is_empty(&self) -> bool {
        self.children.is_empty()
            && self.plus.is_none()
            && self.here.is_empty()
            && self.below.is_empty()
    }
}

fn split_level(text: &str) -> (&str, Option<&str>) {
    match text.split_once('/') {
        Some((level, rest)) => (level, Some(rest)),
        None => (text, None),
    }
}

/// Everyone who subscribed to one pattern.
#[derive(Debug, Default)]
pub(crate) struct Subscribers {
    pub(crate) ordinary: HashMap<SessionKey, Terms>,
    pub(crate) groups: Vec<Group>,
}

/// One shared subscription: each message goes to one of the members.
#[derive(Debug)]
pub(crate) struct Group {
    name: Box<str>,
    members: Vec<(SessionKey, Terms)>,
    turn: usize,
}

impl Group {
    /// The member whose turn it is, if it is at hand; else the next that is; else still the first.
    pub(crate) fn choose(&mut self, at_hand: impl Fn(&SessionKey) -> bool) -> (&SessionKey, Terms) {
        let count = self.members.len();
        let start = self.turn % count;
        let index = (start..start + count)
            .map(|index| index % count)
            .find(|index| at_hand(&self.members[*index].0))
            .unwrap_or(start);
        self.turn = index + 1;
        let (client, terms) = &self.members[index];
        (client, *terms)
    }
}

impl Subscribers {
    fn insert(&mut self, group: Option<&str>, client: SessionKey, terms: Terms) -> bool {
        let Some(name) = group else {
            return self.ordinary.insert(client, terms).is_none();
        };
        let Some(group) = self.groups.iter_mut().find(|group| &*group.name == name) else {
            self.groups.push(Group {
                name: name.into(),
                members: vec![(client, terms)],
                turn: 0,
            });
            return true;
        };
        let mut members = group.members.iter_mut();
        if let Some((_, known)) = members.find(|(member, _)| *member == client) {
            *known = terms;
            return false;
        }
        group.members.push((client, terms));
        true
    }

    fn remove(&mut self, group: Option<&str>, client: &SessionKey) -> bool {
        let Some(name) = group else {
            return self.ordinary.remove(client).is_some();
        };
        let Some(group) = self.groups.iter_mut().find(|group| &*group.name == name) else {
            return false;
        };
        let before = group.members.len();
        group.members.retain(|(member, _)| member != client);
        let removed = group.members.len() < before;
        self.groups.retain(|group| !group.members.is_empty());
        removed
    }

    fn show(&mut self, visit: &mut dyn FnMut(&mut Self)) {
        if !self.is_empty() {
            visit(self);
        }
    }

    fn is_empty(&self) -> bool {
        self.ordinary.is_empty() && self.groups.is_empty()
    }
}

#[cfg(test)]
#[path = "tree_tests.rs"]
mod tests;
