use super::*;
use proptest::prelude::*;

/// The faults of a manifest, one a line.
fn faults(text: &str) -> String {
    let library = Library::embedded().unwrap();
    match parse(&[Source::named("acme.toml", text)], library) {
        Ok(_) => String::new(),
        Err(faults) => faults.to_string(),
    }
}

const CLIENT: &str = r#"[client]
slug = "acme"
name = "Acme"
locale = "en"
time_zone = "Europe/Paris"
"#;

/// The faults of what stands from line 6 on.
fn faults_after_client(rest: &str) -> String {
    faults(&format!("{CLIENT}{rest}"))
}

fn assert_says(faults: &str, expected: &[&str]) {
    for part in expected {
        assert!(faults.contains(part), "`{part}` is not in:\n{faults}");
    }
}

#[test]
fn a_manifest_without_faults_is_read() {
    assert_eq!(faults(CLIENT), "");
}

#[test]
fn an_unknown_key_is_refused_with_what_is_allowed() {
    let faults = faults_after_client("timezone = \"UTC\"\n");
    assert_says(
        &faults,
        &[
            "acme.toml:6:1: client.timezone: unknown key",
            "did you mean `time_zone`?",
            "allowed: slug, was, name, locale, time_zone, brand, retention_days, quota, allow, hosts",
        ],
    );
}

#[test]
fn all_faults_are_reported_together_and_in_order() {
    let text =
        "[client]\nslug = \"Acme!\"\nname = 7\nlocale = \"de\"\ntime_zone = \"Europe/Pari\"\n";
    let faults = faults(text);
    let lines: Vec<_> = faults.lines().collect();
    assert_eq!(lines.len(), 5, "{faults}");
    assert_says(lines[0], &["acme.toml:2:8", "[a-z][a-z0-9]*"]);
    assert_says(
        lines[1],
        &[
            "acme.toml:3:8",
            "wants a text in quotes, not a whole number",
        ],
    );
    assert_says(lines[2], &["acme.toml:4:10", "`de` is not one of en, fr"]);
    assert_says(
        lines[3],
        &["acme.toml:5:13", "did you mean `Europe/Paris`?"],
    );
    assert_eq!(lines[4], "4 faults; nothing was applied");
}

#[test]
fn a_missing_client_and_broken_toml_are_faults() {
    assert_says(&faults(""), &["acme.toml:1:1", "`[client]` is missing"]);
    assert_says(&faults("[client\nslug = 1"), &["acme.toml:1:"]);
    assert_says(
        &faults("[client]\nslug = \"a\"\nslug = \"b\"\n"),
        &["acme.toml:3:1", "duplicate key"],
    );
}

#[test]
fn a_reference_to_nothing_names_what_is_there() {
    let faults = faults_after_client(
        r#"
[[sites]]
key = "centre"
name = "Centre"
parent = "campus"

[[equipment]]
key = "A1"
name = "Bay"
site = "center"
type = "parking-spot"
parent = "A2"
"#,
    );
    assert_says(
        &faults,
        &[
            "acme.toml:10:10: sites[0].parent: there is no site `campus` (allowed: centre)",
            "acme.toml:15:8: equipment[0].site: there is no site `center`; did you mean `centre`?",
            "acme.toml:16:8: equipment[0].type: there is no type `parking-spot`",
            "acme.toml:17:10: equipment[0].parent: there is no equipment `A2`",
        ],
    );
}

#[test]
fn a_key_is_given_once() {
    let faults = faults_after_client(
        "[[sites]]\nkey = \"a\"\nname = \"A\"\n\n[[sites]]\nkey = \"a\"\nname = \"B\"\n\n\
         [[equipment]]\nkeys = [\"X1..X3\", \"X2\"]\nname = \"X\"\nsite = \"a\"\ntype = \"meter\"\n",
    );
    assert_says(
        &faults,
        &[
            "acme.toml:11:7: sites[1].key: site `a` is there already, in line 7",
            "equipment `X2` is there already, in line 15",
        ],
    );
}

