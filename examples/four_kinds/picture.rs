//! The pictures: a column for each kind, a row for each thing to see, and one axis of time.

use std::error::Error;
use std::path::Path;

use plotters::coord::Shift;
use plotters::coord::types::RangedCoordf64;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

use crate::load::{BURST, CAPACITY, HIGH, LOW, PACE, Run, SECOND, STEPS};

type Page<'a> = DrawingArea<SVGBackend<'a>, Shift>;
type Panel<'a, 'b> = ChartContext<'b, SVGBackend<'a>, Cartesian2d<RangedCoordf64, RangedCoordf64>>;
type Drawn = Result<(), Box<dyn Error>>;

// Colours that the colour-blind tell apart (Okabe and Ito), of different brightness.
const SENT: RGBColor = RGBColor(0x00, 0x72, 0xb2);
const INSIDE: RGBColor = RGBColor(0x00, 0x9e, 0x73);
const BEFORE: RGBColor = RGBColor(0xe6, 0x9f, 0x00);
const REFUSED: RGBColor = RGBColor(0xd5, 0x5e, 0x00);
const WANTED: RGBColor = RGBColor(0xd8, 0xd8, 0xd8);
const DURING_BURST: RGBColor = RGBColor(0xf3, 0xf3, 0xf3);
const RULE: RGBColor = RGBColor(0x77, 0x77, 0x77);
const INK: RGBColor = RGBColor(0x33, 0x33, 0x33);

/// How many steps make one moment of a rate.
const MOMENT: usize = SECOND / 10;

const TOP: i32 = 112;
const LEFT: i32 = 104;
const COLUMN: i32 = 290;
const ROW: i32 = 180;
/// Between the panels.
const GAP: i32 = 44;

/// Draws the runs beside each other.
pub(crate) fn draw(path: &Path, runs: &[Run]) -> Drawn {
    // One kind alone has more room.
    let column = if runs.len() == 1 { 2 * COLUMN } else { COLUMN };
    let size = (LEFT + i32::try_from(runs.len())? * column, TOP + 3 * ROW);
    let page = SVGBackend::new(path, (size.0.try_into()?, size.1.try_into()?)).into_drawing_area();
    page.fill(&WHITE)?;
    legend(&page, runs)?;
    for (run, left) in runs.iter().zip((LEFT..).step_by(column.try_into()?)) {
        let title = format!("{}: {}", run.name, run.title);
        page.draw_text(&title, &text(17, HPos::Left), (left, TOP - 44))?;
        for (row, top) in Row::ALL.into_iter().zip((TOP..).step_by(ROW.try_into()?)) {
            let extent = (column - 20, ROW - GAP);
            let panel = page.clone().shrink((left, top), extent);
            let range = (0.0..seconds(STEPS), 0.0..row.most());
            let mut panel = ChartBuilder::on(&panel).build_cartesian_2d(range.0, range.1)?;
            row.draw(&mut panel, run)?;
            if left == LEFT {
                page.draw_text(row.name(), &text(15, HPos::Left), (left, top - 14))?;
                for (value, label) in row.rules() {
                    let (_, y) = panel.backend_coord(&(0.0, value));
                    page.draw_text(&label, &text(14, HPos::Right), (left - 8, y))?;
                }
            }
            if row == Row::Refusals {
                for second in 0..=STEPS / SECOND {
                    let (x, y) = panel.backend_coord(&(seconds(second * SECOND), 0.0));
                    let label = format!("{second} s");
                    page.draw_text(&label, &text(14, HPos::Center), (x, y + 14))?;
                }
            }
        }
    }
    Ok(page.present()?)
}

fn text(size: u32, horizontal: HPos) -> TextStyle<'static> {
    ("sans-serif", size)
        .into_text_style(&(0, 0))
        .color(&INK)
        .pos(Pos::new(horizontal, VPos::Center))
}

