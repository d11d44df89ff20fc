//! From PUBLISH to acknowledgement: one batch with the handler, and its verdicts.

use crate::codec::Ack;
use crate::{CommitError, Handler, Message, Outcome, Principal, QoS, Refusal};
use std::num::NonZeroU16;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::timeout;

/// The publishes of one turn, in the order they came.
#[derive(Debug, Default)]
pub(crate) struct Batch {
    slots: Vec<Slot>,
    messages: Vec<Message>,
    bytes: usize,
    /// Where receipts learn the outcomes; made with the first receipt.
    outcomes: Option<watch::Sender<Option<Arc<[Outcome]>>>>,
}

/// One PUBLISH that waits for its verdict.
#[derive(Debug)]
struct Slot {
    id: Option<NonZeroU16>,
    qos: QoS,
    verdict: Verdict,
}

#[derive(Debug)]
enum Verdict {
    /// Up to the handler: the next of the batch's messages.
    Commit,
    /// Decided already.
    Refused(Refusal),
    /// A message that is with the handler, or settled, already.
    Again(Receipt),
}

/// What becomes of one message, for those who meet the same message again.
#[derive(Debug, Clone)]
pub(crate) struct Receipt {
    outcomes: watch::Receiver<Option<Arc<[Outcome]>>>,
    index: usize,
}

impl Receipt {
    /// Whether it is settled, and the message must be sent again to be stored.
    pub(crate) fn has_failed(&self) -> bool {
        let is_lost = self.outcomes.has_changed().is_err();
        match &*self.outcomes.borrow() {
            None => is_lost,
            Some(outcomes) => outcomes.get(self.index) == Some(&Err(CommitError::Retry)),
        }
    }

    /// Waits until it is settled; whoever was to settle it may be gone.
    async fn outcome(mut self) -> Outcome {
        let settled = self.outcomes.wait_for(Option::is_some).await;
        let outcomes = settled.ok().and_then(|outcomes| outcomes.clone());
        outcomes
            .and_then(|outcomes| outcomes.get(self.index).copied())
            .unwrap_or(Err(CommitError::Retry))
    }
}

impl Batch {
    pub(crate) fn commit(&mut self, message: Message, id: Option<NonZeroU16>) {
        self.push(id, message.qos, Verdict::Commit);
        self.bytes += message.payload.len();
        self.messages.push(message);
    }

    /// As [`Self::commit`], with a receipt for who sends the same again.
    pub(crate) fn commit_with_receipt(&mut self, message: Message, id: NonZeroU16) -> Receipt {
        let outcomes = self
            .outcomes
            .get_or_insert_with(|| watch::Sender::new(None));
        let receipt = Receipt {
            outcomes: outcomes.subscribe(),
            index: self.messages.len(),
        };
        self.commit(message, Some(id));
        receipt
    }

    pub(crate) fn refuse(&mut self, id: Option<NonZeroU16>, qos: QoS, refusal: Refusal) {
        self.push(id, qos, Verdict::Refused(refusal));
    }

    pub(crate) fn again(&mut self, id: NonZeroU16, qos: QoS, receipt: Receipt) {
        self.push(Some(id), qos, Verdict::Again(receipt));
    }

    fn push(&mut self, id: Option<NonZeroU16>, qos: QoS, verdict: Verdict) {
        self.slots.push(Slot { id, qos, verdict });
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.slots.is_empty()
    }

    pub(crate) fn len(&self) -> usize {
        self.slots.len()
    }

    /// Payload bytes for the handler.
    pub(crate) fn bytes(&self) -> usize {
        self.bytes
    }