#[test]
fn whatever_lies_in_itself_is_refused_once() {
    let site = |key: &str, parent: &str| {
        format!("[[sites]]\nkey = \"{key}\"\nname = \"N\"\nparent = \"{parent}\"\n")
    };
    let faults = faults_after_client(
        &(site("c", "a") + &site("b", "c") + &site("a", "b") + &site("d", "a")),
    );
    assert_says(
        &faults,
        &["site lies in itself: `a` in `b` in `c` in `a`", "1 fault;"],
    );
    assert_says(
        &faults_after_client(&site("a", "a")),
        &["`a` in `a`", "1 fault;"],
    );
}

#[test]
fn a_point_that_contradicts_itself_is_refused() {
    let point = |text: &str| {
        let head = "[[types]]\nkey = \"t\"\nname = \"T\"\n";
        faults_after_client(&format!(
            "{head}points = [ {{ key = \"p\", name = \"P\", {text} }} ]\n"
        ))
    };
    assert_says(
        &point("unit = \"kw\""),
        &["unknown unit `kw`", "did you mean", "allowed: V mV kV"],
    );
    assert_says(&point("kind = \"state\""), &["wants states"]);
    assert_says(&point("kind = \"boolean\", unit = \"V\""), &["has no unit"]);
    assert_says(
        &point("kind = \"text\""),
        &["`text` is not one of number, boolean, state"],
    );
    assert_says(&point("valid = [2, 1]"), &["lower limit first"]);
    assert_says(&point("valid = [nan, 1]"), &["wants a number"]);
    assert_says(&point("valid = [1]"), &["two numbers"]);
    assert_says(&point("period = \"10\""), &["like 15s or 5min"]);
    assert_says(&point("decimals = 12"), &["from 0 to 9"]);
    let doubled = point("kind = \"state\", states = { FREE = 0, free = 1, TAKEN = 0 }");
    assert_says(
        &doubled,
        &[
            "state `free` is there already",
            "code 0 is that of `FREE` already",
        ],
    );
    assert_eq!(
        point("valid = [-inf, 4.5], period = \"15s\", unit = \"V\""),
        ""
    );
}

#[test]
fn an_override_of_no_point_names_the_points_there_are() {
    let faults = faults_after_client(
        "[[sites]]\nkey = \"s\"\nname = \"S\"\n\n[[equipment]]\nkey = \"m\"\nname = \"M\"\nsite = \"s\"\n\
         type = \"meter\"\npoints.powr = { decimals = 2 }\n",
    );
    assert_says(
        &faults,
        &[
            "type `meter` has no point `powr`; did you mean `power`?",
            "it has: power, energy",
        ],
    );
}

#[test]
fn a_secret_in_clear_is_refused_without_repeating_it() {
    let faults = faults_after_client(
        "[[connections]]\nkey = \"c\"\nprotocol = \"mqtt\"\npassword = \"hunter2\"\n\n\
         [[devices]]\nname = \"d\"\npassword = \"hunter3\"\n",
    );
    assert_says(
        &faults,
        &[
            "connections[0].password: is a secret in clear",
            "{ env = \"NAME\" }",
            "2 faults",
        ],
    );
    assert!(!faults.contains("hunter"), "{faults}");
}

#[test]
fn a_route_s_references_are_checked() {
    let faults = faults_after_client(
        "[[connections]]\nkey = \"c\"\nprotocol = \"mqtt-endpoint\"\n\n[[connections.routes]]\n\
         topic = \"a/{equipment}\"\nsite = \"nowhere\"\ntype = \"metre\"\n\n[[connections.publish]]\n\
         topic = \"t\"\ncount = { type = \"meter\", point = \"p\", state = \"S\", site = \"nowhere\" }\n",
    );
    assert_says(
        &faults,
        &[
            "connections[0].routes[0].site: there is no site `nowhere`",
            "connections[0].routes[0].type: there is no type `metre`; did you mean `meter`?",
            "connections[0].publish[0].count.site",
        ],
    );
}

