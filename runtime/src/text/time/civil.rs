//! The Gregorian calendar, without end in both directions.

/// Seconds of a day.
const DAY: i64 = 86_400;

/// A time as a clock and a calendar show it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Civil {
    /// Year; 0 is the year before 1.
    pub year: i64,
    /// 1 to 12.
    pub month: i64,
    /// 1 to 31.
    pub day: i64,
    /// 0 to 23.
    pub hour: i64,
    /// 0 to 59.
    pub minute: i64,
    /// 0 to 59.
    pub second: i64,
    /// 0 for Sunday.
    pub weekday: i64,
    /// 1 to 366.
    pub day_of_year: i64,
}

impl Civil {
    /// What clock and calendar show that many seconds after 1970.
    pub fn of(seconds: i64) -> Self {
        let days = seconds.div_euclid(DAY);
        let second = seconds.rem_euclid(DAY);
        let (year, month, day) = date(days);
        Self {
            year,
            month,
            day,
            hour: second / 3600,
            minute: second / 60 % 60,
            second: second % 60,
            // 1970 began on a Thursday.
            weekday: (days + 4).rem_euclid(7),
            day_of_year: days - days_before(year, 1, 1) + 1,
        }
    }

    /// Seconds since 1970. Parts beyond their range carry over.
    pub fn seconds(&self) -> i64 {
        let months = self.month - 1;
        let year = self.year + months.div_euclid(12);
        let days = days_before(year, months.rem_euclid(12) + 1, 1) + self.day - 1;
        days.wrapping_mul(DAY)
            .wrapping_add(self.hour * 3600 + self.minute * 60)
            .wrapping_add(self.second)
    }
}

/// Whether a year has a leap day.
pub const fn is_leap(year: i64) -> bool {
    year.rem_euclid(4) == 0 && (year.rem_euclid(100) != 0 || year.rem_euclid(400) == 0)
}

/// The days of a month.
pub const fn days_in(year: i64, month: i64) -> i64 {
    match month {
        2 if is_leap(year) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days from 1970-01-01 to a date.
fn days_before(year: i64, month: i64, day: i64) -> i64 {
    // Years are counted from March on, so that a leap day is the last day of its year.
    let year = year - i64::from(month <= 2);
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let march_month = (month + 9) % 12;
    let day_of_year = (153 * march_month + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era.wrapping_mul(146_097).wrapping_add(day_of_era - 719_468)
}

/// Year, month and day of a day counted from 1970-01-01.
pub fn date(days: i64) -> (i64, i64, i64) {
    // 400 years have the same number of days wherever they start.
    const DAYS_TO_MARCH_OF_YEAR_0: i64 = 719_468;
    const DAYS_OF_400_YEARS: i64 = 146_097;
    let shifted = days.saturating_add(DAYS_TO_MARCH_OF_YEAR_0);
    let era = shifted.div_euclid(DAYS_OF_400_YEARS);
    let day_of_era = shifted.rem_euclid(DAYS_OF_400_YEARS);
    let leap_days = day_of_era / 1460 - day_of_era / 36_524 + day_of_era / (DAYS_OF_400_YEARS - 1);
    let year_of_era = (day_of_era - leap_days) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let march_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * march_month + 2) / 5 + 1;
    let month = if march_month < 10 { march_month + 3 } else { march_month - 9 };
    (year_of_era + era * 400 + i64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_day_follows_the_one_before() {
        let (mut year, mut month, mut day) = date(-800_000);
        for days in -799_999..800_000 {
            day += 1;
            if day > days_in(year, month) {
                (month, day) = (month + 1, 1);
            }
            if month > 12 {
                (year, month) = (year + 1, 1);
            }
            assert_eq!(date(days), (year, month, day));
            assert_eq!(days_before(year, month, day), days);
        }
    }

    #[test]
    fn clock_and_calendar() {
        let civil = Civil::of(951_782_400);
        assert_eq!((civil.year, civil.month, civil.day), (2000, 2, 29));
        assert_eq!((civil.weekday, civil.day_of_year), (2, 60));
        assert_eq!(civil.seconds(), 951_782_400);
        assert_eq!(Civil { month: 14, year: 1999, day: 29, ..civil }.seconds(), 951_782_400);
    }
}