    /// Hands the batch to the handler and waits for its word.
    pub(crate) async fn settle(
        self,
        handler: Arc<dyn Handler>,
        principal: Arc<Principal>,
        patience: Duration,
    ) -> Settled {
        let bytes = self.bytes;
        let messages: Arc<[Message]> = self.messages.into();
        let answer = if messages.is_empty() {
            Some(Vec::new())
        } else {
            let committing = handler.commit(principal, Arc::clone(&messages));
            timeout(patience, committing).await.ok()
        };
        let timed_out = answer.is_none();
        let mut outcomes = answer.unwrap_or_default();
        outcomes.resize(messages.len(), Err(CommitError::Retry));
        if let Some(receipts) = self.outcomes {
            receipts.send_replace(Some(Arc::from(&*outcomes)));
        }
        Settled {
            verdicts: give_verdicts(self.slots, &outcomes).await,
            messages,
            outcomes,
            bytes,
            timed_out,
        }
    }
}

async fn give_verdicts(slots: Vec<Slot>, outcomes: &[Outcome]) -> Vec<Settlement> {
    let mut outcomes = outcomes.iter().copied();
    let mut settled = Vec::with_capacity(slots.len());
    let mut waiting = Vec::new();
    for (index, slot) in slots.into_iter().enumerate() {
        let outcome = match slot.verdict {
            Verdict::Commit => outcomes.next().unwrap_or(Err(CommitError::Retry)),
            Verdict::Refused(refusal) => Err(CommitError::Refused(refusal)),
            Verdict::Again(receipt) => {
                waiting.push((index, receipt));
                Err(CommitError::Retry)
            }
        };
        settled.push(Settlement {
            id: slot.id,
            qos: slot.qos,
            outcome,
        });
    }
    for (index, receipt) in waiting {
        settled[index].outcome = receipt.outcome().await;
    }
    settled
}

/// A batch the handler is done with.
#[derive(Debug)]
pub(crate) struct Settled {
    /// One for each PUBLISH, in order.
    pub(crate) verdicts: Vec<Settlement>,
    messages: Arc<[Message]>,
    outcomes: Vec<Outcome>,
    /// Payload bytes that were with the handler.
    pub(crate) bytes: usize,
    /// The handler did not answer in time.
    pub(crate) timed_out: bool,
}

/// What to answer to one PUBLISH.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Settlement {
    pub(crate) id: Option<NonZeroU16>,
    pub(crate) qos: QoS,
    pub(crate) outcome: Outcome,
}

impl Settled {
    /// The messages that are safe now.
    pub(crate) fn committed(&self) -> impl Iterator<Item = &Message> {
        let both = self.messages.iter().zip(&self.outcomes);
        both.filter_map(|(message, outcome)| outcome.is_ok().then_some(message))
    }

    /// Why each of the others is not.
    pub(crate) fn failures(&self) -> impl Iterator<Item = CommitError> {
        self.outcomes.iter().filter_map(|outcome| outcome.err())
    }

    /// The packet ids of QoS 2 whose message is not safe: the client may use them anew.
    pub(crate) fn failed_receipts(&self) -> impl Iterator<Item = NonZeroU16> {
        self.verdicts
            .iter()
            .filter(|verdict| verdict.qos == QoS::ExactlyOnce && verdict.outcome.is_err())
            .filter_map(|verdict| verdict.id)
    }
}

impl Settlement {
    /// The acknowledgement this PUBLISH asks for.
    pub(crate) fn ack(self) -> Option<(Ack, NonZeroU16)> {
        let ack = match self.qos {
            QoS::AtMostOnce => return None,
            QoS::AtLeastOnce => Ack::Publish,
            QoS::ExactlyOnce => Ack::Received,
        };
        self.id.map(|id| (ack, id))
    }

    /// The reason code of that acknowledgement.
    pub(crate) fn reason(self) -> u8 {
        match self.outcome {
            Ok(()) => 0x00,
            Err(CommitError::Retry) => 0x97,
            Err(CommitError::Refused(Refusal::NotAuthorized)) => 0x87,
            Err(CommitError::Refused(Refusal::TopicInvalid)) => 0x90,
            Err(CommitError::Refused(Refusal::PayloadInvalid)) => 0x99,
            Err(CommitError::Refused(Refusal::Other)) => 0x83,
        }
    }
}
