//! What is refused before anything is changed, and what is said then.

use super::home::{Home, apply_text, at_home, plan_with, read};
use super::minimal;
use vigie::store::audit;
use vigie::store::tenant::equipment_types;
use vigie::tenancy::manifest::{Library, Prune, Source, parse};

fn faults(text: &str) -> String {
    let library = Library::embedded().unwrap();
    match parse(&[Source::named("client.toml", text)], library) {
        Ok(_) => String::new(),
        Err(faults) => faults.to_string(),
    }
}

fn display(count: &str) -> String {
    let rule = format!("topic = \"display\"\npayload = \"{{count}}\"\ncount = {count}\n");
    let endpoint = "[[connections]]\nkey = \"field\"\nprotocol = \"mqtt-endpoint\"\n";
    format!(
        "{}{endpoint}[[connections.publish]]\n{rule}",
        minimal("acme")
    )
}

#[test]
fn a_publish_rule_counts_a_state_of_a_point_of_its_type() {
    let good = r#"{ type = "parking-space", point = "occupied", state = "FREE" }"#;
    assert_eq!(faults(&display(good)), "");
    let point = r#"{ type = "parking-space", point = "ocupied", state = "FREE" }"#;
    let said = faults(&display(point));
    assert!(
        said.contains("no point `ocupied`; did you mean `occupied`?"),
        "{said}"
    );
    let state = r#"{ type = "parking-space", point = "occupied", state = "FREEE" }"#;
    let said = faults(&display(state));
    assert!(
        said.contains("no state `FREEE`; did you mean `FREE`?"),
        "{said}"
    );
}

fn commanded(rules: &str) -> String {
    let lane = "[[sites]]\nkey = \"lane\"\nname = \"Lane\"\n[[equipment]]\nkey = \"entry\"\nname = \"Entry\"\nsite = \"lane\"\ntype = \"barrier\"\n";
    let endpoint = "[[connections]]\nkey = \"field\"\nprotocol = \"mqtt-endpoint\"\n";
    faults(&format!("{}{lane}{endpoint}{rules}", minimal("acme")))
}

#[test]
fn rules_of_commands_name_equipment_points_and_states_that_are_there() {
    let command = |equipment: &str, point: &str, code: i32| {
        commanded(&format!(
            "[[connections.commands]]\ntopic = \"a\"\npayload = \"{{state}}\"\n\
             equipment = [{equipment}]\npoint = \"{point}\"\nstates = {{ OPEN = {code} }}\n"
        ))
    };
    assert_eq!(command("\"entry\"", "state", 2), "");
    let says = |said: String, wanted: &str| {
        assert!(said.contains(wanted), "{said}");
        assert!(said.contains("client.toml:"), "it says where: {said}");
    };
    says(
        command("\"entri\"", "state", 2),
        "no equipment `entri`; did you mean `entry`?",
    );
    says(
        command("\"entry\"", "stat", 2),
        "no point `stat`; did you mean `state`?",
    );
    says(command("\"entry\"", "state", 9), "no state with the code 9");
    says(
        command("", "stat", 2),
        "no type and no equipment has a point `stat`",
    );
    let obey = |command: &str| {
        commanded(&format!(
            "[[connections.obey]]\ntopic = \"a\"\nat = \"/cmd\"\nis = \"GO\"\n{command}\n"
        ))
    };
    let force = |equipment: &str, point: &str, value: &str| {
        obey(&format!(
            "command = {{ equipment = [\"{equipment}\"], point = \"{point}\", value = \"{value}\" }}"
        ))
    };
    assert_eq!(force("entry", "state", "OPENED"), "");
    says(force("exit", "state", "OPENED"), "no equipment `exit`");
    says(force("entry", "gate", "OPENED"), "no point `gate`");
    says(force("entry", "state", "AJAR"), "no state `AJAR`");
    let create = r#"create = { key = "/id", type = "parking-space", site = "centre" }"#;
    says(obey(create), "no site `centre`");
}

#[test]
fn the_equipment_of_a_route_may_be_told_by_its_topic() {
    let route = |equipment: &str| {
        commanded(&format!(
            "[[connections.routes]]\ntopic = \"x/{{line}}/{{id}}\"\nequipment = \"{equipment}\"\npoints.state = {{}}\n"
        ))
    };
    assert_eq!(route("{line}-{id}"), "");
    assert_eq!(route("entry"), "");
    assert!(route("exit").contains("no equipment `exit`"));
}

