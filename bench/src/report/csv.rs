//! Every figure of the matrix as a line.

use crate::cell::Cell;
use crate::machine::version;
use std::error::Error;
use std::path::Path;

pub fn write(path: &Path, cells: &[Cell]) -> Result<(), Box<dyn Error>> {
    let mut writer = csv::Writer::from_path(path)?;
    writer.write_record([
        "executor",
        "senders",
        "receivers",
        "capacity",
        "channel",
        "version",
        "sound",
        "least_share",
        "messages_per_sample",
        "ns_per_message",
        "ns_lower_quartile",
        "ns_upper_quartile",
        "forebay_over_this",
    ])?;
    for cell in cells {
        for figure in cell.figures() {
            writer.write_record([
                cell.executor.to_string(),
                cell.shape.senders.to_string(),
                cell.shape.receivers.to_string(),
                cell.capacity.to_string(),
                figure.name.to_string(),
                version(figure.package).to_string(),
                figure.is_sound().to_string(),
                figure
                    .least_share
                    .map_or_else(String::new, |share| format!("{share:.3}")),
                figure.messages.to_string(),
                format!("{:.2}", figure.ns),
                format!("{:.2}", figure.low),
                format!("{:.2}", figure.high),
                format!("{:.3}", cell.forebay.ns / figure.ns),
            ])?;
        }
    }
    writer.flush()?;
    Ok(())
}
