//! The edit that the baseline can make: set an attribute where another is at least a number, the
//! hand-written counterpart of `set(attributes["k"], "v") where attributes["n"] >= 500`.

use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::common::v1::{AnyValue, KeyValue};

use super::message::ExportRequest;

/// A conditional change of attributes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edit {
    /// The attribute to set.
    pub key: String,
    /// Its new value.
    pub value: String,
    /// The integer attribute that decides.
    pub where_key: String,
    /// Records whose attribute is at least this are changed.
    pub at_least: i64,
}

impl Edit {
    /// Changes the matching records of a request.
    pub(super) fn apply(&self, request: &mut impl ExportRequest) {
        request.visit_attributes(&mut |attributes| {
            if self.matches(attributes) {
                self.set(attributes);
            }
        });
    }

    fn matches(&self, attributes: &[KeyValue]) -> bool {
        let found = attributes.iter().find(|attribute| attribute.key == self.where_key);
        let value = found.and_then(|attribute| attribute.value.as_ref()?.value.as_ref());
        matches!(value, Some(Value::IntValue(number)) if *number >= self.at_least)
    }

    fn set(&self, attributes: &mut Vec<KeyValue>) {
        let value = Some(AnyValue { value: Some(Value::StringValue(self.value.clone())) });
        match attributes.iter_mut().find(|attribute| attribute.key == self.key) {
            Some(attribute) => attribute.value = value,
            None => {
                attributes.push(KeyValue { key: self.key.clone(), value, ..Default::default() });
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use opentelemetry_proto::tonic::collector::logs::v1::ExportLogsServiceRequest;
    use opentelemetry_proto::tonic::collector::metrics::v1::ExportMetricsServiceRequest;
    use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;

    use super::*;
    use crate::payload::Shape;
    use crate::signal::Signal;

    fn edited<R: ExportRequest>(signal: Signal) -> usize {
        let shape = Shape { signal, items: 1000, korean: 0.0, bare_points: true, seed: 4 };
        let mut request = R::decode(shape.request(0).as_slice()).unwrap();
        let edit = Edit {
            key: "k".into(),
            value: "v".into(),
            where_key: "http.response.status_code".into(),
            at_least: 500,
        };
        edit.apply(&mut request);
        // A second time changes the same attribute instead of adding another.
        edit.apply(&mut request);
        let mut with_key = 0;
        request.visit_attributes(&mut |attributes| {
            with_key += attributes.iter().filter(|attribute| attribute.key == "k").count();
        });
        assert!(request.encoded_len() > shape.request(0).len());
        with_key
    }

    #[test]
    fn about_one_record_in_ten_matches_in_every_signal() {
        for hits in [
            edited::<ExportTraceServiceRequest>(Signal::Traces),
            edited::<ExportMetricsServiceRequest>(Signal::Metrics),
            edited::<ExportLogsServiceRequest>(Signal::Logs),
        ] {
            assert!((70..=130).contains(&hits), "{hits} of 1000");
        }
    }
}
