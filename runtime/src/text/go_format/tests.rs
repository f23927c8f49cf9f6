//! Verbs and flags, as Go's `Sprintf` has them.

use super::*;
use crate::text::time::zone::Zone;
use crate::value::Time;

fn written(format: &str, args: &[Value<'_>]) -> String {
    String::from_utf8(Format::new(format).write(args).unwrap()).unwrap()
}

fn int(format: &str, value: i64) -> String {
    written(format, &[Value::Int(value)])
}

fn float(format: &str, value: f64) -> String {
    written(format, &[Value::Float(value)])
}

fn text(format: &str, value: &str) -> String {
    written(format, &[Value::Str(value)])
}

#[test]
fn integers() {
    assert_eq!(int("%d %[1]v %5[1]d", -42), "-42 -42   -42");
    assert_eq!(int("%+d", 42), "+42");
    assert_eq!(int("% 06d", 42), " 00042");
    assert_eq!(int("%-6d|", 42), "42    |");
    assert_eq!(int("%.5d", -42), "-00042");
    assert_eq!(int("%08.3d", 42), "     042");
    assert_eq!(int("%.0d|", 0), "|");
    assert_eq!(int("%#x %[1]X %#[1]o %#[1]X", 255), "0xff FF 0377 0XFF");
    assert_eq!(int("%#08x", 255), "0x000000ff");
    assert_eq!(int("%O", 8), "0o10");
    assert_eq!(int("%#b", -5), "-0b101");
    assert_eq!(int("%c%[1]q%[1]U%#[1]U", 0x4e2d), "中'中'U+4E2DU+4E2D '中'");
    assert_eq!(int("%c", -1), "\u{fffd}");
    assert_eq!(int("%U", -1), "U+FFFFFFFFFFFFFFFF");
}

#[test]
fn doubles() {
    assert_eq!(float("%v", 1e6), "1e+06");
    assert_eq!(float("%v", 123_456.0), "123456");
    assert_eq!(float("%g", 1e-5), "1e-05");
    assert_eq!(float("%.3g", 1234.0), "1.23e+03");
    assert_eq!(float("%.3g", 100.0), "100");
    assert_eq!(float("%#.6g", 100.0), "100.000");
    assert_eq!(float("%#g", 0.0), "0.00000");
    assert_eq!(float("%08.2f", -1.5), "-0001.50");
    assert_eq!(float("%+.2e", 12_345.678), "+1.23e+04");
    assert_eq!(float("%.0f", 2.5), "2");
    assert_eq!(float("%b", 1.0), "4503599627370496p-52");
    assert_eq!(float("%x", 1.0), "0x1p+00");
    assert_eq!(float("%.1x", 1.96875), "0x1.0p+01");
    assert_eq!(float("%X", 5e-324), "0X1P-1074");
    assert_eq!(float("%6v|", f64::INFINITY), "  +Inf|");
    assert_eq!(float("%06v|", f64::NAN), "   NaN|");
    assert_eq!(float("%v", -0.0), "-0");
    assert_eq!(float("%.1200f", 0.5).len(), 1202);
}

#[test]
fn texts() {
    assert_eq!(text("%5s|%-5[1]s|%.1[1]s", "éa"), "   éa|éa   |é");
    assert_eq!(text("%05s", "ab"), "000ab");
    assert_eq!(text("%x % [1]X %#[1]x %# [1]x", "ab"), "6162 61 62 0x6162 0x61 0x62");
    assert_eq!(text("%q %+[1]q %#[1]q", "é\n"), r#""é\n" "\u00e9\n" "é\n""#);
    assert_eq!(text("%#q", "a\tb"), "`a\tb`");
    assert_eq!(text("%#v", "a"), "\"a\"");
}

#[test]
fn lists_maps_and_types_of_their_own() {
    let items = [Value::Str("a"), Value::Nil, Value::Duration(1_500_000_000)];
    let list = Value::Items(&items);
    assert_eq!(written("%v", &[list]), "[a <nil> 1.5s]");
    assert_eq!(written("%#v", &[list]), r#"[]interface {}{"a", interface {}(nil), 1500000000}"#);
    assert_eq!(written("%d", &[list]), "[%!d(string=a) <nil> 1500000000]");
    assert_eq!(written("%w", &[list]), "%!w([]interface {}=[a <nil> 1500000000])");
    let bytes = Value::Bytes(&[1, 255]);
    assert_eq!(
        written("%v %[1]x %#[1]v %[1]T", &[bytes]),
        "[1 255] 01ff []byte{0x1, 0xff} []uint8"
    );
    assert_eq!(written("%t", &[bytes]), "[%!t(uint8=1) %!t(uint8=255)]");
    let id = Value::SpanId([1, 2, 3, 4, 5, 6, 7, 8]);
    assert_eq!(written("%v %[1]d", &[id]), "0102030405060708 [1 2 3 4 5 6 7 8]");
    assert_eq!(written("%v|", &[Value::TraceId([0; 16])]), "|");
    let time = Value::Time(Time::new(1_700_000_000, 5, Zone::UTC));
    assert_eq!(written("%v", &[time]), "2023-11-14 22:13:20.000000005 +0000 UTC");
    assert_eq!(
        written("%#v", &[time]),
        "time.Date(2023, time.November, 14, 22, 13, 20, 5, time.UTC)"
    );
    assert_eq!(written("%d", &[time]), "{5 63835596800 0}");
    assert_eq!(
        written("%t", &[time]),
        "{%!t(uint64=5) %!t(int64=63835596800) %!t(*time.Location=<nil>)}"
    );
}

#[test]
fn faults_stand_in_the_text() {
    assert_eq!(text("%d", "x"), "%!d(string=x)");
    assert_eq!(written("%d %s", &[Value::Int(1)]), "1 %!s(MISSING)");
    assert_eq!(
        written("%d", &[Value::Int(1), Value::Nil, Value::Bool(true)]),
        "1%!(EXTRA <nil>, bool=true)"
    );
    assert_eq!(written("%[3]d", &[Value::Int(1)]), "%!d(BADINDEX)");
    assert_eq!(written("%*d", &[Value::Str("x"), Value::Int(1)]), "%!(BADWIDTH)1");
    assert_eq!(written("%.*f", &[Value::Int(-1), Value::Float(1.0)]), "%!(BADPREC)1.000000");
    assert_eq!(written("100%", &[]), "100%!(NOVERB)");
    assert_eq!(written("%d", &[Value::Nil]), "%!d(<nil>)");
    assert_eq!(written("%5v|%T", &[Value::Nil, Value::Nil]), "<nil>|<nil>");
    assert_eq!(written("%%%d%%", &[Value::Int(7)]), "%7%");
    assert_eq!(
        written("%*d|%-*d|", &[Value::Int(-4), Value::Int(1), Value::Int(3), Value::Int(2)]),
        "1   |2  |"
    );
}

#[test]
fn texts_have_an_end() {
    let args = [Value::Int(1), Value::Int(2)];
    assert_eq!(Format::new("%9999999d%9999999d").write(&args), Err(EvalError::TooLong));
    assert_eq!(Format::new("%1000000d").write(&args[..1]).unwrap().len(), 1_000_000);
}
