//! Time zones: UTC, fixed offsets with or without a name, and those of the tz database.
//!
//! A [`Zone`] is four bytes, so that a time stays small. Zones with a name or of the database stand
//! in a table that grows to a fixed size; the database itself is the `jiff` crate's.

use std::sync::{OnceLock, RwLock};

use jiff::Timestamp;
use jiff::tz::{self, TimeZone};

/// A time zone.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Zone(u32);

/// Set for fixed offsets without a name; the offset in seconds is in the bits below.
const FIXED: u32 = 1 << 31;

/// So many zones with a name at most; further ones lose their name.
const MAX_ZONES: usize = 4096;

#[derive(Clone)]
enum Known {
    /// A name that is not of the database, with its offset in seconds.
    Named(Box<str>, i32),
    /// A zone of the database, under the name by which it was asked for.
    Database(Box<str>, TimeZone),
}

fn table() -> &'static RwLock<Vec<Known>> {
    static TABLE: OnceLock<RwLock<Vec<Known>>> = OnceLock::new();
    // Zone 0 is UTC and stands in no table.
    TABLE.get_or_init(|| RwLock::new(Vec::new()))
}

impl Zone {
    /// Coordinated universal time.
    pub const UTC: Self = Self(0);

    /// The zone with that offset in seconds and no name.
    pub const fn fixed(offset: i32) -> Self {
        Self(FIXED | (offset as u32 & !FIXED))
    }

    /// A name that stands for an offset.
    pub fn named(name: &str, offset: i32) -> Self {
        if name.is_empty() {
            return Self::fixed(offset);
        }
        let is_it = |known: &Known| matches!(known, Known::Named(other, seconds) if &**other == name && *seconds == offset);
        Self::interned(is_it, || Known::Named(name.into(), offset))
            .unwrap_or_else(|| Self::fixed(offset))
    }

    /// A zone of the database, such as `Europe/Berlin`. `None` if it has none of that name.
    pub fn database(name: &str) -> Option<Self> {
        if name == "UTC" {
            return Some(Self::UTC);
        }
        // The database is asked without regard to letter case, which is not what Go does.
        let zone = tz::db().get(name).ok().filter(|zone| zone.iana_name() == Some(name))?;
        let is_it = |known: &Known| matches!(known, Known::Database(other, _) if &**other == name);
        Self::interned(is_it, || Known::Database(name.into(), zone.clone()))
    }

    /// The zone of this machine.
    pub fn system() -> Self {
        let zone = TimeZone::system();
        match zone.iana_name() {
            Some(name) => Self::database(name).unwrap_or(Self::UTC),
            None => Self::UTC,
        }
    }

    fn interned(is_it: impl Fn(&Known) -> bool, make: impl FnOnce() -> Known) -> Option<Self> {
        let number = |index: usize| u32::try_from(index + 1).ok().map(Self);
        if let Some(index) = table().read().ok()?.iter().position(&is_it) {
            return number(index);
        }
        let mut all = table().write().ok()?;
        if let Some(index) = all.iter().position(is_it) {
            return number(index);
        }
        if all.len() >= MAX_ZONES {
            return None;
        }
        all.push(make());
        number(all.len() - 1)
    }

    /// Its name: none for a fixed offset without one.
    pub fn name(self) -> String {
        if self == Self::UTC {
            return "UTC".to_owned();
        }
        let known = table().read().ok();
        let index = (self.0 as usize).wrapping_sub(1);
        match known.as_ref().and_then(|known| known.get(index)) {
            Some(Known::Named(name, _) | Known::Database(name, _)) => name.to_string(),
            None => String::new(),
        }
    }

    /// The offset from UTC in seconds, and the abbreviation, of a time in seconds since 1970.
    pub fn at(self, seconds: i64) -> (i64, String) {
        if self == Self::UTC {
            return (0, "UTC".to_owned());
        }
        if self.0 & FIXED != 0 {
            // The bit below the mark is the sign.
            let offset = (self.0 << 1).cast_signed() >> 1;
            return (i64::from(offset), String::new());
        }
        let known = table().read().ok();
        let index = (self.0 as usize).wrapping_sub(1);
        match known.as_ref().and_then(|known| known.get(index)) {
            Some(Known::Named(name, offset)) => (i64::from(*offset), name.to_string()),
            Some(Known::Database(_, zone)) => {
                let (least, most) = (Timestamp::MIN.as_second(), Timestamp::MAX.as_second());
                let time = Timestamp::from_second(seconds.clamp(least, most));
                let info = zone.to_offset_info(time.unwrap_or_default());
                (i64::from(info.offset().seconds()), info.abbreviation().to_owned())
            }
            None => (0, "UTC".to_owned()),
        }
    }

    /// The time in seconds since 1970 at which clocks of the zone show `local`, itself given as if
    /// the clock were one of UTC.
    pub fn to_utc(self, local: i64) -> i64 {
        let (guess, _) = self.at(local);
        if guess == 0 {
            return local;
        }
        let (offset, _) = self.at(local.wrapping_sub(guess));
        local.wrapping_sub(offset)
    }

    /// The offset that an abbreviation stands for in the zone about that time.
    pub fn offset_of(self, abbreviation: &str, local: i64) -> Option<i64> {
        const QUARTER: i64 = 91 * 86_400;
        let near = [0, QUARTER, -QUARTER, 2 * QUARTER, -2 * QUARTER];
        let found = near.into_iter().map(|shift| self.at(local.saturating_add(shift)));
        found.into_iter().find(|(_, name)| name == abbreviation).map(|(offset, _)| offset)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offsets_and_abbreviations() {
        assert_eq!(Zone::UTC.at(0), (0, "UTC".to_owned()));
        assert_eq!(Zone::fixed(-7200).at(0), (-7200, String::new()));
        assert_eq!(Zone::fixed(19_800).at(0).0, 19_800);
        assert_eq!(Zone::named("XYZ", 3600).at(0), (3600, "XYZ".to_owned()));
        assert_eq!(Zone::named("XYZ", 3600), Zone::named("XYZ", 3600));
        let berlin = Zone::database("Europe/Berlin").unwrap();
        assert_eq!(berlin.at(1_720_000_000), (7200, "CEST".to_owned()));
        assert_eq!(berlin.at(1_700_000_000), (3600, "CET".to_owned()));
        assert_eq!(berlin.offset_of("CET", 1_720_000_000), Some(3600));
        assert!(Zone::database("europe/berlin").is_none());
        assert!(Zone::database("Nowhere").is_none());
    }

    #[test]
    fn clocks_to_utc() {
        let berlin = Zone::database("Europe/Berlin").unwrap();
        // 2024-03-31T02:30 does not exist there; Go takes the offset before the change.
        assert_eq!(berlin.to_utc(1_711_852_200), 1_711_848_600);
        assert_eq!(berlin.to_utc(1_720_007_200), 1_720_000_000);
    }
}
