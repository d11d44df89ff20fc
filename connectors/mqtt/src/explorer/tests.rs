use super::*;
use crate::{Route, RouteTable};

#[test]
fn what_was_found_is_read_by_the_route_that_comes_with_it() {
    let mut seen = Seen::new();
    let payload = br#"{"v":52.1,"on":true,"name":"x","pack":{"soc":80,"deep":{"er":{"n":1}}}}"#;
    note(&mut seen, "site/pack 1/live", payload);
    note(&mut seen, "site/text", b"hello");
    note(&mut seen, "$SYS/uptime", b"1");
    note(&mut seen, "bare", b"7");
    let found: Vec<_> = seen
        .into_iter()
        .map(|(topic, points)| equipment(&topic, points))
        .collect();
    let keys: Vec<_> = found.iter().map(|one| one.key.as_str()).collect();
    assert_eq!(keys, ["bare", "site-pack-1-live"]);
    let points: Vec<_> = found[1]
        .points
        .iter()
        .map(|point| point.key.as_str())
        .collect();
    assert_eq!(points, ["on", "pack-soc", "v"]);
    let routes: Vec<Route> = found
        .iter()
        .flat_map(|one| &one.additions)
        .map(|addition| serde_json::from_value(addition.item.clone()).unwrap())
        .collect();
    let routes = RouteTable::compile(&routes).unwrap();
    assert_eq!(
        routes.decode("site/pack 1/live", payload, 1).readings.len(),
        3
    );
    assert_eq!(routes.decode("bare", b"7", 1).readings.len(), 1);
}

#[test]
fn what_is_kept_is_bounded() {
    let mut seen = Seen::new();
    for n in 0..2 * TOPICS {
        let fields: serde_json::Map<_, _> = (0..100).map(|f| (f.to_string(), json!(f))).collect();
        let payload = serde_json::to_vec(&fields).unwrap();
        note(&mut seen, &format!("t/{n}"), &payload);
    }
    assert_eq!(seen.len(), TOPICS);
    assert!(seen.values().all(|fields| fields.len() <= FIELDS));
}
