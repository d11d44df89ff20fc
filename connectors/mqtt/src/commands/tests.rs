use super::*;
use serde_json::{Value, json};
use std::num::NonZeroU16;
use std::time::Duration;
use tokio::time::Instant;
use vigie_contract::{
    CommandProgress, Commands, EquipmentHint, Progress, Reading, ReadingQuality, ReadingValue,
};

fn address(point: &str) -> Address {
    Address {
        equipment: "entry".into(),
        point: point.into(),
    }
}

fn table(rule: Value) -> CommandTable {
    let routes = json!([{ "topic": "barriers/{equipment}/state",
        "points": { "state": { "at": "/state", "states": { "CLOSED": 0, "OPENED": 2 } } } }]);
    let routes: Vec<Route> = serde_json::from_value(routes).unwrap();
    let rules: Vec<CommandRule> = serde_json::from_value(json!([rule])).unwrap();
    let compiled = RouteTable::compile(&routes).unwrap();
    CommandTable::compile(&rules, &routes, &compiled).unwrap()
}

fn nowhere() -> RouteTable {
    RouteTable::compile(&[]).unwrap()
}

fn leaving(table: &CommandTable, command: &Command) -> Result<Leaving, CommandFault> {
    table.leaving(command, &nowhere(), 0)
}

fn barrier() -> CommandTable {
    table(
        json!({ "topic": "barriers/{equipment}/cmd", "point": "state",
        "payload": "{\"action\":\"{state}\"}", "states": { "OPEN": 2, "CLOSE": 0 } }),
    )
}

async fn command(point: &str, value: Option<ReadingValue>) -> (Command, CommandProgress) {
    let commands = Commands::default();
    let expires = Instant::now() + Duration::from_secs(10);
    let progress = commands
        .offer(address(point), value, None, expires)
        .unwrap();
    (commands.next().await, progress)
}

fn reading(point: &str, value: ReadingValue) -> Reading {
    Reading {
        address: address(point),
        hint: Arc::new(EquipmentHint::default()),
        value,
        unit: None,
        quality: ReadingQuality::Good,
        observed_at_us: None,
    }
}

