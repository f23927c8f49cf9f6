//! Names of encodings.

use encoding_rs::{
    BIG5, EUC_JP, EUC_KR, GB18030, GBK, IBM866, ISO_2022_JP, ISO_8859_2, ISO_8859_3, ISO_8859_4,
    ISO_8859_5, ISO_8859_6, ISO_8859_7, ISO_8859_8, ISO_8859_10, ISO_8859_13, ISO_8859_14,
    ISO_8859_15, ISO_8859_16, KOI8_R, KOI8_U, MACINTOSH, SHIFT_JIS, WINDOWS_874, WINDOWS_1250,
    WINDOWS_1251, WINDOWS_1252, WINDOWS_1253, WINDOWS_1254, WINDOWS_1255, WINDOWS_1256,
    WINDOWS_1257, WINDOWS_1258,
};

use super::{Charset, code_pages};

/// Names that stand above the registered ones, in lower case.
pub(super) fn own(name: &str) -> Option<Charset> {
    Some(match name {
        "utf-16" | "utf16" => Charset::Utf16Le,
        // What is not UTF-8 in them is repaired, as in every text.
        "" | "utf-8" | "utf8" | "utf-8-raw" | "utf8-raw" | "ascii" | "us-ascii" | "nop" => {
            Charset::Utf8
        }
        _ => return None,
    })
}

/// Names that IANA has registered, in lower case.
pub(super) fn registered(name: &str) -> Option<Charset> {
    let found = REGISTERED.iter().find(|(names, _)| names.contains(&name));
    found.map(|(_, charset)| *charset)
}

/// Where ISO 8859-9 differs from Latin 1.
const TURKISH: &[(u8, char)] =
    &[(0xd0, 'Ğ'), (0xdd, 'İ'), (0xde, 'Ş'), (0xf0, 'ğ'), (0xfd, 'ı'), (0xfe, 'ş')];

/// Where code page 1047 differs from 037.
const BRACKETS: &[(u8, char)] =
    &[(0x5f, '^'), (0xad, '['), (0xb0, '¬'), (0xba, 'Ý'), (0xbb, '¨'), (0xbd, ']')];

