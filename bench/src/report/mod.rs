//! How results are shown.

pub mod chart;
pub mod csv;
pub mod fairness;
pub mod summary;

use comfy_table::{CellAlignment, Row, Table, presets};

/// A Markdown table whose first column is a name and whose others are figures.
pub fn table(header: impl Into<Row>) -> Table {
    let mut table = Table::new();
    table.load_style(presets::ASCII_MARKDOWN).set_header(header);
    for column in table.column_iter_mut().skip(1) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    table
}

/// Whether a ratio is where it should be.
pub fn goal(what: &str, ratio: f64, limit: f64) -> String {
    let verdict = verdict(ratio <= limit);
    format!("goal: {what} {ratio:.3} <= {limit:.2}: {verdict}")
}

fn verdict(met: bool) -> &'static str {
    if met { "met" } else { "MISSED" }
}
