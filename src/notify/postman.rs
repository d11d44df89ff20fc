//! Empties the outboxes of all clients, one letter after the other.

use super::Letter;
use crate::config;
use crate::domain::{Clock, Timestamp};
use crate::store::StoreError;
use crate::store::tenant::{OutboxRow, outbox};
use crate::tenancy::{Directory, TenantScope};
use lettre::message::header::{HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart};
use lettre::transport::smtp;
use lettre::{AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};
use secrecy::ExposeSecret;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

/// How long an SMTP command may take.
const ANSWER_WITHIN: Duration = Duration::from_secs(20);
/// Nobody else takes a letter that is being sent; longer than all commands together.
const LEASE: i64 = 5 * 60 * Timestamp::SECOND;
/// How often outboxes are looked at unasked: for letters of other nodes, and for second tries.
const LOOKS_EVERY: Duration = Duration::from_secs(15);
const FIRST_PAUSE: i64 = 15 * Timestamp::SECOND;
const LONGEST_PAUSE: i64 = Timestamp::HOUR;
/// What a link in it would open has ended by then.
const GIVEN_UP_AFTER: i64 = Timestamp::DAY;

/// Why mail cannot be sent with this configuration.
#[derive(Debug, thiserror::Error)]
pub enum MailError {
    /// The url of the server.
    #[error("wrong SMTP URL (smtp.url): {0}; write smtps://user:password@host")]
    Url(smtp::Error),
    /// The sender.
    #[error("smtp.from is not an address like \"Vigie <vigie@example.org>\"")]
    From,
}

/// Sends what lies in the outboxes.
pub struct Postman {
    directory: Arc<Directory>,
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
    clock: Arc<dyn Clock>,
    posted: Notify,
}

impl Postman {
    /// The one the configuration asks for, if it does.
    pub fn of(
        config: &config::Smtp,
        directory: Arc<Directory>,
        clock: Arc<dyn Clock>,
    ) -> Result<Option<Arc<Self>>, MailError> {
        let Some(url) = &config.url else {
            return Ok(None);
        };
        let from = config.from.as_deref().and_then(|from| from.parse().ok());
        let transport = AsyncSmtpTransport::<Tokio1Executor>::from_url(url.expose_secret())
            .map_err(MailError::Url)?
            .timeout(Some(ANSWER_WITHIN));
        Ok(Some(Arc::new(Self {
            directory,
            transport: transport.build(),
            from: from.ok_or(MailError::From)?,
            clock,
            posted: Notify::new(),
        })))
    }

    /// Tells it that a letter was posted here, so that it need not wait.
    pub fn nudge(&self) {
        self.posted.notify_one();
    }

    /// Goes round until `stop`.
    pub async fn run(self: Arc<Self>, stop: CancellationToken) {
        loop {
            if stop.run_until_cancelled(self.go_round()).await.is_none() {
                return;
            }
            let pause = tokio::time::timeout(LOOKS_EVERY, self.posted.notified());
            if stop.run_until_cancelled(pause).await.is_none() {
                return;
            }
        }
    }

    async fn go_round(&self) {
        for scope in self.directory.active() {
            if let Err(error) = self.empty(&scope).await {
                tracing::warn!(tenant.slug = scope.tenant().slug, %error, "outbox not emptied");
            }
        }
    }

    async fn empty(&self, scope: &TenantScope) -> Result<(), StoreError> {
        let db = scope.db();
        while outbox::is_due(db, self.clock.now()).await? {
            let now = self.clock.now();
            let Some(row) = outbox::claim(db, now, now.plus(LEASE)).await? else {
                return Ok(());
            };
            self.deliver(scope, row).await?;
        }
        Ok(())
    }

    async fn deliver(&self, scope: &TenantScope, row: OutboxRow) -> Result<(), StoreError> {
        let (id, tries, since) = (row.id, row.tries, row.created_at);
        let (slug, db) = (scope.tenant().slug.as_str(), scope.db());
        let failure = match self.send(scope, row).await {
            Ok(()) => {
                metrics::counter!("vigie_mails_sent_total").increment(1);
                return outbox::delete(db, id).await;
            }
            Err(failure) => failure,
        };
        let now = self.clock.now();
        if failure.is_final || now.since(since) > GIVEN_UP_AFTER {
            metrics::counter!("vigie_mails_given_up_total").increment(1);
            tracing::error!(tenant.slug = slug, letter.id = %id, error = failure.text, "mail given up");
            return outbox::delete(db, id).await;
        }
        tracing::warn!(tenant.slug = slug, letter.id = %id, error = failure.text, "mail not sent");
        outbox::postpone(db, id, now.plus(pause_after(tries)), &failure.text).await
    }

    async fn send(&self, scope: &TenantScope, row: OutboxRow) -> Result<(), Failure> {
        let tenant = scope.tenant().id;
        let letter = Letter::unseal(row, self.directory.vault(), tenant);
        let message = self.message(&letter.map_err(Failure::last)?)?;
        let sent = self.transport.send(message).await;
        sent.map(drop).map_err(|error| Failure {
            is_final: error.is_permanent(),
            text: error.to_string(),
        })
    }

    fn message(&self, letter: &Letter) -> Result<Message, Failure> {
        let automatic = HeaderName::new_from_ascii_str("Auto-Submitted");
        Message::builder()
            .from(self.from.clone())
            .to(letter.to.parse().map_err(Failure::last)?)
            .subject(letter.subject.clone())
            // RFC 3834, 5: no answers from machines
            .raw_header(HeaderValue::new(automatic, "auto-generated".to_owned()))
            .multipart(MultiPart::alternative_plain_html(
                letter.text.clone(),
                letter.html.clone(),
            ))
            .map_err(Failure::last)
    }
}

/// Why a letter was not sent, without its content.
struct Failure {
    is_final: bool,
    text: String,
}

impl Failure {
    fn last(error: impl std::fmt::Display) -> Self {
        Self {
            is_final: true,
            text: error.to_string(),
        }
    }
}

/// 15 s, 45 s, 2 min … an hour.
fn pause_after(tries: i64) -> i64 {
    let factor = 3_i64.saturating_pow(u32::try_from(tries - 1).unwrap_or(0).min(10));
    FIRST_PAUSE.saturating_mul(factor).min(LONGEST_PAUSE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_to_an_hour() {
        let pauses: Vec<_> = (1..=7)
            .map(|n| pause_after(n) / Timestamp::SECOND)
            .collect();
        assert_eq!(pauses, [15, 45, 135, 405, 1_215, 3_600, 3_600]);
    }
}
