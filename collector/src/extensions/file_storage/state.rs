//! Small states, a database file each: changes come in and are on the disk when they are answered.
//! Written by redb, which syncs every transaction.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use async_trait::async_trait;
use redb::{Database, ReadableDatabase, ReadableTable, TableDefinition};

use super::directory::Name;
use crate::component::storage::{DurableState, StorageError};

const TABLE: TableDefinition<'static, &str, &[u8]> = TableDefinition::new("state");

/// An open state.
pub(super) struct State {
    shared: Arc<Shared>,
}

struct Shared {
    path: PathBuf,
    database: Database,
    /// Keeps others out.
    _name: Name,
}

impl State {
    /// Opens a state, which is made when there is none.
    pub(super) fn open(path: PathBuf, name: Name, recreate: bool) -> Result<Self, StorageError> {
        let database = match Database::create(&path) {
            Ok(database) => database,
            Err(error) if recreate => {
                let aside = path.with_extension("state.damaged");
                tracing::error!(
                    file = %path.display(),
                    %error,
                    "A stored state cannot be read, was set aside, and begins anew"
                );
                std::fs::rename(&path, aside).map_err(|error| failed(&path, &error))?;
                Database::create(&path).map_err(|error| failed(&path, &error))?
            }
            Err(error) => {
                let help = "remove the file, or set `recreate: true`";
                return Err(StorageError::Damaged(format!("{}; {help}", failed(&path, &error))));
            }
        };
        let state = Self { shared: Arc::new(Shared { path, database, _name: name }) };
        // So that reading finds the table.
        state.shared.change(&[])?;
        Ok(state)
    }

    /// Runs something that waits for the disk where nobody waits for it.
    async fn apart<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Shared) -> Result<T, StorageError> + Send + 'static,
    ) -> Result<T, StorageError> {
        let shared = self.shared.clone();
        let done = tokio::task::spawn_blocking(move || work(&shared)).await;
        done.unwrap_or(Err(StorageError::Closed))
    }
}

#[async_trait]
impl DurableState for State {
    async fn get(&self, key: &str) -> Result<Option<Vec<u8>>, StorageError> {
        let key = key.to_owned();
        self.apart(move |shared| shared.get(&key)).await
    }

    async fn all(&self) -> Result<Vec<(String, Vec<u8>)>, StorageError> {
        self.apart(Shared::all).await
    }

    async fn change(&self, changes: Vec<(String, Option<Vec<u8>>)>) -> Result<(), StorageError> {
        self.apart(move |shared| shared.change(&changes)).await
    }
}

impl Shared {
    fn get(&self, key: &str) -> Result<Option<Vec<u8>>, StorageError> {
        let read = || -> Result<Option<Vec<u8>>, redb::Error> {
            let table = self.database.begin_read()?.open_table(TABLE)?;
            Ok(table.get(key)?.map(|value| value.value().to_vec()))
        };
        read().map_err(|error| failed(&self.path, &error))
    }

    fn all(&self) -> Result<Vec<(String, Vec<u8>)>, StorageError> {
        let read = || -> Result<Vec<(String, Vec<u8>)>, redb::Error> {
            let table = self.database.begin_read()?.open_table(TABLE)?;
            let entries = table.iter()?.map(|entry| {
                let (key, value) = entry?;
                Ok((key.value().to_owned(), value.value().to_vec()))
            });
            entries.collect()
        };
        read().map_err(|error| failed(&self.path, &error))
    }

    fn change(&self, changes: &[(String, Option<Vec<u8>>)]) -> Result<(), StorageError> {
        let write = || -> Result<(), redb::Error> {
            let transaction = self.database.begin_write()?;
            {
                let mut table = transaction.open_table(TABLE)?;
                for (key, value) in changes {
                    match value {
                        Some(value) => table.insert(key.as_str(), value.as_slice())?,
                        None => table.remove(key.as_str())?,
                    };
                }
            }
            Ok(transaction.commit()?)
        };
        write().map_err(|error| failed(&self.path, &error))
    }
}

fn failed(path: &Path, error: &impl std::fmt::Display) -> StorageError {
    StorageError::System(format!("the state in {}: {error}", path.display()))
}
