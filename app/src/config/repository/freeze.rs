//! Freeze windows: stretches of time in which nothing is applied, as people write them, and the instants they stand for.

use jiff::civil::{Date, DateTime, Time, Weekday};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tfpilot_engine::Freeze;

use super::policies::Override;
use super::rules::overriders;

/// Weekly windows are told as far ahead as this, in days: the next one is always among them.
const AHEAD_DAYS: i64 = 15;

/// The time zone where none is named.
const UTC: &str = "UTC";

/// A stretch of time in which nothing is applied; plans run all the same.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Window {
    /// How people call it; no two windows of the file have one name.
    pub name: String,
    /// Why nothing is applied then.
    pub reason: Option<String>,
    /// Its first day, such as 2026-12-20, or the moment it begins, such as 2026-12-20T18:00.
    pub from: Option<String>,
    /// Its last day, or the moment it ends.
    pub to: Option<String>,
    /// Instead of `from` and `to`: every week, such as `Fri 16:00 - Mon 08:00`.
    pub weekly: Option<String>,
    /// Its time zone. Default: that of the file.
    pub timezone: Option<String>,
    /// Who may let a change pass, beside admins.
    #[serde(rename = "override")]
    pub overriders: Override,
}

/// What is wrong with a window.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Wrong {
    /// The key that holds it; empty for the window itself.
    pub(super) key: &'static str,
    /// What.
    pub(super) what: String,
    /// What to write.
    pub(super) hint: &'static str,
}

/// When a window holds.
#[derive(Debug, Clone, PartialEq, Eq)]
enum When {
    Once { from: Timestamp, until: Timestamp },
    Weekly { from: InWeek, until: InWeek },
}

/// A day of the week and a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct InWeek {
    day: Weekday,
    time: Time,
}

impl super::RepositoryConfig {
    /// Time zone of freeze windows that name none.
    pub fn timezone(&self) -> &str {
        self.timezone.as_deref().unwrap_or(UTC)
    }
}

/// The windows that hold now or will, as instants. One that cannot be read holds always: such a file does not come into
/// force, and what did so under another version must not fall open.
pub(super) fn around(windows: &[Window], zone: &str, now: Timestamp) -> Vec<Freeze> {
    windows.iter().flat_map(|window| instants(window, zone, now)).collect()
}

fn instants(window: &Window, zone: &str, now: Timestamp) -> Vec<Freeze> {
    let zone_name = window.timezone.as_deref().unwrap_or(zone);
    let freeze = |from, until| Freeze {
        name: window.name.clone(),
        reason: window.reason.clone(),
        from,
        until,
        zone: zone_name.to_owned(),
        overriders: overriders(Some(&window.overriders)),
    };
    let read = parse_zone(zone_name).and_then(|zone| Ok((parse_when(window, &zone)?, zone)));
    match read {
        Err(_) => vec![freeze(Timestamp::MIN, Timestamp::MAX)],
        Ok((When::Once { until, .. }, _)) if until <= now => Vec::new(),
        Ok((When::Once { from, until }, _)) => vec![freeze(from, until)],
        Ok((When::Weekly { from, until }, zone)) => {
            weeks(from, until, &zone, now).into_iter().map(|(from, until)| freeze(from, until)).collect()
        }
    }
}

/// The weekly window's turns that are not over yet, as far ahead as they are told.
fn weeks(from: InWeek, until: InWeek, zone: &TimeZone, now: Timestamp) -> Vec<(Timestamp, Timestamp)> {
    let today = now.to_zoned(zone.clone()).date();
    let back = i64::from(today.weekday().to_monday_zero_offset());
    let at = |week: i64, point: InWeek, later: i64| {
        let days = week * 7 + later * 7 + i64::from(point.day.to_monday_zero_offset()) - back;
        let date = today.checked_add(days.days()).ok()?;
        Some(date.to_datetime(point.time).to_zoned(zone.clone()).ok()?.timestamp())
    };
    let wraps = i64::from(until.minute() <= from.minute());
    let turns = (-2..=3).filter_map(|week| Some((at(week, from, 0)?, at(week, until, wraps)?)));
    let horizon = now.checked_add(SignedDuration::from_hours(AHEAD_DAYS * 24)).unwrap_or(Timestamp::MAX);
    turns.filter(|(begins, ends)| *ends > now && *begins < horizon).collect()
}

impl InWeek {
    /// Minutes since Monday, 00:00.
    fn minute(self) -> i32 {
        let day = i32::from(self.day.to_monday_zero_offset());
        (day * 24 + i32::from(self.time.hour())) * 60 + i32::from(self.time.minute())
    }
}

