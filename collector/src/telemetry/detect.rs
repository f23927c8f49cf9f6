//! Attributes of the collector's resource that are found out: `resource::detection/development`.

use std::path::Path;

use super::Resource;
use super::metrics::LabelValue;
use crate::config::yaml::Node;

/// Adds what the detectors of the section find and nothing sets.
pub(super) fn detect(resource: &mut Resource, section: &Node) {
    let patterns = |list: &str| -> Vec<String> {
        let list = section.at(&["attributes", list]).and_then(Node::as_sequence);
        let texts = list.unwrap_or_default().iter().filter_map(Node::as_scalar);
        texts.map(|scalar| scalar.text.clone()).collect()
    };
    let (included, excluded) = (patterns("included"), patterns("excluded"));
    let matches = |patterns: &[String], name: &str| patterns.iter().any(|one| fits(one, name));
    let detectors = section.get("detectors").and_then(Node::as_sequence).unwrap_or_default();
    let names = detectors.iter().filter_map(Node::as_mapping).flat_map(|one| one.entries.keys());
    for (name, value) in names.flat_map(|name| found(name)) {
        let is_wanted = (included.is_empty() || matches(&included, name))
            && !matches(&excluded, name)
            && resource.get(name).is_none();
        if is_wanted {
            resource.set(name, value);
        }
    }
}

/// What a detector finds. `service` finds nothing that is not set anyway.
fn found(detector: &str) -> Vec<(&'static str, LabelValue)> {
    match detector {
        "host" => host(),
        "process" => process(),
        "container" => container().map(|id| ("container.id", id.into())).into_iter().collect(),
        _ => Vec::new(),
    }
}

fn host() -> Vec<(&'static str, LabelValue)> {
    let line = |path: &str| {
        let text = std::fs::read_to_string(path).ok()?;
        Some(text.trim().to_owned()).filter(|text| !text.is_empty())
    };
    let name = line("/proc/sys/kernel/hostname").or_else(|| std::env::var("HOSTNAME").ok());
    let id = line("/etc/machine-id");
    let name = name.map(|name| ("host.name", name.into()));
    name.into_iter().chain(id.map(|id| ("host.id", id.into()))).collect()
}

fn process() -> Vec<(&'static str, LabelValue)> {
    let arguments: Vec<String> = std::env::args().collect();
    let mut attributes: Vec<(&'static str, LabelValue)> = vec![
        ("process.pid", i64::from(std::process::id()).into()),
        ("process.command_args", serde_json::Value::from(arguments).to_string().into()),
        ("process.runtime.name", "rust".into()),
    ];
    if let Ok(path) = std::env::current_exe() {
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned());
        attributes.push(("process.executable.path", path.display().to_string().into()));
        attributes.extend(name.map(|name| ("process.executable.name", name.into())));
    }
    attributes
}

/// The id of the container that the process runs in.
fn container() -> Option<String> {
    let groups = std::fs::read_to_string("/proc/self/cgroup").ok()?;
    groups.lines().find_map(container_id)
}

/// The id at the end of a line of `/proc/self/cgroup`.
fn container_id(line: &str) -> Option<String> {
    let name = Path::new(line).file_name()?.to_str()?;
    let name = name.strip_suffix(".scope").unwrap_or(name);
    let id = name.rsplit(['-', ':']).next()?;
    let is_id = id.len() == 64 && id.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_id.then(|| id.to_owned())
}

/// Whether a pattern with `*` and `?` fits a name.
pub(super) fn fits(pattern: &str, name: &str) -> bool {
    let (mut pattern, mut name) = (pattern.as_bytes(), name.as_bytes());
    let mut retry: Option<(&[u8], &[u8])> = None;
    loop {
        match (pattern.split_first(), name.split_first()) {
            (Some((b'*', rest)), _) => {
                retry = Some((rest, name));
                pattern = rest;
            }
            (Some((expected, after)), Some((found, rest)))
                if expected == found || *expected == b'?' =>
            {
                (pattern, name) = (after, rest);
            }
            (None, None) => return true,
            _ => {
                // The last star takes one letter more.
                let Some((after_star, from)) = retry else { return false };
                let Some((_, rest)) = from.split_first() else { return false };
                retry = Some((after_star, rest));
                (pattern, name) = (after_star, rest);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::telemetry::Build;
    use crate::testing::node;

    #[test]
    fn detectors_add_what_is_not_set() {
        let yaml = "{process.runtime.name: own, detection/development: {attributes: {excluded: \
                    [process.command*]}, detectors: [{process: }, {host: {}}]}}";
        let resource = Resource::configured(Some(&node(yaml)), Build::default());
        let pid = LabelValue::Int(std::process::id().into());
        assert_eq!(resource.get("process.pid"), Some(&pid));
        assert_eq!(resource.get("process.runtime.name"), Some(&"own".into()));
        assert_eq!(resource.get("process.command_args"), None);
    }

    #[test]
    fn a_container_is_known_by_its_group() {
        let id = "0123456789abcdef".repeat(4);
        for line in
            [format!("0::/docker/{id}"), format!("1:name=systemd:/a/cri-containerd-{id}.scope")]
        {
            assert_eq!(container_id(&line), Some(id.clone()), "{line}");
        }
        assert_eq!(container_id("0::/user.slice"), None);
    }

    #[test]
    fn patterns_fit_names() {
        for (pattern, name) in
            [("otelcol_*", "otelcol_x"), ("*", ""), ("a?c*e", "abcdde"), ("*_b_*", "a_b_b_c")]
        {
            assert!(fits(pattern, name), "{pattern} {name}");
        }
        for (pattern, name) in [("a", "ab"), ("a?", "a"), ("*b", "abc")] {
            assert!(!fits(pattern, name), "{pattern} {name}");
        }
    }
}
