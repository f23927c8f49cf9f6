//! Literals that functions are likely to take: by function and parameter, by parameter, by type.

use holt_runtime::types::Type;

use super::choices::Choices;

/// Text for a parameter, as it stands in a statement, without quotes.
pub(crate) fn text(choices: &mut Choices, function: &str, param: &str) -> &'static str {
    let known: &[&'static str] = match (function, param) {
        ("Time" | "FormatTime", "format") => &[
            "%Y-%m-%d",
            "%Y-%m-%dT%H:%M:%S%z",
            "%H:%M:%S",
            "%d/%b/%Y:%H:%M:%S %z",
            "%s",
            "%F %T.%f",
            "%Y-%m-%d %H:%M:%S.%L",
            "%A %B %e",
            "%j",
            "%Q",
            "",
        ],
        ("Time", "time") => &[
            "2024-02-29",
            "2024-02-29T01:02:03Z",
            "2024-02-29T01:02:03+0200",
            "01:02:03",
            "10/Oct/2000:13:55:36 -0700",
            "2024-02-29 01:02:03.5",
            "x",
            "",
        ],
        ("Time", "location") => &["UTC", "Europe/Berlin", "America/New_York", "Nowhere", ""],
        ("Time", "locale") => &["de", "fr", "en-US", "xx"],
        ("Format", "format") => &[
            "%s",
            "%d",
            "%v",
            "%5.2f|%-6s|",
            "%x",
            "%q",
            "%t",
            "%%",
            "%[2]v %[1]v",
            "%*d",
            "%T",
            "%+.2e %X",
            "%[1]q%[3]v",
            "%-8v|%08v",
            "%U%c",
            "é%s",
        ],
        ("Duration", _) => &["1h30m", "1s", "-5ms", "1.5us", "0", "1d", ""],
        ("Trim", "replacement") => &["a", " ", "é-", "ab1", ""],
        ("TrimPrefix", "prefix") => &["a", "abc-", "é", " ", ""],
        ("TrimSuffix", "suffix") => &["12", "2", "d", " ", ""],
        ("ToSnakeCase" | "ToCamelCase" | "ConvertCase", "target") => {
            &["someName", "HTTPServer2go", "a-b.c_d e", "éAbc", "ID", " x ", ""]
        }
        ("Decode", "target") => &["aGk=", "aGk", "aGk_", "é", "AQL/", "a", ""],
        ("ConvertCase", "to_case") => &["lower", "upper", "snake", "camel", "kebab"],
        ("Sort", "order") => &["asc", "desc", "up"],
        ("merge_maps", "strategy") => &["insert", "update", "upsert", "none"],
        ("replace_all_patterns", "mode") => &["key", "value", "both"],
        ("Base64Encode", "variant") | ("Decode", "encoding") => &[
            "base64",
            "base64-raw",
            "base64-url",
            "base64-raw-url",
            "utf-8",
            "utf-16",
            "us-ascii",
            "iso-8859-1",
            "windows-1252",
            "ibm037",
            "nothing",
        ],
        ("ParseCSV", "mode") => &["strict", "lazyQuotes", "ignoreQuotes", "x"],
        ("ParseCSV", "header") => &["a,b", "a", "a|b", ""],
        ("ParseCSV" | "ParseKeyValue" | "ToKeyValueString" | "Split", "delimiter")
        | (_, "header_delimiter" | "pair_delimiter") => &[",", "=", " ", "|", ";", "ab", ""],
        ("ParseJSON", _) => &[
            r#"{\"a\": 1, \"b\": [true, null, \"é\"]}"#,
            "[1, 2]",
            "{}",
            "5",
            "{",
            r#"{\"a\":{\"b\":1e400}}"#,
        ],
        ("ParseXML" | "ParseSimplifiedXML" | "GetXML" | "RemoveXML" | "InsertXML", "target")
        | ("ConvertAttributesToElementsXML" | "ConvertTextToElementsXML", "target")
        | (_, "sub_document") => {
            &[r#"<a x=\"1\">t<b/>u</a>"#, "<a><b>1</b><b>2</b></a>", "<a/>", "<a>", "x", ""]
        }
        (_, "x_path" | "xPath") => &["/a/b", "//b", "//@x", "/a/text()", "/a[1]", "//*", "[", "/"],
        ("ExtractGrokPatterns", "pattern") => {
            &["%{WORD:a} %{INT:b:int}", "%{IP:ip}", "%{NOTHING:x}", "%{GREEDYDATA}", "(?P<a>x)"]
        }
        ("ExtractPatterns", "pattern") => &["(?P<a>[a-z]+)-(?P<b>\\\\d+)", "(x)", "(?P<a>é)", "("],
        ("URL", _) => {
            &["https://u:p@h:8/x/a.txt?q=1#f", "/rel", "http://[::1]:80/", "%zz", "?a=b&a=c"]
        }
        ("UserAgent", _) => &[
            "curl/7.81.0",
            "Mozilla/5.0 (X11; Linux x86_64; rv:102.0) Gecko/20100101 Firefox/102.0",
            "",
        ],
        ("ParseCEF", _) => &[r"CEF:0|V|P|1|7|n|5|src=1.2.3.4 msg=a b", "x"],
        ("ParseLEEF", _) => &["LEEF:2.0|A|B|1|9|^|x=1^y=2", "LEEF:1.0|A|B|1|9|x=1", "x"],
        ("ParseCLF", "target") => &[r#"h - - [d] \"GET / HTTP/1.1\" 200 -"#, "x"],
        ("ParseCLF", "format") => &["clf", "combined", "x"],
        ("ParseELF", _) => &["#Version: 1.0\\n#Fields: a b\\n1 2", "x"],
        ("IsInCIDR", "target") => &["10.1.2.3", "::1", "x"],
        ("IsInCIDR", "networks") => &["10.0.0.0/8", "::/0", "x"],
        ("HasPrefix", "prefix") => &["abc", "1", "", "é", "x"],
        ("HasSuffix", "suffix") => &["12", "2", "", "d", "x"],
        ("flatten", "prefix") => &["p", "", "p.", "é"],
        ("limit", "priority_keys") | ("keep_keys", "keys") => &["s", "i", "m", "é", "new"],
        ("keep_matching_keys" | "delete_matching_keys", "pattern") => {
            &["^[a-f]$", "s|m", "é", "", "y", "("]
        }
        ("Bool", _) => &["true", "T", "0", "F", "yes", ""],
        ("Double" | "Log", _) => &["1.5", "-2", "1e3", "0x1p4", "inf", "x", ""],
        ("IsValidLuhn", _) => &["79927398713", "79927398710", "x", ""],
        ("TraceID" | "ProfileID", _) => {
            &["0102030405060708090a0b0c0d0e0f10", "0123456789abcdef", "x"]
        }
        ("SpanID", _) => &["0102030405060708", "01234567", "x"],
        ("CommunityID", "sourceIP" | "source_ip" | "destinationIP" | "destination_ip") => {
            &["192.168.1.1", "10.0.0.1", "::1", "x"]
        }
        ("CommunityID", "protocol") => &["TCP", "UDP", "ICMP", "tcp"],
        ("ParseInt", "target") => &["12", "-0x1f", "ff", "0b11", "", "1_000"],
        ("aggregate_on_attributes" | "aggregate_on_attribute_value", "aggregation_function") => {
            &["sum", "max", "min", "mean", "median", "count", "x"]
        }
        (_, "string_agg_temp" | "aggregation_temporality") => &["delta", "cumulative", "x"],
        ("merge_histogram_buckets", "method") => &["remove_explicit_bound", "limit_buckets", "x"],
        ("convert_exponential_histogram_to_histogram", "distribution_fn") => {
            &["upper", "midpoint", "uniform", "x"]
        }
        ("set_semconv_span_name", "semconv_version") => &["1.37.0", "1.38.0", "0.1"],
        (_, "replacement") => &["x", "$1", "${1}y", "<$0>", "é", "$$"],
        (_, "replacement_format") => &["[%s]", "%s%s", "x", "%d"],
        (_, "truncation_marker") => &["", "..", "…"],
        ("replace_match" | "replace_all_matches", "pattern") => {
            &["a*", "*", "{a,b}*", "[a-z]?*", "x", "é*", "*[!0-9]", "{10.*,2024-*}", "?b*2", "["]
        }
        (_, "pattern" | "regex_pattern") => {
            &["[a-z]+", "(\\\\d+)", "^a", "", "é|b", "(?i)ABC", "("]
        }
        _ => &["abc-12", "12", "", "a", "s", "é", "1.5", "true", "a b  c", "héllo wörld", "-"],
    };
    let word: &&'static str = choices.of(known);
    word
}

/// A literal of a type.
pub(crate) fn literal(choices: &mut Choices, ty: Type, function: &str, param: &str) -> String {
    let words: &[&str] = if ty.is_within(Type::INT) {
        &["0", "1", "2", "3", "10", "16", "-1", "100", "9223372036854775807"]
    } else if ty.is_within(Type::FLOAT) {
        &["0.5", "2.0", "50.0", "99.9", "-1.5", "0.0"]
    } else if ty.is_within(Type::BOOL) {
        &["true", "false"]
    } else if ty.is_within(Type::BYTES) {
        &["0x0102ff", "0x", "0x0102030405060708090a0b0c0d0e0f10", "0x0102030405060708"]
    } else if ty.is_within(Type::NIL) {
        &["nil"]
    } else {
        return format!("\"{}\"", text(choices, function, param));
    };
    (*choices.of(words)).to_owned()
}
