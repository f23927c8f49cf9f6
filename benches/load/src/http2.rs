//! HTTP/2 settings, the same for every client and server of a measurement.
//!
//! The protocol's default window of 64 KiB costs a round trip for every tenth of a 600 kB
//! request; whoever is compared must have the same windows.

/// Flow-control windows and frame size.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::Args)]
pub struct Http2 {
    /// HTTP/2 flow-control window of one stream
    #[arg(long, value_name = "SIZE", default_value = "4MiB", value_parser = crate::units::size)]
    pub stream_window: u32,
    /// HTTP/2 flow-control window of one connection
    #[arg(long, value_name = "SIZE", default_value = "8MiB", value_parser = crate::units::size)]
    pub connection_window: u32,
    /// Largest HTTP/2 frame to accept (16 KiB to 16 MiB)
    #[arg(long, value_name = "SIZE", default_value = "1MiB", value_parser = frame_size)]
    pub max_frame: u32,
}

impl Default for Http2 {
    fn default() -> Self {
        Http2 { stream_window: 4 << 20, connection_window: 8 << 20, max_frame: 1 << 20 }
    }
}

/// RFC 9113, 6.5.2: SETTINGS_MAX_FRAME_SIZE is at least 2^14 and at most 2^24-1.
fn frame_size(text: &str) -> Result<u32, String> {
    let size = crate::units::size(text)?;
    if (1 << 14..1 << 24).contains(&size) {
        Ok(size)
    } else {
        Err(format!("`{text}` is not a frame size; HTTP/2 allows 16KiB to 16777215"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frame_sizes_are_those_of_the_protocol() {
        assert_eq!(frame_size("16KiB"), Ok(16384));
        assert_eq!(frame_size("16777215"), Ok(16_777_215));
        assert!(frame_size("16MiB").is_err());
        assert!(frame_size("8KiB").is_err());
    }
}
