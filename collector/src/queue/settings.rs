//! `sending_queue` and `retry_on_failure` (reference §3.1, §3.2).

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::component::Findings;
use crate::config::ids::ComponentId;
use crate::config::values::{Duration, Optional};

/// `retry_on_failure`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct RetrySettings {
    /// Whether failures that may pass are retried.
    pub enabled: bool,
    /// First wait.
    pub initial_interval: Duration,
    /// How far a wait is drawn around its length, as a fraction.
    pub randomization_factor: f64,
    /// What a wait is multiplied with for the next one.
    pub multiplier: f64,
    /// Longest wait.
    pub max_interval: Duration,
    /// Time after which a batch is given up; 0 is never.
    pub max_elapsed_time: Duration,
}

impl Default for RetrySettings {
    fn default() -> Self {
        Self {
            enabled: true,
            initial_interval: Duration::from_secs(5),
            randomization_factor: 0.5,
            multiplier: 1.5,
            max_interval: Duration::from_secs(30),
            max_elapsed_time: Duration::from_secs(300),
        }
    }
}

/// What the size of a queue or a batch counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Sizer {
    /// Batches as they came.
    Requests,
    /// Spans, datapoints, log records, profile samples.
    Items,
    /// Encoded bytes.
    Bytes,
}

/// `sending_queue`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct QueueSettings {
    /// Most exports at a time.
    pub num_consumers: i64,
    /// How much the queue holds, in units of `sizer`.
    pub queue_size: i64,
    /// What is counted; `requests` unless the user names another.
    pub sizer: Option<Sizer>,
    /// Whether a full queue makes the sender wait instead of refusing.
    pub block_on_overflow: bool,
    /// Whether the sender waits for the outcome of the export.
    pub wait_for_result: bool,
    /// The extension that stores the queue.
    pub storage: Option<ComponentId>,
    /// Joining of batches before they are sent.
    pub batch: Optional<QueueBatchSettings>,
}

impl Default for QueueSettings {
    fn default() -> Self {
        Self {
            num_consumers: 10,
            queue_size: 1000,
            sizer: None,
            block_on_overflow: false,
            wait_for_result: false,
            storage: None,
            batch: Optional::Default(QueueBatchSettings::default()),
        }
    }
}

/// `sending_queue.batch`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct QueueBatchSettings {
    /// Longest wait for more.
    pub flush_timeout: Duration,
    /// Size that is sent at once.
    pub min_size: i64,
    /// Largest size; 0 is no limit.
    pub max_size: i64,
    /// What is counted; that of the queue when the user names one there, `items` otherwise.
    pub sizer: Option<Sizer>,
    /// What is never joined.
    pub partition: PartitionSettings,
}

impl Default for QueueBatchSettings {
    fn default() -> Self {
        Self {
            flush_timeout: Duration::from_millis(200),
            min_size: 8192,
            max_size: 0,
            sizer: None,
            partition: PartitionSettings::default(),
        }
    }
}

/// `sending_queue.batch.partition`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct PartitionSettings {
    /// Request metadata whose values are kept apart.
    pub metadata_keys: Vec<String>,
}

impl RetrySettings {
    /// Reports what is wrong with the settings at `keys`.
    pub fn validate(&self, keys: &[&str], findings: &mut Findings<'_>) {
        let durations = [
            ("initial_interval", self.initial_interval),
            ("max_interval", self.max_interval),
            ("max_elapsed_time", self.max_elapsed_time),
        ];
        for (name, value) in durations {
            if value.is_negative() {
                findings.refuse(
                    &[keys, &[name]].concat(),
                    "a wait cannot be negative",
                    "write a duration such as `5s`",
                    &format!("'{name}' must be non-negative"),
                );
            }
        }
        if !(0.0..=1.0).contains(&self.randomization_factor) {
            findings.refuse(
                &[keys, &["randomization_factor"]].concat(),
                "it lies between 0 and 1",
                "write 0.5, for waits between half and one and a half of the interval",
                "'randomization_factor' must be within [0, 1]",
            );
        }
        if self.multiplier.is_nan() || self.multiplier < 0.0 {
            findings.refuse(
                &[keys, &["multiplier"]].concat(),
                "it cannot be negative",
                "write 1.5, for waits that grow by half",
                "'multiplier' must be non-negative",
            );
        }
        if self.max_elapsed_time > Duration::ZERO {
            let others =
                [("initial_interval", self.initial_interval), ("max_interval", self.max_interval)];
            for (name, value) in others {
                if self.max_elapsed_time < value {
                    findings.refuse(
                        &[keys, &["max_elapsed_time"]].concat(),
                        &format!("it is shorter than `{name}` ({value})"),
                        "make it longer, or 0 for no limit",
                        &format!("'max_elapsed_time' must not be less than '{name}'"),
                    );
                }
            }
        }
    }
}

