//! Text and bytes in encodings, numbers in bases.

pub(super) mod base64_encode;
pub(super) mod decode;
pub(super) mod hex;
pub(super) mod parse_int;

use base64::alphabet::{STANDARD, URL_SAFE};
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

/// The reader and writer of a variant of base64. Bits that are left over do not count.
fn engine(variant: &str) -> Option<GeneralPurpose> {
    const ANY_BITS: GeneralPurposeConfig =
        GeneralPurposeConfig::new().with_decode_allow_trailing_bits(true);
    const RAW: GeneralPurposeConfig = ANY_BITS
        .with_encode_padding(false)
        .with_decode_padding_mode(DecodePaddingMode::RequireNone);
    Some(match variant {
        "base64" => GeneralPurpose::new(&STANDARD, ANY_BITS),
        "base64-raw" => GeneralPurpose::new(&STANDARD, RAW),
        "base64-url" => GeneralPurpose::new(&URL_SAFE, ANY_BITS),
        "base64-raw-url" => GeneralPurpose::new(&URL_SAFE, RAW),
        _ => return None,
    })
}
