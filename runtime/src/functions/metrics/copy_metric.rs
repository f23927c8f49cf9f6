//! `copy_metric`

use holt_pdata::Record;
use holt_pdata::messages::{METRIC, numbers};

use super::super::{Example, FunctionDecl, Param, Shim, Takes};
use super::{ON_METRICS, append};
use crate::error::EvalError;
use crate::frame::Frame;
use crate::types::Type;
use crate::value::Value;

pub(in super::super) const COPY_METRIC: FunctionDecl = FunctionDecl {
    name: "copy_metric",
    doc: "Adds a copy of the metric to its scope, with another name, description or unit if they are \
          given. Later statements of the group come by the copy as well, so a condition has to keep it \
          from being copied again.",
    params: &[
        Param::optional("name", Takes::Exactly(Type::STRING)).late(),
        Param::optional("description", Takes::Exactly(Type::STRING)).late(),
        Param::optional("unit", Takes::Exactly(Type::STRING)).late(),
    ],
    returns: Type::NOTHING,
    pure: false,
    offered: ON_METRICS,
    check: None,
    examples: &[Example {
        given: r#"{"name": "a", "unit": "s", "gauge": {"dataPoints": [{"asInt": "1"}]}}"#,
        statement: r#"copy_metric(name="b") where metric.name == "a""#,
        expect: r#"[{"name": "a", "unit": "s", "gauge": {"dataPoints": [{"asInt": "1"}]}},
                    {"name": "b", "unit": "s", "gauge": {"dataPoints": [{"asInt": "1"}]}}]"#,
    }],
    run: Shim::ItemEditor(copy_metric),
};

fn copy_metric<'a>(frame: &mut Frame<'_, 'a>, args: &[Value<'a>]) -> Result<(), EvalError> {
    use numbers::METRIC as FIELDS;
    let mut copied = Vec::new();
    frame.open.record.encode(&mut copied);
    let mut copy = Record::of(&METRIC, &copied);
    // The copy is there even when an argument fails, with what was set before.
    let mut failure = None;
    for (value, field) in args.iter().zip([FIELDS::name, FIELDS::description, FIELDS::unit]) {
        match frame.state.work.needed(*value) {
            Ok(Value::Str(text)) => copy.set_text(field, text),
            Ok(_) => {}
            Err(error) => {
                failure = Some(error);
                break;
            }
        }
    }
    let mut encoded = Vec::with_capacity(copied.len());
    copy.encode(&mut encoded);
    append(frame, &encoded)?;
    failure.map_or(Ok(()), Err)
}
