//! gRPC's message framing: a flag byte and a length before every message. Frames of an HTTP/2
//! stream in, one bounded message out; one message in, one uncopied [`Buf`] out.

use std::io::IoSlice;

use bytes::{Buf, Bytes, BytesMut};
use h2::RecvStream;

/// Length of the flag and the message length.
const PREFIX_LEN: usize = 5;
/// Most that is set aside on the word of a length prefix alone.
const TRUSTED_LENGTH: usize = 16 << 20;

/// A message on its way out: the prefix and the message as one buffer, without copying them
/// together.
#[derive(Debug)]
pub(super) struct OutgoingMessage {
    prefix: [u8; PREFIX_LEN],
    prefix_sent: usize,
    message: Bytes,
}

impl OutgoingMessage {
    /// Frames `message`; `None` when it is too long for gRPC (4 GiB).
    pub(super) fn new(message: Bytes, compressed: bool) -> Option<Self> {
        let length = u32::try_from(message.len()).ok()?;
        let [a, b, c, d] = length.to_be_bytes();
        Some(Self { prefix: [u8::from(compressed), a, b, c, d], prefix_sent: 0, message })
    }

    fn prefix(&self) -> &[u8] {
        self.prefix.get(self.prefix_sent..).unwrap_or_default()
    }
}

impl Buf for OutgoingMessage {
    fn remaining(&self) -> usize {
        self.prefix().len() + self.message.len()
    }

    fn chunk(&self) -> &[u8] {
        match self.prefix() {
            [] => &self.message,
            prefix => prefix,
        }
    }

    fn chunks_vectored<'a>(&'a self, slices: &mut [IoSlice<'a>]) -> usize {
        let parts = [self.prefix(), self.message.as_ref()];
        let mut filled = 0;
        for (slot, part) in slices.iter_mut().zip(parts.into_iter().filter(|part| !part.is_empty()))
        {
            *slot = IoSlice::new(part);
            filled += 1;
        }
        filled
    }

    fn advance(&mut self, count: usize) {
        let of_prefix = count.min(self.prefix().len());
        self.prefix_sent += of_prefix;
        self.message.advance(count - of_prefix);
    }
}

/// A message as it came in.
#[derive(Debug)]
pub(super) struct IncomingMessage {
    /// Whether the stream's `grpc-encoding` applies.
    pub(super) compressed: bool,
    /// The message, not yet decompressed.
    pub(super) bytes: Bytes,
}

/// Why no message could be read.
#[derive(Debug, thiserror::Error)]
pub(super) enum ReadError {
    /// The length prefix is beyond the limit.
    #[error("grpc: received message larger than max ({length} vs. {limit})")]
    TooLarge {
        /// Announced length in bytes.
        length: usize,
        /// The limit in bytes.
        limit: usize,
    },
    /// The stream ended before its message did.
    #[error("the stream ended after {received} bytes of a message")]
    Truncated {
        /// Bytes received, with the prefix.
        received: usize,
    },
    /// More than one message on a unary stream.
    #[error("more than one message was received on a unary stream")]
    Surplus,
    /// The flag byte is neither 0 nor 1.
    #[error("the first byte of a message is {0}, which is no known flag")]
    Flag(u8),
    /// The connection failed or the stream was reset.
    #[error(transparent)]
    Stream(#[from] h2::Error),
}

/// Reads the one message of a unary stream to the end of the stream. `None` when the stream ends
/// without any message.
///
/// A message that lies in one DATA frame is a slice of that frame; any other is gathered in one
/// copy.
pub(super) async fn read_message(
    stream: &mut RecvStream,
    limit: usize,
) -> Result<Option<IncomingMessage>, ReadError> {
    let Some(mut frame) = next_frame(stream).await? else { return Ok(None) };
    if frame.len() < PREFIX_LEN {
        frame = gather_prefix(stream, frame).await?;
    }
    let flag = frame.get_u8();
    if flag > 1 {
        return Err(ReadError::Flag(flag));
    }
    let length = frame.get_u32() as usize;
    if length > limit {
        return Err(ReadError::TooLarge { length, limit });
    }
    let bytes = if frame.len() >= length {
        let message = frame.split_to(length);
        if frame.is_empty() { message } else { return Err(ReadError::Surplus) }
    } else {
        let mut gathered = BytesMut::with_capacity(length.min(TRUSTED_LENGTH));
        gathered.extend_from_slice(&frame);
        drop(frame);
        while gathered.len() < length {
            let Some(next) = next_frame(stream).await? else {
                return Err(ReadError::Truncated { received: gathered.len() + PREFIX_LEN });
            };
            if gathered.len() + next.len() > length {
                return Err(ReadError::Surplus);
            }
            gathered.extend_from_slice(&next);
        }
        gathered.freeze()
    };
    if !stream.is_end_stream() && next_frame(stream).await?.is_some() {
        return Err(ReadError::Surplus);
    }
    Ok(Some(IncomingMessage { compressed: flag == 1, bytes }))
}

/// The next frame that is not empty; the window is given back at once, since what was taken is
/// bounded by the message limit.
async fn next_frame(stream: &mut RecvStream) -> Result<Option<Bytes>, h2::Error> {
    while let Some(frame) = stream.data().await {
        let frame = frame?;
        if !frame.is_empty() {
            stream.flow_control().release_capacity(frame.len())?;
            return Ok(Some(frame));
        }
    }
    Ok(None)
}

async fn gather_prefix(stream: &mut RecvStream, first: Bytes) -> Result<Bytes, ReadError> {
    let mut gathered = BytesMut::from(first);
    while gathered.len() < PREFIX_LEN {
        let Some(next) = next_frame(stream).await? else {
            return Err(ReadError::Truncated { received: gathered.len() });
        };
        gathered.extend_from_slice(&next);
    }
    Ok(gathered.freeze())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prefix_and_message_read_as_one_buffer() {
        for step in 1..9 {
            let mut outgoing =
                OutgoingMessage::new(Bytes::from_static(b"abc"), true).expect("short");
            assert_eq!(outgoing.remaining(), 8);
            let mut read = Vec::new();
            while outgoing.has_remaining() {
                let count = step.min(outgoing.chunk().len());
                read.extend_from_slice(&outgoing.chunk()[..count]);
                outgoing.advance(count);
            }
            assert_eq!(read, b"\x01\0\0\0\x03abc");
        }
    }

    #[test]
    fn vectored_parts_skip_what_was_sent() {
        let mut outgoing = OutgoingMessage::new(Bytes::from_static(b"abc"), false).expect("short");
        outgoing.advance(6);
        let mut slices = [IoSlice::new(&[]); 4];
        assert_eq!(outgoing.chunks_vectored(&mut slices), 1);
        assert_eq!(&*slices[0], b"bc");
    }
}
