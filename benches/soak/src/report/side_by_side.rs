//! Two reports of the same scenario in one table: what is the same once, what differs twice.

use serde_json::Value;

use super::{Report, Row, table};

/// A Markdown table of the rows of both, which stand in the same order. Only these columns, if any
/// are named.
pub fn side_by_side(left: &Report, right: &Report, columns: &[String]) -> String {
    let mut names: Vec<&str> = Vec::new();
    for (name, _) in left.rows.iter().chain(&right.rows).flat_map(|row| &row.0) {
        let wanted = columns.is_empty() || columns.iter().any(|column| column == name);
        if wanted && !names.contains(&name.as_ref()) {
            names.push(name);
        }
    }
    let length = left.rows.len().max(right.rows.len());
    let at = |report: &Report, index: usize, name: &str| {
        report.rows.get(index).and_then(|row| row.get(name)).cloned().unwrap_or(Value::Null)
    };
    let same = |name: &str| (0..length).all(|i| at(left, i, name) == at(right, i, name));
    let rows: Vec<Row> = (0..length)
        .map(|index| {
            names.iter().fold(Row::default(), |row, name| match same(name) {
                true => row.with((*name).to_owned(), at(left, index, name)),
                false => row
                    .with(format!("{name}, {}", left.collector), at(left, index, name))
                    .with(format!("{name}, {}", right.collector), at(right, index, name)),
            })
        })
        .collect();
    table::markdown(&rows)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_differs_stands_twice() {
        let report = |collector: &str, lost: u64| {
            let mut report = Report::new("kill", collector);
            report
                .rows
                .push(Row::default().with("queue", "none").with("kills", 3).with("lost", lost));
            report
        };
        let columns = ["queue".to_owned(), "lost".to_owned()];
        let text = side_by_side(&report("holt", 0), &report("go", 7), &columns);
        let expected = "\
| queue | lost, holt | lost, go |
| ----- | ---------: | -------: |
| none  |          0 |        7 |
";
        assert_eq!(text, expected);
    }
}
