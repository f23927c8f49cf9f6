//! Small pieces of HTML.

/// A page.
pub(super) fn page(title: &str, body: &str) -> String {
    let title = escape(title);
    format!(
        "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>{title}</title>\
         <style>{STYLE}</style></head>\n<body><h1>{title}</h1>\n{body}</body></html>\n"
    )
}

const STYLE: &str = "body{font:14px/1.4 system-ui,sans-serif;margin:2em;color:#222}\
table{border-collapse:collapse;margin:0 0 1.5em}th,td{padding:.25em .8em;text-align:left;\
vertical-align:top}th{border-bottom:1px solid #999}tr:nth-child(even) td{background:#f2f2f2}\
pre{background:#f2f2f2;padding:1em;overflow:auto}nav a{margin-right:1em}";

/// Text as HTML.
pub(super) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&#34;"),
            '\'' => out.push_str("&#39;"),
            _ => out.push(letter),
        }
    }
    out
}

/// A link.
pub(super) fn link(address: &str, text: &str) -> String {
    format!("<a href=\"{}\">{}</a>", escape(address), escape(text))
}

/// A table; cells are HTML.
pub(super) fn table<Cell: AsRef<str>>(
    head: &[&str],
    rows: impl IntoIterator<Item = Vec<Cell>>,
) -> String {
    let mut out = String::from("<table>\n<tr>");
    for name in head {
        out.push_str(&format!("<th>{}</th>", escape(name)));
    }
    out.push_str("</tr>\n");
    for row in rows {
        out.push_str("<tr>");
        for cell in row {
            out.push_str(&format!("<td>{}</td>", cell.as_ref()));
        }
        out.push_str("</tr>\n");
    }
    out.push_str("</table>\n");
    out
}
