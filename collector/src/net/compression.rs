//! Compression of whole messages: a compressed body and a size limit in, the plain body out, and
//! the way back. A body that would grow past its limit is given up at the limit, so a small
//! request cannot be made to fill the memory.

use std::cell::RefCell;
use std::io::{self, Read, Write};

use bytes::Bytes;

/// A content encoding, as HTTP names it in `Content-Encoding`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Encoding {
    /// Not compressed.
    Identity,
    /// RFC 1952.
    Gzip,
    /// RFC 1950; HTTP's `deflate` is the same format.
    Zlib,
    /// RFC 8878.
    Zstd,
    /// One snappy block. Reading accepts the framed format too.
    Snappy,
    /// Snappy's framed format; what gRPC calls `snappy`.
    SnappyFramed,
    /// LZ4 frames.
    Lz4,
}

/// Why a body could not be decompressed.
#[derive(Debug, thiserror::Error)]
pub enum DecompressError {
    /// The plain body is larger than the limit.
    #[error("the decompressed body is larger than {limit} bytes")]
    TooLarge {
        /// The limit in bytes.
        limit: usize,
    },
    /// The body is not what its encoding says.
    #[error("the body is not valid {encoding}: {source}")]
    Corrupt {
        /// Name of the encoding.
        encoding: &'static str,
        /// What the decoder found.
        source: io::Error,
    },
}

impl Encoding {
    /// The encoding behind an HTTP `Content-Encoding` name; `None` when there is none of that name.
    pub fn from_http(name: &str) -> Option<Self> {
        Some(match name {
            "" | "identity" => Self::Identity,
            "gzip" => Self::Gzip,
            "zlib" | "deflate" => Self::Zlib,
            "zstd" => Self::Zstd,
            "snappy" => Self::Snappy,
            "x-snappy-framed" => Self::SnappyFramed,
            "lz4" => Self::Lz4,
            _ => return None,
        })
    }

    /// The encoding behind a `grpc-encoding` name; `None` when there is none of that name.
    pub fn from_grpc(name: &str) -> Option<Self> {
        Some(match name {
            "" | "identity" => Self::Identity,
            "gzip" => Self::Gzip,
            "zstd" => Self::Zstd,
            "snappy" => Self::SnappyFramed,
            _ => return None,
        })
    }

    /// Name for messages.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Identity => "identity",
            Self::Gzip => "gzip",
            Self::Zlib => "zlib",
            Self::Zstd => "zstd",
            Self::Snappy => "snappy",
            Self::SnappyFramed => "x-snappy-framed",
            Self::Lz4 => "lz4",
        }
    }
}

/// Decompresses `body`; the result is at most `limit` bytes long.
///
/// # Errors
/// When the result would be longer, or `body` is not valid in its encoding.
pub fn decompress(encoding: Encoding, body: Bytes, limit: usize) -> Result<Bytes, DecompressError> {
    let input = body.as_ref();
    let corrupt =
        |source: io::Error| DecompressError::Corrupt { encoding: encoding.name(), source };
    match encoding {
        Encoding::Identity if body.len() > limit => Err(DecompressError::TooLarge { limit }),
        Encoding::Identity => Ok(body),
        Encoding::Gzip => {
            read_bounded(flate2::bufread::MultiGzDecoder::new(input), input.len(), limit, encoding)
        }
        Encoding::Zlib => {
            read_bounded(flate2::bufread::ZlibDecoder::new(input), input.len(), limit, encoding)
        }
        Encoding::Zstd => {
            let mut decoder = zstd::stream::read::Decoder::with_buffer(input).map_err(corrupt)?;
            decoder.window_log_max(zstd_window_log(limit)).map_err(corrupt)?;
            read_bounded(decoder, input.len(), limit, encoding)
        }
        Encoding::Snappy if input.starts_with(SNAPPY_FRAME_START) => {
            read_bounded(snap::read::FrameDecoder::new(input), input.len(), limit, encoding)
        }
        Encoding::Snappy => {
            let length = snap::raw::decompress_len(input).map_err(|error| corrupt(error.into()))?;
            if length > limit {
                return Err(DecompressError::TooLarge { limit });
            }
            snap::raw::Decoder::new()
                .decompress_vec(input)
                .map(Bytes::from)
                .map_err(|error| corrupt(error.into()))
        }
        Encoding::SnappyFramed => {
            read_bounded(snap::read::FrameDecoder::new(input), input.len(), limit, encoding)
        }
        Encoding::Lz4 => {
            read_bounded(lz4_flex::frame::FrameDecoder::new(input), input.len(), limit, encoding)
        }
    }
}

/// Every stream in snappy's framed format starts with this chunk header.
const SNAPPY_FRAME_START: &[u8] = b"\xff\x06\x00\x00sNaPpY";

/// The largest zstd window accepted, as a power of two: what the limit needs, at least the 8 MiB
/// that every conforming decoder supports, at most 128 MiB.
fn zstd_window_log(limit: usize) -> u32 {
    limit.checked_next_power_of_two().map_or(27, usize::trailing_zeros).clamp(23, 27)
}