/// What is wrong with a window of the file, first of all.
pub(super) fn problem(window: &Window, zone: &str) -> Option<Wrong> {
    let own = window.timezone.as_deref();
    let zone = match (parse_zone(own.unwrap_or(zone)), own) {
        (Ok(zone), _) => zone,
        (Err(wrong), Some(_)) => return Some(wrong),
        // The file's own zone is told once.
        (Err(_), None) => TimeZone::UTC,
    };
    parse_when(window, &zone).err()
}

/// A zone of the IANA database.
pub(super) fn parse_zone(name: &str) -> Result<TimeZone, Wrong> {
    TimeZone::get(name).map_err(|_| Wrong {
        key: "timezone",
        what: format!("unknown time zone {}", name.escape_debug()),
        hint: "write one such as Europe/Berlin or UTC",
    })
}

fn parse_when(window: &Window, zone: &TimeZone) -> Result<When, Wrong> {
    let wrong = |key, what: &str, hint| Wrong { key, what: what.to_owned(), hint };
    match (&window.from, &window.to, &window.weekly) {
        (Some(from), Some(to), None) => {
            let from = parse_moment(from, zone, false).ok_or_else(|| not_a_moment("from", from))?;
            let until = parse_moment(to, zone, true).ok_or_else(|| not_a_moment("to", to))?;
            if until <= from {
                return Err(wrong("to", "the window ends before it begins", "write a later day or time"));
            }
            Ok(When::Once { from, until })
        }
        (None, None, Some(weekly)) => parse_weekly(weekly),
        (None, None, None) => Err(wrong("", "the window has no time", "add from and to, or weekly")),
        (None, Some(_), None) => Err(wrong("", "the window has no begin", "add from")),
        (Some(_), None, None) => Err(wrong("", "the window has no end", "add to")),
        (_, _, Some(_)) => {
            Err(wrong("weekly", "the window is weekly and has days of its own", "keep one of both"))
        }
    }
}

fn not_a_moment(key: &'static str, text: &str) -> Wrong {
    let what = format!("{} is no day or time", text.escape_debug());
    Wrong { key, what, hint: "write one such as 2026-12-20 or 2026-12-20T18:00" }
}

/// A day, a local time, or a time with its own offset. A day as an end is inside the window.
fn parse_moment(text: &str, zone: &TimeZone, is_end: bool) -> Option<Timestamp> {
    if let Ok(moment) = text.parse::<Timestamp>() {
        return Some(moment);
    }
    let is_day = text.len() == "2026-12-20".len();
    let local = if is_day {
        let day = text.parse::<Date>().ok()?;
        let day = if is_end { day.tomorrow().ok()? } else { day };
        day.to_datetime(Time::midnight())
    } else {
        text.parse::<DateTime>().ok()?
    };
    Some(local.to_zoned(zone.clone()).ok()?.timestamp())
}

fn parse_weekly(text: &str) -> Result<When, Wrong> {
    let wrong = |what: String| Wrong {
        key: "weekly",
        what,
        hint: "write a day and a time twice, such as Fri 16:00 - Mon 08:00",
    };
    let read = text.split_once('-').and_then(|(from, until)| Some((in_week(from)?, in_week(until)?)));
    match read {
        None => Err(wrong(format!("{} is no stretch of a week", text.escape_debug()))),
        Some((from, until)) if from == until => {
            Err(wrong("the window ends when it begins, so it would never end".to_owned()))
        }
        Some((from, until)) => Ok(When::Weekly { from, until }),
    }
}

