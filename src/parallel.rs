//! Work on blocks, on all cores if the feature `parallel` is on; the order of results never depends on it.

/// Applies `work` to every item, results in the items' order.
#[cfg(feature = "parallel")]
pub fn map_mut<T: Send, R: Send>(items: &mut [T], work: impl Fn(&mut T) -> R + Sync + Send) -> Vec<R> {
    use rayon::prelude::*;
    items.par_iter_mut().map(work).collect()
}

/// Applies `work` to every item, results in the items' order.
#[cfg(not(feature = "parallel"))]
pub fn map_mut<T: Send, R: Send>(items: &mut [T], work: impl Fn(&mut T) -> R + Sync + Send) -> Vec<R> {
    items.iter_mut().map(work).collect()
}

/// Applies `work` to every chunk of `size` items, results in order. The chunks are the same on any machine.
#[cfg(feature = "parallel")]
pub fn map_chunks<T: Sync, R: Send>(
    items: &[T],
    size: usize,
    work: impl Fn(&[T]) -> R + Sync + Send,
) -> Vec<R> {
    use rayon::prelude::*;
    items.par_chunks(size).map(work).collect()
}

/// Applies `work` to every chunk of `size` items, results in order. The chunks are the same on any machine.
#[cfg(not(feature = "parallel"))]
pub fn map_chunks<T: Sync, R: Send>(
    items: &[T],
    size: usize,
    work: impl Fn(&[T]) -> R + Sync + Send,
) -> Vec<R> {
    items.chunks(size).map(work).collect()
}
