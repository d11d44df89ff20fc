//! The OpenAPI document held against a running instance by somebody else's fuzzer (schemathesis).

use super::http::Stage;
use crate::support::required;
use std::path::Path;
use std::process::Command;

/// Requests per operation; the whole run stays under three minutes.
const EXAMPLES: &str = "12";

/// Every operation, with everything a key may do: no failure of ours, no status and no shape
/// that the document does not tell.
#[tokio::test(flavor = "multi_thread")]
async fn nothing_undocumented_is_answered() {
    let stage = Stage::open().await;
    let seed = rand::random::<u32>();
    let report = run(&stage, stage.key(), seed);
    assert!(report.is_ok(), "seed {seed}: {}", report.unwrap_err());
}

/// The same for who may only read, and for nobody.
#[tokio::test(flavor = "multi_thread")]
async fn who_may_little_meets_refusals_that_are_written_down() {
    let stage = Stage::open().await;
    let reader = stage.key_that_may(&["read"]);
    for key in [reader.as_str(), "vigie_nobody"] {
        let seed = rand::random::<u32>();
        let report = run(&stage, key, seed);
        assert!(report.is_ok(), "seed {seed}: {}", report.unwrap_err());
    }
}

fn run(stage: &Stage, key: &str, seed: u32) -> Result<(), String> {
    let python = required("VIGIE_TEST_PYTHON");
    let program = Path::new(&python).with_file_name("schemathesis");
    let done = Command::new(program)
        .args(["run", &stage.address("/openapi.json")])
        .args(["--header", &format!("Host: {}", stage.host())])
        .args(["--header", &format!("Authorization: Bearer {key}")])
        .args(["--phases", "examples,coverage,fuzzing"])
        .args(["--checks", "not_a_server_error,status_code_conformance"])
        .args([
            "--checks",
            "content_type_conformance,response_schema_conformance",
        ])
        .args(["--max-examples", EXAMPLES, "--seed", &seed.to_string()])
        .args([
            "--generation-database",
            "none",
            "--no-color",
            "--workers",
            "2",
        ])
        .output()
        .expect("schemathesis runs: tests/run installs it");
    if done.status.success() {
        return Ok(());
    }
    let text = String::from_utf8_lossy(&done.stdout);
    Err(text
        .chars()
        .rev()
        .take(6_000)
        .collect::<String>()
        .chars()
        .rev()
        .collect())
}