#[test]
fn a_host_is_a_name_and_not_that_of_the_machine() {
    for host in ["localhost", "127.0.0.1", "LOCALHOST", "10.1"] {
        let said = faults(&format!("{}hosts = [\"{host}\"]\n", minimal("acme")));
        assert!(said.contains("wants a host name"), "{host}: {said}");
    }
}

at_home! {
    async fn nobody_takes_the_portal_of_another_client_by_host(home: Home) {
        let directory = home.open().await;
        for host in ["victim.vigie.example", "Vigie.example", "a.b.vigie.example"] {
            let thief = read(&format!("{}hosts = [\"{host}\"]\n", minimal("thief")));
            let refused = plan_with(&directory, &thief, Prune::Keep, &[]).await.unwrap_err();
            assert!(refused.to_string().contains("base domain"), "{host}: {refused}");
        }
    }

    async fn the_types_of_an_http_connection_come_from_the_library(home: Home) {
        let directory = home.open().await;
        let http = "[[connections]]\nkey = \"h\"\nprotocol = \"http\"\ntype = \"meter\"\n\
            [[connections.lines]]\nmeasurement = \"bay\"\nequipment = \"{host}\"\ntype = \"parking-space\"\n";
        apply_text(&directory, &(minimal("acme") + http), Prune::Keep).await;
        let scope = directory.by_slug("acme").unwrap();
        let types = equipment_types::list(scope.db()).await.unwrap();
        assert_eq!(types.len(), 2, "{types:?}");
    }

    async fn commands_take_the_names_that_manifests_take_and_record_what_they_did(home: Home) {
        let directory = home.open().await;
        apply_text(&directory, &minimal("acme"), Prune::Keep).await;
        for name in ["a\nb", "{x}", "", " gw", "a/b"] {
            let device = home.vigie(&["devices", "create", "acme", name]);
            let key = home.vigie(&["api-keys", "create", "acme", name]);
            assert_eq!((device.code, key.code), (1, 1), "{device:?} {key:?}");
        }
        let ada = ["users", "add", "acme", "ada@acme.example", "--name", "Ada"];
        assert_eq!(home.vigie(&["users", "add", "acme", "a da@b", "--name", "A"]).code, 1);
        assert_eq!(home.vigie(&["users", "add", "acme", "ada@b.c", "--name", " "]).code, 1);
        assert_eq!(home.vigie(&ada).code, 0);
        let again = home.vigie(&ada);
        assert!(again.err.trim().ends_with("error: acme has a user ada@acme.example already"), "{again:?}");
        for verb in ["create", "revoke"] {
            assert_eq!(home.vigie(&["devices", verb, "acme", "gw"]).code, 0);
            assert_eq!(home.vigie(&["api-keys", verb, "acme", "telegraf"]).code, 0);
        }
        let scope = directory.by_slug("acme").unwrap();
        let newest = audit::list(scope.db(), &audit::Filter::default(), 4).await.unwrap();
        let said: Vec<_> = newest.iter().map(|row| format!("{} {} {}", row.action, row.noun, row.key)).collect();
        assert_eq!(said, [
            "revoked api-key telegraf",
            "revoked device gw",
            "created api-key telegraf",
            "created device gw",
        ]);
    }
}

#[tokio::test]
async fn what_cannot_be_opened_is_said_once_and_with_its_reason() {
    let home = Home::new(crate::support::Backend::Sqlite).await;
    let list = |url: &str| home.vigie(&["tenants", "list", "--database-url", url]).err;
    let said = list("mysql://root@localhost/vigie");
    assert!(said.contains("begins with postgres://"), "{said}");
    let said = list("postgres://vigie@127.0.0.1:1/vigie");
    assert!(said.contains("refused"), "{said}");
    let said = home.vigie(&["tenants", "plan", "/no/such/file"]).err;
    assert_eq!(said.matches("No such file").count(), 1, "{said}");
}

#[cfg(unix)]
#[tokio::test]
async fn nobody_else_may_read_the_files_of_a_folder_that_was_there() {
    use std::os::unix::fs::PermissionsExt;
    let home = Home::new(crate::support::Backend::Sqlite).await;
    let data = home.config().data_dir;
    std::fs::create_dir_all(data.join("tenants")).unwrap();
    let directory = home.open().await;
    apply_text(&directory, &minimal("acme"), Prune::Keep).await;
    for file in [
        "control.db",
        "control.db-wal",
        "tenants/1.db",
        "tenants/1.db-wal",
        "tenants/1.db-shm",
    ] {
        let mode = std::fs::metadata(data.join(file))
            .unwrap()
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o600, "{file}");
    }
}
