//! Topic names and filters: syntax and matching (MQTT 5.0, 4.7 and 4.8.2).

/// Deeper topics are refused: depth is recursion and memory in the tree.
pub(crate) const MAX_LEVELS: usize = 64;

/// A subscription's target: a pattern, and the group that shares it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Filter<'a> {
    pub(crate) group: Option<&'a str>,
    pub(crate) pattern: &'a str,
}

impl<'a> Filter<'a> {
    /// Reads `pattern` or `$share/<group>/<pattern>`; `None` when the syntax is wrong.
    pub(crate) fn parse(text: &'a str) -> Option<Self> {
        let Some(shared) = text.strip_prefix("$share/") else {
            return is_pattern(text).then_some(Self {
                group: None,
                pattern: text,
            });
        };
        let (group, pattern) = shared.split_once('/')?;
        let valid = !group.is_empty() && !group.contains(['+', '#', '\0']) && is_pattern(pattern);
        valid.then_some(Self {
            group: Some(group),
            pattern,
        })
    }
}

/// Can this be published to?
pub(crate) fn is_topic(text: &str) -> bool {
    !text.is_empty() && !text.contains(['#', '+', '\0']) && level_count(text) <= MAX_LEVELS
}

fn is_pattern(text: &str) -> bool {
    let levels = level_count(text);
    !text.is_empty()
        && !text.contains('\0')
        && levels <= MAX_LEVELS
        && text
            .split('/')
            .enumerate()
            .all(|(index, level)| match level {
                "#" => index + 1 == levels,
                "+" => true,
                other => !other.contains(['#', '+']),
            })
}

fn level_count(text: &str) -> usize {
    text.bytes().filter(|byte| *byte == b'/').count() + 1
}

/// Does the pattern match the topic? Both must have been checked before.
pub(crate) fn matches(pattern: &str, topic: &str) -> bool {
    if is_reserved(topic) && pattern.starts_with(['+', '#']) {
        return false;
    }
    let mut topic_levels = topic.split('/');
    for level in pattern.split('/') {
        match (level, topic_levels.next()) {
            ("#", _) => return true,
            ("+", Some(_)) => {}
            (wanted, Some(found)) if wanted == found => {}
            _ => return false,
        }
    }
    topic_levels.next().is_none()
}

/// Topics that begin with `$` are the server's own.
pub(crate) fn is_reserved(text: &str) -> bool {
    text.starts_with('$')
}

/// The part of a pattern before its first wildcard: every match begins with it.
pub(crate) fn literal_prefix(pattern: &str) -> &str {
    let end = pattern.find(['+', '#']).unwrap_or(pattern.len());
    // `a/#` also matches `a`, so the slash before the wildcard is not part of it.
    pattern[..end].strip_suffix('/').unwrap_or(&pattern[..end])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wildcards_match_as_the_standard_says() {
        for (pattern, topic, expected) in [
            ("sport/tennis/player1/#", "sport/tennis/player1", true),
            (
                "sport/tennis/player1/#",
                "sport/tennis/player1/score/wimbledon",
                true,
            ),
            ("sport/#", "sport", true),
            ("#", "anything/at/all", true),
            ("sport/tennis/+", "sport/tennis/player1", true),
            ("sport/tennis/+", "sport/tennis/player1/ranking", false),
            ("sport/+", "sport", false),
            ("sport/+", "sport/", true),
            ("+/+", "/finance", true),
            ("/+", "/finance", true),
            ("+", "/finance", false),
            ("#", "$SYS/uptime", false),
            ("+/uptime", "$SYS/uptime", false),
            ("$SYS/#", "$SYS/uptime", true),
            ("a/b", "a/B", false),
            ("a/b/c", "a/b", false),
        ] {
            assert_eq!(matches(pattern, topic), expected, "{pattern} on {topic}");
            if expected {
                assert!(topic.starts_with(literal_prefix(pattern)), "{pattern}");
            }
        }
    }

    #[test]
    fn wrong_filters_and_topics_are_told_from_right_ones() {
        for wrong in [
            "",
            "a/#/b",
            "a#",
            "a/b+",
            "+a",
            "nul\0",
            "$share/g",
            "$share//a",
            "$share/g+/a",
        ] {
            assert_eq!(Filter::parse(wrong), None, "{wrong:?}");
        }
        let shared = Filter {
            group: Some("g"),
            pattern: "a/+",
        };
        assert_eq!(Filter::parse("$share/g/a/+"), Some(shared));
        assert!(is_topic("/") && is_topic("a b/ü") && is_topic("$SYS"));
        assert!(!is_topic("") && !is_topic("a/+") && !is_topic("a/#") && !is_topic("\0"));
        assert!(!is_topic(&"/".repeat(MAX_LEVELS)));
    }
}
