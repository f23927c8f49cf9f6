//! The vocabulary of the payloads, English and Korean, and short-hands for attributes.

use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::common::v1::{AnyValue, InstrumentationScope, KeyValue};

use crate::random::Random;

/// Collections of a shop's API: route segments and database tables.
pub(super) const NOUNS: &[&str] =
    &["orders", "users", "carts", "products", "payments", "shipments", "reviews", "invoices"];

/// HTTP methods, weighted by repetition.
pub(super) const METHODS: &[&str] = &["GET", "GET", "GET", "GET", "POST", "POST", "PUT", "DELETE"];

/// User agents of different lengths.
pub(super) const AGENTS: &[&str] = &[
    "Mozilla/5.0 (X11; Linux x86_64) Gecko/20100101 Firefox/128.0",
    "okhttp/4.12.0",
    "python-requests/2.32.3",
    "Go-http-client/2.0",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X)",
    "curl/8.5.0",
];

/// Cloud regions.
pub(super) const REGIONS: &[&str] = &["ap-northeast-2", "eu-central-1", "us-east-1", "us-west-2"];

const MESSAGES: &[&str] = &[
    "request served from the regional cache",
    "payment accepted by the provider",
    "retrying after the upstream closed the connection",
    "inventory was recounted for the warehouse",
    "session extended for a returning customer",
    "the slow query log passed its threshold",
];

const KOREAN_MESSAGES: &[&str] = &[
    "지역 캐시에서 요청을 처리했습니다",
    "결제 대행사가 결제를 승인했습니다",
    "상위 서버가 연결을 끊어 다시 시도합니다",
    "창고 재고를 다시 집계했습니다",
    "재방문 고객의 세션을 연장했습니다",
    "느린 쿼리 기준을 초과했습니다",
];

const ERRORS: &[&str] = &[
    "connection reset by peer while reading the response",
    "deadline exceeded after 5000 ms",
    "duplicate key value violates a unique constraint",
    "the pool has no free connection",
];

const KOREAN_ERRORS: &[&str] = &[
    "응답을 읽는 중 상대가 연결을 재설정했습니다",
    "5000밀리초 제한 시간을 넘겼습니다",
    "중복 키가 고유 제약 조건을 위반했습니다",
    "풀에 남은 연결이 없습니다",
];

const NAMES: &[&str] = &["checkout", "search", "login", "refund", "catalogue", "dispatch"];

const KOREAN_NAMES: &[&str] = &["결제하기", "상품검색", "로그인", "환불처리", "상품목록", "출고"];

/// A sentence for people to read.
pub(super) fn message(random: &mut Random, korean: bool) -> &'static str {
    random.pick(if korean { KOREAN_MESSAGES } else { MESSAGES })
}

/// The text of an exception.
pub(super) fn error(random: &mut Random, korean: bool) -> &'static str {
    random.pick(if korean { KOREAN_ERRORS } else { ERRORS })
}

/// A short name of a business operation.
pub(super) fn name(random: &mut Random, korean: bool) -> &'static str {
    random.pick(if korean { KOREAN_NAMES } else { NAMES })
}

/// An attribute with a string value.
pub(super) fn text(key: &str, value: impl Into<String>) -> KeyValue {
    attribute(key, Value::StringValue(value.into()))
}

/// An attribute with an integer value.
pub(super) fn int(key: &str, value: i64) -> KeyValue {
    attribute(key, Value::IntValue(value))
}

/// A string as a value.
pub(super) fn value(text: String) -> AnyValue {
    AnyValue { value: Some(Value::StringValue(text)) }
}

/// The instrumentation scope of all payloads.
pub(super) fn scope() -> InstrumentationScope {
    InstrumentationScope {
        name: "io.example.shop.instrumentation".into(),
        version: "2.11.0".into(),
        ..Default::default()
    }
}

fn attribute(key: &str, value: Value) -> KeyValue {
    KeyValue { key: key.into(), value: Some(AnyValue { value: Some(value) }), ..Default::default() }
}

/// An HTTP status code: one in ten is a server error.
pub(super) fn status_code(random: &mut Random) -> i64 {
    match random.below(20) {
        0 => 500,
        1 => 503,
        2 | 3 => 404,
        4 => 302,
        5 | 6 => 201,
        _ => 200,
    }
}

/// An address in a private network.
pub(super) fn address(random: &mut Random) -> String {
    format!("10.{}.{}.{}", random.below(64), random.below(256), random.below(254) + 1)
}

/// A moment within the hour after 2026-01-01T00:00:00Z, in nanoseconds since the epoch.
pub(super) fn moment(random: &mut Random) -> u64 {
    1_767_225_600_000_000_000 + random.below(3_600_000_000_000)
}
