use super::*;
use crate::plan::{Limits, MOST_BITS, MOST_REGISTERS};

const LIST: &str = include_str!("../../tests/data/victron_attributes.csv");
const LIMITS: Limits = Limits {
    gap: 0,
    registers: MOST_REGISTERS,
    bits: MOST_BITS,
};

fn services() -> BTreeSet<&'static str> {
    let service = |line: &'static str| line.split(',').next().unwrap();
    LIST.lines()
        .filter(|line| !line.is_empty())
        .map(service)
        .collect()
}

#[test]
fn every_service_of_the_list_becomes_a_profile_that_can_be_used() {
    for service in services() {
        let profile = import(LIST, service).unwrap();
        let text = toml::to_string(&profile).unwrap();
        let again: Profile = toml::from_str(&text).unwrap();
        let mut points = BTreeSet::new();
        for entry in &again.registers {
            for register in entry
                .check(LIMITS)
                .unwrap_or_else(|fault| panic!("{service}: {fault}"))
            {
                assert!(
                    points.insert(register.point.clone()),
                    "{service}: {}",
                    register.point
                );
            }
        }
    }
}

#[test]
fn a_line_says_format_scale_unit_states_and_access() {
    let profile = import(LIST, "battery").unwrap();
    let entry = |key: &str| {
        let mut entries = profile.registers.iter();
        entries
            .find(|entry| entry.point.as_deref() == Some(key))
            .unwrap()
    };
    let power = entry("dc_0_power");
    assert_eq!(
        (power.address, power.format),
        (256, Format::I32),
        "the longer of two"
    );
    let voltage = entry("dc_0_voltage");
    assert_eq!(
        (voltage.scale, voltage.unit.as_deref()),
        (Some(0.01), Some("V"))
    );
    let consumed = entry("consumed_amphours");
    assert_eq!((consumed.address, consumed.scale), (330, Some(-1.0)));
    assert_eq!(entry("time_to_go").scale, Some(100.0));
    let relay = entry("relay_0_state");
    assert_eq!(relay.write, Some(WriteRule::Single));
    assert_eq!(relay.states["Closed"], Codes::One(1));
    let errors = &entry("error_code").states;
    assert_eq!(
        errors["Number of batteries incorrect"],
        Codes::Several(vec![5, 10])
    );
}

#[test]
fn a_wrong_line_is_named() {
    let fault = |line: &str| import(line, "battery").unwrap_err().to_string();
    assert_eq!(fault("a,b"), "line 1: 8 columns are wanted");
    assert_eq!(
        fault("\ncom.victronenergy.battery,/A,d,V,x,uint16,1,R"),
        "line 2: `x` is no register"
    );
    assert!(fault("com.victronenergy.battery,/A,d,V,1,float,1,R").contains("`float`"));
    assert!(fault("com.victronenergy.gps,/A,d,V,1,uint16,1,R").contains("the list has gps"));
}
