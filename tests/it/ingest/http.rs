//! Line protocol and JSON, from the body to what is stored.

use super::workshop::{DEADLINE, PLANT, Workshop};
use crate::support::wait;
use crate::tenancy::home::{NOON, at_home};
use vigie::ingest::http::line_protocol::Precision;
use vigie::ingest::http::{write_json, write_lines, write_message};

at_home! {
    async fn good_lines_are_stored_and_bad_ones_are_told_by_number(home: Home) {
        let shop = Workshop::open(&home, PLANT).await;
        let at = NOON.0 / 1_000_000 - 60;
        let body = format!(
            "# packs\nbattery,equipment=pack-1 voltage=50.5,state=\"CHARGING\" {at}\nbroken\n\
             battery,equipment=pack-1 voltage=51i,humidity=3 {}\nbattery,equipment=pack-1 alarm=t 7\n",
            at + 1
        );
        let report = write_lines(shop.client.ingest(), body.into(), Precision::Seconds).await.unwrap();
        assert_eq!((report.stored, report.refused), (3, 3));
        let faults: Vec<_> = report.faults.iter().map(|fault| (fault.place.as_str(), fault.reason)).collect();
        assert_eq!(faults, [("line 3", "bad_line"), ("line 4", "unknown_point"), ("line 5", "ancient")]);
        assert_eq!(shop.values("pack-1", "voltage").await, [50.5, 51.0]);
        assert_eq!(shop.values("pack-1", "state").await, [1.0]);
        shop.close().await;
    }

    async fn a_connection_says_how_lines_are_mapped(home: Home) {
        let manifest = format!(
            "{PLANT}\n[[connections]]\nkey = \"telegraf\"\nname = \"Telegraf\"\nprotocol = \"http\"\n\
             lines = [{{ measurement = \"bms\", equipment = \"pack-{{rack}}\", point = \"{{field}}\", type = \"pack\" }}]\n"
        );
        let shop = Workshop::open(&home, &manifest).await;
        let body = format!("bms,rack=9 voltage=48 {}", NOON.0 * 1_000);
        let stored = async || {
            let report = write_lines(shop.client.ingest(), body.clone().into(), Precision::Nanoseconds).await.unwrap();
            (report.stored == 1).then_some(())
        };
        wait::until("the mapping is in force", DEADLINE, stored).await;
        assert_eq!(shop.values("pack-9", "voltage").await, [48.0]);
        shop.close().await;
    }

    async fn a_whole_message_is_read_by_the_routes_of_the_connection(home: Home) {
        let manifest = format!(
            "{PLANT}\n[[connections]]\nkey = \"bridge\"\nname = \"Bridge\"\nprotocol = \"http\"\n\
             [[connections.routes]]\ntopic = \"bms/{{equipment}}\"\ndialect = \"green-bms\"\n"
        );
        let shop = Workshop::open(&home, &manifest).await;
        let read = async || {
            let line = b"$#g00150.5$#u00121$";
            let report = write_message(shop.client.ingest(), "bms/pack-1", line).await.unwrap();
            (report.stored == 1).then_some(report)
        };
        let report = wait::until("the routes are in force", DEADLINE, read).await;
        let faults: Vec<_> = report.faults.iter().map(|fault| (fault.place.as_str(), fault.reason)).collect();
        assert_eq!(faults, [("pack-1, balance_temperature_1", "unknown_point")]);
        assert_eq!(shop.values("pack-1", "voltage").await, [50.5]);
        shop.close().await;
    }

    async fn json_is_stored_and_its_faults_name_their_place(home: Home) {
        let shop = Workshop::open(&home, PLANT).await;
        // 2027-01-15T09:00 in Paris is noon of the test.
        let body = br#"[{"equipment":"pack-1","at":"2027-01-15T08:59:00","values":{"voltage":49.5,"state":"IDLE","speed":3}},
                        {"equipment":"pack-1","values":{"alarm":true}},{"equipment":"pack-1"}]"#;
        let report = write_json(shop.client.ingest(), body.as_slice().into()).await.unwrap();
        assert_eq!((report.stored, report.refused), (3, 2));
        let faults: Vec<_> = report.faults.iter().map(|fault| (fault.place.as_str(), fault.reason)).collect();
        assert_eq!(faults, [("/0/values/speed", "unknown_point"), ("/2/values", "bad_shape")]);
        let alarm = shop.samples("pack-1", "alarm").await[0];
        assert_eq!((alarm.at, alarm.value), (NOON, 1.0));
        assert_eq!(shop.samples("pack-1", "voltage").await[0].at, NOON.plus(-60_000_000));
        shop.close().await;
    }

    async fn equipment_grows_with_keys_only_that_a_manifest_would_take(home: Home) {
        let manifest = format!(
            "{PLANT}\n[[connections]]\nkey = \"telegraf\"\nname = \"Telegraf\"\nprotocol = \"http\"\n\
             lines = [{{ equipment = \"{{rack}}\", type = \"pack\" }}]\n"
        );
        let shop = Workshop::open(&home, &manifest).await;
        let body = "m,rack=');alert(1);// voltage=1\nm,rack=x\u{2028}y\u{7} voltage=1\nm,rack=A\\ 1 voltage=48\n";
        let grown = async || {
            let report = write_lines(shop.client.ingest(), body.into(), Precision::Seconds).await.unwrap();
            (report.stored == 1).then_some(report)
        };
        let report = wait::until("the mapping is in force", DEADLINE, grown).await;
        let faults: Vec<_> = report.faults.iter().map(|fault| (fault.place.as_str(), fault.reason)).collect();
        assert_eq!(faults, [("line 1", "bad_key"), ("line 2", "bad_key")]);
        let json = r#"{"equipment": "a\u202eb", "values": {"voltage": 1}}"#;
        let report = write_json(shop.client.ingest(), json.into()).await.unwrap();
        assert_eq!((report.stored, report.faults[0].reason), (0, "bad_key"));
        shop.close().await;
    }

    async fn a_body_of_several_batches_is_stored_and_its_faults_keep_their_lines(home: Home) {
        let shop = Workshop::open(&home, PLANT).await;
        let first = NOON.0 / 1_000_000 - 50_000;
        let line = |n: i64| format!("b,equipment=pack-1 voltage=50 {}\n", first + n);
        let mut lines: Vec<_> = (0..45_000).map(line).collect();
        "broken\n".clone_into(&mut lines[30_000]);
        let report = write_lines(shop.client.ingest(), lines.concat().into(), Precision::Seconds).await.unwrap();
        assert_eq!((report.stored, report.refused), (44_999, 1));
        assert_eq!(report.faults[0].place, "line 30001");
        assert_eq!(shop.client.ingest().stats().stored, 44_999);
        shop.close().await;
    }

    async fn a_body_that_is_no_json_is_one_fault(home: Home) {
        let shop = Workshop::open(&home, PLANT).await;
        let report = write_json(shop.client.ingest(), b"{\"equipment\":".as_slice().into()).await.unwrap();
        assert_eq!((report.stored, report.refused, report.faults[0].reason), (0, 1, "bad_json"));
        shop.close().await;
    }
}
