//! The one battery: what dialects tell has its point in the library type.

use super::support::Ear;
use serde_json::json;

const TYPE: &str = include_str!("../../../../tenants/types/battery.toml");

#[test]
fn every_flag_and_pack_value_of_the_dialects_is_a_point_of_the_library_type() {
    let mut told: Vec<String> = Vec::new();
    let mut keep = |points: Vec<&str>| told.extend(points.into_iter().map(str::to_owned));
    let live = br#"{"Meas":{"rPackVoltage_V":51.2,"rPackCurrent_A":-3.1,"rCellVoltages_V":[3.2],
        "rCellTemps_degC":[21.5],"rSOC_pct":78.0,"rErrorFlags":0,"rBmsState":2,"rBalancingStatus":0}}"#;
    keep(
        Ear::new("thingset", json!(null))
            .hear("rpt/p/m", live)
            .points(),
    );
    let overview = b"$#g00152.3$#g002-1.20$#g00378$#g0043.31$#g0053.25$#g0062$#v0013.3$#t00120$#z001000000$#i0010$";
    keep(
        Ear::new("green-bms", json!(null))
            .hear("b", overview)
            .points(),
    );
    let mut victron = Ear::new("victron", json!(null));
    for path in [
        "Dc/0/Voltage",
        "Dc/0/Current",
        "Dc/0/Power",
        "Soc",
        "Soh",
        "History/ChargeCycles",
        "History/ChargedEnergy",
        "History/DischargedEnergy",
        "System/MinCellVoltage",
        "System/MaxCellTemperature",
        "Voltages/Diff",
        "Info/MaxChargeCurrent",
        "Info/MaxDischargeCurrent",
        "Info/MaxChargeVoltage",
        "Info/BatteryLowVoltage",
        "Alarms/CellImbalance",
        "Alarms/FuseBlown",
        "Alarms/BmsCable",
        "Alarms/InternalFailure",
        "Alarms/Contactor",
    ] {
        let topic = format!("N/p/battery/1/{path}");
        keep(victron.hear(&topic, b"{\"value\":1}").points());
    }
    for point in told {
        let is_of_a_cell = point.ends_with(|c: char| c.is_ascii_digit());
        let is_there = TYPE.contains(&format!("key = \"{point}\""));
        assert!(is_of_a_cell || is_there, "the type has no `{point}`");
    }
}
