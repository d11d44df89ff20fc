//! Routes whose devices speak a dialect, and what the dialects say back.

use super::topic::Pattern;
use super::{CompiledRoute, RouteTable};
use crate::Route;
use std::borrow::Cow;
use std::sync::{Mutex, MutexGuard, PoisonError};
use vigie_contract::{
    CommandFault, ConfigFault, Delivery, Dialect, Dialects, Heard, Needs, Order, Outbound, Spoken,
    Terms,
};

/// The dialect of one route. Messages of all its devices go through it one by one.
#[derive(Debug)]
pub(super) struct Speech {
    name: String,
    dialect: Mutex<Box<dyn Dialect>>,
    pub(super) needs: Needs,
    pub(super) names_equipment: bool,
}

impl Speech {
    /// `None` for a route without a dialect.
    pub(super) fn of(route: &Route, dialects: &dyn Dialects) -> Result<Option<Self>, ConfigFault> {
        let Some(name) = &route.dialect else {
            let fine = route.options.is_null();
            let fault = || ConfigFault::at("/options", "options belong to a `dialect`");
            return fine.then_some(None).ok_or_else(fault);
        };
        let only_for_points = [
            ("/points", !route.points.is_empty()),
            ("/time", route.time.is_some()),
            ("/time_zone", route.time_zone.is_some()),
        ];
        if let Some((pointer, _)) = only_for_points.iter().find(|(_, is_there)| *is_there) {
            let message = "a dialect knows by itself where values and times are";
            return Err(ConfigFault::at(*pointer, message));
        }
        let terms = Terms {
            equipment: route.equipment.as_deref(),
            options: &route.options,
        };
        let Spoken {
            dialect,
            names_equipment,
        } = dialects.speak(name, &terms)?;
        Ok(Some(Self {
            name: name.clone(),
            needs: dialect.needs(),
            dialect: Mutex::new(dialect),
            names_equipment,
        }))
    }

    pub(super) fn hear(&self, heard: &Heard<'_>, delivery: &mut Delivery) {
        self.lock().hear(heard, delivery);
    }

    pub(super) fn presentable<'a>(&self, payload: &'a [u8]) -> Cow<'a, [u8]> {
        self.lock().presentable(payload)
    }

    fn lock(&self) -> MutexGuard<'_, Box<dyn Dialect>> {
        self.dialect.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Patterns of the topics that dialects must hear beside those of their routes.
pub(super) fn more_patterns(
    routes: &[CompiledRoute],
) -> Result<Vec<(usize, Pattern)>, ConfigFault> {
    let mut more = Vec::new();
    for (index, route) in routes.iter().enumerate() {
        for topic in route.speech.iter().flat_map(|speech| &speech.needs.topics) {
            let pattern =
                Pattern::parse(topic).map_err(|fault| fault.below(&format!("/{index}")))?;
            // A route that hears it anyway hears it once.
            if !covers(&route.filter, topic) {
                more.push((index, pattern));
            }
        }
    }
    Ok(more)
}

/// Whether a filter takes a topic without wildcards.
fn covers(filter: &str, topic: &str) -> bool {
    let mut levels = topic.split('/');
    for wanted in filter.split('/') {
        match (wanted, levels.next()) {
            ("#", _) => return true,
            ("+", Some(_)) => {}
            (wanted, Some(level)) if wanted == level => {}
            _ => return false,
        }
    }
    levels.next().is_none()
}

impl RouteTable {
    pub(super) fn speeches(&self) -> impl Iterator<Item = (usize, &Speech)> {
        let routes = self.routes.iter().enumerate();
        routes.filter_map(|(index, route)| Some((index, route.speech.as_ref()?)))
    }

    /// The first route whose dialect needs a session with a broker; the fault points into the list.
    pub fn check_without_session(&self) -> Result<(), ConfigFault> {
        match self.speeches().find(|(_, speech)| speech.needs.session) {
            Some((index, _)) => Err(ConfigFault::at(
                format!("/{index}/dialect"),
                "it speaks to its devices in a session with a broker: a connection of protocol `mqtt`",
            )),
            None => Ok(()),
        }
    }

    /// Whether a dialect speaks to its devices.
    pub(crate) fn has_a_say(&self) -> bool {
        self.speeches().any(|(_, speech)| speech.needs.session)
    }

    /// Whether a dialect wants a session that the broker does not keep.
    pub(crate) fn needs_fresh_session(&self) -> bool {
        self.speeches().any(|(_, speech)| speech.needs.fresh)
    }

    /// What the broker shall say when we are lost.
    pub(crate) fn will(&self, now_us: i64) -> Option<Outbound> {
        self.speeches()
            .find_map(|(_, speech)| speech.lock().will(now_us))
    }

    /// A session has one will: a second dialect that leaves one is a fault.
    pub(crate) fn check_one_will(&self) -> Result<(), ConfigFault> {
        let mut with_will = self
            .speeches()
            .filter(|(_, speech)| speech.lock().will(0).is_some());
        match with_will.nth(1) {
            Some((index, _)) => Err(ConfigFault::at(
                format!("/{index}/dialect"),
                "a session has one last will: give this route a connection of its own",
            )),
            None => Ok(()),
        }
    }

    /// What is said first in a session.
    pub(crate) fn opened(&self, now_us: i64) -> Vec<Outbound> {
        self.ask(|dialect| dialect.opened(now_us))
    }

    /// What is to be said now.
    pub(crate) fn say(&self, now_us: i64) -> Vec<Outbound> {
        self.ask(|dialect| dialect.say(now_us))
    }

    /// What is said last in a session.
    pub(crate) fn closing(&self, now_us: i64) -> Vec<Outbound> {
        self.ask(|dialect| dialect.closing(now_us))
    }

    /// Whether a route with this dialect can name `item` to its devices; the fault points into a
    /// rule of commands.
    pub(crate) fn check_order(&self, dialect: &str, item: Option<&str>) -> Result<(), ConfigFault> {
        let none = || {
            let message = format!("no route of this connection has the dialect `{dialect}`");
            Err(ConfigFault::at("/dialect", message))
        };
        let mut of_it = self.of_dialect(dialect);
        of_it
            .next()
            .map_or_else(none, |speech| speech.lock().check_order(item))
    }

    /// What tells the device; the first route whose dialect knows it, else why the last does not.
    pub(crate) fn order(&self, dialect: &str, order: &Order<'_>) -> Result<Outbound, CommandFault> {
        let why = "no route of its connection has this dialect";
        let mut answer = Err(CommandFault::new("not_writable", why));
        for speech in self.of_dialect(dialect) {
            answer = speech.lock().order(order);
            if answer.is_ok() {
                break;
            }
        }
        answer
    }

    /// Whether messages on this topic tell devices of this dialect what to do.
    pub(crate) fn is_order(&self, dialect: &str, topic: &str) -> bool {
        self.of_dialect(dialect)
            .any(|speech| speech.lock().is_order(topic))
    }

    fn of_dialect(&self, name: &str) -> impl Iterator<Item = &Speech> {
        let all = self.speeches().map(|(_, speech)| speech);
        all.filter(move |speech| speech.name == name)
    }

    fn ask(&self, ask: impl Fn(&mut dyn Dialect) -> Vec<Outbound>) -> Vec<Outbound> {
        let speaking = self.speeches().filter(|(_, speech)| speech.needs.session);
        speaking
            .flat_map(|(_, speech)| ask(speech.lock().as_mut()))
            .collect()
    }
}
