//! Servers and clients against each other and against peers that mean no good, on real sockets.

mod authentication;
mod clients;
mod encryption;
mod handover;
mod hostile;
mod page;
