//! Why a request of a client came to nothing, in words.

use std::error::Error;

use crate::net::tls::{explain_chain, explain_text};

/// What an error of a request means: in plain words when it is about TLS, else with everything that led
/// to it, for the outermost text alone says too little. The URL is left out.
pub fn explain(error: reqwest::Error) -> String {
    explain_chain(&error).unwrap_or_else(|| {
        let causes = causes(&error.without_url());
        explain_text(&causes).unwrap_or(causes)
    })
}

/// An error with everything that led to it.
pub fn causes(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        next = cause.source();
    }
    text
}
