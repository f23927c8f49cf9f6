//! Request bodies: a stream of chunks in, one decompressed body within the limit out.

use bytes::{Bytes, BytesMut};
use http::{HeaderMap, header, request};
use http_body::Body;
use http_body_util::BodyExt;

use crate::net::compression::{DecompressError, Encoding, decompress};
use crate::net::measure::BytesRead;

/// Most that is set aside on the word of a `Content-Length` alone.
const TRUSTED_LENGTH: usize = 16 << 20;

/// Why there is no body.
#[derive(Debug, thiserror::Error)]
pub enum BodyError {
    /// The `Content-Encoding` is unknown or not accepted here.
    #[error("unsupported Content-Encoding: {0}")]
    UnsupportedEncoding(String),
    /// Larger than the limit, as sent or decompressed.
    #[error("http: request body too large: the limit is {limit} bytes")]
    TooLarge {
        /// The limit in bytes.
        limit: usize,
    },
    /// Not what its encoding says.
    #[error("failed to read the body: {0}")]
    Corrupt(DecompressError),
    /// The connection failed.
    #[error("failed to read the body: {0}")]
    Connection(String),
}

/// The encoding of a body, when it is one of `accepted` (as named in `Content-Encoding`, with `""`
/// for none).
///
/// # Errors
/// When it is not.
pub fn content_encoding(headers: &HeaderMap, accepted: &[String]) -> Result<Encoding, BodyError> {
    let name = match headers.get(header::CONTENT_ENCODING) {
        None => String::new(),
        Some(value) => String::from_utf8_lossy(value.as_bytes()).into_owned(),
    };
    let listed = if name == "identity" { "" } else { name.as_str() };
    match Encoding::from_http(&name) {
        Some(encoding) if accepted.iter().any(|accepted| accepted == listed) => Ok(encoding),
        _ => Err(BodyError::UnsupportedEncoding(name)),
    }
}

/// Reads a whole body and decompresses it; `limit` bytes are the most before and after.
///
/// # Errors
/// When there is more, or the body is damaged or cut off.
pub async fn read_body<B>(
    head: &request::Parts,
    body: B,
    encoding: Encoding,
    limit: usize,
) -> Result<Bytes, BodyError>
where
    B: Body<Data = Bytes> + Unpin,
    B::Error: std::fmt::Display,
{
    let announced = head
        .headers
        .get(header::CONTENT_LENGTH)
        .and_then(|value| value.to_str().ok()?.parse::<usize>().ok());
    if announced.is_some_and(|length| length > limit) {
        return Err(BodyError::TooLarge { limit });
    }
    let read = head.extensions.get::<BytesRead>();
    let raw = gather(body, announced.unwrap_or_default(), limit, read).await?;
    decompress(encoding, raw, limit).map_err(|error| match error {
        DecompressError::TooLarge { limit } => BodyError::TooLarge { limit },
        DecompressError::Corrupt { .. } => BodyError::Corrupt(error),
    })
}

/// A body that comes in one chunk is not copied; any other is gathered in one copy.
async fn gather<B>(
    mut body: B,
    announced: usize,
    limit: usize,
    read: Option<&BytesRead>,
) -> Result<Bytes, BodyError>
where
    B: Body<Data = Bytes> + Unpin,
    B::Error: std::fmt::Display,
{
    let mut first = Bytes::new();
    let mut gathered = BytesMut::new();
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|error| BodyError::Connection(error.to_string()))?;
        let Ok(chunk) = frame.into_data() else { continue };
        if let Some(read) = read {
            read.add(chunk.len());
        }
        if first.len().max(gathered.len()) + chunk.len() > limit {
            return Err(BodyError::TooLarge { limit });
        }
        if first.is_empty() && gathered.is_empty() {
            first = chunk;
            continue;
        }
        if gathered.is_empty() {
            gathered.reserve(announced.min(TRUSTED_LENGTH).max(first.len() + chunk.len()));
            gathered.extend_from_slice(&first);
            first = Bytes::new();
        }
        gathered.extend_from_slice(&chunk);
    }
    Ok(if gathered.is_empty() { first } else { gathered.freeze() })
}
