//! What mails say, and the links in them.

use super::extract::host_of;
use super::words::Words;
use super::{AppState, WebError};
use crate::domain::Timestamp;
use crate::notify::{Letter, LetterError};
use crate::runtime::Client;
use crate::store::Tx;
use askama::Template;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;

/// What a mail is about; its messages are `mail-<name>-subject`, `-text`, `-go`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Matter {
    /// Somebody wants another password.
    Reset,
    /// Somebody is to show that they read the mails to their address.
    Verify,
    /// An administrator invites.
    Invite,
    /// Somebody registers.
    Register,
    /// Somebody registers who is known already.
    Known,
    /// The password was changed.
    Changed,
    /// Maintenance is due.
    Due,
}

impl Matter {
    const fn name(self) -> &'static str {
        match self {
            Self::Reset => "reset",
            Self::Verify => "verify",
            Self::Invite => "invite",
            Self::Register => "register",
            Self::Known => "known",
            Self::Changed => "changed",
            Self::Due => "due",
        }
    }
}

#[derive(Template)]
#[template(path = "emails/letter.html")]
struct Html<'a> {
    content: &'a Content,
}

#[derive(Template)]
#[template(path = "emails/letter.txt")]
struct Text<'a> {
    content: &'a Content,
}

/// The words of a mail.
struct Content {
    lang: &'static str,
    subject: String,
    text: String,
    go: String,
    link: String,
    foot: String,
}

/// A letter about `matter` with a link into the portal.
pub fn letter(
    matter: Matter,
    words: Words,
    client: &str,
    to: &str,
    link: String,
) -> Result<Letter, WebError> {
    letter_with(matter, words, &[("client", client)], to, link)
}

/// The same with what else its messages say; `client` is one of them.
pub fn letter_with(
    matter: Matter,
    words: Words,
    variables: &[(&'static str, &str)],
    to: &str,
    link: String,
) -> Result<Letter, WebError> {
    let message = |part: &str| {
        let key = format!("mail-{}-{part}", matter.name());
        words.with(&key, variables)
    };
    let content = Content {
        lang: words.0.tag(),
        subject: message("subject"),
        text: message("text"),
        go: message("go"),
        link,
        foot: words.with("mail-foot", variables),
    };
    let broken = |error: askama::Error| WebError::Internal(error.to_string());
    Ok(Letter {
        to: to.to_owned(),
        text: Text { content: &content }.render().map_err(broken)?,
        html: Html { content: &content }.render().map_err(broken)?,
        subject: content.subject,
    })
}

/// Queues a letter; false when this installation sends no mail.
pub async fn post(
    state: &AppState,
    client: &Client,
    tx: &mut Tx,
    letter: &Letter,
    now: Timestamp,
) -> Result<bool, WebError> {
    if state.postman.is_none() {
        return Ok(false);
    }
    let vault = state.platform.directory().vault();
    let posted = letter.post(tx, vault, client.tenant().id, now).await;
    posted.map_err(|error| match error {
        LetterError::Store(error) => error.into(),
        other => WebError::Internal(other.to_string()),
    })?;
    Ok(true)
}

/// The address under which a browser reached this portal: `https://acme.example.org`.
///
/// The host was recognised as one of the client's before; a port is only believed without
/// https, where there is no proxy whose port it could miss.
pub struct Origin(pub String);

impl FromRequestParts<AppState> for Origin {
    type Rejection = WebError;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, WebError> {
        let host = host_of(parts).ok_or(WebError::UnknownHost)?;
        Ok(Self(origin_of(host, state.config.https)))
    }
}

fn origin_of(host: &str, https: bool) -> String {
    let name = host.split(':').next().unwrap_or(host).to_lowercase();
    if https {
        format!("https://{name}")
    } else {
        format!("http://{}", host.to_lowercase())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::web::format::Locale;

    #[test]
    fn a_letter_says_who_writes_and_what_to_do_in_both_languages() {
        let matters = [
            Matter::Reset,
            Matter::Verify,
            Matter::Invite,
            Matter::Register,
            Matter::Known,
            Matter::Changed,
            Matter::Due,
        ];
        for locale in Locale::ALL {
            for matter in matters {
                let link = "https://acme.example/sign-in/reset?token=x&y".to_owned();
                let said = [("client", "<Acme>"), ("work", "Clean")];
                let letter = letter_with(matter, Words::of(locale), &said, "a@b", link).unwrap();
                assert!(
                    letter
                        .text
                        .contains("https://acme.example/sign-in/reset?token=x&y")
                );
                assert!(
                    letter
                        .html
                        .contains("href=\"https://acme.example/sign-in/reset?token=x&#38;y\"")
                );
                assert!(letter.html.contains("&#60;Acme&#62;") && !letter.html.contains("<Acme>"));
                assert!(!letter.text.contains("Unknown localization"), "{matter:?}");
                assert!(!letter.subject.contains('\n') && letter.subject.contains("<Acme>"));
            }
        }
    }

    #[test]
    fn a_forged_port_stays_out_of_links_behind_https() {
        assert_eq!(origin_of("Acme.example:666", true), "https://acme.example");
        assert_eq!(
            origin_of("acme.localhost:8080", false),
            "http://acme.localhost:8080"
        );
    }
}
