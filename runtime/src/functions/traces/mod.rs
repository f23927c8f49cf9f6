//! Functions for spans that belong to the transform processor.

pub(super) mod set_semconv_span_name;