/// "Fri 16:00".
fn in_week(text: &str) -> Option<InWeek> {
    let (day, time) = text.trim().split_once(char::is_whitespace)?;
    let day = match day.to_ascii_lowercase().as_str() {
        "mon" | "monday" => Weekday::Monday,
        "tue" | "tuesday" => Weekday::Tuesday,
        "wed" | "wednesday" => Weekday::Wednesday,
        "thu" | "thursday" => Weekday::Thursday,
        "fri" | "friday" => Weekday::Friday,
        "sat" | "saturday" => Weekday::Saturday,
        "sun" | "sunday" => Weekday::Sunday,
        _ => return None,
    };
    let (hour, minute) = time.trim().split_once(':')?;
    let number = |text: &str| {
        let digits = text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_digit());
        digits.then(|| text.parse::<i8>().ok()).flatten()
    };
    Some(InWeek { day, time: Time::new(number(hour)?, number(minute)?, 0, 0).ok()? })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn window(lines: &str) -> Window {
        serde_yaml::from_str(lines).unwrap()
    }

    /// The window's instants around a moment, as people in its zone read them.
    #[track_caller]
    fn told(lines: &str, zone: &str, now: &str) -> Vec<String> {
        let read = |moment: Timestamp| {
            moment.to_zoned(TimeZone::get(zone).unwrap()).strftime("%a %F %H:%M%:z").to_string()
        };
        let around = around(&[window(lines)], zone, now.parse().unwrap());
        around.iter().map(|freeze| format!("{} - {}", read(freeze.from), read(freeze.until))).collect()
    }

    #[test]
    fn days_are_whole_days_of_the_zone_and_the_last_one_is_inside() {
        let year_end = "{name: year end, from: 2026-12-20, to: 2027-01-02}";
        assert_eq!(
            told(year_end, "Europe/Berlin", "2026-07-20T14:00:00Z"),
            ["Sun 2026-12-20 00:00+01:00 - Sun 2027-01-03 00:00+01:00"]
        );
        assert_eq!(told(year_end, "Europe/Berlin", "2027-01-02T23:00:00Z"), [""; 0]);
        let evening = "{name: launch, from: 2026-07-01T18:00, to: '2026-07-02T06:00:00Z'}";
        assert_eq!(
            told(evening, "Europe/Berlin", "2026-06-20T14:00:00Z"),
            ["Wed 2026-07-01 18:00+02:00 - Thu 2026-07-02 08:00+02:00"]
        );
    }

    #[test]
    fn a_weekly_window_goes_by_the_wall_clock_when_clocks_change() {
        let weekend = "{name: weekend, weekly: Fri 16:00 - Mon 08:00}";
        assert_eq!(
            told(weekend, "Europe/Berlin", "2026-10-21T10:00:00Z"),
            [
                "Fri 2026-10-23 16:00+02:00 - Mon 2026-10-26 08:00+01:00",
                "Fri 2026-10-30 16:00+01:00 - Mon 2026-11-02 08:00+01:00",
            ]
        );
        // On Sunday the weekend that began on Friday still holds.
        assert_eq!(
            told(weekend, "Europe/Berlin", "2026-10-25T10:00:00Z")[0],
            "Fri 2026-10-23 16:00+02:00 - Mon 2026-10-26 08:00+01:00"
        );
        // A night of one day, and a week but for an hour.
        assert_eq!(
            told("{name: n, weekly: tuesday 20:00 - wednesday 06:00}", "UTC", "2026-07-21T21:00:00Z")[0],
            "Tue 2026-07-21 20:00+00:00 - Wed 2026-07-22 06:00+00:00"
        );
        assert_eq!(
            told("{name: n, weekly: Mon 10:00 - Mon 09:00}", "UTC", "2026-07-20T09:30:00Z")[0],
            "Mon 2026-07-20 10:00+00:00 - Mon 2026-07-27 09:00+00:00"
        );
        // Half past two does not exist on the day the clock goes forward.
        assert_eq!(
            told("{name: n, weekly: Sun 02:30 - Sun 06:00}", "Europe/Berlin", "2026-03-28T10:00:00Z")[0],
            "Sun 2026-03-29 03:30+02:00 - Sun 2026-03-29 06:00+02:00"
        );
    }

    #[test]
    fn what_cannot_be_read_holds_always() {
        let around = around(&[window("{name: broken, weekly: often}")], UTC, Timestamp::UNIX_EPOCH);
        assert_eq!((around.len(), around[0].holds(Timestamp::UNIX_EPOCH)), (1, true));
    }

    #[test]
    fn the_zones_are_in_the_binary() {
        assert!(jiff::tz::TimeZoneDatabase::bundled().get("Europe/Berlin").is_ok());
    }

    proptest::proptest! {
        #[test]
        fn no_words_make_it_panic(from in "\\PC{0,30}", to in "\\PC{0,30}", zone in "\\PC{0,20}", at: i32) {
            let once = Window { from: Some(from.clone()), to: Some(to), ..Window::default() };
            let weekly = Window { weekly: Some(from), ..Window::default() };
            let now = Timestamp::from_second(i64::from(at)).unwrap();
            for window in [once, weekly] {
                assert!(problem(&window, UTC).is_some() || around(std::slice::from_ref(&window), UTC, now).len() < 4);
                around(&[window], &zone, now);
            }
        }

        #[test]
        fn every_moment_is_inside_or_before_the_next_one(at in 0_i64..4_000_000_000) {
            let now = Timestamp::from_second(at).unwrap();
            let weekend = window("{name: weekend, weekly: Fri 16:00 - Mon 08:00}");
            let around = around(&[weekend], "Europe/Berlin", now);
            let next = around.first().unwrap();
            assert!(next.until > now && next.from.duration_since(now) < SignedDuration::from_hours(7 * 24));
        }
    }
}
