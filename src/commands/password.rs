//! Passwords that commands give to people.

use super::output;
use crate::tenancy::credentials;
use anyhow::{Result, bail};
use secrecy::{ExposeSecret, SecretString};
use std::io::Read;

const SHORTEST_PASSWORD: usize = 10;

/// A password that was given, or made up and to be shown once.
pub(super) struct Password {
    pub(super) clear: SecretString,
    pub(super) is_made_up: bool,
}

impl Password {
    pub(super) fn choose(from_stdin: bool) -> Result<Self> {
        if !from_stdin {
            return Ok(Self {
                clear: credentials::generate(),
                is_made_up: true,
            });
        }
        let mut text = String::new();
        std::io::stdin().read_to_string(&mut text)?;
        let clear = SecretString::from(text.trim_end_matches(['\r', '\n']));
        if clear.expose_secret().chars().count() < SHORTEST_PASSWORD {
            bail!("a password wants at least {SHORTEST_PASSWORD} characters");
        }
        Ok(Self {
            clear,
            is_made_up: false,
        })
    }

    pub(super) fn tell(&self, email: &str) {
        if self.is_made_up {
            let clear = self.clear.expose_secret();
            output::line(format!(
                "{email}: password {clear} (shown once, to be changed)"
            ));
        } else {
            output::line(format!("{email}: password set"));
        }
    }
}
