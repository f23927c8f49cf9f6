//! The extension as components see it.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use tempfile::TempDir;

use super::config::Config;
use super::directory::Directory;
use crate::component::storage::{Kept, Record, Storage, StorageError};
use crate::component::{ExtensionConfig, Host, Kind};
use crate::config::values::Duration;
use crate::testing::{plan, settings};

fn config(directory: &Path) -> Config {
    let directory = directory.display().to_string();
    Config { directory, timeout: Duration::from_millis(50), ..Config::default() }
}

async fn start(config: Config, host: &Host) -> Arc<dyn Storage> {
    let extension = config.create(settings(Kind::Extension, "file_storage").0).unwrap();
    extension.start(host).await.unwrap();
    extension.storage().unwrap()
}

#[tokio::test]
async fn states_are_kept() {
    let folder = TempDir::new().unwrap();
    let storage = start(config(folder.path()), &Host::default()).await;
    let state = storage.state("receiver_file_log").await.unwrap();
    assert!(matches!(storage.state("receiver_file_log").await, Err(StorageError::InUse(_))));
    assert_eq!(state.get("a").await.unwrap(), None);
    let set = |key: &str, value: Option<&str>| (key.to_owned(), value.map(|text| text.into()));
    state.change(vec![set("a", Some("1")), set("b", Some("2"))]).await.unwrap();
    state.change(vec![set("a", None), set("c", Some(""))]).await.unwrap();
    drop((state, storage));
    let storage = start(config(folder.path()), &Host::default()).await;
    let state = storage.state("receiver_file_log").await.unwrap();
    let expected = vec![("b".to_owned(), b"2".to_vec()), ("c".to_owned(), Vec::new())];
    assert_eq!(state.all().await.unwrap(), expected);
    assert_eq!(state.get("b").await.unwrap(), Some(b"2".to_vec()));
}

#[tokio::test]
async fn a_state_that_cannot_be_read_begins_anew_when_asked() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("a.state");
    fs::write(&path, "no database").unwrap();
    let storage = start(config(folder.path()), &Host::default()).await;
    let refused = storage.state("a").await.map(|_| ()).unwrap_err();
    assert!(refused.to_string().contains("recreate"), "{refused}");
    drop(storage);
    let recreating = Config { recreate: true, ..config(folder.path()) };
    let storage = start(recreating, &Host::default()).await;
    assert_eq!(storage.state("a").await.unwrap().all().await.unwrap(), []);
    assert_eq!(fs::read_to_string(folder.path().join("a.state.damaged")).unwrap(), "no database");
}

#[tokio::test]
async fn one_process_uses_a_directory() {
    let folder = TempDir::new().unwrap();
    let host = Host::default();
    let first = start(config(folder.path()), &host).await;
    // A reload shares it.
    let second = start(config(folder.path()), &host).await;
    assert_eq!(first.place(), second.place());
    let patience = std::time::Duration::from_millis(50);
    let other = Directory::open(folder.path().to_owned(), patience).await.map(|_| ());
    let StorageError::InUse(text) = other.unwrap_err() else { panic!("it was opened") };
    assert!(text.contains("another process") && text.contains("50ms"), "{text}");
    drop((first, second));
    Directory::open(folder.path().to_owned(), patience).await.unwrap();
}

#[tokio::test]
async fn directories_are_made_when_asked() {
    let folder = TempDir::new().unwrap();
    let inner = folder.path().join("a/b");
    let config = Config {
        create_directory: true,
        directory_permissions: "0700".to_owned(),
        ..config(&inner)
    };
    let storage = start(config, &Host::default()).await;
    let queue = storage.queue("exporter_otlp_grpc_traces").await.unwrap().queue;
    queue.put(Record::default()).await.map(Kept::keep).unwrap();
    assert!(inner.join("exporter_otlp_grpc_traces.queue").is_dir());
    #[cfg(unix)]
    {
        let mode =
            std::os::unix::fs::PermissionsExt::mode(&inner.metadata().unwrap().permissions());
        assert_eq!(mode & 0o777, 0o700);
    }
}

#[tokio::test]
async fn files_of_the_go_collector_stay() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("exporter_otlp_grpc__traces");
    let mut page = vec![0; 4096];
    page[16..20].copy_from_slice(&0xED0C_DAED_u32.to_le_bytes());
    fs::write(&path, &page).unwrap();
    let storage = start(config(folder.path()), &Host::default()).await;
    storage.queue("exporter_otlp_grpc_traces").await.unwrap();
    assert_eq!(fs::read(path).unwrap(), page);
}

#[test]
fn settings_are_checked() {
    let folder = TempDir::new().unwrap();
    let here = folder.path().display();
    let messages = |settings: &str| {
        let yaml = format!(
            "
receivers: {{nop: }}
exporters: {{nop: }}
extensions: {{file_storage: {{{settings}}}}}
service:
  extensions: [file_storage]
  pipelines: {{traces: {{receivers: [nop], exporters: [nop]}}}}
"
        );
        let (_, diagnostics) = plan(&yaml);
        diagnostics.into_iter().map(|finding| finding.message).collect::<Vec<_>>()
    };
    assert_eq!(messages(&format!("directory: '{here}'")), [""; 0]);
    let all = format!(
        "directory: '{here}', timeout: 2s, fsync: true, create_directory: true, \
         directory_permissions: '0755', max_size: 1000, recreate: true, compaction: {{directory: \
         '{here}', on_start: true, on_rebound: false, rebound_needed_threshold_mib: 1, \
         rebound_trigger_threshold_mib: 1, max_transaction_size: 1, check_interval: 1s, \
         cleanup_on_start: true}}"
    );
    assert_eq!(messages(&all), [""; 0]);
    assert!(messages(&format!("directory: '{here}/none'"))[0].contains("there is no directory"));
    assert_eq!(messages(&format!("directory: '{here}/none', create_directory: true")), [""; 0]);
    let with = |settings: &str| messages(&format!("directory: '{here}', {settings}"))[0].clone();
    assert!(with("max_size: -1").contains("negative"));
    assert!(with("create_directory: true, directory_permissions: '0999'").contains("octal"));
    assert!(with("create_directory: true, directory_permissions: '01777'").contains("nine bits"));
    assert!(with("compaction: {max_transaction_size: -1}").contains("negative"));
    assert!(with("compaction: {on_rebound: true, check_interval: 0s}").contains("positive"));
    assert!(with("max_size: 1000, compaction: {on_rebound: true}").contains("max_size"));
}
