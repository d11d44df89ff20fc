//! From a message to the sessions it is for, inside one space.

use crate::Message;
use crate::outbox::{Outgoing, Room};
use crate::report::{DeliveryStream, Reporter};
use crate::session::Session;
use crate::sessions::SessionKey;
use crate::space::{Space, SpaceState};
use crate::tree::{Subscribers, Terms};
use rmqtt_codec::types::QoS;
use std::num::NonZeroU32;
use std::sync::Arc;

/// One delivery to make. Overlapping subscriptions of a client make one, with the highest
/// QoS and all identifiers (MQTT 5.0, 3.3.4).
struct Hit {
    session: SessionKey,
    terms: Terms,
    subscription_ids: Vec<NonZeroU32>,
}

impl Space {
    /// Fans committed messages out, and keeps the retained ones. `from` is the publisher's session.
    pub(crate) fn route<'a>(
        &self,
        messages: impl Iterator<Item = &'a Message>,
        from: Option<&SessionKey>,
    ) {
        let mut space = self.lock();
        for message in messages {
            let hits = space.hits(message, from);
            if hits.is_empty() && !message.retain {
                continue;
            }
            let message = Arc::new(message.detached());
            self.keep_if_retained(&mut space, &message);
            for hit in hits {
                self.deliver(&space, hit, &message, None);
            }
        }
    }

    /// As [`Self::route`] for a message of the server itself, with a report from each subscriber.
    pub(crate) fn publish(&self, message: Message) -> (usize, DeliveryStream) {
        let mut space = self.lock();
        let hits = space.hits(&message, None);
        let message = Arc::new(message);
        self.keep_if_retained(&mut space, &message);
        let matched = hits.len();
        let (reporter, stream) = Reporter::new(matched);
        for hit in hits {
            self.deliver(&space, hit, &message, Some(&reporter));
        }
        (matched, stream)
    }

    fn keep_if_retained(&self, space: &mut SpaceState, message: &Arc<Message>) {
        if message.retain && space.retained.keep(message, &self.limits).is_err() {
            self.metrics.dropped_retained.one();
        }
    }

    fn deliver(
        &self,
        space: &SpaceState,
        hit: Hit,
        message: &Arc<Message>,
        reporter: Option<&Reporter>,
    ) {
        let report = reporter.map(|reporter| reporter.report_on(hit.session.client_id.clone()));
        let Some(session) = space.sessions.get(&hit.session) else {
            return;
        };
        let outgoing = Outgoing {
            message: Arc::clone(message),
            qos: message.qos.less_value(hit.terms.qos),
            retain: message.retain && hit.terms.retain_as_published,
            subscription_ids: hit.subscription_ids,
            report,
        };
        self.queue(session, outgoing);
    }

    fn queue(&self, session: &Session, outgoing: Outgoing) {
        let mut state = session.lock();
        if outgoing.qos == QoS::AtMostOnce && !state.is_connected() {
            self.metrics.dropped_offline.one();
            return;
        }
        let queued = state.outbox.push(outgoing, Room::of(&self.limits));
        drop(state);
        match queued {
            Ok(()) => session.wake.notify_one(),
            Err(_) => self.metrics.dropped_queue_full.one(),
        }
    }
}

impl SpaceState {
    fn hits(&mut self, message: &Message, from: Option<&SessionKey>) -> Vec<Hit> {
        let Self {
            sessions,
            subscriptions,
            ..
        } = self;
        let mut hits = Vec::new();
        let mut shared = Vec::new();
        subscriptions.for_each_match(&message.topic, &mut |subscribers: &mut Subscribers| {
            for (session, terms) in &subscribers.ordinary {
                if !(terms.no_local && from == Some(session)) {
                    hits.push(Hit::new(session, *terms));
                }
            }
            for group in &mut subscribers.groups {
                let (session, terms) = group.choose(|member| {
                    sessions
                        .get(member)
                        .is_some_and(|session| session.lock().is_connected())
                });
                shared.push(Hit::new(session, terms));
            }
        });
        merge_overlapping(&mut hits);
        hits.append(&mut shared);
        hits
    }
}

impl Hit {
    fn new(session: &SessionKey, terms: Terms) -> Self {
        Self {
            session: session.clone(),
            terms,
            subscription_ids: terms.id.into_iter().collect(),
        }
    }
}

fn merge_overlapping(hits: &mut Vec<Hit>) {
    hits.sort_unstable_by(|a, b| a.session.cmp(&b.session));
    hits.dedup_by(|later, kept| {
        let same = later.session == kept.session;
        if same {
            kept.terms.qos = kept.terms.qos.max(later.terms.qos);
            kept.terms.retain_as_published |= later.terms.retain_as_published;
            kept.subscription_ids.append(&mut later.subscription_ids);
        }
        same
    });
}
