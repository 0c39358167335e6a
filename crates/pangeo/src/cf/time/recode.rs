//! Bringing the times of one file into the units of another.

use super::{Calendar, Instant, TimeCoding};
use crate::model::{Buffer, DataType};
use crate::{Error, Result};

impl TimeCoding {
    /// Whether equal values mean equal times in both codings, however they are written.
    pub fn is_same(&self, other: &Self) -> bool {
        let counted = self.origin.is_some() || self.units.reference() == other.units.reference();
        let calendars = self.is_duration() || self.calendar.agrees_with(other.calendar, Instant::MIN);
        counted && calendars && self.step == other.step && self.origin == other.origin
    }

    /// Values of this coding as values of `target`, which mean the same times.
    ///
    /// Integers stay what they are if every time is a whole number of the target's units and fits;
    /// otherwise, and for floating values whose coding changes, the result is `double`. NaN, a missing
    /// time, stays NaN.
    ///
    /// # Errors
    /// [`Error::Data`] if the calendars differ (`standard` and `proleptic_gregorian` agree from
    /// 1582-10-15), if only one of the codings has a reference date, and as [`TimeCoding::decode`].
    pub fn recode(&self, values: &Buffer, target: &Self) -> Result<Buffer> {
        if self.is_same(target) {
            return Ok(values.clone());
        }
        if self.is_duration() && target.is_duration() {
            return self.recode_spans(values, target);
        }
        if self.is_duration() != target.is_duration() {
            let error = self.error(format!("times cannot be joined with times in '{}'", target.units));
            return Err(error.with_hint("one of them has no reference date; supply it with --reference-time"));
        }
        let decoded = self.decode_masked(values, &[])?;
        let instants: Vec<Instant> = decoded.iter().flatten().copied().collect();
        self.agree(target, &instants)?;
        if self.step == target.step && self.origin == target.origin && self.origin.is_some() {
            return Ok(values.clone()); // calendars of two names that agree on these dates
        }
        let kept = values.data_type();
        if kept.is_integer()
            && let Ok(buffer) = target.encode(&instants, &kept)
        {
            return Ok(buffer);
        }
        let known = target.encode(&instants, &DataType::F64)?;
        if instants.len() == decoded.len() {
            return Ok(known);
        }
        let mut known = known.to_f64().unwrap_or_default().into_iter();
        let each = decoded.iter().map(|time| time.and_then(|_| known.next()).unwrap_or(f64::NAN));
        Ok(Buffer::F64(each.collect()))
    }

    /// Lengths of time have no calendar but that of their unit.
    fn recode_spans(&self, values: &Buffer, target: &Self) -> Result<Buffer> {
        let calendar = if self.calendar.has_dates() { self.calendar } else { Calendar::PROLEPTIC_GREGORIAN };
        let epoch = "1970-01-01".parse()?;
        let from = Self::with(self.units.with_reference(epoch), calendar)?;
        from.recode(values, &Self::with(target.units.with_reference(epoch), calendar)?)
    }

    fn agree(&self, target: &Self, instants: &[Instant]) -> Result<()> {
        let first = instants.iter().min().copied().unwrap_or(Instant::MAX);
        if self.calendar.agrees_with(target.calendar, first) {
            return Ok(());
        }
        let what = format!("calendars {} and {} have different dates", self.calendar, target.calendar);
        Err(Error::data(what, format!("times in '{}' and '{}'", self.units, target.units))
            .with_hint("bring the files to one calendar before they are joined"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn coding(units: &str, calendar: &str) -> TimeCoding {
        TimeCoding::new(units, Some(calendar)).unwrap()
    }

    #[test]
    fn integers_stay_integers_when_they_can() {
        let days = coding("days since 1850-01-01", "noleap");
        let later = coding("days since 1850-01-11", "365_day");
        let hours = coding("hours since 1850-01-01", "noleap");
        assert_eq!(days.recode(&Buffer::I32(vec![10, 11]), &later).unwrap(), Buffer::I32(vec![0, 1]));
        assert_eq!(days.recode(&Buffer::I32(vec![1]), &hours).unwrap(), Buffer::I32(vec![24]));
        assert_eq!(hours.recode(&Buffer::I32(vec![36]), &days).unwrap(), Buffer::F64(vec![1.5]));
        assert_eq!(days.recode(&Buffer::I16(vec![30_000]), &hours).unwrap(), Buffer::F64(vec![720_000.0]));
        assert_eq!(days.recode(&Buffer::F32(vec![0.5]), &hours).unwrap(), Buffer::F64(vec![12.0]));
    }

    #[test]
    fn the_same_coding_in_other_words_changes_nothing() {
        let one = coding("days since 1850-01-01", "standard");
        let two = coding("day since 1850-1-1 00:00:0.0 UTC", "gregorian");
        assert!(one.is_same(&two));
        let odd = Buffer::F32(vec![f32::NAN, 0.1]);
        assert!(matches!(one.recode(&odd, &two).unwrap(), Buffer::F32(v) if v[1] == 0.1));
    }

    #[test]
    fn standard_and_proleptic_gregorian_join_after_the_reform() {
        let one = coding("days since 1582-10-15", "standard");
        let two = coding("days since 1582-10-16", "proleptic_gregorian");
        assert_eq!(one.recode(&Buffer::I32(vec![0]), &two).unwrap(), Buffer::I32(vec![-1]));
        let same = coding("days since 1582-10-15", "proleptic_gregorian");
        assert_eq!(one.recode(&Buffer::F32(vec![0.1]), &same).unwrap(), Buffer::F32(vec![0.1]));
        let error = one.recode(&Buffer::I32(vec![0, -1]), &two).unwrap_err();
        assert!(error.to_string().contains("different dates"));
        // A reference date before the reform is another day in each: the values must shift.
        let old = coding("days since 0001-01-01", "standard");
        let new = coding("days since 0001-01-01", "proleptic_gregorian");
        assert_eq!(old.recode(&Buffer::I32(vec![735_000]), &new).unwrap(), Buffer::I32(vec![734_998]));
    }

    #[test]
    fn missing_times_stay_missing() {
        let (hours, days) = (coding("hours since 2000-01-01", ""), coding("days since 2000-01-02", ""));
        let Buffer::F64(values) = hours.recode(&Buffer::F64(vec![24.0, f64::NAN, 72.0]), &days).unwrap() else {
            panic!("not double");
        };
        assert!((values[0], values[2]) == (0.0, 2.0) && values[1].is_nan());
        let spans = (coding("hours", ""), coding("days", ""));
        assert!(matches!(spans.0.recode(&Buffer::F32(vec![f64::NAN as f32, 48.0]), &spans.1).unwrap(),
            Buffer::F64(v) if v[0].is_nan() && v[1] == 2.0));
    }

    #[test]
    fn different_calendars_and_missing_references_are_refused() {
        let one = coding("days since 2000-01-01", "noleap");
        for (units, calendar) in [("days since 2000-01-01", "360_day"), ("days", "noleap")] {
            assert!(one.recode(&Buffer::I32(vec![0]), &coding(units, calendar)).is_err());
        }
        let (hours, days) = (coding("hours", ""), coding("days", ""));
        assert_eq!(hours.recode(&Buffer::I32(vec![48]), &days).unwrap(), Buffer::I32(vec![2]));
    }
}
