//! Looking around behind peers: one job a connection, with its progress and what it found.
//!
//! Invariant: bounded in time and in what is kept; a job is owned here and ends with its client.

use super::registry;
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use vigie_contract::{ConnectorError, Explorer, Finding, Findings, FoundEquipment, Reach};

/// Nobody waits longer for a look around.
const LONGEST: Duration = Duration::from_secs(600);
/// More devices of one peer are not kept.
const MOST: usize = 2_000;
/// Jobs whose findings are kept, for one client.
const KEPT: usize = 8;

/// Why nobody looks around.
#[derive(Debug, thiserror::Error)]
pub enum ExploreError {
    /// The protocol cannot.
    #[error("this protocol cannot tell what is behind its peer")]
    Unable,
    /// It is being done already.
    #[error("somebody looks around there already")]
    Busy,
    /// The configuration is wrong.
    #[error("{0}")]
    Config(String),
}

/// How far looking around is.
#[derive(Debug, Clone, Default)]
pub struct Exploration {
    /// Steps done.
    pub done: u32,
    /// Steps there are, as far as is known.
    pub total: u32,
    /// Devices that were found, by key.
    pub found: BTreeMap<String, FoundEquipment>,
    /// How it ended; none while it goes on.
    pub ended: Option<Result<(), String>>,
}

/// The jobs of one client, by key of the connection.
#[derive(Default)]
pub(super) struct Explorations(Mutex<BTreeMap<String, Job>>);

struct Job {
    state: Arc<Mutex<Exploration>>,
    stop: CancellationToken,
    /// The job itself; aborted when dropped.
    _task: JoinSet<()>,
}

impl Explorations {
    pub(super) fn begin(
        &self,
        key: &str,
        protocol: &str,
        config: Value,
        (reach, stop): (Reach, CancellationToken),
    ) -> Result<(), ExploreError> {
        let explorer = registry::explorer(protocol, config, reach);
        let explorer = explorer.map_err(|fault| ExploreError::Config(fault.to_string()))?;
        let explorer = explorer.ok_or(ExploreError::Unable)?;
        let mut jobs = self.lock();
        if jobs
            .get(key)
            .is_some_and(|job| lock(&job.state).ended.is_none())
        {
            return Err(ExploreError::Busy);
        }
        jobs.remove(key);
        if jobs.len() >= KEPT {
            let over = |job: &Job| lock(&job.state).ended.is_some();
            let oldest = jobs
                .iter()
                .find(|(_, job)| over(job))
                .map(|(key, _)| key.clone());
            jobs.remove(&oldest.ok_or(ExploreError::Busy)?);
        }
        let state = Arc::new(Mutex::new(Exploration::default()));
        let mut task = JoinSet::new();
        task.spawn(look(explorer, Arc::clone(&state), stop.clone()));
        jobs.insert(
            key.to_owned(),
            Job {
                state,
                stop,
                _task: task,
            },
        );
        Ok(())
    }

    pub(super) fn of(&self, key: &str) -> Option<Exploration> {
        self.lock().get(key).map(|job| lock(&job.state).clone())
    }

    pub(super) fn stop(&self, key: &str) {
        if let Some(job) = self.lock().get(key) {
            job.stop.cancel();
        }
    }

    pub(super) fn clear(&self) {
        self.lock().clear();
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<String, Job>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn look(
    explorer: Box<dyn Explorer>,
    state: Arc<Mutex<Exploration>>,
    stop: CancellationToken,
) {
    let (findings, mut heard) = Findings::channel();
    let mut exploring = JoinSet::new();
    exploring.spawn(explorer.explore(findings, stop));
    let listen = async {
        while let Some(finding) = heard.recv().await {
            lock(&state).take(finding);
        }
    };
    let ended = match tokio::time::timeout(LONGEST, listen).await {
        Err(_) => Err("it took too long".to_owned()),
        Ok(()) => match exploring.join_next().await {
            Some(Ok(ended)) => ended.map_err(|error| match error {
                ConnectorError::Retry(why) | ConnectorError::Fatal(why) => why,
            }),
            Some(Err(panic)) => Err(format!("looking around failed: {panic}")),
            None => Ok(()),
        },
    };
    lock(&state).ended = Some(ended);
}

impl Exploration {
    fn take(&mut self, finding: Finding) {
        match finding {
            Finding::Progress { done, total } => (self.done, self.total) = (done, total),
            Finding::Equipment(one) if self.found.len() < MOST => {
                self.found.insert(one.key.clone(), one);
            }
            Finding::Equipment(_) => {}
        }
    }
}

fn lock(state: &Mutex<Exploration>) -> MutexGuard<'_, Exploration> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}
