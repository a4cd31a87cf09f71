//! Figures as another renderer, resvg, lays them out and draws them.

use super::{with_results, with_reviewed};
use resvg::{tiny_skia, usvg};
use std::sync::Arc;
use thumbscale::output::{Figure, Results, Summary, figures, figures_to_png};

/// The SVG as resvg understands it, in the font that figures carry.
fn laid_out(svg: &str) -> usvg::Tree {
    let mut fonts = usvg::fontdb::Database::new();
    fonts.load_font_data(include_bytes!("../../src/output/fonts/Inter-Regular.ttf").to_vec());
    fonts.load_font_data(include_bytes!("../../src/output/fonts/Inter-SemiBold.ttf").to_vec());
    let options = usvg::Options {
        font_family: "Inter".to_string(),
        fontdb: Arc::new(fonts),
        ..usvg::Options::default()
    };
    usvg::Tree::from_str(svg, &options).unwrap()
}

/// Every text of a figure, with its bounding box as the renderer lays it out.
fn texts(group: &usvg::Group) -> Vec<(String, usvg::Rect)> {
    let mut found = Vec::new();
    for node in group.children() {
        match node {
            usvg::Node::Group(group) => found.extend(texts(group)),
            usvg::Node::Text(text) => {
                let words = text.chunks().iter().map(|chunk| chunk.text()).collect();
                found.push((words, text.abs_bounding_box()));
            }
            _ => {}
        }
    }
    found
}

#[test]
fn no_text_of_a_figure_is_clipped_or_overlaps_another() {
    with_results(40, 8, assert_texts_are_apart);
    with_reviewed(assert_texts_are_apart);
}

fn assert_texts_are_apart(results: &Results<'_>, summary: &Summary) {
    for figure in figures(results, summary) {
        for svg in [&figure.svg, &figure.wide, &figure.narrow] {
            let tree = laid_out(svg);
            let size = tree.size();
            let texts = texts(tree.root());
            assert!(texts.len() > 3, "{}", figure.name);
            for (index, (text, area)) in texts.iter().enumerate() {
                let inside = area.left() >= 0.0
                    && area.right() <= size.width()
                    && area.top() >= 0.0
                    && area.bottom() <= size.height();
                assert!(inside, "{}: `{text}` at {area:?}", figure.name);
                for (other, other_area) in &texts[index + 1..] {
                    let overlap = area.left() < other_area.right()
                        && other_area.left() < area.right()
                        && area.top() + 3.0 < other_area.bottom()
                        && other_area.top() + 3.0 < area.bottom();
                    assert!(!overlap, "{}: `{text}` over `{other}`", figure.name);
                }
            }
        }
    }
}

/// Red, green and blue of every pixel of the figure at twice its size, as resvg draws it.
fn drawn_by_resvg(svg: &str) -> (u32, u32, Vec<u8>) {
    let tree = laid_out(svg);
    let size = tree.size().to_int_size().scale_by(2.0).unwrap();
    let mut pixels = tiny_skia::Pixmap::new(size.width(), size.height()).unwrap();
    resvg::render(&tree, tiny_skia::Transform::from_scale(2.0, 2.0), &mut pixels.as_mut());
    let colours = pixels.data().chunks_exact(4).flat_map(|pixel| pixel[..3].to_vec()).collect();
    (size.width(), size.height(), colours)
}

fn read_png(picture: &[u8]) -> (u32, u32, Vec<u8>) {
    let mut reader = png::Decoder::new(std::io::Cursor::new(picture)).read_info().unwrap();
    let mut colours = vec![0; reader.output_buffer_size().unwrap()];
    let info = reader.next_frame(&mut colours).unwrap();
    (info.width, info.height, colours)
}

/// Values that differ by more than a sixteenth of the range, as a share of all.
fn share_that_differs(one: &[u8], other: &[u8]) -> f64 {
    let differing = one.iter().zip(other).filter(|(one, other)| one.abs_diff(**other) > 16).count();
    differing as f64 / one.len() as f64
}

/// The figure without its texts. Their letters are another test's: resvg moves some of them closer together.
fn without_texts(figure: &Figure) -> Figure {
    let mut parts = figure.svg.split("<text");
    let before = parts.next().unwrap_or_default().to_string();
    let rest = parts.map(|part| part.split_once("</text>").unwrap().1);
    Figure { svg: rest.fold(before, |svg, part| svg + part), ..figure.clone() }
}

// The thinnest grid line is some 0.0005 of a figure.
#[test]
fn pictures_are_those_that_resvg_draws() {
    let check = |results: &Results<'_>, summary: &Summary| {
        let drawn: Vec<Figure> = figures(results, summary).iter().map(without_texts).collect();
        assert!(drawn.len() >= 5);
        for (figure, picture) in drawn.iter().zip(figures_to_png(&drawn).unwrap()) {
            let (width, height, theirs) = drawn_by_resvg(&figure.svg);
            let (own_width, own_height, ours) = read_png(&picture);
            assert_eq!((own_width, own_height), (width, height), "{}", figure.name);
            let differs = share_that_differs(&ours, &theirs);
            println!("{}: {differs:.6}", figure.name);
            assert!(differs < 1e-4, "{}: {differs}", figure.name);
            assert!(share_that_differs(&ours, &vec![255; ours.len()]) > 0.01, "{} is not empty", figure.name);
        }
    };
    with_results(40, 8, check);
    with_reviewed(check);
}
