//! Gives back the memory of code that only the start needed.
//!
//! Reading a configuration, checking it and building the graph run through some 10 MiB of code that a
//! collector in peace never touches again. While these pages are mapped they count as its memory, and
//! the kernel takes them last. Unmapped, they are a cache of the file like any other; what is needed
//! again comes back by itself, 64 KiB for each fault.
#![allow(unsafe_code)]

/// Unmaps the pages of this program's code; call it once, when the start is done. Does nothing where
/// mappings cannot be read.
///
/// Not after a reload: breakpoints and uprobes that somebody has set since would be lost.
#[cfg(target_os = "linux")]
pub(super) fn release_code() {
    use rustix::mm::{Advice, madvise};

    let Ok(maps) = std::fs::read_to_string("/proc/self/maps") else { return };
    let Ok(program) = std::env::current_exe() else { return };
    for range in maps.lines().filter_map(|line| code(line, &program)) {
        let start = std::ptr::with_exposed_provenance_mut(range.start);
        // SAFETY: The range is one mapping of the program's own file, private, executable and not
        // writable, as the kernel has just said; nothing unmaps or moves it while the program runs.
        // No page of it was ever written (the program is linked without relocations in its code), so
        // every page that is dropped is read again from the file with the same content. No Rust
        // object lies there: constants are in the mappings that are not executable.
        let advised = unsafe { madvise(start, range.len(), Advice::LinuxDontNeed) };
        if let Err(error) = advised {
            tracing::debug!(%error, "The code of the start stays in memory");
        }
    }
}

/// Other systems count memory in other ways.
#[cfg(not(target_os = "linux"))]
pub(super) const fn release_code() {}

/// The addresses of a line of `/proc/self/maps` when it is code of `program`.
#[cfg(target_os = "linux")]
fn code(line: &str, program: &std::path::Path) -> Option<std::ops::Range<usize>> {
    let mut parts = line.split_ascii_whitespace();
    let (addresses, permissions) = (parts.next()?, parts.next()?);
    let path = parts.nth(3)?;
    if permissions != "r-xp" || std::path::Path::new(path) != program {
        return None;
    }
    let (start, end) = addresses.split_once('-')?;
    let address = |hex: &str| usize::from_str_radix(hex, 16).ok();
    let range = address(start)?..address(end)?;
    (!range.is_empty()).then_some(range)
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use std::path::Path;

    use super::*;

    #[test]
    fn only_the_code_of_the_program_is_taken() {
        let maps = "\
1000-2000 r--p 00000000 fe:00 12 /bin/holt
2000-5000 r-xp 00001000 fe:00 12 /bin/holt
5000-6000 r--p 00004000 fe:00 12 /bin/holt
6000-7000 rw-p 00005000 fe:00 12 /bin/holt
7000-8000 rwxp 00005000 fe:00 12 /bin/holt
9000-a000 r-xp 00000000 fe:00 13 /lib/libc.so.6
b000-c000 rw-p 00000000 00:00 0
broken";
        let mut found = maps.lines().filter_map(|line| code(line, Path::new("/bin/holt")));
        assert_eq!(found.next(), Some(0x2000..0x5000));
        assert_eq!(found.next(), None);
    }

    #[test]
    fn the_program_goes_on_without_its_code_in_memory() {
        for round in 0..3 {
            release_code();
            assert_eq!(
                format!("{:?}", [round, 2].map(|number| number * 2)),
                format!("[{}, 4]", 2 * round)
            );
        }
    }
}
