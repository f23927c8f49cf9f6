//! The functions of OTTL: a file a function, all of them listed here.

mod append;
mod arguments;
mod boolean;
mod clear;
mod coalesce;
mod concat;
mod contains_value;
mod convert;
mod decl;
mod delete_index;
mod delete_key;
mod delete_matching_keys;
mod double;
mod encodings;
mod entries;
mod extract_grok_patterns;
mod extract_patterns;
mod flatten;
mod has_prefix;
mod has_suffix;
mod hashes;
mod ids;
mod index;
mod int;
mod is_any_of;
mod is_in_cidr;
mod is_match;
mod is_root_span;
mod is_scalar_match;
mod is_valid_luhn;
mod keep_keys;
mod keep_matching_keys;
mod keys;
mod lambdas;
mod len;
mod limit;
mod log;
mod merge_maps;
mod metrics;
mod offered;
mod ordered;
mod parse_cef;
mod parse_clf;
mod parse_csv;
mod parse_elf;
mod parse_json;
mod parse_key_value;
mod parse_leef;
mod parse_severity;
mod plain;
mod replace;
mod set;
mod sha256;
mod slice_to_map;
mod sort;
mod string;
mod stringify_all;
mod strings;
mod text_of;
mod time;
mod to_key_value_string;
mod traces;
mod truncate_all;
mod types;
mod url;
mod user_agent;
mod values;
mod xml;

pub use arguments::{ArgumentFault, Arguments, Given};
pub use convert::{bool_like, bytes_like, float_like, int_like, text_like};
pub use decl::{
    Check, Converter, Editor, Example, FunctionDecl, HigherOrder, ItemEditor, Lambdas, Param, Shim,
    Takes,
};
pub use offered::{By, Dialect, Offered};