#[test]
fn a_bacnet_device_is_read_and_what_is_wrong_in_it_is_named_where_it_stands() {
    let sound = "\n[bacnet]\ninstance = 260001\npeers = [\"192.0.2.0/24\"]\n\
                 [[bacnet.expose]]\ntype = \"meter\"\n";
    assert_eq!(faults_after_client(sound), "");
    let faults = faults_after_client(
        r#"
[bacnet]
instance = 4194303
port = 0
interface = "hall"
bbmd = "192.0.2.1"
peers = ["192.0.2.0/24", "2001:db8::/32", "office"]
requests_per_s = 0
log_records = 100000
spam = true

[[bacnet.expose]]
type = "metre"
points = "power"
increment = -1
"#,
    );
    assert_says(
        &faults,
        &[
            "acme.toml:8:12: bacnet.instance: wants a whole number from 0 to 4194302",
            "acme.toml:9:8: bacnet.port: wants a whole number from 1 to 65535",
            "acme.toml:10:13: bacnet.interface: is no IPv4 address",
            "acme.toml:11:8: bacnet.bbmd: is no IPv4 address; write it as 192.0.2.1:47808",
            "acme.toml:12:26: bacnet.peers[1]: is no IPv4 address or network",
            "bacnet.peers[2]: is no IPv4 address or network",
            "acme.toml:13:18: bacnet.requests_per_s: wants a whole number from 1 to 10000",
            "acme.toml:14:15: bacnet.log_records: wants a whole number from 1 to 10000",
            "acme.toml:15:1: bacnet.spam: unknown key",
            "bacnet.expose[0].type: there is no type `metre`; did you mean `meter`?",
            "bacnet.expose[0].points: wants a list in [brackets]",
            "bacnet.expose[0].increment: wants a number from 0 on",
        ],
    );
}

#[test]
fn a_bacnet_device_says_who_is_heard_and_what_is_shown() {
    let faults = faults_after_client("\n[bacnet]\n");
    assert_says(
        &faults,
        &[
            "bacnet: `instance` is missing",
            "bacnet: `peers` is missing",
            "bacnet: nothing is shown",
        ],
    );
    let nobody = faults_after_client("\n[bacnet]\ninstance = 1\npeers = []\n");
    assert_says(&nobody, &["bacnet.peers: nobody is heard"]);
}

#[test]
fn several_files_are_checked_together() {
    let sources = [
        Source::named("one.toml", CLIENT),
        Source::named("two.toml", CLIENT),
        Source::named("three.toml", ""),
    ];
    let faults = parse(&sources, &Library::default())
        .unwrap_err()
        .to_string();
    assert_says(
        &faults,
        &[
            "three.toml:1:1",
            "two.toml:2:8",
            "a client has one manifest",
        ],
    );
}

#[test]
fn two_clients_are_not_one_bacnet_device() {
    let client = |slug: &str| {
        let client = CLIENT.replace("acme", slug);
        let device = "[bacnet]\ninstance = 7\npeers = [\"192.0.2.7\"]\n[[bacnet.expose]]\n";
        Source::named(slug, format!("{client}{device}"))
    };
    let faults = parse(&[client("one"), client("two")], &Library::default());
    let faults = faults.unwrap_err().to_string();
    assert_says(
        &faults,
        &["two:6:1: bacnet device: instance 7 is that of client `one`"],
    );
}

#[test]
fn a_range_makes_equipment_with_its_key_in_its_name() {
    let text = format!(
        "{CLIENT}[[sites]]\nkey = \"s\"\nname = \"S\"\n\n[[equipment]]\nkeys = \"A09..A11\"\n\
         name = \"Bay {{key}}\"\nsite = \"s\"\ntype = \"parking-space\"\n"
    );
    let library = Library::embedded().unwrap();
    let manifest = parse(&[Source::named("acme.toml", text)], library)
        .unwrap()
        .remove(0);
    let names: Vec<_> = manifest
        .model
        .equipment
        .values()
        .map(|thing| thing.name.as_str())
        .collect();
    assert_eq!(names, ["Bay A09", "Bay A10", "Bay A11"]);
}

proptest! {
    /// Whatever stands in a file, it is read or refused, never a panic.
    #[test]
    fn any_text_is_read_or_refused(text in "(?s).{0,400}") {
        faults(&text);
    }

    /// The same for what looks like a manifest.
    #[test]
    fn any_mutation_of_a_manifest_is_read_or_refused(
        at in 0..4_000_usize, cut in 0..40_usize, with in "[\\[\\]{}=\"'a-z0-9.,\n ]{0,12}"
    ) {
        let original = include_str!("../../../tenants/demo-parking.toml");
        let mut start = at.min(original.len());
        while !original.is_char_boundary(start) { start -= 1; }
        let mut end = (start + cut).min(original.len());
        while !original.is_char_boundary(end) { end += 1; }
        faults(&format!("{}{with}{}", &original[..start], &original[end..]));
    }
}
