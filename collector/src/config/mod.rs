//! The configuration: from `--config` URIs to typed settings that know where they were written.
//!
//! URIs are read by [`provider`], parsed by [`yaml`], merged, and their `${...}` placeholders
//! replaced; [`model::decode`] makes the typed top of it, [`validate`] checks what needs no
//! knowledge of components, and factories decode their own settings with [`de::from_node`] or
//! [`de::from_node_over`].

pub mod de;
pub mod ids;
pub mod model;
pub mod ser;
pub mod service;
pub mod values;
pub mod yaml;