/// All functions, sorted by name.
pub static FUNCTIONS: &[FunctionDecl] = &[
    lambdas::all::ALL,
    lambdas::any::ANY,
    encodings::base64_encode::BASE64_ENCODE,
    boolean::BOOL,
    coalesce::COALESCE,
    ids::community_id::COMMUNITY_ID,
    concat::CONCAT,
    contains_value::CONTAINS_VALUE,
    xml::convert_attributes_to_elements_xml::CONVERT_ATTRIBUTES_TO_ELEMENTS_XML,
    strings::convert_case::CONVERT_CASE,
    xml::convert_text_to_elements_xml::CONVERT_TEXT_TO_ELEMENTS_XML,
    time::day::DAY,
    encodings::decode::DECODE,
    double::DOUBLE,
    time::duration::DURATION,
    extract_grok_patterns::EXTRACT_GROK_PATTERNS,
    extract_patterns::EXTRACT_PATTERNS,
    hashes::fnv::FNV,
    lambdas::filter::FILTER,
    lambdas::find::FIND,
    strings::format::FORMAT,
    time::format_time::FORMAT_TIME,
    xml::get_xml::GET_XML,
    metrics::has_attribute_on_datapoint::HAS_ATTR_KEY_ON_DATAPOINT,
    metrics::has_attribute_on_datapoint::HAS_ATTR_ON_DATAPOINT,
    has_prefix::HAS_PREFIX,
    has_suffix::HAS_SUFFIX,
    encodings::hex::HEX,
    time::hour::HOUR,
    time::hours::HOURS,
    index::INDEX,
    xml::insert_xml::INSERT_XML,
    int::INT,
    is_any_of::IS_ANY_OF,
    types::is_bool::IS_BOOL,
    types::is_double::IS_DOUBLE,
    types::is_empty::IS_EMPTY,
    is_in_cidr::IS_IN_CIDR,
    types::is_int::IS_INT,
    types::is_list::IS_LIST,
    types::is_map::IS_MAP,
    is_match::IS_MATCH,
    is_root_span::IS_ROOT_SPAN,
    is_scalar_match::IS_SCALAR_MATCH,
    types::is_string::IS_STRING,
    is_valid_luhn::IS_VALID_LUHN,
    keys::KEYS,
    len::LEN,
    log::LOG,
    hashes::md5::MD5,
    lambdas::map_each::MAP_EACH,
    lambdas::map_keys::MAP_KEYS,
    time::microseconds::MICROSECONDS,
    time::milliseconds::MILLISECONDS,
    time::minute::MINUTE,
    time::minutes::MINUTES,
    time::month::MONTH,
    hashes::murmur3_hash::MURMUR3_HASH,
    hashes::murmur3_hash_128::MURMUR3_HASH_128,
    time::nanosecond::NANOSECOND,
    time::nanoseconds::NANOSECONDS,
    time::now::NOW,
    parse_cef::PARSE_CEF,
    parse_clf::PARSE_CLF,
    parse_csv::PARSE_CSV,
    parse_elf::PARSE_ELF,
    encodings::parse_int::PARSE_INT,
    parse_json::PARSE_JSON,
    parse_key_value::PARSE_KEY_VALUE,
    parse_leef::PARSE_LEEF,
    parse_severity::PARSE_SEVERITY,
    xml::parse_simplified_xml::PARSE_SIMPLIFIED_XML,
    xml::parse_xml::PARSE_XML,
    ids::profile_id::PROFILE_ID,
    lambdas::reduce::REDUCE,
    xml::remove_xml::REMOVE_XML,
    hashes::sha1::SHA1,
    sha256::SHA256,
    hashes::sha512::SHA512,
    time::second::SECOND,
    time::seconds::SECONDS,
    slice_to_map::SLICE_TO_MAP,
    sort::SORT,
    ids::span_id::SPAN_ID,
    strings::split::SPLIT,
    string::STRING,
    strings::substring::SUBSTRING,
    text_of::TEXT_OF,
    time::parse_time::TIME,
    strings::to_camel_case::TO_CAMEL_CASE,
    to_key_value_string::TO_KEY_VALUE_STRING,
    strings::to_lower_case::TO_LOWER_CASE,
    strings::to_snake_case::TO_SNAKE_CASE,
    strings::to_upper_case::TO_UPPER_CASE,
    ids::trace_id::TRACE_ID,
    strings::trim::TRIM,
    strings::trim_prefix::TRIM_PREFIX,
    strings::trim_suffix::TRIM_SUFFIX,
    time::truncate_time::TRUNCATE_TIME,
    url::URL,
    ids::uuid::UUID,
    ids::uuid_v7::UUID_V7,
    time::unix::UNIX,
    time::unix_micro::UNIX_MICRO,
    time::unix_milli::UNIX_MILLI,
    time::unix_nano::UNIX_NANO,
    time::unix_seconds::UNIX_SECONDS,
    user_agent::USER_AGENT,
    values::VALUES,
    time::weekday::WEEKDAY,
    lambdas::when::WHEN,
    hashes::xxh128::XXH128,
    hashes::xxh3::XXH3,
    time::year::YEAR,
    metrics::aggregate_on_attribute_value::AGGREGATE_ON_ATTRIBUTE_VALUE,
    metrics::aggregate_on_attributes::AGGREGATE_ON_ATTRIBUTES,
    append::APPEND,
    clear::CLEAR,
    entries::convert_entry::CONVERT_ENTRY,
    metrics::convert_exponential_histogram_to_histogram::CONVERT_EXPONENTIAL_HISTOGRAM_TO_HISTOGRAM,
    metrics::convert_gauge_to_sum::CONVERT_GAUGE_TO_SUM,
    metrics::convert_sum_to_gauge::CONVERT_SUM_TO_GAUGE,
    metrics::convert_summary_count_val_to_sum::CONVERT_SUMMARY_COUNT_VAL_TO_SUM,
    metrics::convert_summary_quantile_val_to_gauge::CONVERT_SUMMARY_QUANTILE_VAL_TO_GAUGE,
    metrics::convert_summary_sum_val_to_sum::CONVERT_SUMMARY_SUM_VAL_TO_SUM,
    entries::copy_entry::COPY_ENTRY,
    metrics::copy_metric::COPY_METRIC,
    delete_index::DELETE_INDEX,
    delete_key::DELETE_KEY,
    delete_matching_keys::DELETE_MATCHING_KEYS,
    metrics::extract_count_metric::EXTRACT_COUNT_METRIC,
    entries::extract_entries::EXTRACT_ENTRIES,
    metrics::extract_percentile_metric::EXTRACT_PERCENTILE_METRIC,
    metrics::extract_sum_metric::EXTRACT_SUM_METRIC,
    flatten::FLATTEN,
    entries::hash_entry::HASH_ENTRY,
    entries::hash_entry::HASH_MATCHING_ENTRIES,
    keep_keys::KEEP_KEYS,
    keep_matching_keys::KEEP_MATCHING_KEYS,
    limit::LIMIT,
    metrics::merge_histogram_buckets::MERGE_HISTOGRAM_BUCKETS,
    merge_maps::MERGE_MAPS,
    entries::put_entry::PUT_ENTRY,
    replace::replace_all_matches::REPLACE_ALL_MATCHES,
    replace::replace_all_patterns::REPLACE_ALL_PATTERNS,
    replace::replace_match::REPLACE_MATCH,
    replace::replace_pattern::REPLACE_PATTERN,
    metrics::scale_metric::SCALE_METRIC,
    set::SET,
    traces::set_semconv_span_name::SET_SEMCONV_SPAN_NAME,
    stringify_all::STRINGIFY_ALL,
    truncate_all::TRUNCATE_ALL,
];

/// The function of that name.
pub fn function(name: &str) -> Option<&'static FunctionDecl> {
    FUNCTIONS.iter().find(|function| function.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn functions_are_sorted_and_described() {
        for pair in FUNCTIONS.windows(2) {
            assert!(pair[0].name < pair[1].name, "{} before {}", pair[0].name, pair[1].name);
        }
        for function in FUNCTIONS {
            assert!(function.doc.ends_with('.'), "{}", function.name);
            assert!(
                function.offered == Offered::INTERNAL || !function.examples.is_empty(),
                "{}",
                function.name
            );
            assert!(!(function.pure && function.is_editor()), "{}", function.name);
            let first_optional = function.params.iter().position(|param| param.optional);
            let after = first_optional.map_or(&[][..], |index| &function.params[index..]);
            assert!(after.iter().all(|param| param.optional), "{}", function.name);
        }
    }

    #[test]
    fn signatures_read_as_documentation() {
        let signature = |name| function(name).unwrap().signature();
        assert_eq!(
            signature("IsMatch"),
            "IsMatch(target: any value, as text, pattern: regular expression) -> bool"
        );
        assert_eq!(signature("delete_key"), "delete_key(target: path to a map, key: string)");
    }
}
