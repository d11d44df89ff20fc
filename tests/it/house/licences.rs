//! Every crate we ship comes under a licence that lets anybody use it.

use super::assert_none;
use super::source::root;
use serde_json::Value;
use std::process::Command;

/// Alternatives of an expression: one of them is enough.
const OPEN: [&str; 13] = [
    "0BSD",
    "Apache-2.0",
    "Apache-2.0 WITH LLVM-exception",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSL-1.0",
    "CC0-1.0",
    "CDLA-Permissive-2.0",
    "ISC",
    "MIT",
    "MPL-2.0",
    "Unicode-3.0",
    "Zlib",
];

#[test]
fn every_dependency_has_an_open_licence() {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--locked"])
        .current_dir(root())
        .output()
        .expect("cargo describes the dependencies");
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
    let packages = metadata["packages"].as_array().unwrap();
    let others: Vec<_> = packages
        .iter()
        .filter(|package| !package["source"].is_null())
        .collect();
    assert!(others.len() > 100, "all dependencies are listed");
    assert_none(&others.into_iter().filter_map(fault_of).collect::<Vec<_>>());
}

#[test]
fn a_closed_licence_is_noticed() {
    let package = |licence: &str| serde_json::json!({ "name": "x", "license": licence });
    assert_eq!(fault_of(&package("MIT OR GPL-3.0-only")), None);
    assert_eq!(fault_of(&package("(MIT/Apache-2.0) AND ISC")), None);
    assert_eq!(
        fault_of(&package("MIT AND GPL-3.0-only")).unwrap(),
        "x: MIT AND GPL-3.0-only"
    );
    assert_eq!(
        fault_of(&serde_json::json!({ "name": "x", "license": null })).unwrap(),
        "x: no licence"
    );
}

fn fault_of(package: &Value) -> Option<String> {
    let name = package["name"].as_str().unwrap_or("?");
    let Some(expression) = package["license"].as_str() else {
        return Some(format!("{name}: no licence"));
    };
    (!is_open(expression)).then(|| format!("{name}: {expression}"))
}

/// SPDX expressions as crates write them: AND of ORs, `/` is an old OR.
fn is_open(expression: &str) -> bool {
    let plain = expression.replace(['(', ')'], "").replace('/', " OR ");
    plain.split(" AND ").all(|part| {
        part.split(" OR ")
            .any(|licence| OPEN.contains(&licence.trim()))
    })
}
