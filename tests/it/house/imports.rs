//! Who may import whom: the table of `src/lib.rs`, read from its own text.

use super::assert_none;
use super::source::{Source, Token};
use std::collections::BTreeMap;

/// Files that may name the crates of protocols: of ingest, and the way out that is no connection.
const NAME_PROTOCOLS: [&str; 4] = [
    "src/bacnet/",
    "src/ingest/registry.rs",
    "src/ingest/endpoint/",
    "src/commands/modbus.rs",
];

/// The contract every connector speaks: open to whom the table gives it.
const CONTRACT: &str = "contract";

#[test]
fn modules_import_only_what_the_table_allows() {
    let table = Table::of_the_house();
    let faults: Vec<_> = Source::under("src/", "rs")
        .iter()
        .flat_map(|file| table.faults(file))
        .collect();
    assert_none(&faults);
}

#[test]
fn every_module_has_its_row() {
    let table = Table::of_the_house();
    let library = std::fs::read_to_string(super::source::root().join("src/lib.rs")).unwrap();
    let modules = library
        .lines()
        .filter_map(|line| line.strip_prefix("pub mod ")?.strip_suffix(';'));
    let missing: Vec<_> = modules
        .filter(|module| !table.allowed.contains_key(*module))
        .collect();
    assert!(
        missing.is_empty(),
        "no row in the table of src/lib.rs: {missing:?}"
    );
}

#[test]
fn a_forbidden_import_is_noticed_in_every_spelling() {
    let table = Table::of_the_house();
    let spellings = [
        "use crate::telemetry::Engine;",
        "use crate::{domain::Sample, telemetry::Engine};",
        "fn f(engine: &crate::telemetry::Engine) {}",
        "mod inner { use super::super::telemetry::Engine; }",
        "fn f() { println!(\"{}\", crate::telemetry::NAME) }",
    ];
    for text in spellings {
        let faults = table.faults(&Source::sample("src/store/db.rs", text));
        assert_eq!(
            faults,
            ["src/store/db.rs:1: store may not import telemetry"],
            "{text}"
        );
    }
    assert_eq!(
        table.faults(&Source::sample(
            "src/store/db.rs",
            "use crate::domain::Sample;"
        )),
        [""; 0]
    );
}

#[test]
fn only_the_registry_and_the_endpoint_name_protocol_crates() {
    let table = Table::of_the_house();
    let text = "use vigie_mqtt::MqttConfig;";
    assert_eq!(
        table.faults(&Source::sample("src/ingest/registry.rs", text)),
        [""; 0]
    );
    assert_eq!(
        table
            .faults(&Source::sample("src/ingest/sink.rs", text))
            .len(),
        1
    );
    assert_eq!(
        table
            .faults(&Source::sample(
                "src/web/routes.rs",
                "use crate::ingest::registry;"
            ))
            .len(),
        1
    );
    assert_eq!(
        table.faults(&Source::sample(
            "src/web/routes.rs",
            "use vigie_contract::Reading;"
        )),
        [""; 0]
    );
    assert_eq!(
        table
            .faults(&Source::sample(
                "src/live/hub.rs",
                "use vigie_contract::Reading;"
            ))
            .len(),
        1
    );
}

/// For each module the names it may import; `None` is everything.
struct Table {
    allowed: BTreeMap<String, Option<Vec<String>>>,
}

impl Table {
    fn of_the_house() -> Self {
        let library = std::fs::read_to_string(super::source::root().join("src/lib.rs")).unwrap();
        Self::parse(&library)
    }

    fn parse(library: &str) -> Self {
        let mut allowed = BTreeMap::new();
        for line in library.lines() {
            let cells: Vec<_> = line
                .trim_start_matches("//!")
                .split('|')
                .map(str::trim)
                .collect();
            if let [_, module, _, may_import, _] = cells[..]
                && let Some(module) = module
                    .strip_prefix("[`")
                    .and_then(|rest| rest.strip_suffix("`]"))
            {
                let rule = names(may_import, &allowed);
                allowed.insert(module.to_owned(), rule);
            }
        }
        assert!(
            allowed.len() >= 9,
            "the table of src/lib.rs is read: {allowed:?}"
        );
        Self { allowed }
    }

