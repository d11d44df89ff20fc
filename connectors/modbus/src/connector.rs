//! The connector: its lines, the way of commands to them, and the way of readings out.

use crate::board::Board;
use crate::check::Setup;
use crate::config::ModbusConfig;
use crate::device::{DeviceSetup, Presence};
use crate::line::{Ends, Line};
use crate::settle;
use futures_util::future::{join_all, select_all};
use std::collections::HashSet;
use std::sync::Arc;
use tokio::sync::{mpsc, watch};
use vigie_contract::{
    Address, Command, CommandFault, ConfigFault, Connector, ConnectorError, EquipmentHint, Health,
    Running, Session, Writes,
};

/// Commands that wait for one line at most.
const WAITING: usize = 16;

/// A checked configuration, ready to run.
#[derive(Debug)]
pub struct ModbusConnector(Setup);

impl ModbusConfig {
    /// Checks everything that can be checked without the gateway.
    ///
    /// # Errors
    /// The first fault, pointing at the wrong value.
    pub fn check(&self) -> Result<(), ConfigFault> {
        Setup::of(self).map(|_| ())
    }

    /// Checks and compiles.
    ///
    /// # Errors
    /// As [`check`](Self::check).
    pub fn into_connector(self) -> Result<ModbusConnector, ConfigFault> {
        Setup::of(&self).map(ModbusConnector)
    }
}

impl Connector for ModbusConnector {
    fn writes(&self) -> Writes {
        let writable: HashSet<Address> = self.0.devices.iter().flat_map(writable).collect();
        Writes::to(move |address| writable.contains(address))
    }

    fn run(self: Box<Self>, session: Session) -> Running {
        Box::pin(async move {
            self.0.run(&session).await;
            session
                .status
                .update(|status| status.health = Health::Stopped);
            Ok::<(), ConnectorError>(())
        })
    }
}

/// Where commands for a line go.
struct Way {
    commands: mpsc::Sender<Command>,
    is_connected: watch::Receiver<bool>,
    points: HashSet<Address>,
}

impl Setup {
    async fn run(self, session: &Session) {
        let (deliveries, fresh) = settle::channel();
        let boards = Board::of_lines(&session.status, self.connections);
        let shares = shares(self.devices, self.connections);
        let (mut lines, mut ways) = (Vec::new(), Vec::new());
        for (share, board) in shares.into_iter().zip(boards) {
            let (offers, commands) = mpsc::channel(WAITING);
            let (is_connected, connected) = watch::channel(false);
            ways.push(Way {
                commands: offers,
                is_connected: connected,
                points: share.iter().flat_map(writable).collect(),
            });
            // The first line speaks for the gateway.
            let online = self.online.clone().filter(|_| lines.is_empty());
            let gateway = Presence::new(online, Arc::new(EquipmentHint::default()));
            let ends = Ends {
                session: session.clone(),
                deliveries: deliveries.clone(),
                commands,
                is_connected,
                board,
            };
            lines.push(Line::new(self.manners.clone(), gateway, share, ends).run());
        }
        drop(deliveries);
        let work = async { tokio::join!(join_all(lines), settle::settle(fresh, session)) };
        tokio::select! {
            _ = work => {}
            () = hand_out(session, &mut ways) => {}
        }
    }
}

/// Each device to one line, in turn.
fn shares(devices: Vec<DeviceSetup>, lines: usize) -> Vec<Vec<DeviceSetup>> {
    let mut shares = vec![Vec::new(); lines];
    for (index, device) in devices.into_iter().enumerate() {
        shares[index % lines].push(device);
    }
    shares
}

fn writable(device: &DeviceSetup) -> impl Iterator<Item = Address> {
    let writable = device
        .registers
        .iter()
        .filter(|register| register.write.is_some());
    writable.map(|register| Address {
        equipment: device.equipment.clone(),
        point: register.point.clone(),
    })
}

/// Takes commands while a line is connected, and gives each to the line of its point.
async fn hand_out(session: &Session, ways: &mut [Way]) {
    loop {
        let is_connected = ways.iter().any(|way| *way.is_connected.borrow());
        let mut watched: Vec<_> = ways.iter().map(|way| way.is_connected.clone()).collect();
        let turns = watched.iter_mut().map(|line| Box::pin(line.changed()));
        let command = tokio::select! {
            command = session.commands.next(), if is_connected => command,
            (changed, _, _) = select_all(turns) => {
                if changed.is_err() {
                    // Its line has ended, and so will the session.
                    return std::future::pending().await;
                }
                for way in ways.iter_mut() {
                    way.is_connected.mark_unchanged();
                }
                continue;
            }
        };
        let Some(way) = ways
            .iter()
            .find(|way| way.points.contains(&command.address))
        else {
            let detail = "no register of this point can be written";
            command.failed(CommandFault::new("not_writable", detail));
            continue;
        };
        if !*way.is_connected.borrow() {
            let detail = "the connection to the device is lost";
            command.failed(CommandFault::new("not_connected", detail));
        } else if let Err(refused) = way.commands.try_send(command) {
            let detail = "too many commands wait for this gateway";
            refused
                .into_inner()
                .failed(CommandFault::new("busy", detail));
        }
    }
}
