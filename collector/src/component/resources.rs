//! What outlives a component that is replaced by another: listening sockets, queues, files, the
//! state of a limiter. A key comes in; the one resource of that key comes out, opened by whoever
//! asks first and closed when the last holder lets go.
//!
//! A reload starts the new component before it stops the old one, so both hold the same resource
//! for a moment and nothing is closed and opened again in between.

use std::any::{Any, TypeId};
use std::collections::HashMap;
use std::fmt;
use std::future::Future;
use std::sync::{Arc, Weak};

use tokio::sync::Mutex;

type Key = (TypeId, String);

/// The resources that are open, by type and key.
#[derive(Clone, Default)]
pub struct Resources(Arc<Mutex<HashMap<Key, Weak<dyn Any + Send + Sync>>>>);

impl Resources {
    /// The resource of a type and a key, made by `open` when nobody holds it.
    ///
    /// Others that ask for a resource wait while `open` runs; it must not ask for one itself.
    ///
    /// # Errors
    /// What `open` gives.
    pub async fn share<T, E>(
        &self,
        key: &str,
        open: impl Future<Output = Result<T, E>>,
    ) -> Result<Arc<T>, E>
    where
        T: Send + Sync + 'static,
    {
        let key = (TypeId::of::<T>(), key.to_owned());
        let mut held = self.0.lock().await;
        if let Some(resource) = held.get(&key).and_then(Weak::upgrade)
            && let Ok(resource) = resource.downcast::<T>()
        {
            return Ok(resource);
        }
        let resource = Arc::new(open.await?);
        held.retain(|_, resource| resource.strong_count() > 0);
        let shared: Arc<dyn Any + Send + Sync> = resource.clone();
        held.insert(key, Arc::downgrade(&shared));
        Ok(resource)
    }
}

impl fmt::Debug for Resources {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Resources")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::convert::Infallible;

    async fn share(resources: &Resources, key: &str, value: u32) -> Arc<u32> {
        let opened = resources.share(key, async { Ok::<_, Infallible>(value) }).await;
        opened.unwrap_or_else(|never| match never {})
    }

    #[tokio::test]
    async fn a_resource_is_opened_once_while_it_is_held() {
        let resources = Resources::default();
        let first = share(&resources, "a", 1).await;
        assert_eq!(*share(&resources, "a", 2).await, 1);
        assert_eq!(*share(&resources, "b", 3).await, 3);
        drop(first);
        assert_eq!(*share(&resources, "a", 4).await, 4);
    }

    #[tokio::test]
    async fn what_cannot_be_opened_is_tried_again() {
        let resources = Resources::default();
        let failed = resources.share::<u32, _>("a", async { Err("taken") }).await;
        assert_eq!(failed, Err("taken"));
        assert_eq!(*share(&resources, "a", 1).await, 1);
    }
}
