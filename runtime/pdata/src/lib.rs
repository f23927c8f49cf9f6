//! The telemetry model: one immutable value, [`Batch`], that holds an encoded OTLP request.
//!
//! Bytes enter through [`Batch::decode`], which validates them once. Whoever reads opens borrowed
//! views ([`schema::messages`]); whoever changes something opens a record and splices the edit,
//! copying every untouched range. Nothing here knows of OTTL, configuration or the network.

mod appended;
mod batch;
pub mod build;
mod count;
mod cut;
mod dictionary;
pub mod edit;
mod fault;
pub mod json;
pub mod record;
mod regroup;
mod repair;
pub mod schema;
mod select;
mod splice;
mod validate;
pub mod value;
pub mod view;
pub mod wire;

pub use appended::NoRoom;
pub use batch::{Batch, DecodeError, Repairs, Signal};
pub use build::Builder;
pub use cut::Limit;
pub use dictionary::Dictionary;
pub use edit::{Editor, Level, Open, Verdict, edit};
pub use record::Record;
pub use schema::messages;
pub use select::Hollow;
pub use validate::MAX_DEPTH;
pub use value::{ArrayView, MapView, ValueView};
pub use view::AttributesView;
