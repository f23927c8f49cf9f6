//! Functions that read and change XML, and what they share.

pub(super) mod convert_attributes_to_elements_xml;
pub(super) mod convert_text_to_elements_xml;
pub(super) mod get_xml;
pub(super) mod insert_xml;
pub(super) mod parse_simplified_xml;
pub(super) mod parse_xml;
pub(super) mod remove_xml;

use std::sync::Arc;

use super::{ArgumentFault, Arguments};
use crate::error::EvalError;
use crate::frame::Workspace;
use crate::text::xml::write::children;
use crate::text::xml::{ROOT, Tree, XPath};
use crate::value::Value;

/// The start-up rule of a function whose second parameter is an XPath.
fn check_xpath(args: &Arguments<'_>) -> Result<(), ArgumentFault> {
    match args.text(1).map(XPath::parse) {
        Some(Err(error)) => {
            let help = "an XPath 1.0 expression, such as `/log/entry[@level='error']`";
            Err(ArgumentFault::new(1, format!("cannot use the path: {error}"), help))
        }
        _ => Ok(()),
    }
}

/// As [`check_xpath`], where an empty path means the default.
fn check_optional_xpath(args: &Arguments<'_>) -> Result<(), ArgumentFault> {
    if args.text(1) == Some("") { Ok(()) } else { check_xpath(args) }
}

fn xpath(work: &mut Workspace<'_>, path: &str) -> Result<Arc<XPath>, EvalError> {
    work.prepared(path, |path| Ok(XPath::parse(path)?))
}

/// A document as text.
fn written<'a>(work: &Workspace<'a>, tree: &Tree<'_>) -> Result<Value<'a>, EvalError> {
    let mut out = String::new();
    children(&mut out, tree, ROOT, None)?;
    Ok(work.text(&out))
}
