//! Rows as a Markdown table whose source is readable too.

use serde_json::Value;

use super::Row;

/// A table with a column for every name that occurs, in the order of first occurrence.
pub(super) fn markdown(rows: &[Row]) -> String {
    let mut columns: Vec<Column<'_>> = Vec::new();
    for (name, _) in rows.iter().flat_map(|row| &row.0) {
        if !columns.iter().any(|column| column.name == *name) {
            columns.push(Column::new(name, rows));
        }
    }
    if columns.is_empty() {
        return String::new();
    }
    let line = |cell: &dyn Fn(&Column<'_>) -> String| {
        let cells: Vec<String> = columns.iter().map(cell).collect();
        format!("| {} |\n", cells.join(" | "))
    };
    let mut text = line(&|column| column.pad(column.name));
    text += &line(&|column| column.rule());
    for row in rows {
        text += &line(&|column| column.pad(&row.get(column.name).map(cell).unwrap_or_default()));
    }
    text
}

struct Column<'a> {
    name: &'a str,
    width: usize,
    numbers: bool,
}

impl<'a> Column<'a> {
    fn new(name: &'a str, rows: &[Row]) -> Column<'a> {
        let values = || rows.iter().filter_map(|row| row.get(name));
        let widest = values().map(|value| cell(value).chars().count()).max().unwrap_or(0);
        let width = widest.max(name.chars().count()).max(3);
        let numbers = values().all(|value| value.is_number() || value.is_null());
        Column { name, width, numbers }
    }

    fn pad(&self, text: &str) -> String {
        let width = self.width;
        // The header of a column of numbers stands left, as its text.
        match self.numbers && text != self.name {
            true => format!("{text:>width$}"),
            false => format!("{text:<width$}"),
        }
    }

    fn rule(&self) -> String {
        match self.numbers {
            true => format!("{}:", "-".repeat(self.width - 1)),
            false => "-".repeat(self.width),
        }
    }
}

fn cell(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.replace('|', "\\|"),
        other => other.to_string(),
    }
}
