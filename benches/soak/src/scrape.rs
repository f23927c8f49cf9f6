//! A collector's own metrics: its Prometheus page in, samples out.

use std::collections::BTreeMap;
use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// A page is there within this time, or not at all.
const PATIENCE: Duration = Duration::from_secs(5);

/// One line of the page.
#[derive(Clone, Debug, PartialEq)]
pub struct Sample {
    /// The name, without labels.
    pub name: String,
    /// The labels.
    pub labels: BTreeMap<String, String>,
    /// The value.
    pub value: f64,
}

/// A page.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Page {
    /// Its samples, in order.
    pub samples: Vec<Sample>,
}

impl Page {
    /// Asks a collector for its page.
    pub async fn fetch(address: SocketAddr) -> io::Result<Page> {
        let text = tokio::time::timeout(PATIENCE, get(address))
            .await
            .map_err(|_| io::Error::new(io::ErrorKind::TimedOut, "the page does not come"))??;
        Ok(Page::parse(&text))
    }

    /// Reads a page. Lines that are none are left out.
    pub fn parse(text: &str) -> Page {
        Page { samples: text.lines().filter_map(sample).collect() }
    }

    /// The samples whose name is this, with or without `_total`.
    pub fn named<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Sample> {
        self.samples.iter().filter(move |sample| {
            sample.name.strip_suffix("_total").unwrap_or(&sample.name) == name
        })
    }

    /// Their sum; 0 when there is none.
    pub fn sum(&self, name: &str) -> u64 {
        self.named(name).map(|sample| sample.value).sum::<f64>().max(0.0) as u64
    }
}

/// One request without keep-alive, whose answer ends with the connection.
async fn get(address: SocketAddr) -> io::Result<String> {
    let mut stream = TcpStream::connect(address).await?;
    let request = format!("GET /metrics HTTP/1.0\r\nHost: {address}\r\nAccept: text/plain\r\n\r\n");
    stream.write_all(request.as_bytes()).await?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await?;
    match answer.split_once("\r\n\r\n") {
        Some((head, body)) if head.starts_with("HTTP/1.") && head.contains(" 200 ") => {
            Ok(body.to_owned())
        }
        _ => {
            let line = answer.lines().next().unwrap_or_default();
            Err(io::Error::other(format!("the page cannot be had: {line}")))
        }
    }
}

/// `name{label="value",...} number`.
fn sample(line: &str) -> Option<Sample> {
    if line.starts_with('#') {
        return None;
    }
    let (series, value) = match line.rfind('}') {
        Some(end) => line.split_at_checked(end + 1)?,
        None => line.split_once(' ')?,
    };
    let value = value.split_ascii_whitespace().next()?.parse().ok()?;
    let Some((name, labels)) = series.split_once('{') else {
        return Some(Sample { name: series.to_owned(), labels: BTreeMap::new(), value });
    };
    let mut labels = labels.strip_suffix('}')?;
    let mut found = BTreeMap::new();
    while let Some((label, rest)) = labels.split_once("=\"") {
        let (text, rest) = quoted(rest)?;
        found.insert(label.trim_start_matches(',').trim().to_owned(), text);
        labels = rest;
    }
    Some(Sample { name: name.to_owned(), labels: found, value })
}

/// The text up to the closing quote, without its escapes, and what follows.
fn quoted(text: &str) -> Option<(String, &str)> {
    let mut value = String::new();
    let mut characters = text.char_indices();
    while let Some((at, character)) = characters.next() {
        match character {
            '"' => return Some((value, text.get(at + 1..)?)),
            '\\' => match characters.next()?.1 {
                'n' => value.push('\n'),
                other => value.push(other),
            },
            other => value.push(other),
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_are_read() {
        let page = Page::parse(
            "# HELP a b\n# TYPE otelcol_exporter_sent_log_records counter\n\
             otelcol_exporter_sent_log_records{exporter=\"otlp/a\",url=\"x\\\"}{,=\"} 7\n\
             otelcol_exporter_sent_log_records_total{exporter=\"b\"} 1.5e1\nup 1 1712\nnonsense\n",
        );
        assert_eq!(page.samples.len(), 3);
        let first = &page.samples[0];
        assert_eq!(first.labels.get("url").map(String::as_str), Some("x\"}{,="));
        assert_eq!(page.sum("otelcol_exporter_sent_log_records"), 22);
        assert_eq!(page.sum("up"), 1);
        assert_eq!(page.sum("down"), 0);
    }
}
