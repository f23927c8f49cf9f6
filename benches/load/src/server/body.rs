//! From an incoming body to the message in it: gathered, without gRPC prefix, decompressed.
//!
//! An uncompressed message stays in the chunks it arrived in.

use std::io::Read;

use bytes::{Buf, Bytes};
use flate2::read::{GzDecoder, ZlibDecoder};
use http_body_util::{BodyExt, Limited};
use hyper::body::Incoming;

use super::{Meta, Refusal};
use crate::signal::Protocol;

/// The largest message, compressed or not; it only keeps a broken client from eating all memory.
const LIMIT: usize = 256 << 20;

/// A complete message.
pub(super) enum Message<B> {
    /// As it arrived.
    Plain(B),
    /// After decompression.
    Decompressed(Bytes),
}

/// Reads the body to its end.
pub(super) async fn read(
    body: Incoming,
    meta: &Meta,
) -> Result<Message<impl Buf + Send + use<>>, Refusal> {
    let collected = Limited::new(body, LIMIT)
        .collect()
        .await
        .map_err(|error| Refusal::invalid(format!("the body cannot be read: {error}")))?;
    let mut message = collected.aggregate();
    let compressed = match meta.protocol {
        Protocol::Grpc => grpc_prefix(&mut message)?,
        Protocol::Http => !meta.compression.is_empty(),
    };
    if !compressed {
        return Ok(Message::Plain(message));
    }
    let bytes = decompress(&meta.compression, message.reader())?;
    Ok(Message::Decompressed(Bytes::from(bytes)))
}

/// Takes the five bytes in front of a gRPC message; the answer is whether it is compressed.
fn grpc_prefix(message: &mut impl Buf) -> Result<bool, Refusal> {
    if message.remaining() < 5 {
        return Err(Refusal::invalid("the gRPC message has no prefix"));
    }
    let flag = message.get_u8();
    let length = message.get_u32() as usize;
    if length != message.remaining() {
        return Err(Refusal::invalid(format!(
            "the gRPC prefix says {length} bytes, but {} follow",
            message.remaining()
        )));
    }
    Ok(flag == 1)
}

fn decompress(compression: &str, input: impl Read) -> Result<Vec<u8>, Refusal> {
    let mut output = Vec::new();
    // One more than allowed, to tell the limit from an end.
    let most = LIMIT as u64 + 1;
    let result = match compression {
        "gzip" => GzDecoder::new(input).take(most).read_to_end(&mut output),
        "deflate" | "zlib" => ZlibDecoder::new(input).take(most).read_to_end(&mut output),
        "zstd" => zstd::Decoder::new(input)
            .and_then(|decoder| decoder.take(most).read_to_end(&mut output)),
        other => {
            let message = format!("the compression `{other}` is not supported");
            return Err(Refusal::new(12, message));
        }
    };
    match result {
        Err(error) => Err(Refusal::invalid(format!("the body is no {compression}: {error}"))),
        Ok(_) if output.len() > LIMIT => {
            Err(Refusal::invalid("the decompressed body is too large"))
        }
        Ok(_) => Ok(output),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_prefix_must_fit_its_message() {
        let mut good: &[u8] = &[0, 0, 0, 0, 1, 9];
        assert_eq!(grpc_prefix(&mut good), Ok(false));
        assert_eq!(good, [9]);
        assert_eq!(grpc_prefix(&mut [1_u8, 0, 0, 0, 0].as_slice()), Ok(true));
        assert!(grpc_prefix(&mut [0_u8, 0, 0, 0, 2, 9].as_slice()).is_err());
        assert!(grpc_prefix(&mut [0_u8, 0].as_slice()).is_err());
    }

    #[test]
    fn unknown_and_broken_compression_is_refused() {
        assert_eq!(decompress("br", [].as_slice()).unwrap_err().code, 12);
        for name in ["gzip", "deflate", "zstd"] {
            assert_eq!(decompress(name, [1, 2, 3, 4].as_slice()).unwrap_err().code, 3, "{name}");
        }
        let zstd = zstd::encode_all([7_u8; 100].as_slice(), 1).unwrap();
        assert_eq!(decompress("zstd", zstd.as_slice()).unwrap(), [7; 100]);
    }
}
