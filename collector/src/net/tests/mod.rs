//! Servers and clients against each other and against peers that mean no good, on real sockets.

mod encryption;
mod handover;
