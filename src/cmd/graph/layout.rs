//! Where nodes and edges stand in a picture: columns from left to right, every node behind
//! everything that feeds it, exporters in the last one.
//!
//! An edge that passes a column gets a place of its own there, so that it runs between the nodes.

use holt_collector::config::model::ComponentKind;

use super::topology::{Kind, Topology};

/// Height of a node.
pub(super) const HEIGHT: usize = 30;
const ROW_GAP: usize = 14;
const COLUMN_GAP: usize = 60;
/// Free space around the picture.
pub(super) const MARGIN: usize = 20;
/// Height of the place of an edge.
const LANE: usize = 6;

/// A rectangle.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) x: usize,
    pub(super) y: usize,
    pub(super) width: usize,
}

/// A picture with all its places.
pub(super) struct Layout {
    /// The places of the nodes.
    pub(super) nodes: Vec<Place>,
    /// The points of the edges, from the right side of a node to the left side of another.
    pub(super) edges: Vec<Vec<(usize, usize)>>,
    pub(super) width: usize,
    pub(super) height: usize,
}

/// What stands in a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Item {
    Node(usize),
    /// An edge that passes.
    Lane(usize),
}

/// Finds the places; `widths` are those of the nodes.
pub(super) fn layout(topology: &Topology, widths: &[usize]) -> Layout {
    let columns_of = columns(topology);
    let column_of = |node: usize| columns_of.get(node).copied().unwrap_or_default();
    let count = columns_of.iter().max().map_or(0, |last| last + 1);
    let mut columns: Vec<Vec<Item>> = vec![Vec::new(); count];
    for node in 0..topology.nodes.len() {
        if let Some(column) = columns.get_mut(column_of(node)) {
            column.push(Item::Node(node));
        }
    }
    for (edge, (from, to)) in topology.edges.iter().enumerate() {
        for between in column_of(*from) + 1..column_of(*to) {
            if let Some(column) = columns.get_mut(between) {
                column.push(Item::Lane(edge));
            }
        }
    }
    order(topology, &mut columns);
    let column_height = |column: &[Item]| -> usize {
        let heights = column.iter().map(|item| height(*item) + ROW_GAP);
        heights.sum::<usize>().saturating_sub(ROW_GAP)
    };
    let tallest = columns.iter().map(|column| column_height(column)).max().unwrap_or_default();
    let mut nodes = vec![Place::default(); topology.nodes.len()];
    let mut bends: Vec<Vec<(usize, usize)>> = vec![Vec::new(); topology.edges.len()];
    let mut x = MARGIN;
    for column in &columns {
        let mut y = MARGIN + (tallest - column_height(column)) / 2;
        let width_of = |item: &Item| match item {
            Item::Node(node) => widths.get(*node).copied().unwrap_or_default(),
            Item::Lane(_) => 0,
        };
        let width = column.iter().map(width_of).max().unwrap_or_default();
        for item in column {
            match *item {
                Item::Node(node) => {
                    if let Some(place) = nodes.get_mut(node) {
                        *place = Place { x, y, width: width_of(item) };
                    }
                }
                Item::Lane(edge) => {
                    if let Some(bends) = bends.get_mut(edge) {
                        bends.extend([(x, y + LANE / 2), (x + width, y + LANE / 2)]);
                    }
                }
            }
            y += height(*item) + ROW_GAP;
        }
        x += width + COLUMN_GAP;
    }
    let place = |node: usize| nodes.get(node).copied().unwrap_or_default();
    let edges = topology.edges.iter().zip(bends).map(|((from, to), bends)| {
        let (from, to) = (place(*from), place(*to));
        let start = (from.x + from.width, from.y + HEIGHT / 2);
        let end = (to.x, to.y + HEIGHT / 2);
        std::iter::once(start).chain(bends).chain([end]).collect()
    });
    let edges = edges.collect();
    let width = x.saturating_sub(COLUMN_GAP).max(MARGIN) + MARGIN;
    Layout { nodes, edges, width, height: tallest + 2 * MARGIN }
}

const fn height(item: Item) -> usize {
    match item {
        Item::Node(_) => HEIGHT,
        Item::Lane(_) => LANE,
    }
}

/// The column of every node: one behind the last of those that feed it. In a circle the node that
/// was written first comes first.
fn columns(topology: &Topology) -> Vec<usize> {
    let count = topology.nodes.len();
    let mut feeds: Vec<Vec<usize>> = vec![Vec::new(); count];
    let mut waits = vec![0_usize; count];
    for (from, to) in &topology.edges {
        if let (Some(feeds), Some(waits)) = (feeds.get_mut(*from), waits.get_mut(*to)) {
            feeds.push(*to);
            *waits += 1;
        }
    }
    let mut columns = vec![0_usize; count];
    let mut is_placed = vec![false; count];
    let mut ready: Vec<usize> =
        (0..count).rev().filter(|node| waits.get(*node) == Some(&0)).collect();
    let mut first_left = 0;
    loop {
        let node = ready.pop().or_else(|| {
            while is_placed.get(first_left) == Some(&true) {
                first_left += 1;
            }
            (first_left < count).then_some(first_left)
        });
        let Some(node) = node else { break };
        let Some(is_new) = is_placed.get_mut(node).filter(|is_placed| !**is_placed) else {
            continue;
        };
        *is_new = true;
        let next = columns.get(node).map_or(0, |column| column + 1);
        for to in feeds.get(node).into_iter().flatten() {
            if is_placed.get(*to) != Some(&false) {
                continue;
            }
            if let (Some(column), Some(waits)) = (columns.get_mut(*to), waits.get_mut(*to)) {
                *column = next.max(*column);
                *waits = waits.saturating_sub(1);
                if *waits == 0 {
                    ready.push(*to);
                }
            }
        }
    }
    let last = columns.iter().max().copied().unwrap_or_default();
    for (column, node) in columns.iter_mut().zip(&topology.nodes) {
        if node.kind == Kind::Component(ComponentKind::Exporter) {
            *column = last;
        }
    }
    columns
}

/// Puts what stands in a column in the order of what feeds it, so that edges cross less.
fn order(topology: &Topology, columns: &mut [Vec<Item>]) {
    let mut before: Vec<Item> = Vec::new();
    for column in columns {
        let row = |item: Item| before.iter().position(|one| *one == item);
        let from = |edge: usize| {
            let source = topology.edges.get(edge).map(|(from, _)| *from);
            row(Item::Lane(edge)).or_else(|| row(Item::Node(source?)))
        };
        let mut keyed: Vec<(usize, Item)> = column
            .iter()
            .enumerate()
            .map(|(index, item)| {
                let rows: Vec<usize> = match *item {
                    Item::Lane(edge) => from(edge).into_iter().collect(),
                    Item::Node(node) => {
                        let edges = topology.edges.iter().enumerate();
                        let edges = edges.filter(|(_, (_, to))| *to == node);
                        edges.filter_map(|(edge, _)| from(edge)).collect()
                    }
                };
                // In hundredths of a row; what nothing feeds keeps its row.
                let mean = match rows.len() {
                    0 => index * 100,
                    count => rows.iter().sum::<usize>() * 100 / count,
                };
                (mean, *item)
            })
            .collect();
        keyed.sort_by_key(|(mean, _)| *mean);
        *column = keyed.into_iter().map(|(_, item)| item).collect();
        before.clone_from(column);
    }
}