impl QueueSettings {
    /// Reports what is wrong with the settings at `keys`.
    pub fn validate(&self, keys: &[&str], findings: &mut Findings<'_>) {
        let key = |name: &'static str| [keys, &[name]].concat();
        for (name, value) in
            [("num_consumers", self.num_consumers), ("queue_size", self.queue_size)]
        {
            if value <= 0 {
                findings.refuse(
                    &key(name),
                    &format!("{value} is not positive"),
                    "write a number above 0, or `enabled: false` to do without the queue",
                    &format!("`{name}` must be positive"),
                );
            }
        }
        if self.storage.is_some() && self.wait_for_result {
            findings.refuse(
                &key("wait_for_result"),
                "a stored queue cannot wait for the result",
                "remove `wait_for_result` or `storage`",
                "`wait_for_result` is not supported with a persistent queue configured with \
                 `storage`",
            );
        }
        let Some(batch) = self.batch.as_ref() else { return };
        let batch_key = |name: &'static str| [keys, &["batch", name]].concat();
        if batch.flush_timeout <= Duration::ZERO {
            findings.refuse(
                &batch_key("flush_timeout"),
                "the wait must be positive",
                "write a duration such as `200ms`",
                &format!(
                    "`flush_timeout` must be positive, found {}",
                    batch.flush_timeout.as_nanos()
                ),
            );
        }
        for (name, value) in [("min_size", batch.min_size), ("max_size", batch.max_size)] {
            if value < 0 {
                findings.refuse(
                    &batch_key(name),
                    "a size cannot be negative",
                    "write 0 for none",
                    &format!("`{name}` must be non-negative, found {value}"),
                );
            }
        }
        if batch.max_size > 0 && batch.max_size < batch.min_size {
            findings.refuse(
                &batch_key("max_size"),
                &format!("it is smaller than `min_size` ({})", batch.min_size),
                "make it at least as large, or 0 for no limit",
                &format!(
                    "`max_size` ({}) must be greater or equal to `min_size` ({})",
                    batch.max_size, batch.min_size
                ),
            );
        }
        if self.batch_sizer() == Some(Sizer::Requests) {
            findings.refuse(
                &batch_key("sizer"),
                "batches are sized by items or by bytes",
                "write `sizer: items` below `batch:`",
                "`batch` supports only `items` or `bytes` sizer, found \"requests\"",
            );
        }
        let sizer = self.batch_sizer().filter(|sizer| *sizer != Sizer::Requests);
        if sizer == Some(self.queue_sizer()) && batch.min_size > self.queue_size {
            findings.refuse(
                &batch_key("min_size"),
                &format!("it is larger than `queue_size` ({})", self.queue_size),
                "make the queue larger or the batches smaller",
                "`min_size` must be less than or equal to `queue_size`",
            );
        }
        let mut seen = std::collections::HashSet::new();
        for name in &batch.partition.metadata_keys {
            if !seen.insert(name.to_ascii_lowercase()) {
                findings.refuse(
                    &[keys, &["batch", "partition", "metadata_keys"]].concat(),
                    &format!("`{name}` is given twice, letter case does not count"),
                    "remove one of them",
                    &format!("duplicate entry in metadata_keys: {name:?} (case-insensitive)"),
                );
            }
        }
    }

    /// What the size of the queue counts.
    pub fn queue_sizer(&self) -> Sizer {
        self.sizer.unwrap_or(Sizer::Requests)
    }

    /// What batches are sized by, when there is batching: their own sizer, that of the queue when
    /// the user names one there, or items.
    pub fn batch_sizer(&self) -> Option<Sizer> {
        let batch = self.batch.as_ref()?;
        Some(batch.sizer.or(self.sizer).unwrap_or(Sizer::Items))
    }
}
