//! Topics: `spBv1.0/{group}/{type}/{edge}[/{device}]` (3.0.0, 4.1).

/// The namespace.
pub(super) const NAMESPACE: &str = "spBv1.0";

/// A topic, taken apart.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Topic<'a> {
    /// What an edge node or one of its devices says.
    Edge {
        group: &'a str,
        kind: Kind,
        edge: &'a str,
        device: Option<&'a str>,
    },
    /// What a host application says of itself.
    State { host: &'a str },
    /// Commands, ours and those of others.
    Command,
}

/// What is said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Birth,
    Data,
    Death,
}

/// `None`: no topic of Sparkplug.
pub(super) fn parse(topic: &str) -> Option<Topic<'_>> {
    let rest = topic.strip_prefix(NAMESPACE)?.strip_prefix('/')?;
    let levels: Vec<&str> = rest.splitn(6, '/').collect();
    let (group, verb, edge, device) = match levels.as_slice() {
        ["STATE", host] => return Some(Topic::State { host }),
        [group, verb, edge] => (group, verb, edge, None),
        [group, verb, edge, device] => (group, verb, edge, Some(*device)),
        _ => return None,
    };
    let kind = match (*verb, device) {
        ("NBIRTH", None) | ("DBIRTH", Some(_)) => Kind::Birth,
        ("NDATA", None) | ("DDATA", Some(_)) => Kind::Data,
        ("NDEATH", None) | ("DDEATH", Some(_)) => Kind::Death,
        ("NCMD", None) | ("DCMD", Some(_)) => return Some(Topic::Command),
        _ => return None,
    };
    Some(Topic::Edge {
        group,
        kind,
        edge,
        device,
    })
}
