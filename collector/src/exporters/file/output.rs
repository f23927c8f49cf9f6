//! From batches to messages, and to the file of each.

use std::collections::HashMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use holt_pdata::{Batch, json};

use super::config::Config;
use super::groups::{self, Paths};
use super::writer::{Options, WriteError, Writer};
use crate::component::{Host, Refused};
use crate::net::compression::{Encoding, Level, compress};

/// Where batches of one component go.
pub(super) struct Output {
    format: Format,
    target: Target,
}

/// What a message is.
#[derive(Clone, Copy)]
struct Format {
    is_json: bool,
    compresses: bool,
    level: Level,
}

enum Target {
    One(Arc<Writer>),
    Many(Arc<Groups>),
}

/// A file for each value of an attribute.
struct Groups {
    attribute: String,
    paths: Paths,
    options: Options,
    permissions: u32,
    most: usize,
    open: Mutex<Open>,
}

/// The files that are open, with the time of their latest use.
#[derive(Default)]
struct Open {
    uses: u64,
    files: HashMap<PathBuf, (u64, Arc<Writer>)>,
}

impl Output {
    /// Opens the file. Those of groups are opened when there is something for them.
    pub(super) async fn open(config: &Config, host: &Host) -> Result<Self, WriteError> {
        let format = Format {
            is_json: config.format == "json",
            compresses: !config.compression.is_empty(),
            level: Some(config.compression_params.level).filter(|level| *level != 0),
        };
        let options = Options {
            append: config.append,
            lines: format.is_lines(),
            rotation: config.rotation(),
        };
        if config.group_by.enabled {
            let groups = Groups {
                attribute: config.group_by.resource_attribute.clone(),
                paths: Paths::new(&config.path),
                options,
                permissions: config.permissions(),
                most: config.group_by.max_open_files as usize,
                open: Mutex::default(),
            };
            // Components of the same settings share their files; others have others.
            let key = format!("{} {:?}", config.path, config.group_by);
            let opened = async { Ok::<_, WriteError>(groups) };
            let groups = host.resources().share(&key, opened).await?;
            return Ok(Self { format, target: Target::Many(groups) });
        }
        let path = Path::new(&config.path);
        let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
        let opened = async {
            if config.create_directory || options.rotation.is_some() {
                make_directory(&absolute, config.permissions())?;
            }
            Writer::open(&absolute, options.clone())
        };
        let writer = host.resources().share(&absolute.to_string_lossy(), opened).await?;
        writer.set(options);
        Ok(Self { format, target: Target::One(writer) })
    }

    /// Writes a batch.
    pub(super) fn write(&self, batch: &Batch) -> Result<(), Refused> {
        match &self.target {
            Target::One(writer) => self.format.write(writer, batch),
            Target::Many(groups) => {
                let parts = groups::split(batch, &groups.attribute);
                let written = parts.into_iter().map(|(value, part)| {
                    let writer = groups.writer(&groups.paths.of(&value)).map_err(refused)?;
                    self.format.write(&writer, &part)
                });
                // All parts are tried; offering all again would write some twice.
                let failed = Refused::combine(written.filter_map(Result::err));
                failed.map_or(Ok(()), |failed| Err(Refused { permanent: true, ..failed }))
            }
        }
    }

    /// Waits until the disk has everything.
    pub(super) fn sync(&self) -> Result<(), WriteError> {
        match &self.target {
            Target::One(writer) => writer.sync(),
            Target::Many(groups) => {
                groups.lock().files.values().try_for_each(|(_, one)| one.sync())
            }
        }
    }
}

impl Format {
    /// Whether a message is a line; otherwise its length stands in front.
    const fn is_lines(self) -> bool {
        self.is_json && !self.compresses
    }

    fn write(self, writer: &Writer, batch: &Batch) -> Result<(), Refused> {
        let message = self.message(batch).map_err(|error| Refused::permanent(error.to_string()))?;
        writer.write(&message).map_err(refused)
    }

    fn message(self, batch: &Batch) -> io::Result<Vec<u8>> {
        let mut body: Bytes = match self.is_json {
            true => json::encode(batch).into(),
            false => batch.bytes().clone(),
        };
        if self.compresses {
            body = compress(Encoding::Zstd, self.level, &body)?;
        }
        let mut message = Vec::with_capacity(body.len() + 4);
        if self.is_lines() {
            message.extend_from_slice(&body);
            message.push(b'\n');
        } else {
            let length = u32::try_from(body.len()).map_err(io::Error::other)?;
            message.extend_from_slice(&length.to_be_bytes());
            message.extend_from_slice(&body);
        }
        Ok(message)
    }
}

/// What does not fit now may fit later; what is too large never will.
fn refused(error: WriteError) -> Refused {
    match error {
        WriteError::TooLarge { .. } => Refused::permanent(error.to_string()),
        WriteError::System { .. } => Refused::retryable(error.to_string()),
    }
}

impl Groups {
    /// The file of a path, which may have to be opened, and another closed for it.
    fn writer(&self, path: &Path) -> Result<Arc<Writer>, WriteError> {
        let mut open = self.lock();
        open.uses += 1;
        let now = open.uses;
        if let Some((used, writer)) = open.files.get_mut(path) {
            *used = now;
            return Ok(writer.clone());
        }
        make_directory(path, self.permissions)?;
        let writer = Arc::new(Writer::open(path, self.options.clone())?);
        if open.files.len() >= self.most {
            let oldest = open.files.iter().min_by_key(|(_, (used, _))| *used);
            if let Some(oldest) = oldest.map(|(path, _)| path.clone()) {
                open.files.remove(&oldest);
            }
        }
        open.files.insert(path.to_owned(), (now, writer.clone()));
        Ok(writer)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Open> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Makes the directory of a file with these permissions.
fn make_directory(path: &Path, permissions: u32) -> Result<(), WriteError> {
    let Some(directory) = path.parent() else { return Ok(()) };
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, permissions);
    #[cfg(not(unix))]
    let _ = permissions;
    builder
        .create(directory)
        .map_err(|error| WriteError::System { path: directory.to_owned(), error })
}
