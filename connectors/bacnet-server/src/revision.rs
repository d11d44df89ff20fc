//! The revision of a device's objects: peers read them anew when it rises.

use crate::point::{Kind, Point};
use std::collections::hash_map::DefaultHasher;
use std::future::Future;
use std::hash::{Hash, Hasher};
use std::pin::Pin;
use std::sync::Arc;

/// Which objects a device has, and how often they changed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Revision {
    /// `Database_Revision`.
    pub number: u32,
    /// What the objects were then.
    pub fingerprint: u64,
}

/// Keeps the revision over restarts.
pub trait Revisions: Send + Sync + 'static {
    /// What was kept last.
    fn recall(self: Arc<Self>) -> Pin<Box<dyn Future<Output = Revision> + Send>>;
    /// Replaces it.
    fn keep(self: Arc<Self>, revision: Revision) -> Pin<Box<dyn Future<Output = ()> + Send>>;
}

/// The revision of these points: the next when they are others than last time.
pub(crate) async fn of(points: &[Point], kept: &Arc<dyn Revisions>) -> Revision {
    let last = kept.clone().recall().await;
    let fingerprint = fingerprint(points);
    if last.number > 0 && last.fingerprint == fingerprint {
        return last;
    }
    let number = last.number.wrapping_add(1).max(1);
    let next = Revision {
        number,
        fingerprint,
    };
    kept.clone().keep(next).await;
    next
}

/// Of everything a peer reads once: names, types, units, texts.
fn fingerprint(points: &[Point]) -> u64 {
    let mut hasher = DefaultHasher::new();
    for point in points {
        (point.instance, &point.name, &point.description).hash(&mut hasher);
        (point.writable, point.logged).hash(&mut hasher);
        match &point.kind {
            Kind::Analog { unit, increment } => (0, unit, increment.to_bits()).hash(&mut hasher),
            Kind::Binary { inactive, active } => (1, inactive, active).hash(&mut hasher),
            Kind::MultiState { texts } => (2, texts).hash(&mut hasher),
        }
    }
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Mutex;

    #[derive(Default)]
    struct Kept(Mutex<Revision>);

    impl Revisions for Kept {
        fn recall(self: Arc<Self>) -> Pin<Box<dyn Future<Output = Revision> + Send>> {
            let kept = *self.0.lock().unwrap();
            Box::pin(std::future::ready(kept))
        }

        fn keep(self: Arc<Self>, revision: Revision) -> Pin<Box<dyn Future<Output = ()> + Send>> {
            *self.0.lock().unwrap() = revision;
            Box::pin(std::future::ready(()))
        }
    }

    fn point(name: &str) -> Point {
        Point {
            instance: 1,
            name: name.to_owned(),
            description: String::new(),
            kind: Kind::MultiState {
                texts: vec!["Off".to_owned()],
            },
            writable: false,
            logged: false,
        }
    }

    #[tokio::test]
    async fn the_revision_rises_only_when_the_objects_change() {
        let kept: Arc<dyn Revisions> = Arc::new(Kept::default());
        assert_eq!(of(&[point("a")], &kept).await.number, 1);
        assert_eq!(of(&[point("a")], &kept).await.number, 1);
        assert_eq!(of(&[point("b")], &kept).await.number, 2);
        assert_eq!(of(&[], &kept).await.number, 3);
    }
}
