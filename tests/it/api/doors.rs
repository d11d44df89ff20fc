//! Every door to samples asks first whether the point belongs to what its caller may see. The
//! engine itself takes any number.

use super::stage::{PASSWORD, Stage, answer, refusal, refused};
use crate::support::Browser;
use crate::support::now_ms;
use reqwest::{Method, StatusCode};

const MANIFEST: &str = r#"
[client]
slug = "alpha"
name = "Alpha"
locale = "en"
time_zone = "UTC"

[[sites]]
key = "yard"
name = "Yard"
[[sites]]
key = "vault"
name = "Vault"

[[types]]
key = "gauge"
name = "Gauge"
points = [{ key = "level", name = "Level", unit = "V" }]

[[equipment]]
key = "seen"
name = "Seen"
site = "yard"
type = "gauge"
[[equipment]]
key = "hidden"
name = "Hidden"
site = "vault"
type = "gauge"

[[users]]
email = "narrow@example.org"
name = "Narrow"
role = "operator"
sites = ["yard"]
password = { env = "ADMIN_PASSWORD" }
"#;

async fn point_of(stage: &Stage, equipment: &str) -> i64 {
    let equipment = stage.id("equipment", equipment).await;
    let one = stage.get(&format!("/equipment/{equipment}")).await;
    one["points"][0]["id"].as_i64().unwrap()
}

#[tokio::test]
async fn a_point_that_is_not_seen_is_behind_every_door_not_there() {
    let stage = Stage::with(MANIFEST).await;
    let at = now_ms() - 60_000;
    for equipment in ["seen", "hidden"] {
        let body =
            serde_json::json!({ "equipment": equipment, "at": at, "values": { "level": 77.25 } });
        assert_eq!(
            stage.post("/telemetry", body).await.status(),
            StatusCode::NO_CONTENT
        );
    }
    let (seen, hidden) = (
        point_of(&stage, "seen").await,
        point_of(&stage, "hidden").await,
    );
    let narrow = stage.token("narrow@example.org").await;
    let range = "start=2000-01-01T00:00:00Z&end=2100-01-01T00:00:00Z";
    for door in [
        "/points/{id}",
        "/points/{id}/samples",
        "/points/{id}/rollups?resolution=hour",
        "/chart?points={id}&RANGE",
    ] {
        let path = |point: i64| {
            door.replace("{id}", &point.to_string())
                .replace("RANGE", range)
        };
        let open = answer(stage.ask_as(&narrow, Method::GET, &path(seen))).await;
        assert_eq!(open.status(), StatusCode::OK, "{door}");
        let shut = answer(stage.ask_as(&narrow, Method::GET, &path(hidden))).await;
        assert_eq!(refusal(shut).await, refused(404, "not-found"), "{door}");
    }
    let both = format!("/chart?points={seen},{hidden}&{range}");
    let both = answer(stage.ask_as(&narrow, Method::GET, &both)).await;
    assert_eq!(refusal(both).await, refused(404, "not-found"));
    for list in [
        "/points",
        "/equipment",
        "/search?q=level",
        "/search?q=hidden",
        "/map",
    ] {
        let listed = answer(stage.ask_as(&narrow, Method::GET, list)).await;
        let text = listed.text().await.unwrap();
        assert!(
            !text.contains("Hidden") && !text.contains(&format!("\"id\":{hidden},")),
            "{list}: {text}"
        );
    }
    // An administrator's door: whoever may delete sees all, but a number of nobody is nobody's.
    let nobodys = format!("/points/987654321/samples?{range}");
    let gone = answer(stage.ask(Method::DELETE, &nobodys)).await;
    assert_eq!(refusal(gone).await, refused(404, "not-found"));
}

#[tokio::test]
async fn the_page_of_a_point_that_is_not_seen_is_not_there() {
    let stage = Stage::with(MANIFEST).await;
    let (seen, hidden) = (
        point_of(&stage, "seen").await,
        point_of(&stage, "hidden").await,
    );
    let mut browser = Browser::signed_in(&stage.vigie, "narrow@example.org", PASSWORD).await;
    for (point, status) in [(seen, StatusCode::OK), (hidden, StatusCode::NOT_FOUND)] {
        for page in [
            format!("/points/{point}"),
            format!("/compare?points={point}"),
        ] {
            let shown = browser.get(&page).await;
            let (found, text) = (shown.status, shown.text);
            assert!(point == seen || !text.contains("Hidden"), "{page}");
            assert!(
                found == status || page.starts_with("/compare"),
                "{page}: {found}"
            );
        }
    }
}
