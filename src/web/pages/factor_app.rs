//! Setting up an authenticator app, and the recovery codes that are shown once.

use crate::web::WebError;
use crate::web::door::Refusal;
use crate::web::form::Field;
use crate::web::qr::Qr;
use crate::web::shell::Shell;
use crate::web::words::Words;
use askama::Template;

/// What is scanned or typed, and the field for the first code.
#[derive(Debug, Clone)]
pub struct AppForm {
    /// The secret in groups of four.
    pub(in crate::web) secret: String,
    pub(in crate::web) qr: Qr,
    pub(in crate::web) code: Field,
}

impl AppForm {
    /// The form for a secret and its address.
    pub fn of(
        secret: &str,
        url: &str,
        refusal: Option<Refusal>,
        words: Words,
    ) -> Result<Self, WebError> {
        let groups: Vec<_> = secret
            .as_bytes()
            .chunks(4)
            .map(String::from_utf8_lossy)
            .collect();
        Ok(Self {
            secret: groups.join(" "),
            qr: Qr::of(url)?,
            code: code_field(refusal, words),
        })
    }
}

/// The field for a code.
pub fn code_field(refusal: Option<Refusal>, words: Words) -> Field {
    Field::new("code", "factor-code", words)
        .fault(refusal.map(|refusal| refusal.text("factor-code-wrong", words)))
}

/// Recovery codes: shown once.
#[derive(Template)]
#[template(path = "pages/recovery_codes.html")]
pub struct CodesPage {
    pub(super) shell: Shell,
    pub(super) codes: Vec<String>,
    /// Where one goes on to.
    pub(super) next: String,
}
