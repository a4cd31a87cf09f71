//! Checks on drawings, for tests.

use super::png::{parse, to_png};

/// Every text, with its bounding box as the renderer lays it out.
fn texts(group: &resvg::usvg::Group) -> Vec<(String, resvg::usvg::Rect)> {
    let texts_of = |node: &resvg::usvg::Node| match node {
        resvg::usvg::Node::Group(group) => texts(group),
        resvg::usvg::Node::Text(text) => {
            let words = text.chunks().iter().map(|chunk| chunk.text()).collect();
            vec![(words, text.abs_bounding_box())]
        }
        _ => Vec::new(),
    };
    group.children().iter().flat_map(texts_of).collect()
}

/// No text is clipped, and none overlaps another.
pub fn assert_texts_are_apart(svg: &str) {
    let tree = parse(svg).unwrap();
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