    fn faults(&self, file: &Source) -> Vec<String> {
        let inside = file.path.trim_start_matches("src/");
        let module = inside
            .split('/')
            .next()
            .unwrap_or_default()
            .trim_end_matches(".rs");
        let Some(Some(allowed)) = self.allowed.get(module) else {
            return Vec::new();
        };
        let tokens = file.tokens();
        let mut faults = Vec::new();
        for (name, line) in imported(&tokens, depth(inside)) {
            let ours = self.allowed.contains_key(&name) && name != module;
            if ours && !allowed.contains(&name) {
                faults.push(format!(
                    "{}:{line}: {module} may not import {name}",
                    file.path
                ));
            }
        }
        for (index, token) in tokens.iter().enumerate() {
            if let Some(fault) = self.crate_fault(file, module, &tokens[index..]) {
                faults.push(format!("{}:{}: {fault}", file.path, token.line));
            }
        }
        faults
    }

    /// The crates of the connectors, and the registry that builds them.
    fn crate_fault(&self, file: &Source, module: &str, rest: &[Token]) -> Option<String> {
        let text = rest[0].text.as_str();
        let allowed = self.allowed[module].as_ref()?;
        if text == "vigie_contract" {
            let open = allowed.iter().any(|name| name == CONTRACT);
            return (!open).then(|| format!("{module} may not name the contract"));
        }
        if text.starts_with("vigie_")
            && !NAME_PROTOCOLS
                .iter()
                .any(|path| file.path.starts_with(path))
        {
            return Some(format!(
                "only ingest's registry and endpoint and the BACnet device name {text}"
            ));
        }
        let words: Vec<_> = rest
            .iter()
            .take(4)
            .map(|token| token.text.as_str())
            .collect();
        let registry = words == ["ingest", ":", ":", "registry"] && module != "ingest";
        registry.then(|| format!("{module} may not name ingest::registry"))
    }
}

/// The last cell of a row: `domain, store`, `nothing of ours`, `everything`, `all of these but …`.
fn names(cell: &str, above: &BTreeMap<String, Option<Vec<String>>>) -> Option<Vec<String>> {
    if cell == "everything" {
        return None;
    }
    if cell.starts_with("all of these") {
        return Some(above.keys().cloned().chain([CONTRACT.to_owned()]).collect());
    }
    Some(
        cell.split(", ")
            .filter(|name| *name != "nothing of ours")
            .map(str::to_owned)
            .collect(),
    )
}

/// How many `super` lead from a file to the top of the crate.
fn depth(inside: &str) -> usize {
    let parts: Vec<_> = inside.trim_end_matches(".rs").split('/').collect();
    parts.len() - usize::from(parts.last() == Some(&"mod"))
}

/// The top-level modules that are named, with the line: `crate::NAME`, `crate::{NAME, …}`, `super::…::NAME`.
fn imported(tokens: &[Token], depth: usize) -> Vec<(String, usize)> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        let steps = supers(&tokens[at..]);
        let after = match tokens[at].text.as_str() {
            "crate" => at + 1,
            "super" if steps >= depth => at + steps * 3 - 2,
            "super" => {
                at += steps * 3;
                continue;
            }
            _ => {
                at += 1;
                continue;
            }
        };
        if path_continues(&tokens[after..]) {
            found.extend(heads(&tokens[after + 2..]));
        }
        at = after + 1;
    }
    found
}

/// How many `super ::` follow one another here.
fn supers(tokens: &[Token]) -> usize {
    tokens
        .chunks(3)
        .take_while(|chunk| chunk[0].text == "super")
        .count()
}

fn path_continues(tokens: &[Token]) -> bool {
    tokens.len() > 2 && tokens[0].text == ":" && tokens[1].text == ":"
}

/// The first name of a path, or of each path of a braced list.
fn heads(tokens: &[Token]) -> Vec<(String, usize)> {
    let name = |token: &Token| (token.text.clone(), token.line);
    if tokens[0].text != "{" {
        return vec![name(&tokens[0])];
    }
    let mut open = 0_usize;
    let mut heads = Vec::new();
    for (before, token) in tokens.iter().zip(&tokens[1..]) {
        match before.text.as_str() {
            "{" => open += 1,
            "}" => open -= 1,
            _ => {}
        }
        if open == 0 {
            break;
        }
        if open == 1 && (before.text == "," || heads.is_empty()) {
            heads.push(name(token));
        }
    }
    heads
}