static REGISTERED: &[(&[&str], Charset)] = &[
    (&["csutf8", "utf-8"], Charset::Utf8),
    (
        &[
            "ansi_x3.4-1968",
            "ansi_x3.4-1986",
            "cp367",
            "csascii",
            "ibm367",
            "iso-ir-6",
            "iso646-us",
            "iso_646.irv:1991",
            "us",
            "us-ascii",
        ],
        Charset::Ascii,
    ),
    (&["csutf16be", "utf-16be"], Charset::Utf16Be),
    (&["csutf16le", "utf-16le"], Charset::Utf16Le),
    (&["csutf16", "utf-16"], Charset::Utf16Marked),
    (&["437", "cp437", "cspc8codepage437", "ibm437"], Charset::CodePage(code_pages::IBM437, &[])),
    (
        &["850", "cp850", "cspc850multilingual", "ibm850"],
        Charset::CodePage(code_pages::IBM850, &[]),
    ),
    (&["852", "cp852", "cspcp852", "ibm852"], Charset::CodePage(code_pages::IBM852, &[])),
    (&["855", "cp855", "csibm855", "ibm855"], Charset::CodePage(code_pages::IBM855, &[])),
    (&["860", "cp860", "csibm860", "ibm860"], Charset::CodePage(code_pages::IBM860, &[])),
    (&["862", "cp862", "cspc862latinhebrew", "ibm862"], Charset::CodePage(code_pages::IBM862, &[])),
    (&["863", "cp863", "csibm863", "ibm863"], Charset::CodePage(code_pages::IBM863, &[])),
    (&["865", "cp865", "csibm865", "ibm865"], Charset::CodePage(code_pages::IBM865, &[])),
    (&["866", "cp866", "csibm866", "ibm866"], Charset::Single(IBM866)),
    (
        &[
            "arabic",
            "asmo-708",
            "csisolatinarabic",
            "ecma-114",
            "iso-8859-6",
            "iso-ir-127",
            "iso_8859-6",
            "iso_8859-6:1987",
            "csiso88596e",
            "iso-8859-6-e",
            "iso_8859-6-e",
            "csiso88596i",
            "iso-8859-6-i",
            "iso_8859-6-i",
        ],
        Charset::Single(ISO_8859_6),
    ),
    (&["big5", "csbig5"], Charset::Multiple(BIG5)),
    (
        &["ccsid00858", "cp00858", "csibm00858", "ibm00858", "pc-multilingual-850+euro"],
        Charset::CodePage(code_pages::IBM850, &[(0xd5, '€')]),
    ),
    (
        &["ccsid01140", "cp01140", "csibm01140", "ebcdic-us-37+euro", "ibm01140"],
        Charset::Ebcdic(&[(0x9f, '€')]),
    ),
    (
        &[
            "cp037",
            "csibm037",
            "ebcdic-cp-ca",
            "ebcdic-cp-nl",
            "ebcdic-cp-us",
            "ebcdic-cp-wt",
            "ibm037",
        ],
        Charset::Ebcdic(&[]),
    ),
    (
        &[
            "cp819",
            "csisolatin1",
            "ibm819",
            "iso-8859-1",
            "iso-ir-100",
            "iso_8859-1",
            "iso_8859-1:1987",
            "l1",
            "latin1",
        ],
        Charset::Latin(&[]),
    ),
    (&["cp936", "csgbk", "gbk", "ms936", "windows-936"], Charset::Multiple(GBK)),
    (&["cseuckr", "euc-kr"], Charset::Multiple(EUC_KR)),
    (
        &["cseucpkdfmtjapanese", "euc-jp", "extended_unix_code_packed_format_for_japanese"],
        Charset::Multiple(EUC_JP),
    ),
    (&["csgb18030", "gb18030"], Charset::Multiple(GB18030)),
    (&["csibm1047", "ibm-1047", "ibm1047"], Charset::Ebcdic(BRACKETS)),
    (&["csiso2022jp", "iso-2022-jp"], Charset::Multiple(ISO_2022_JP)),
    (&["csiso885913", "iso-8859-13"], Charset::Single(ISO_8859_13)),
    (
        &[
            "csiso885914",
            "iso-8859-14",
            "iso-celtic",
            "iso-ir-199",
            "iso_8859-14",
            "iso_8859-14:1998",
            "l8",
            "latin8",
        ],
        Charset::Single(ISO_8859_14),
    ),
    (&["csiso885915", "iso-8859-15", "iso_8859-15", "latin-9"], Charset::Single(ISO_8859_15)),
    (
        &[
            "csiso885916",
            "iso-8859-16",
            "iso-ir-226",
            "iso_8859-16",
            "iso_8859-16:2001",
            "l10",
            "latin10",
        ],
        Charset::Single(ISO_8859_16),
    ),
    (
        &[
            "csisolatin2",
            "iso-8859-2",
            "iso-ir-101",
            "iso_8859-2",
            "iso_8859-2:1987",
            "l2",
            "latin2",
        ],
        Charset::Single(ISO_8859_2),
    ),
    (
        &[
            "csisolatin3",
            "iso-8859-3",
            "iso-ir-109",
            "iso_8859-3",
            "iso_8859-3:1988",
            "l3",
            "latin3",
        ],
        Charset::Single(ISO_8859_3),
    ),
    (
        &[
            "csisolatin4",
            "iso-8859-4",
            "iso-ir-110",
            "iso_8859-4",
            "iso_8859-4:1988",
            "l4",
            "latin4",
        ],
        Charset::Single(ISO_8859_4),
    ),
    (
        &[
            "csisolatin5",
            "iso-8859-9",
            "iso-ir-148",
            "iso_8859-9",
            "iso_8859-9:1989",
            "l5",
            "latin5",
        ],
        Charset::Latin(TURKISH),
    ),
    (
        &["csisolatin6", "iso-8859-10", "iso-ir-157", "iso_8859-10:1992", "l6", "latin6"],
        Charset::Single(ISO_8859_10),
    ),
    (
        &[
            "csisolatincyrillic",
            "cyrillic",
            "iso-8859-5",
            "iso-ir-144",
            "iso_8859-5",
            "iso_8859-5:1988",
        ],
        Charset::Single(ISO_8859_5),
    ),
    (
        &[
            "csisolatingreek",
            "ecma-118",
            "elot_928",
            "greek",
            "greek8",
            "iso-8859-7",
            "iso-ir-126",
            "iso_8859-7",
            "iso_8859-7:1987",
        ],
        Charset::Single(ISO_8859_7),
    ),
    (
        &[
            "csisolatinhebrew",
            "hebrew",
            "iso-8859-8",
            "iso-ir-138",
            "iso_8859-8",
            "iso_8859-8:1988",
            "csiso88598e",
            "iso-8859-8-e",
            "iso_8859-8-e",
            "csiso88598i",
            "iso-8859-8-i",
            "iso_8859-8-i",
        ],
        Charset::Single(ISO_8859_8),
    ),
    (&["cskoi8r", "koi8-r"], Charset::Single(KOI8_R)),
    (&["cskoi8u", "koi8-u"], Charset::Single(KOI8_U)),
    (&["csmacintosh", "mac", "macintosh"], Charset::Single(MACINTOSH)),
    (&["csshiftjis", "ms_kanji", "shift_jis"], Charset::Multiple(SHIFT_JIS)),
    (&["cswindows1250", "windows-1250"], Charset::Single(WINDOWS_1250)),
    (&["cswindows1251", "windows-1251"], Charset::Single(WINDOWS_1251)),
    (&["cswindows1252", "windows-1252"], Charset::Single(WINDOWS_1252)),
    (&["cswindows1253", "windows-1253"], Charset::Single(WINDOWS_1253)),
    (&["cswindows1254", "windows-1254"], Charset::Single(WINDOWS_1254)),
    (&["cswindows1255", "windows-1255"], Charset::Single(WINDOWS_1255)),
    (&["cswindows1256", "windows-1256"], Charset::Single(WINDOWS_1256)),
    (&["cswindows1257", "windows-1257"], Charset::Single(WINDOWS_1257)),
    (&["cswindows1258", "windows-1258"], Charset::Single(WINDOWS_1258)),
    (&["cswindows874", "windows-874"], Charset::Single(WINDOWS_874)),
    (&["hz-gb-2312"], Charset::Hz),
];