#[tokio::test]
async fn a_command_becomes_the_message_of_its_rule_and_its_state_confirms_it() {
    let table = barrier();
    let (command, mut progress) = command("state", Some(ReadingValue::Number(2.0))).await;
    let leaving = leaving(&table, &command).unwrap();
    assert_eq!(&*leaving.message.topic, "barriers/entry/cmd");
    assert_eq!(leaving.message.payload, br#"{"action":"OPEN"}"#);
    assert_eq!((leaving.message.qos, leaving.message.retain), (1, false));

    let mut awaited = Awaited::default();
    let packet = NonZeroU16::MIN;
    awaited.left(command, leaving, Some(packet));
    awaited.acknowledged(packet, None);
    awaited.heard(&[reading("state", ReadingValue::Number(0.0))]);
    awaited.heard(&[reading("state", ReadingValue::Number(2.0))]);
    assert_eq!(progress.next().await, Some(Progress::Sent));
    let opened = Some(ReadingValue::Number(2.0));
    assert_eq!(progress.next().await, Some(Progress::Confirmed(opened)));
    assert!(awaited.next_expiry().is_none());
}

#[tokio::test(start_paused = true)]
async fn a_device_that_says_nothing_has_not_answered() {
    let (command, mut progress) = command("state", Some(ReadingValue::Number(0.0))).await;
    let leaving = leaving(&barrier(), &command).unwrap();
    let mut awaited = Awaited::default();
    awaited.left(command, leaving, None);
    tokio::time::advance(Duration::from_secs(11)).await;
    awaited.expire();
    progress.next().await;
    let last = progress.next().await;
    assert!(matches!(last, Some(Progress::Failed(fault)) if fault.reason == "no_answer"));
}

#[tokio::test]
async fn where_no_state_comes_back_the_acknowledgement_confirms_and_a_refusal_fails() {
    let rule = json!({ "topic": "override", "point": "force", "payload": "{value}",
        "confirm": { "delivery": true } });
    let table = table(rule);
    for (refusal, reason) in [(None, None), (Some("not authorised"), Some("refused"))] {
        let (command, mut progress) = command("force", Some(ReadingValue::Bool(true))).await;
        let leaving = leaving(&table, &command).unwrap();
        assert_eq!(leaving.message.payload, b"true");
        let mut awaited = Awaited::default();
        awaited.left(command, leaving, Some(NonZeroU16::MIN));
        awaited.acknowledged(NonZeroU16::MIN, refusal);
        progress.next().await;
        match progress.next().await {
            Some(Progress::Failed(fault)) => assert_eq!(Some(fault.reason), reason),
            last => assert_eq!((last, reason), (Some(Progress::Confirmed(None)), None)),
        }
    }
}

#[tokio::test]
async fn a_value_without_a_word_and_a_point_without_a_rule_are_refused() {
    let reason = async |point: &str, value| {
        let (command, _progress) = command(point, value).await;
        leaving(&barrier(), &command).unwrap_err().reason
    };
    assert_eq!(
        reason("state", Some(ReadingValue::Number(1.0))).await,
        "refused"
    );
    assert_eq!(reason("state", None).await, "refused");
    assert_eq!(
        reason("other", Some(ReadingValue::Number(1.0))).await,
        "no_such_point"
    );
    assert!(barrier().writes().can(&address("state")));
    assert!(!barrier().writes().can(&address("other")));
}

#[tokio::test]
async fn nothing_in_a_key_breaks_out_of_the_payload() {
    let table = table(json!({ "topic": "new", "point": "cmd",
        "payload": "{\"id\":\"{equipment}\",\"cmd\":{value}}", "confirm": { "delivery": true } }));
    let (mut command, _progress) = command("cmd", Some(ReadingValue::Number(1.0))).await;
    command.address.equipment = r#"a","admin":"b"#.into();
    let payload = leaving(&table, &command).unwrap().message.payload;
    let read: Value = serde_json::from_slice(&payload).unwrap();
    assert_eq!(read, json!({ "id": r#"a","admin":"b"#, "cmd": 1 }));
}

#[test]
fn the_topics_of_commands_are_known() {
    let table = barrier();
    assert!(table.has_topic("barriers/exit/cmd", &nowhere()));
    for other in [
        "barriers/exit/state",
        "barriers/exit",
        "barriers/exit/cmd/x",
        "x/exit/cmd",
    ] {
        assert!(!table.has_topic(other, &nowhere()), "{other}");
    }
}

#[test]
fn a_wrong_rule_points_at_its_fault() {
    let pointer = |rule: Value| {
        let rules: Vec<CommandRule> = serde_json::from_value(json!([rule])).unwrap();
        CommandTable::compile(&rules, &[], &nowhere())
            .unwrap_err()
            .pointer
    };
    let with = |name: &str, value: Value| {
        let mut rule = json!({ "topic": "a/{equipment}", "point": "x", "payload": "{value}" });
        rule[name] = value;
        pointer(rule)
    };
    assert_eq!(with("topic", json!("a/#")), "/0/topic");
    assert_eq!(with("topic", json!("{site}/a")), "/0/topic");
    assert_eq!(with("payload", json!("{count}")), "/0/payload");
    assert_eq!(with("payload", json!("{state}")), "/0/states");
    assert_eq!(with("qos", json!(2)), "/0/qos");
    let both = json!({ "delivery": true, "point": "y" });
    assert_eq!(with("confirm", both), "/0/confirm/delivery");
    assert_eq!(with("item", json!("Conf/x")), "/0/item");
    assert_eq!(with("dialect", json!("thingset")), "/0/topic");
    let spoken = json!({ "dialect": "thingset", "point": "x" });
    assert_eq!(pointer(spoken), "/0/dialect");
    let unknown = json!({ "values": { "OPEN": [1] } });
    assert_eq!(with("confirm", unknown), "/0/confirm/values/OPEN");
}
