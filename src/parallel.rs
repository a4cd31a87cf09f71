//! Work on blocks, on all cores if the feature `parallel` is on; the order of results never depends on it.

/// Applies `work` to every item, results in the items' order.
#[cfg(feature = "parallel")]
pub fn map<T: Sync, R: Send>(items: &[T], work: impl Fn(&T) -> R + Sync + Send) -> Vec<R> {
    use rayon::prelude::*;
    items.par_iter().map(work).collect()
}

/// Applies `work` to every item, results in the items' order.
#[cfg(not(feature = "parallel"))]
pub fn map<T: Sync, R: Send>(items: &[T], work: impl Fn(&T) -> R + Sync + Send) -> Vec<R> {
    items.iter().map(work).collect()
}

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

/// Applies `work` to every chunk of `size` items, which it may change, results in order.
#[cfg(feature = "parallel")]
pub fn map_chunks_mut<T: Send, R: Send>(
    items: &mut [T],
    size: usize,
    work: impl Fn(&mut [T]) -> R + Sync + Send,
) -> Vec<R> {
    use rayon::prelude::*;
    items.par_chunks_mut(size).map(work).collect()
}

/// Applies `work` to every chunk of `size` items, which it may change, results in order.
#[cfg(not(feature = "parallel"))]
pub fn map_chunks_mut<T: Send, R: Send>(
    items: &mut [T],
    size: usize,
    work: impl Fn(&mut [T]) -> R + Sync + Send,
) -> Vec<R> {
    items.chunks_mut(size).map(work).collect()
}

/// Applies `work` to every number below `count`, results in order. Each piece of work has a core of its own while there
/// is enough work for all; a single piece is shared out by what runs within it.
#[cfg(feature = "parallel")]
pub fn map_whole<R: Send>(count: usize, work: impl Fn(usize) -> R + Sync) -> Vec<R> {
    let threads = rayon::current_num_threads();
    if threads == 1 || count < threads {
        return (0..count).map(work).collect();
    }
    let next = std::sync::atomic::AtomicUsize::new(0);
    let take = || Some(next.fetch_add(1, std::sync::atomic::Ordering::Relaxed)).filter(|&it| it < count);
    let worker = || {
        let alone = || std::iter::from_fn(take).map(|it| (it, work(it))).collect::<Vec<_>>();
        // Within a pool of one thread, so that blocks of users are not shared out as well.
        match rayon::ThreadPoolBuilder::new().num_threads(1).use_current_thread().build() {
            Ok(pool) => pool.install(alone),
            Err(_) => alone(),
        }
    };
    let mut found: Vec<(usize, R)> = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(worker)).collect();
        workers
            .into_iter()
            .flat_map(|it| it.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
            .collect()
    });
    found.sort_unstable_by_key(|(it, _)| *it);
    found.into_iter().map(|(_, result)| result).collect()
}

/// Applies `work` to every number below `count`, results in order.
#[cfg(not(feature = "parallel"))]
pub fn map_whole<R: Send>(count: usize, work: impl Fn(usize) -> R + Sync) -> Vec<R> {
    (0..count).map(work).collect()
}
