//! Checks on drawings, for tests.

use super::png::to_png;
use super::text::{REGULAR, SEMI_BOLD};
use resvg::usvg;
use std::sync::Arc;

/// The SVG as a renderer at large lays it out.
pub fn parse(svg: &str) -> usvg::Tree {
    let mut fonts = usvg::fontdb::Database::new();
    fonts.load_font_data(REGULAR.to_vec());
    fonts.load_font_data(SEMI_BOLD.to_vec());
    let options = usvg::Options {
        font_family: "Inter".to_string(),
        fontdb: Arc::new(fonts),
        ..usvg::Options::default()
    };
    usvg::Tree::from_str(svg, &options).unwrap()
}

/// Every text, with its bounding box as the renderer lays it out.
fn texts(group: &usvg::Group) -> Vec<(String, usvg::Rect)> {
    let texts_of = |node: &usvg::Node| match node {
        usvg::Node::Group(group) => texts(group),
        usvg::Node::Text(text) => {
            let words = text.chunks().iter().map(|chunk| chunk.text()).collect();
            vec![(words, text.abs_bounding_box())]
        }
        _ => Vec::new(),
    };
    group.children().iter().flat_map(texts_of).collect()
}

/// No text is clipped, and none overlaps another.
pub fn assert_texts_are_apart(svg: &str) {
    let tree = parse(svg);
    let texts = texts(tree.root());
    for (index, (text, area)) in texts.iter().enumerate() {
        let inside = area.left() >= 0.0
            && area.top() >= 0.0
            && area.right() <= tree.size().width()
            && area.bottom() <= tree.size().height();
        assert!(inside, "`{text}` at {area:?}");
        for (other, other_area) in &texts[index + 1..] {
            let overlap = area.left() < other_area.right()
                && other_area.left() < area.right()
                && area.top() + 3.0 < other_area.bottom()
                && other_area.top() + 3.0 < area.bottom();
            assert!(!overlap, "`{text}` over `{other}`");
        }
    }
}

/// Keeps the drawing as PNG in the folder that KEEP_FIGURES names, to be looked at.
pub fn keep(name: &str, svg: &str) {
    if let Some(folder) = std::env::var_os("KEEP_FIGURES") {
        let path = std::path::Path::new(&folder).join(format!("{name}.png"));
        std::fs::write(path, to_png(svg).unwrap()).unwrap();
    }
}
