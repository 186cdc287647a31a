//! The matrix as pictures.

use crate::cell::{Against, Cell, Figure};
use crate::contender;
use crate::figures::geometric_mean;
use crate::machine::{Machine, version};
use crate::report::summary::{fair_cells, flaw};
use crate::shares::FAIR;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};
use std::error::Error;
use std::path::Path;

type Result = std::result::Result<(), Box<dyn Error>>;

const FONT: &str = "sans-serif";

/// One chart of times for each executor, and one of the ratios to each peer.
pub fn draw(directory: &Path, machine: &Machine, cells: &[Cell]) -> Result {
    for run in cells.chunk_by(|a, b| a.executor == b.executor) {
        let name = run[0].executor.to_string().replace(' ', "-");
        times(run).draw(&directory.join(format!("{name}.svg")), machine)?;
    }
    ratios(cells).draw(&directory.join("ratios.svg"), machine)
}

/// Columns: cells. Series: channels.
fn times(cells: &[Cell]) -> Dots {
    let mut series: Vec<Series> = Vec::new();
    for (column, cell) in cells.iter().enumerate() {
        for figure in cell.figures() {
            let name = label(figure);
            let dot = Dot {
                column,
                value: figure.ns,
                starves: figure.is_fair() == Some(false),
            };
            match series.iter_mut().find(|series| series.name == name) {
                Some(series) => series.dots.push(dot),
                None => series.push(Series {
                    name,
                    dots: vec![dot],
                }),
            }
        }
    }
    Dots {
        title: format!("{}: ns per message", cells[0].executor),
        columns: cells
            .iter()
            .map(|cell| vec![format!("{} {}", cell.shape, cell.capacity)])
            .collect(),
        series,
    }
}

fn label(figure: &Figure) -> String {
    let flaw = figure
        .flaw
        .map_or_else(String::new, |flaw| format!(": {flaw}"));
    format!("{} {}{flaw}", figure.name, version(figure.package))
}

/// Columns: peers. Series: the mean of all cells, and of those of each executor.
fn ratios(cells: &[Cell]) -> Dots {
    let mut names = contender::peer_names();
    names.retain(|name| {
        cells
            .iter()
            .any(|cell| cell.ratio(Against::Peer(name)).is_some())
    });
    let series = |name: String, cells: &[Cell]| {
        let mean =
            |name| geometric_mean(cells.iter().filter_map(|it| it.ratio(Against::Peer(name))));
        let dots = names.iter().enumerate();
        Series {
            name,
            dots: dots
                .filter_map(|(column, name)| {
                    Some(Dot {
                        column,
                        value: mean(name)?,
                        starves: false,
                    })
                })
                .collect(),
        }
    };
    let mut all = vec![series("all executors".into(), cells)];
    for run in cells.chunk_by(|a, b| a.executor == b.executor) {
        all.push(series(run[0].executor.to_string(), run));
    }
    Dots {
        title: "forebay / peer, geometric means: below 1, forebay is faster".into(),
        columns: names
            .into_iter()
            .map(|name| {
                let mut lines = vec![
                    name.to_string(),
                    format!("fair: {}", fair_cells(cells, name)),
                ];
                lines.extend(flaw(cells, name).map(|flaw| flaw.to_string()));
                lines
            })
            .collect(),
        series: all,
    }
}

/// In every column a dot for each series, on a logarithmic scale.
struct Dots {
    title: String,
    /// The lines of their names.
    columns: Vec<Vec<String>>,
    /// The first one stands out.
    series: Vec<Series>,
}

struct Series {
    name: String,
    dots: Vec<Dot>,
}

struct Dot {
    column: usize,
    value: f64,
    /// Hollow: what it shows is no advantage.
    starves: bool,
}

impl Dots {
    fn draw(&self, path: &Path, machine: &Machine) -> Result {
        let area = SVGBackend::new(path, (1200, 640)).into_drawing_area();
        area.fill(&WHITE)?;
        let (area, foot) = area.split_vertically(615);
        foot.draw_text(&machine.to_string(), &(FONT, 13).into(), (15, 0))?;
        let (area, legend) = area.split_horizontally(960);

        let dots = || self.series.iter().flat_map(|series| &series.dots);
        let values = || dots().map(|dot| dot.value);
        let low = values().fold(f64::INFINITY, f64::min) / 1.5;
        let high = values().fold(0.0, f64::max) * 1.5;
        // plotters counts the last one in.
        let columns = (0..self.columns.len() - 1).into_segmented();
        let mut chart = ChartBuilder::on(&area)
            .caption(&self.title, (FONT, 20))
            .margin(10)
            .x_label_area_size(100)
            .y_label_area_size(60)
            .build_cartesian_2d(columns, (low..high).log_scale())?;
        chart
            .configure_mesh()
            .x_labels(self.columns.len())
            .x_label_formatter(&|_| String::new())
            .y_label_formatter(&|value| ((value * 100.0).round() / 100.0).to_string())
            .y_label_style((FONT, 13))
            .draw()?;
        // plotters centres its own labels, which lays rotated ones across the axis.
        let below = TextStyle::from((FONT, 13).into_font().transform(FontTransform::Rotate90))
            .pos(Pos::new(HPos::Left, VPos::Center));
        for (index, lines) in self.columns.iter().enumerate() {
            let (x, y) = chart.backend_coord(&(SegmentValue::CenterOf(index), low));
            let mut x = x + 7 * (i32::try_from(lines.len())? - 1);
            for line in lines {
                area.draw_text(line, &below, (x, y + 8))?;
                x -= 14;
            }
        }
        // The first one last, so that nothing hides it.
        for (index, series) in self.series.iter().enumerate().rev() {
            let (size, style) = Self::mark(index);
            chart.draw_series(series.dots.iter().map(|dot| {
                let at = (SegmentValue::CenterOf(dot.column), dot.value);
                let hollow = style.color.stroke_width(2);
                Circle::new(at, size, if dot.starves { hollow } else { style })
            }))?;
            let y = 60 + 22 * i32::try_from(index)?;
            legend.draw(&Circle::new((10, y), size, style))?;
            legend.draw_text(&series.name, &(FONT, 14).into(), (22, y - 7))?;
        }
        if dots().any(|dot| dot.starves) {
            let y = 60 + 22 * i32::try_from(self.series.len())?;
            let hollow = "hollow: starves. Some task gets less".to_string();
            let share = format!("than {FAIR} of an equal share");
            for (text, y) in [(hollow, y), (share, y + 18)] {
                legend.draw_text(&text, &(FONT, 13).into(), (5, y))?;
            }
        }
        Ok(area.present()?)
    }

    fn mark(index: usize) -> (u32, ShapeStyle) {
        if index == 0 {
            (6, BLACK.filled())
        } else {
            (4, Palette99::pick(index).filled())
        }
    }
}
