//! The connector and the explorer that a configuration builds.

use crate::explore::BacnetExplorer;
use crate::plan::Plan;
use crate::session;
use crate::{BacnetConfig, PointConfig};
use jiff::tz::TimeZone;
use std::collections::HashSet;
use std::sync::Arc;
use vigie_contract::{Address, ConfigFault, Connector, Health, Reach, Running, Session, Writes};

/// A checked configuration, ready to run.
#[derive(Debug)]
pub struct BacnetConnector {
    plan: Plan,
}

impl BacnetConfig {
    /// Checks everything that can be checked without a device; `zone` is for the clocks of devices
    /// that name none.
    pub fn into_connector(self, zone: &TimeZone) -> Result<BacnetConnector, ConfigFault> {
        let plan = Plan::compile(self, zone)?;
        Ok(BacnetConnector { plan })
    }

    /// Looks around with the same address, BBMD and time-outs, and sends nothing further.
    pub fn into_explorer(self, reach: Reach) -> Result<BacnetExplorer, ConfigFault> {
        let plan = Plan::compile(without_points(self), &TimeZone::UTC)?;
        Ok(BacnetExplorer::new(plan, reach))
    }
}

/// A look around needs no points, right or wrong.
fn without_points(config: BacnetConfig) -> BacnetConfig {
    BacnetConfig {
        points: Vec::<PointConfig>::new(),
        ..config
    }
}

impl Connector for BacnetConnector {
    fn writes(&self) -> Writes {
        let points = self.plan.devices.iter().flat_map(|device| &device.points);
        let writable = points.filter(|point| point.writable);
        let writable: HashSet<Address> = writable.map(|point| point.address.clone()).collect();
        Writes::to(move |address| writable.contains(address))
    }

    fn run(self: Box<Self>, session: Session) -> Running {
        Box::pin(async move {
            let end = session::run(Arc::new(self.plan), &session).await;
            session
                .status
                .update(|status| status.health = Health::Stopped);
            end
        })
    }
}