/// What the colours mean, above all panels.
fn legend(page: &Page<'_>, runs: &[Run]) -> Drawn {
    let any = |counts: fn(&Run) -> &[usize]| runs.iter().flat_map(counts).any(|&items| items > 0);
    let mut x = LEFT;
    for (colour, name, shown) in [
        (WANTED, "wanted, in bursts", true),
        (SENT, "sent", true),
        (INSIDE, "in the channel", true),
        (BEFORE, "in the socket before it", any(|run| &run.before_the_channel)),
        (REFUSED, "refused", any(|run| &run.refused)),
    ] {
        if shown {
            page.draw(&Rectangle::new([(x, 20), (x + 20, 32)], colour.filled()))?;
            page.draw_text(name, &text(15, HPos::Left), (x + 27, 27))?;
            // Wide enough for any font that a reader may have.
            x += 50 + 15 * i32::try_from(name.len())? / 2;
        }
    }
    Ok(())
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Row {
    Rates,
    Lengths,
    Refusals,
}

impl Row {
    const ALL: [Self; 3] = [Self::Rates, Self::Lengths, Self::Refusals];

    fn name(self) -> &'static str {
        match self {
            Self::Rates => "items per second",
            Self::Lengths => "items waiting",
            Self::Refusals => "refusals in 0.1 s",
        }
    }

    /// The top of the axis.
    fn most(self) -> f64 {
        match self {
            Self::Rates => 250.0,
            Self::Lengths => 26.0,
            Self::Refusals => 25.0,
        }
    }

    /// The values worth a line.
    fn rules(self) -> Vec<(f64, String)> {
        let named = |value: usize, name: &str| (value as f64, format!("{name} {value}"));
        let mut rules = vec![(0.0, "0".to_owned())];
        rules.extend(match self {
            Self::Rates => vec![named(PACE, "consumer")],
            Self::Lengths => {
                vec![named(LOW, "low"), named(HIGH, "high"), named(CAPACITY, "capacity")]
            }
            Self::Refusals => vec![named(20, "")],
        });
        rules
    }

    fn draw(self, panel: &mut Panel<'_, '_>, run: &Run) -> Drawn {
        let most = self.most();
        let bursts = (0..STEPS / SECOND).map(|second| {
            let [from, to] = [BURST.start, BURST.end].map(|step| seconds(second * SECOND + step));
            Rectangle::new([(from, 0.0), (to, most)], DURING_BURST.filled())
        });
        panel.draw_series(bursts)?;
        match self {
            Self::Rates => {
                area(panel, &rate(&run.wanted), WANTED)?;
                line(panel, &rate(&run.sent), SENT)?;
            }
            Self::Lengths => {
                let items = run.length.iter().zip(&run.before_the_channel);
                area(panel, &counts(items.map(|(inside, before)| inside + before)), BEFORE)?;
                area(panel, &counts(run.length.iter().copied()), INSIDE)?;
            }
            Self::Refusals => {
                let moments = run.refused.chunks(MOMENT).map(|chunk| chunk.iter().sum::<usize>());
                let bars = moments.enumerate().map(|(moment, refused)| {
                    let [from, to] = [moment, moment + 1].map(|moment| seconds(moment * MOMENT));
                    Rectangle::new([(from, refused as f64), (to - 0.01, 0.0)], REFUSED.filled())
                });
                panel.draw_series(bars)?;
                if run.refused.iter().all(|&refused| refused == 0) {
                    let middle = (seconds(STEPS) / 2.0, most / 2.0);
                    panel.draw_series([Text::new("none", middle, text(15, HPos::Center))])?;
                }
            }
        }
        let rules = self.rules().into_iter();
        panel.draw_series(rules.map(|(value, _)| {
            PathElement::new([(0.0, value), (seconds(STEPS), value)], RULE.stroke_width(1))
        }))?;
        Ok(())
    }
}

fn seconds(step: usize) -> f64 {
    step as f64 / SECOND as f64
}

type Curve = Vec<(f64, f64)>;

/// Items per second, over the moment up to each step.
fn rate(items: &[usize]) -> Curve {
    let moments = (1..=items.len()).map(|end| &items[end.saturating_sub(MOMENT)..end]);
    let rates = moments.map(|moment| (moment.iter().sum::<usize>() * SECOND / MOMENT) as f64);
    (1..).map(seconds).zip(rates).collect()
}

fn counts(items: impl Iterator<Item = usize>) -> Curve {
    (1..).map(seconds).zip(items.map(|count| count as f64)).collect()
}

fn line(panel: &mut Panel<'_, '_>, curve: &[(f64, f64)], colour: RGBColor) -> Drawn {
    panel.draw_series([PathElement::new(curve, colour.stroke_width(2))])?;
    Ok(())
}

fn area(panel: &mut Panel<'_, '_>, curve: &[(f64, f64)], colour: RGBColor) -> Drawn {
    let ends = [curve[curve.len() - 1], curve[0]].map(|(time, _)| (time, 0.0));
    panel.draw_series([Polygon::new([curve, &ends].concat(), colour.filled())])?;
    Ok(())
}
