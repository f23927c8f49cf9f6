//! What editors do to a map as a whole: its entries are listed, given new values or replaced.
//!
//! The attributes of a record are edited where they stand, so that what does not change is copied as
//! it came; every other map is read, made anew and written. Keys that stand in a map twice stay.

use holt_pdata::ValueView;

use super::access::record_of;
use super::{Storage, Target};
use crate::encode::map;
use crate::error::EvalError;
use crate::frame::{Frame, Workspace};
use crate::value::Value;

impl<'a> Frame<'_, 'a> {
    /// The entries of the target's map, in order.
    ///
    /// # Errors
    /// When the target is not a map.
    pub fn entries(
        &mut self,
        target: &Target<'_, 'a>,
    ) -> Result<Vec<(&'a str, ValueView<'a>)>, EvalError> {
        if let Some(attributes) = self.attributes_of(target) {
            return Ok(attributes.attributes().collect());
        }
        if matches!(target.path.decl.storage, Storage::Cache) && target.keys.is_empty() {
            return Ok(self.state.cache.entries.clone());
        }
        match self.read_map(target)? {
            Value::Map(map) => Ok(map.iter().collect()),
            _ => Err(EvalError::Internal("a map is no map")),
        }
    }

    /// Gives entries of the target's map new values where `change` answers with one.
    ///
    /// # Errors
    /// When the target is not a map, and what `change` raises.
    pub fn update_values(
        &mut self,
        target: &Target<'_, 'a>,
        mut change: impl FnMut(
            &mut Workspace<'a>,
            ValueView<'a>,
        ) -> Result<Option<ValueView<'a>>, EvalError>,
    ) -> Result<(), EvalError> {
        if self.attributes_of(target).is_some() {
            self.note_write(target.path.slot);
            let (record, work) = (record_of(self.open, target.path.slot), &mut self.state.work);
            record.update_attributes(|_, value| change(work, value))?;
            return Ok(());
        }
        let mut entries = self.entries(target)?;
        let mut any = false;
        for (_, value) in &mut entries {
            if let Some(new) = change(&mut self.state.work, *value)? {
                *value = new;
                any = true;
            }
        }
        if any { self.replace_map(target, entries) } else { Ok(()) }
    }

    /// Replaces the target's map by these entries.
    ///
    /// # Errors
    /// When the target takes no map.
    pub fn replace_map(
        &mut self,
        target: &Target<'_, 'a>,
        entries: impl IntoIterator<Item = (&'a str, ValueView<'a>)>,
    ) -> Result<(), EvalError> {
        let new = map(self.state.work.arena, entries.into_iter());
        self.write(target.path, target.keys, Value::Map(new))
    }
}
