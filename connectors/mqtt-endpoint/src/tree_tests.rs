use super::*;
use crate::topic;

const TERMS: Terms = Terms {
    qos: QoS::AtLeastOnce,
    no_local: false,
    retain_as_published: false,
    id: None,
};

fn filter(text: &str) -> Filter<'_> {
    Filter::parse(text).unwrap()
}

fn client(id: &str) -> SessionKey {
    SessionKey {
        device: "device".into(),
        client_id: id.into(),
    }
}

fn clients_on(tree: &mut TopicTree, topic: &str) -> Vec<String> {
    let mut found = Vec::new();
    tree.for_each_match(topic, &mut |subscribers| {
        let clients = subscribers.ordinary.keys();
        found.extend(clients.map(|key| key.client_id.to_string()));
    });
    found.sort();
    found
}

/// A small generator (xorshift), so that a failing run can be repeated from its seed.
fn words(state: &mut u64, choices: &[&'static str]) -> String {
    let mut draw = |below: usize| {
        *state ^= *state << 13;
        *state ^= *state >> 7;
        *state ^= *state << 17;
        (*state % below as u64) as usize
    };
    let levels: Vec<_> = (0..=draw(3))
        .map(|_| choices[draw(choices.len())])
        .collect();
    levels.join("/")
}

#[test]
fn the_tree_finds_what_plain_matching_finds() {
    let seed = std::hash::BuildHasher::hash_one(&std::hash::RandomState::new(), 1) | 1;
    eprintln!("seed {seed}");
    let mut state = seed;
    let mut tree = TopicTree::default();
    let mut patterns = Vec::new();
    for _ in 0..300 {
        let pattern = words(&mut state, &["a", "b", "", "+", "#", "$x"]);
        if let Some(filter) = Filter::parse(&pattern) {
            tree.insert(filter, client(&pattern), TERMS);
            patterns.push(pattern);
        }
    }
    patterns.sort();
    patterns.dedup();
    for _ in 0..300 {
        let topic = words(&mut state, &["a", "b", "c", "", "$x"]);
        let expected: Vec<_> = patterns
            .iter()
            .filter(|pattern| !topic.is_empty() && topic::matches(pattern, &topic))
            .cloned()
            .collect();
        if !topic.is_empty() {
            assert_eq!(clients_on(&mut tree, &topic), expected, "topic {topic:?}");
        }
    }
    for pattern in patterns {
        assert!(tree.remove(filter(&pattern), &client(&pattern)));
    }
    assert!(tree.root.is_empty(), "nothing is left behind");
}

#[test]
fn a_second_subscription_to_the_same_filter_replaces_the_first() {
    let mut tree = TopicTree::default();
    assert!(tree.insert(filter("a/+"), client("c"), TERMS));
    let louder = Terms {
        qos: QoS::ExactlyOnce,
        ..TERMS
    };
    assert!(!tree.insert(filter("a/+"), client("c"), louder));
    tree.for_each_match("a/b", &mut |subscribers| {
        assert_eq!(subscribers.ordinary[&client("c")], louder);
    });
    assert!(!tree.remove(filter("a/b"), &client("c")));
    assert!(tree.remove(filter("a/+"), &client("c")));
}

#[test]
fn a_group_takes_turns_and_passes_over_who_is_away() {
    let mut tree = TopicTree::default();
    for member in ["one", "two", "three"] {
        tree.insert(filter("$share/g/t"), client(member), TERMS);
    }
    let mut choose = |away: &str| {
        let mut chosen = String::new();
        tree.for_each_match("t", &mut |subscribers| {
            let (client, _) = subscribers.groups[0].choose(|client| client.client_id != away);
            chosen = client.client_id.to_string();
        });
        chosen
    };
    assert_eq!(
        [choose(""), choose(""), choose(""), choose("")],
        ["one", "two", "three", "one"]
    );
    assert_eq!([choose("two"), choose("two")], ["three", "one"]);
    for member in ["one", "two", "three"] {
        assert!(tree.remove(filter("$share/g/t"), &client(member)));
    }
    assert!(tree.root.is_empty());
}
