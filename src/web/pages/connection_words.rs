//! A connection in words: how it is, over what it speaks, where it goes.

use crate::ingest::{ConnectionView, ConnectorStatus, Health};
use crate::web::condition::{Condition, Mark};
use crate::web::value::Reader;
use crate::web::words::Words;

/// How a connection is, in the words of its reader.
pub(super) struct StateWords {
    pub(super) mark: Mark,
    pub(super) word: String,
    pub(super) abnormal: bool,
}

impl StateWords {
    pub(super) fn of(enabled: bool, view: Option<&ConnectionView>, reader: &Reader) -> Self {
        let (condition, word) = state(enabled, view.map(|view| &view.status));
        Self {
            mark: condition.mark(),
            word: reader.words.get(word),
            abnormal: condition.is_abnormal(),
        }
    }
}

/// How a connection is, as a state of the look and as a word.
pub fn state(enabled: bool, status: Option<&ConnectorStatus>) -> (Condition, &'static str) {
    match status.map(|status| status.health) {
        _ if !enabled => (Condition::Waiting, "connection-disabled"),
        Some(Health::Connected) => (Condition::Normal, "connection-connected"),
        Some(Health::Connecting) => (Condition::Waiting, "connection-connecting"),
        Some(Health::Waiting) => (Condition::Stale, "connection-waiting"),
        Some(Health::Stopped) | None => (Condition::Offline, "connection-offline"),
    }
}

/// A protocol in a few words; one this portal has none for as manifests spell it.
pub(in crate::web) fn protocol(name: &str, words: Words) -> String {
    let known = words.find(&format!("protocol-short-{name}"));
    known.unwrap_or_else(|| name.to_owned())
}

/// Where a connection goes, without anything secret: its URL up to the path.
pub(super) fn address(config: &str) -> Option<String> {
    let config: serde_json::Value = serde_json::from_str(config).ok()?;
    let url = config.get("url")?.as_str()?;
    let (scheme, rest) = url.split_once("://")?;
    let host = rest.split('/').next()?;
    let host = host.rsplit_once('@').map_or(host, |(_, host)| host);
    Some(format!("{scheme}://{host}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::web::format::Locale;

    #[test]
    fn every_protocol_has_words_in_both_languages() {
        for locale in Locale::ALL {
            let words = Words::of(locale);
            for name in crate::ingest::PROTOCOLS {
                assert_ne!(protocol(name, words), name);
                assert!(words.find(&format!("protocol-{name}")).is_some(), "{name}");
            }
            assert_eq!(protocol("smoke-signals", words), "smoke-signals");
        }
    }

    #[test]
    fn an_address_shows_neither_credentials_nor_path() {
        let shown = address(r#"{"url":"mqtts://user:secret@broker.example:8883/x"}"#);
        assert_eq!(shown.as_deref(), Some("mqtts://broker.example:8883"));
        assert_eq!(address("{}"), None);
    }
}
