//! The keys of maps in the records: which there are, of what types, and in how many records.

use std::collections::HashMap;

use holt_runtime::paths::ContextDecl;
use holt_runtime::types::Kind;
use holt_runtime::value::Value;

use super::moment::Moment;
use super::session::Session;

/// A key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Key {
    /// Its name.
    pub(super) name: String,
    /// What its values are.
    pub(super) kinds: Vec<Kind>,
    /// In how many records it occurs.
    pub(super) records: usize,
    /// How many records there are.
    pub(super) total: usize,
}

/// So many different keys are told apart.
const MOST: usize = 1000;
/// After so many records no further request is looked at.
const RECORDS: usize = 20_000;

/// The keys of what an expression yields behind the statements, in the order of their first
/// appearance; of all records or of one.
///
/// # Errors
/// In words, when the records are refused.
pub(super) fn of(
    session: &Session,
    context: &'static ContextDecl,
    expression: &str,
    only: Option<usize>,
) -> Result<Vec<Key>, String> {
    let (expression, _) = session.compiler.expression(expression, Some((context, false)));
    let Some(expression) = expression else { return Ok(Vec::new()) };
    let mut keys: Vec<Key> = Vec::new();
    let mut places: HashMap<String, usize> = HashMap::new();
    let mut record = 0;
    let moment = Moment::now();
    for batch in session.records() {
        if only.is_none() && record > RECORDS {
            break;
        }
        let mut seen = |_: usize, value: Result<Value<'_>, _>, _: &holt_pdata::Open<'_>| {
            let at = record;
            record += 1;
            let Ok(Value::Map(map)) = value else { return };
            if only.is_some_and(|only| only != at) {
                return;
            }
            for (name, value) in map.iter() {
                let place = places.get(name).copied().or_else(|| {
                    let place = keys.len();
                    if place >= MOST {
                        return None;
                    }
                    places.insert(name.to_owned(), place);
                    let name = name.to_owned();
                    keys.push(Key { name, kinds: Vec::new(), records: 0, total: 0 });
                    Some(place)
                });
                let Some(key) = place.and_then(|place| keys.get_mut(place)) else { continue };
                key.records += 1;
                let kind = Value::from(value).kind();
                if !key.kinds.contains(&kind) {
                    key.kinds.push(kind);
                }
            }
        };
        session
            .program
            .observe(batch, &moment, &[&expression], &mut seen)
            .map_err(|error| format!("the records are refused: {error}"))?;
    }
    keys.iter_mut().for_each(|key| key.total = record);
    Ok(keys)
}

impl Key {
    /// `string · 60 %`
    pub(super) fn describe(&self) -> String {
        let kinds: Vec<&str> = self.kinds.iter().map(|kind| kind.name()).collect();
        let share = self.records * 100 / self.total.max(1);
        format!("{} · {share} %", kinds.join(" or "))
    }
}