fn read_bounded(
    decoder: impl Read,
    compressed: usize,
    limit: usize,
    encoding: Encoding,
) -> Result<Bytes, DecompressError> {
    // Telemetry compresses about seven times; a first guess saves most of the growing.
    let mut plain = Vec::with_capacity(compressed.saturating_mul(6).min(limit).saturating_add(1));
    let one_more = u64::try_from(limit).unwrap_or(u64::MAX).saturating_add(1);
    decoder
        .take(one_more)
        .read_to_end(&mut plain)
        .map_err(|source| DecompressError::Corrupt { encoding: encoding.name(), source })?;
    if plain.len() > limit {
        return Err(DecompressError::TooLarge { limit });
    }
    Ok(plain.into())
}

/// Effort of a compressor; `None` stands for the default of the encoding.
pub type Level = Option<i32>;

/// Level of gzip and zlib when none is asked for. Level 1 costs a quarter of level 6 and is 16 to
/// 20 % larger on spans and logs (docs/differences.md).
const DEFAULT_DEFLATE_LEVEL: u32 = 1;
/// Level of zstd when none is asked for.
const DEFAULT_ZSTD_LEVEL: i32 = 1;

/// Compresses `body`.
///
/// # Errors
/// When the compressor fails; memory is the only known reason.
pub fn compress(encoding: Encoding, level: Level, body: &Bytes) -> io::Result<Bytes> {
    let sized = || Vec::with_capacity(body.len() / 4 + 64);
    match encoding {
        Encoding::Identity => Ok(body.clone()),
        Encoding::Gzip => {
            let mut encoder = flate2::write::GzEncoder::new(sized(), deflate_level(level));
            encoder.write_all(body)?;
            encoder.finish().map(Bytes::from)
        }
        Encoding::Zlib => {
            let mut encoder = flate2::write::ZlibEncoder::new(sized(), deflate_level(level));
            encoder.write_all(body)?;
            encoder.finish().map(Bytes::from)
        }
        Encoding::Zstd => zstd_compress(level.unwrap_or(DEFAULT_ZSTD_LEVEL), body),
        Encoding::Snappy => {
            snap::raw::Encoder::new().compress_vec(body).map(Bytes::from).map_err(io::Error::other)
        }
        Encoding::SnappyFramed => {
            let mut encoder = snap::write::FrameEncoder::new(sized());
            encoder.write_all(body)?;
            encoder.into_inner().map(Bytes::from).map_err(|error| error.into_error())
        }
        Encoding::Lz4 => {
            let mut encoder = lz4_flex::frame::FrameEncoder::new(sized());
            encoder.write_all(body)?;
            encoder.finish().map(Bytes::from).map_err(io::Error::other)
        }
    }
}

fn deflate_level(level: Level) -> flate2::Compression {
    match level {
        // Go's -2 is Huffman only; the quickest real level is the nearest there is.
        Some(-2) => flate2::Compression::new(1),
        Some(level) if (0..=9).contains(&level) => {
            flate2::Compression::new(u32::try_from(level).unwrap_or(DEFAULT_DEFLATE_LEVEL))
        }
        _ => flate2::Compression::new(DEFAULT_DEFLATE_LEVEL),
    }
}

thread_local! {
    /// A zstd context is several hundred kilobytes; one per thread is kept, with its level.
    static ZSTD: RefCell<Option<(i32, zstd::bulk::Compressor<'static>)>> =
        const { RefCell::new(None) };
}

fn zstd_compress(level: i32, body: &[u8]) -> io::Result<Bytes> {
    ZSTD.with_borrow_mut(|slot| {
        let compressor = match slot {
            Some((kept, compressor)) if *kept == level => compressor,
            _ => &mut slot.insert((level, zstd::bulk::Compressor::new(level)?)).1,
        };
        compressor.compress(body).map(Bytes::from)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [Encoding; 7] = [
        Encoding::Identity,
        Encoding::Gzip,
        Encoding::Zlib,
        Encoding::Zstd,
        Encoding::Snappy,
        Encoding::SnappyFramed,
        Encoding::Lz4,
    ];

    #[test]
    fn every_encoding_gives_back_what_it_took() {
        let body = Bytes::from("telemetry ".repeat(1000));
        for encoding in ALL {
            let packed = compress(encoding, None, &body).expect("compress");
            assert_eq!(decompress(encoding, packed, body.len()).expect("decompress"), body);
        }
    }

    #[test]
    fn bombs_stop_at_the_limit() {
        let bomb = Bytes::from(vec![0; 10 << 20]);
        for encoding in ALL {
            let packed = compress(encoding, None, &bomb).expect("compress");
            let result = decompress(encoding, packed, 1 << 20);
            assert!(
                matches!(result, Err(DecompressError::TooLarge { limit: 1_048_576 })),
                "{encoding:?}"
            );
        }
    }

    #[test]
    fn damage_is_an_error() {
        for encoding in ALL.into_iter().skip(1) {
            let result = decompress(encoding, Bytes::from_static(b"\x17not this"), 1 << 20);
            assert!(matches!(result, Err(DecompressError::Corrupt { .. })), "{encoding:?}");
        }
    }

    #[test]
    fn snappy_reads_blocks_and_frames() {
        let body = Bytes::from_static(b"either way");
        let framed = compress(Encoding::SnappyFramed, None, &body).expect("compress");
        assert_eq!(decompress(Encoding::Snappy, framed, 100).expect("decompress"), body);
    }
}
