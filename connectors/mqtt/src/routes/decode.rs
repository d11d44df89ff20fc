//! One message through all routes that fit its topic.

use super::payload::Payload;
use super::spoken::Speech;
use super::topic::MAX_LEVELS;
use super::value::Meaningless;
use super::{CompiledPoint, CompiledRoute, RouteTable};
use jiff::tz::TimeZone;
use serde_json::Value;
use std::borrow::Cow;
use std::sync::Arc;
use vigie_contract::{Address, Delivery, Heard, Reading, ReadingQuality, Refusal, read_stamp};

/// Longest key of an equipment or a point, in bytes.
const MAX_KEY: usize = 128;

impl RouteTable {
    /// Whether any route fits the topic.
    pub fn fits(&self, topic: &str) -> bool {
        let levels: Vec<_> = topic.splitn(MAX_LEVELS + 1, '/').collect();
        !self.routes_of(&levels).is_empty()
    }

    fn routes_of(&self, levels: &[&str]) -> Vec<usize> {
        let mut routes = Vec::with_capacity(4);
        if levels.len() <= MAX_LEVELS {
            self.tree.find(levels, &mut routes);
        }
        routes
    }

    /// A message as it may be kept and shown: what its dialects call a secret is not in it.
    pub fn presentable<'a>(&self, topic: &str, payload: &'a [u8]) -> Cow<'a, [u8]> {
        if self.speeches().next().is_none() {
            return Cow::Borrowed(payload);
        }
        let levels: Vec<_> = topic.splitn(MAX_LEVELS + 1, '/').collect();
        self.shown(&self.routes_of(&levels), payload)
    }

    fn shown<'a>(&self, routes: &[usize], payload: &'a [u8]) -> Cow<'a, [u8]> {
        let speeches = routes
            .iter()
            .filter_map(|route| self.routes[*route].speech.as_ref());
        let mut shown = Cow::Borrowed(payload);
        for speech in speeches {
            if let Cow::Owned(clean) = speech.presentable(&shown) {
                shown = Cow::Owned(clean);
            }
        }
        shown
    }

    /// What one message says; an empty one says nothing. `arrival_us` stamps readings without a time of their own.
    pub fn decode(&self, topic: &str, payload: &[u8], arrival_us: i64) -> Delivery {
        let mut delivery = Delivery::default();
        self.decode_into(&mut delivery, topic, payload, arrival_us);
        delivery
    }

    /// Like [`Self::decode`], appended to a delivery that holds earlier messages.
    pub fn decode_into(
        &self,
        delivery: &mut Delivery,
        topic: &str,
        payload: &[u8],
        arrival_us: i64,
    ) {
        let before = (delivery.readings.len(), delivery.refusals.len());
        let levels: Vec<_> = topic.splitn(MAX_LEVELS + 1, '/').collect();
        let routes = self.routes_of(&levels);
        let shown = self.shown(&routes, payload);
        let mut message = Message {
            topic,
            levels,
            bytes: payload,
            shown: &shown,
            arrival_us,
            room: self.limits.max_readings,
            earlier_refusals: before.1,
            delivery,
        };
        if payload.len() > self.limits.max_payload {
            let detail = format!(
                "{} bytes where {} are allowed",
                payload.len(),
                self.limits.max_payload
            );
            return message.refuse("too_large", detail, 1);
        }
        let mut payload = Payload::new(payload);
        let mut is_spoken = false;
        for route in &routes {
            let route = &self.routes[*route];
            match &route.speech {
                Some(speech) => {
                    is_spoken = true;
                    message.listen(speech, route);
                }
                // An empty payload clears a retained message (MQTT 5.0, 3.3.1.3): no value, no fault.
                None if message.bytes.is_empty() => {}
                None => message.follow(&mut payload, route, &self.zone),
            }
        }
        if is_spoken || message.bytes.is_empty() {
            return;
        }
        let after = (
            message.delivery.readings.len(),
            message.delivery.refusals.len(),
        );
        if before == after {
            let (reason, detail) = if routes.is_empty() {
                ("no_route", "no route fits this topic")
            } else {
                (
                    "no_value",
                    "no point of the route has a value in this message",
                )
            };
            message.refuse(reason, detail, 1);
        }
    }
}

/// A message on its way through the routes.
struct Message<'a> {
    topic: &'a str,
    levels: Vec<&'a str>,
    bytes: &'a [u8],
    /// The bytes as they may be kept in a refusal.
    shown: &'a [u8],
    arrival_us: i64,
    room: usize,
    /// Refusals of earlier messages in the same delivery.
    earlier_refusals: usize,
    delivery: &'a mut Delivery,
}

