//! A handler whose answers the topic decides, and which remembers what it committed.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::sync::watch;
use vigie_mqtt_endpoint::{
    BoxFuture, CommitError, ConnectRequest, Handler, Message, Outcome, Principal, Refusal,
    RefuseReason,
};

/// Lets `space/device` in with the password `secret`.
///
/// Topics: `…/busy` cannot be stored now, `…/bad` is refused, `forbidden/…` may not be
/// published or subscribed to, and a batch with `…/held` waits for [`Recorder::let_go`],
/// and `…/panic` panics.
pub struct Recorder {
    /// What was committed: topic and payload.
    pub committed: Mutex<Vec<(String, Vec<u8>)>>,
    /// How long every commit takes.
    pub delay: Mutex<Duration>,
    pub sessions: AtomicUsize,
    gate: watch::Sender<bool>,
}

impl Default for Recorder {
    fn default() -> Self {
        Self {
            committed: Mutex::default(),
            delay: Mutex::default(),
            sessions: AtomicUsize::new(0),
            gate: watch::Sender::new(false),
        }
    }
}

impl Recorder {
    /// Ends the wait of everything held.
    pub fn let_go(&self) {
        self.gate.send_replace(true);
    }

    pub fn set_delay(&self, delay: Duration) {
        *self.delay.lock().unwrap() = delay;
    }

    /// Payloads committed under a topic, in order.
    pub fn payloads(&self, topic: &str) -> Vec<String> {
        let committed = self.committed.lock().unwrap();
        let of_topic = committed.iter().filter(|(found, _)| found == topic);
        of_topic
            .map(|(_, payload)| String::from_utf8_lossy(payload).into_owned())
            .collect()
    }

    fn record(&self, message: &Message) -> Outcome {
        assert!(!message.topic.ends_with("/panic"), "as the test asked");
        if message.topic.ends_with("/busy") {
            return Err(CommitError::Retry);
        }
        if message.topic.ends_with("/bad") {
            return Err(CommitError::Refused(Refusal::PayloadInvalid));
        }
        let entry = (message.topic.to_string(), message.payload.to_vec());
        self.committed.lock().unwrap().push(entry);
        Ok(())
    }
}

impl Handler for Recorder {
    fn authenticate(
        self: Arc<Self>,
        request: ConnectRequest,
    ) -> BoxFuture<Result<Principal, RefuseReason>> {
        Box::pin(async move {
            let user = request.username.ok_or(RefuseReason::BadCredentials)?;
            let (space, device) = user.split_once('/').ok_or(RefuseReason::BadCredentials)?;
            if request.password.as_deref() != Some(b"secret") {
                return Err(RefuseReason::BadCredentials);
            }
            Ok(Principal {
                space: space.into(),
                device: device.into(),
            })
        })
    }

    fn may_publish(&self, _: &Principal, topic: &str) -> bool {
        !topic.starts_with("forbidden/")
    }

    fn may_subscribe(&self, _: &Principal, filter: &str) -> bool {
        !filter.starts_with("forbidden/")
    }

    fn commit(
        self: Arc<Self>,
        _: Arc<Principal>,
        batch: Arc<[Message]>,
    ) -> BoxFuture<Vec<Outcome>> {
        let delay = *self.delay.lock().unwrap();
        Box::pin(async move {
            if !delay.is_zero() {
                tokio::time::sleep(delay).await;
            }
            if batch.iter().any(|message| message.topic.ends_with("/held")) {
                let mut gate = self.gate.subscribe();
                gate.wait_for(|open| *open).await.unwrap();
            }
            batch.iter().map(|message| self.record(message)).collect()
        })
    }

    fn connected(&self, _: &Principal, _: &str) {
        self.sessions.fetch_add(1, Ordering::SeqCst);
    }

    fn disconnected(&self, _: &Principal, _: &str) {
        self.sessions.fetch_sub(1, Ordering::SeqCst);
    }
}
