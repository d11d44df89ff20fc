//! Commands: from a point and a value to a message, and what confirms it.
//!
//! [`CommandTable`] is the checked form of the rules, [`Awaited`] the commands that left and
//! have no last word. The session of a broker and the built-in endpoint use both.
//!
//! Invariant: a message is made of the rule, of keys and of codes only, so that no value can
//! break out of its payload; the same command is never published twice.

mod awaited;
mod confirm;
mod rule;
mod spoken;

pub use awaited::Awaited;
pub use rule::{CommandRule, ConfirmRule};

use crate::{Route, RouteTable};
use confirm::Confirmation;
use rule::CompiledRule;
use std::sync::Arc;
use vigie_contract::{Address, Command, CommandFault, ConfigFault, Outbound, Writes};

/// The compiled command rules of one connection. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct CommandTable(Arc<[CompiledRule]>);

/// A command as it leaves.
#[derive(Debug)]
pub struct Leaving {
    /// What is published.
    pub message: Outbound,
    /// What the device has to say for it to be confirmed.
    expected: Confirmation,
}

impl CommandTable {
    /// Checks and compiles; the fault points into the list of rules: `/0/topic`. Words that a
    /// confirmation names are those of the `routes`, which `table` has compiled.
    pub fn compile(
        rules: &[CommandRule],
        routes: &[Route],
        table: &RouteTable,
    ) -> Result<Self, ConfigFault> {
        let rules = rules.iter().enumerate().map(|(index, rule)| {
            CompiledRule::new(rule, routes, table)
                .map_err(|fault| fault.below(&format!("/{index}")))
        });
        Ok(Self(rules.collect::<Result<_, _>>()?))
    }

    /// Which points it can write.
    pub fn writes(&self) -> Writes {
        let table = self.clone();
        Writes::to(move |address| table.rule(address).is_some())
    }

    /// Whether messages on this topic are commands of ours.
    pub fn has_topic(&self, topic: &str, routes: &RouteTable) -> bool {
        self.0.iter().any(|rule| rule.fits(topic, routes))
    }

    /// The message of a command; `now_us` is the time dialects put into it.
    ///
    /// # Errors
    /// `no_such_point` where no rule is for it, `refused` for a value that cannot be said, and what a dialect has against it.
    pub fn leaving(
        &self,
        command: &Command,
        routes: &RouteTable,
        now_us: i64,
    ) -> Result<Leaving, CommandFault> {
        let no_rule = || CommandFault::new("no_such_point", "no command rule is for this point");
        let rule = self.rule(&command.address).ok_or_else(no_rule)?;
        let (message, value) = rule.message(command, routes, now_us)?;
        Ok(Leaving {
            message,
            expected: rule.confirmation(&command.address, value),
        })
    }

    fn rule(&self, address: &Address) -> Option<&CompiledRule> {
        self.0.iter().find(|rule| rule.is_for(address))
    }
}

#[cfg(test)]
mod tests;
