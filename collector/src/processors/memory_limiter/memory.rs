//! How much memory the process has, and how much it may have. The system's accounts in, bytes out.

use std::path::Path;

/// Bytes of the process that are in memory now; `None` when the system does not say.
pub(super) fn resident() -> Option<u64> {
    let stats = memory_stats::memory_stats()?;
    u64::try_from(stats.physical_mem).ok()
}

/// Bytes that the process may have at most: what its control group allows, at most what the machine
/// has. `None` when the system does not say.
pub(super) fn total() -> Option<u64> {
    total_below(Path::new("/"))
}

/// [`total`] of a system whose files are below `root`.
fn total_below(root: &Path) -> Option<u64> {
    let read = |path: &str| std::fs::read_to_string(root.join(path)).ok();
    let machine = read("proc/meminfo").and_then(|text| of_machine(&text));
    let groups = read("proc/self/cgroup").unwrap_or_default();
    let limits = groups.lines().flat_map(limit_files).filter_map(|path| {
        // "max" is no number, and a limit beyond all memory is none.
        read(&path)?.trim().parse::<u64>().ok().filter(|limit| *limit > 0)
    });
    limits.chain(machine).min()
}

/// All memory of a machine, from `/proc/meminfo`.
fn of_machine(meminfo: &str) -> Option<u64> {
    let line = meminfo.lines().find_map(|line| line.strip_prefix("MemTotal:"))?;
    let kibibytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kibibytes * 1024)
}

/// Files that may hold a limit of the group that a line of `/proc/self/cgroup` names: its own and
/// those of the groups around it, as far as they can be seen.
fn limit_files(line: &str) -> Vec<String> {
    let mut parts = line.splitn(3, ':').skip(1);
    let (controllers, group) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    let (mount, file) = match controllers {
        "" => ("sys/fs/cgroup", "memory.max"),
        names if names.split(',').any(|name| name == "memory") => {
            ("sys/fs/cgroup/memory", "memory.limit_in_bytes")
        }
        _ => return Vec::new(),
    };
    let mut group = group.trim_matches('/');
    let mut files = vec![format!("{mount}/{file}")];
    while !group.is_empty() {
        files.push(format!("{mount}/{group}/{file}"));
        group = group.rsplit_once('/').map_or("", |(outer, _)| outer);
    }
    files
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A system with these files.
    fn system(files: &[(&str, &str)]) -> tempfile::TempDir {
        let root = tempfile::tempdir().expect("a directory");
        for (path, text) in files {
            let path = root.path().join(path);
            std::fs::create_dir_all(path.parent().expect("a parent")).expect("created");
            std::fs::write(path, text).expect("written");
        }
        root
    }

    const MACHINE: (&str, &str) =
        ("proc/meminfo", "MemTotal:        8000000 kB\nMemFree:          100 kB\n");

    #[test]
    fn the_narrowest_group_counts() {
        let root = system(&[
            MACHINE,
            ("proc/self/cgroup", "0::/pod/container\n"),
            ("sys/fs/cgroup/pod/memory.max", "1000000\n"),
            ("sys/fs/cgroup/pod/container/memory.max", "max\n"),
        ]);
        assert_eq!(total_below(root.path()), Some(1_000_000));
    }

    #[test]
    fn the_older_groups_are_read_too() {
        let root = system(&[
            MACHINE,
            ("proc/self/cgroup", "5:cpu,cpuacct:/a\n4:memory:/a\n"),
            ("sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712\n"),
            ("sys/fs/cgroup/memory/a/memory.limit_in_bytes", "2000000\n"),
        ]);
        assert_eq!(total_below(root.path()), Some(2_000_000));
    }

    #[test]
    fn without_a_group_it_is_the_machine() {
        assert_eq!(total_below(system(&[MACHINE]).path()), Some(8_000_000 * 1024));
        assert_eq!(total_below(system(&[]).path()), None);
    }

    #[test]
    fn a_process_has_memory() {
        assert!(resident().is_some_and(|bytes| bytes > 1 << 20));
    }
}
