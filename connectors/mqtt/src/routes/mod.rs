//! Routes: from `(topic, payload)` to readings.
//!
//! [`RouteTable::compile`] checks the routes of a connection once; `decode` then
//! never fails: what it cannot read becomes a refusal with its reason.
//!
//! Invariant: `decode` never panics, whatever the bytes, and what it produces is
//! bounded by [`Limits`].

mod decode;
mod payload;
mod pointer;
mod spoken;
mod template;
#[cfg(test)]
mod tests;
mod topic;
mod value;

use crate::Route;
use jiff::tz::TimeZone;
use pointer::Pointer;
use spoken::Speech;
use std::collections::BTreeSet;
use std::sync::Arc;
use template::Template;
use topic::{Pattern, Tree};
use value::Meaning;
use vigie_contract::{ConfigFault, Dialects, EquipmentHint, NoDialects};

/// How much one message may bring.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Largest payload in bytes; a larger one is refused as `too_large`.
    pub max_payload: usize,
    /// Most readings of one message; those beyond are refused as `too_many`.
    pub max_readings: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            max_payload: 2 << 20,
            max_readings: 4_096,
        }
    }
}

/// The compiled routes of one connection.
#[derive(Debug)]
pub struct RouteTable {
    tree: Tree,
    routes: Vec<CompiledRoute>,
    zone: TimeZone,
    limits: Limits,
}

#[derive(Debug)]
struct CompiledRoute {
    filter: String,
    /// `None` where the dialect names the equipment.
    equipment: Option<Template>,
    hint: Arc<EquipmentHint>,
    time: Option<Pointer>,
    zone: Option<TimeZone>,
    points: Vec<CompiledPoint>,
    /// What the devices speak; `points` is empty then.
    speech: Option<Speech>,
}

#[derive(Debug)]
struct CompiledPoint {
    key: Template,
    at: Option<Pointer>,
    /// Every element of the array at `at`.
    each: bool,
    meaning: Meaning,
}

impl RouteTable {
    /// Checks and compiles routes without dialects; the fault points into the list: `/0/topic`.
    pub fn compile(routes: &[Route]) -> Result<Self, ConfigFault> {
        Self::compile_with(routes, &NoDialects)
    }

    /// Checks and compiles; the fault points into the list of routes: `/0/topic`.
    pub fn compile_with(routes: &[Route], dialects: &dyn Dialects) -> Result<Self, ConfigFault> {
        let mut patterns = Vec::with_capacity(routes.len());
        let mut compiled = Vec::with_capacity(routes.len());
        for (index, route) in routes.iter().enumerate() {
            let below = |fault: ConfigFault| fault.below(&format!("/{index}"));
            let pattern = Pattern::parse(&route.topic).map_err(below)?;
            compiled.push(CompiledRoute::new(route, &pattern, dialects).map_err(below)?);
            patterns.push(pattern);
        }
        let mut heard: Vec<_> = patterns.iter().enumerate().collect();
        let more = spoken::more_patterns(&compiled)?;
        heard.extend(more.iter().map(|(route, pattern)| (*route, pattern)));
        Ok(Self {
            tree: Tree::new(heard.into_iter()),
            routes: compiled,
            zone: TimeZone::UTC,
            limits: Limits::default(),
        })
    }

    /// The zone of stamps without one, where the route names none (default UTC).
    #[must_use]
    pub fn with_zone(mut self, zone: TimeZone) -> Self {
        self.zone = zone;
        self
    }

    /// Other limits than the default.
    #[must_use]
    pub fn with_limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// The topic filters to subscribe to, without repetition.
    pub fn filters(&self) -> Vec<String> {
        let own = self.routes.iter().map(|route| route.filter.clone());
        let more = self.routes.iter().filter_map(|route| route.speech.as_ref());
        let more = more.flat_map(|speech| speech.needs.topics.iter().cloned());
        let filters: BTreeSet<_> = own.chain(more).collect();
        filters.into_iter().collect()
    }
}

impl CompiledRoute {
    fn new(route: &Route, pattern: &Pattern, dialects: &dyn Dialects) -> Result<Self, ConfigFault> {
        let equipment = route.equipment.as_deref().unwrap_or("{equipment}");
        let time = route.time.as_deref().map(Pointer::parse).transpose();
        let speech = Speech::of(route, dialects)?;
        if route.points.is_empty() && speech.is_none() {
            return Err(ConfigFault::at(
                "/points",
                "a route names at least one point, or a `dialect`",
            ));
        }
        let equipment = match &speech {
            Some(speech) if speech.names_equipment => None,
            _ => Some(
                Template::parse(equipment, pattern, false)
                    .map_err(|fault| fault.below("/equipment"))?,
            ),
        };
        let points = route.points.iter().map(|(key, rule)| {
            CompiledPoint::new(key, rule, pattern)
                .map_err(|fault| fault.below(&format!("/points/{key}")))
        });
        Ok(Self {
            filter: pattern.filter(),
            equipment,
            hint: Arc::new(EquipmentHint {
                site: route.site.as_deref().map(Arc::from),
                kind: route.kind.as_deref().map(Arc::from),
            }),
            time: time.map_err(|fault| fault.below("/time"))?,
            zone: route.time_zone.as_deref().map(zone).transpose()?,
            points: points.collect::<Result<_, _>>()?,
            speech,
        })
    }
}

impl CompiledPoint {
    fn new(key: &str, rule: &crate::PointRule, pattern: &Pattern) -> Result<Self, ConfigFault> {
        let (at, each) = match rule.at.as_deref() {
            None => (None, false),
            Some(at) => match at.strip_suffix("/*") {
                Some(array) => (Some(array), true),
                None => (Some(at), false),
            },
        };
        let key = Template::parse(key, pattern, each)?;
        if each && !key.is_numbered() {
            return Err(ConfigFault::at(
                "",
                "an `at` that ends with `/*` needs `{n}` in the point key",
            ));
        }
        let at = at
            .map(Pointer::parse)
            .transpose()
            .map_err(|fault| fault.below("/at"))?;
        Ok(Self {
            key,
            at,
            each,
            meaning: Meaning::new(rule)?,
        })
    }
}

fn zone(name: &str) -> Result<TimeZone, ConfigFault> {
    TimeZone::get(name).map_err(|_| {
        let message = format!("`{name}` is no IANA time zone (such as `Europe/Paris`)");
        ConfigFault::at("/time_zone", message)
    })
}
