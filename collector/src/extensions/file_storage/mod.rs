//! `file_storage`: keeps queues and states of other components in a directory.
//!
//! Components get at it through [`Extension::storage`]. Queues are logs of segment files ([`log`]);
//! states are small databases. The files are Holt's own: those of a Go collector in the same
//! directory stay as they are.

mod config;
mod directory;
pub mod log;
mod state;
#[cfg(test)]
mod tests;

use std::sync::{Arc, OnceLock};

use async_trait::async_trait;
use holt_grammar::diag::Diagnostic;

use self::config::Config;
use self::directory::{Directory, find};
use self::log::Log;
use self::state::State;
use crate::component::storage::{DurableState, OpenQueue, Storage, StorageError};
use crate::component::{
    Component, CreateError, Descriptor, Extension, ExtensionConfig, Host, Kind, Section, Settings,
    Stability, StartError, TypedConfig, TypedFactory,
};

static DESCRIPTOR: Descriptor = Descriptor {
    kind: Kind::Extension,
    type_name: "file_storage",
    aliases: &[],
    stability: &[("extension", Stability::Beta)],
    summary: "keeps queues and states of other components in files",
    example: "
file_storage:
  directory: ./storage
  create_directory: true
",
};

/// Makes `file_storage` extensions.
pub(crate) type Factory = TypedFactory<Config>;

impl TypedConfig for Config {
    type Settings = Self;

    const DESCRIPTOR: &'static Descriptor = &DESCRIPTOR;

    fn read(section: Section<'_>, diagnostics: &mut Vec<Diagnostic>) -> Option<Self> {
        section.read(Kind::Extension, &Self::default(), diagnostics, Self::validate)
    }

    fn settings(&self) -> &Self::Settings {
        self
    }
}

impl ExtensionConfig for Config {
    fn create(&self, _settings: Settings) -> Result<Arc<dyn Extension>, CreateError> {
        Ok(Arc::new(FileStorage { config: self.clone(), files: OnceLock::new() }))
    }
}

struct FileStorage {
    config: Config,
    files: OnceLock<Arc<Files>>,
}

#[async_trait]
impl Component for FileStorage {
    async fn start(&self, host: &Host) -> Result<(), StartError> {
        let path = find(&self.config).map_err(StartError::of)?;
        let key = format!("file_storage:{}", path.display());
        let open = Directory::open(path, self.config.timeout.to_std());
        let directory = host.resources().share(&key, open).await.map_err(StartError::of)?;
        let max_size = u64::try_from(self.config.max_size).unwrap_or(0);
        // Queues that a component before this one opened follow.
        directory.options().set(self.config.fsync, max_size);
        // A component starts once.
        let _ = self.files.set(Arc::new(Files { directory, recreate: self.config.recreate }));
        Ok(())
    }
}

impl Extension for FileStorage {
    fn storage(&self) -> Option<Arc<dyn Storage>> {
        let files: Arc<dyn Storage> = self.files.get()?.clone();
        Some(files)
    }
}

/// The storage that the extension offers.
struct Files {
    directory: Arc<Directory>,
    recreate: bool,
}

#[async_trait]
impl Storage for Files {
    fn place(&self) -> String {
        self.directory.path().display().to_string()
    }

    async fn queue(&self, name: &str) -> Result<OpenQueue, StorageError> {
        let held = self.directory.name(&format!("{name}.queue"))?;
        let folder = self.directory.path().join(format!("{name}.queue"));
        let options = self.directory.options().clone();
        let open = tokio::task::spawn_blocking(move || {
            std::fs::create_dir_all(&folder).map_err(|error| {
                StorageError::System(format!("cannot make {}: {error}", folder.display()))
            })?;
            Log::open(folder, options, held)
        });
        let open = open.await.unwrap_or(Err(StorageError::Closed))?;
        let queue = Arc::new(open.log);
        Ok(OpenQueue { queue, waiting: open.waiting, damaged: open.damaged })
    }

    async fn state(&self, name: &str) -> Result<Arc<dyn DurableState>, StorageError> {
        let held = self.directory.name(&format!("{name}.state"))?;
        let path = self.directory.path().join(format!("{name}.state"));
        let recreate = self.recreate;
        let open = tokio::task::spawn_blocking(move || State::open(path, held, recreate));
        let state = open.await.unwrap_or(Err(StorageError::Closed))?;
        Ok(Arc::new(state))
    }
}