impl Message<'_> {
    /// Lets the dialect of a route hear the message.
    fn listen(&mut self, speech: &Speech, route: &CompiledRoute) {
        let Some(equipment) = self.equipment(route) else {
            return;
        };
        let before = self.delivery.readings.len();
        let heard = Heard {
            topic: self.topic,
            payload: self.bytes,
            equipment: &equipment,
            hint: &route.hint,
            arrival_us: self.arrival_us,
            room: self.room,
        };
        speech.hear(&heard, self.delivery);
        self.room = self
            .room
            .saturating_sub(self.delivery.readings.len() - before);
    }

    /// The key of the equipment; empty where the dialect names it. `None`: refused.
    fn equipment(&mut self, route: &CompiledRoute) -> Option<Arc<str>> {
        let Some(template) = &route.equipment else {
            return Some("".into());
        };
        let equipment = template.fill(&self.levels, 0);
        if !is_key(&equipment) {
            self.refuse(
                "bad_key",
                "the equipment key is empty, too long or has control characters",
                1,
            );
            return None;
        }
        Some(equipment)
    }

    fn follow(&mut self, payload: &mut Payload, route: &CompiledRoute, zone: &TimeZone) {
        let Some(equipment) = self.equipment(route) else {
            return;
        };
        let observed_at_us = match self.time(payload, route, zone) {
            Ok(at) => at,
            Err((reason, detail)) => return self.refuse(reason, detail, 1),
        };
        for point in &route.points {
            let frame = Frame {
                route,
                equipment: &equipment,
                observed_at_us,
            };
            if let Err(json) = self.point(payload, point, &frame) {
                return self.refuse("bad_json", json, 1);
            }
        }
    }

    fn time(
        &self,
        payload: &mut Payload,
        route: &CompiledRoute,
        zone: &TimeZone,
    ) -> Result<i64, (&'static str, String)> {
        let Some(pointer) = &route.time else {
            return Ok(self.arrival_us);
        };
        let document = payload
            .json()
            .map_err(|error| ("bad_json", error.to_owned()))?;
        // A device that leaves its stamp out, or has no time yet, is stamped on arrival.
        let Some(value) = pointer.find(document).filter(|value| !value.is_null()) else {
            return Ok(self.arrival_us);
        };
        read_stamp(value, route.zone.as_ref().unwrap_or(zone))
            .ok_or_else(|| ("bad_time", format!("`{}` is no time stamp", head(value))))
    }

    /// Err: the payload is no JSON.
    fn point(
        &mut self,
        payload: &mut Payload,
        point: &CompiledPoint,
        frame: &Frame,
    ) -> Result<(), String> {
        let Some(pointer) = &point.at else {
            let Some(value) = payload.plain() else {
                self.refuse("not_text", "the payload is no UTF-8 text", 1);
                return Ok(());
            };
            self.one(point, frame, &value, 0);
            return Ok(());
        };
        let document = payload.json().map_err(str::to_owned)?;
        match (pointer.find(document), point.each) {
            (Some(Value::Array(elements)), true) => self.each(point, frame, elements),
            (None, _) | (Some(Value::Null), true) => {}
            (Some(_), true) => self.refuse("not_an_array", "`/*` found no array", 1),
            (Some(value), false) => self.one(point, frame, value, 0),
        }
        Ok(())
    }

    fn each(&mut self, point: &CompiledPoint, frame: &Frame, elements: &[Value]) {
        let taken = elements.len().min(self.room);
        for (index, value) in elements[..taken].iter().enumerate() {
            self.one(point, frame, value, index + 1);
        }
        if taken < elements.len() {
            let detail = format!(
                "an array of {} where {taken} more values are allowed",
                elements.len()
            );
            self.refuse("too_many", detail, (elements.len() - taken) as u32);
        }
    }

    fn one(&mut self, point: &CompiledPoint, frame: &Frame, value: &Value, number: usize) {
        let value = match point.meaning.of(value) {
            Ok(Some(value)) => value,
            Ok(None) => return,
            Err(Meaningless { reason, detail }) => return self.refuse(reason, detail, 1),
        };
        let key = point.key.fill(&self.levels, number);
        if !is_key(&key) {
            return self.refuse(
                "bad_key",
                "the point key is empty, too long or has control characters",
                1,
            );
        }
        if self.room == 0 {
            return self.refuse("too_many", "more values than one message may bring", 1);
        }
        self.room -= 1;
        self.delivery.readings.push(Reading {
            address: Address {
                equipment: frame.equipment.clone(),
                point: key,
            },
            hint: frame.route.hint.clone(),
            value,
            unit: point.meaning.unit.clone(),
            quality: ReadingQuality::Good,
            observed_at_us: Some(frame.observed_at_us),
        });
    }

    /// Counts with the last refusal of this message when the reason is the same.
    fn refuse(&mut self, reason: &'static str, detail: impl Into<String>, count: u32) {
        let own = &mut self.delivery.refusals[self.earlier_refusals..];
        if let Some(last) = own.last_mut()
            && last.reason == reason
        {
            last.count = last.count.saturating_add(count);
            return;
        }
        let mut refusal = Refusal::new(reason, self.topic, detail, self.shown);
        refusal.count = count;
        self.delivery.refusals.push(refusal);
    }
}

/// What all readings of one route and message share.
struct Frame<'a> {
    route: &'a CompiledRoute,
    equipment: &'a Arc<str>,
    observed_at_us: i64,
}

fn is_key(key: &str) -> bool {
    !key.is_empty() && key.len() <= MAX_KEY && !key.chars().any(char::is_control)
}

fn head(value: &Value) -> String {
    value.to_string().chars().take(60).collect()
}
