//! How much anybody may ask: by address, by caller, by client; samples have a budget of their own.
//!
//! Invariant: what one client asks is never taken from another's budget, and memory is bounded.

use super::arrival::Arrival;
use super::extract::ClientAddress;
use super::{AppState, WebError};
use crate::config::RequestLimits;
use crate::domain::{Principal, TenantId, network_of};
use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use governor::clock::{Clock as _, DefaultClock};
use governor::middleware::{StateInformationMiddleware, StateSnapshot};
use governor::state::keyed::DashMapStateStore;
use governor::{Quota, RateLimiter};
use std::hash::Hash;
use std::net::IpAddr;
use std::num::NonZeroU32;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Somebody who was quiet this long is forgotten once there are more names than this.
const REMEMBERED: usize = 20_000;
/// A burst may use up this many seconds at once.
const BURST_S: u32 = 3;

/// One budget each for many names.
struct Budget<K: Hash + Eq + Clone> {
    limiter: RateLimiter<K, DashMapStateStore<K>, DefaultClock, StateInformationMiddleware>,
    /// With more names than this the quiet ones are forgotten.
    sweeps_above: AtomicUsize,
}

/// The budgets of everybody who asks.
pub struct Limits {
    addresses: Budget<IpAddr>,
    callers: Budget<(TenantId, Principal)>,
    clients: Budget<TenantId>,
    samples: Budget<(TenantId, Principal)>,
}

impl Limits {
    /// Budgets of so many requests a second.
    pub fn new(config: &RequestLimits) -> Self {
        Self {
            addresses: Budget::of(config.of_an_address),
            callers: Budget::of(config.of_a_caller),
            clients: Budget::of(config.of_a_client),
            samples: Budget::of(config.of_samples),
        }
    }
}

impl<K: Hash + Eq + Clone> Budget<K> {
    fn of(per_s: NonZeroU32) -> Self {
        let burst = per_s.saturating_mul(NonZeroU32::MIN.saturating_add(BURST_S - 1));
        let quota = Quota::per_second(per_s).allow_burst(burst);
        Self {
            limiter: RateLimiter::dashmap(quota).with_middleware(),
            sweeps_above: AtomicUsize::new(REMEMBERED),
        }
    }

    fn spend(&self, who: &K) -> Result<StateSnapshot, WebError> {
        self.sweep();
        self.limiter.check_key(who).map_err(|until| {
            let wait = until.wait_time_from(self.limiter.clock().now());
            WebError::TooMany {
                retry_after_s: wait.as_secs() + 1,
            }
        })
    }

    /// Forgets the quiet ones; again only once there are twice as many names as stayed, so that
    /// a crowd does not make every request look through all of them.
    fn sweep(&self) {
        if self.limiter.len() <= self.sweeps_above.load(Ordering::Relaxed) {
            return;
        }
        self.limiter.retain_recent();
        let next = REMEMBERED.max(2 * self.limiter.len());
        self.sweeps_above.store(next, Ordering::Relaxed);
    }
}

/// Before anybody is known: by address, or the network of one host.
pub async fn by_address(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    let ClientAddress(address) = ClientAddress::of(&parts, &state);
    let request = Request::from_parts(parts, body);
    let limits = &state.limits;
    match address.map(|address| limits.addresses.spend(&network_of(address))) {
        Some(Err(error)) => error.into_response(),
        _ => next.run(request).await,
    }
}

/// Once somebody is known: by caller and by client.
pub async fn by_caller(
    State(state): State<AppState>,
    path: MatchedPath,
    request: Request,
    next: Next,
) -> Response {
    let Some(arrival) = request.extensions().get::<Arrival>().cloned() else {
        return next.run(request).await;
    };
    let limits = &state.limits;
    let who = (
        arrival.client.tenant().id,
        arrival.identity.access.principal,
    );
    let sends = path.as_str().ends_with("/telemetry") || path.as_str().ends_with("/write");
    let left = if sends {
        limits.samples.spend(&who)
    } else {
        let of_client = limits.clients.spend(&who.0);
        of_client.and_then(|_| limits.callers.spend(&who))
    };
    match left {
        Ok(left) => {
            let mut answer = next.run(request).await;
            tell(answer.headers_mut(), &left);
            answer
        }
        Err(error) => error.into_response(),
    }
}

/// `RateLimit-Limit`, `-Remaining` and `-Reset` (draft-ietf-httpapi-ratelimit-headers-07).
fn tell(headers: &mut HeaderMap, left: &StateSnapshot) {
    let (most, remaining) = (
        left.quota().burst_size().get(),
        left.remaining_burst_capacity(),
    );
    let interval = left.quota().replenish_interval();
    let reset = interval
        .saturating_mul(most.saturating_sub(remaining))
        .as_secs();
    let told = [
        ("ratelimit-limit", u64::from(most)),
        ("ratelimit-remaining", u64::from(remaining)),
        ("ratelimit-reset", reset),
    ];
    for (name, value) in told {
        headers.insert(HeaderName::from_static(name), HeaderValue::from(value));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_budget_ends_for_one_and_not_for_another() {
        let one = NonZeroU32::MIN;
        let limits = Limits::new(&RequestLimits {
            of_an_address: one,
            of_a_caller: one,
            of_a_client: one,
            of_samples: one,
        });
        let spend = |tenant| limits.clients.spend(&TenantId(tenant));
        for _ in 0..BURST_S {
            assert!(spend(1).is_ok());
        }
        let refused = spend(1).map(|_| ());
        assert!(matches!(
            refused,
            Err(WebError::TooMany {
                retry_after_s: 1..=2
            })
        ));
        assert!(spend(2).is_ok());
    }

    #[test]
    fn a_crowd_is_forgotten_once_it_is_quiet_and_not_looked_through_each_time() {
        let budget = Budget::<usize>::of(NonZeroU32::MIN);
        for name in 0..=REMEMBERED {
            assert!(budget.spend(&name).is_ok());
        }
        assert!(budget.limiter.len() > REMEMBERED);
        let sweeps_above = |budget: &Budget<usize>| budget.sweeps_above.load(Ordering::Relaxed);
        let before = sweeps_above(&budget);
        assert!(budget.spend(&0).is_ok());
        assert!(budget.limiter.len() <= REMEMBERED || sweeps_above(&budget) > before);
    }
}
