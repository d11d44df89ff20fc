//! The search over everything somebody sees: as one types, whatever the accents, with a typo or two.
//!
//! An [`Index`] stands in memory beside the model it was made of, which is already cut to what its
//! readers may see: what is not theirs is in no index they ask.
//! Start at [`Index::search`].

mod fuzzy;
mod index;
#[cfg(test)]
mod tests;

pub use index::{Found, Hit, Index};

use super::model::Model;
use crate::domain::TenantId;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};

/// Indexes kept for one client: people with the same grants share one.
const KEPT: usize = 16;

/// The model an index was made of, and the index.
type Known = (Weak<Model>, Arc<Index>);

/// The indexes of all clients somebody searched, each as long as its model lives.
#[derive(Default)]
pub struct Indexes(Mutex<HashMap<TenantId, Vec<Known>>>);

impl Indexes {
    /// The index of this model; made once.
    pub async fn of(&self, tenant: TenantId, model: &Arc<Model>) -> Arc<Index> {
        if let Some(index) = self.known(tenant, model) {
            return index;
        }
        let of = Arc::clone(model);
        let made = tokio::task::spawn_blocking(move || Index::of(&of)).await;
        let index = Arc::new(made.unwrap_or_default());
        let mut all = self.lock();
        let known = all.entry(tenant).or_default();
        known.retain(|(model, _)| model.strong_count() > 0);
        if known.len() >= KEPT {
            known.remove(0);
        }
        known.push((Arc::downgrade(model), Arc::clone(&index)));
        index
    }

    fn known(&self, tenant: TenantId, model: &Arc<Model>) -> Option<Arc<Index>> {
        let all = self.lock();
        let (_, index) = all
            .get(&tenant)?
            .iter()
            .find(|(known, _)| std::ptr::eq(known.as_ptr(), Arc::as_ptr(model)))?;
        Some(Arc::clone(index))
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<TenantId, Vec<Known>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
