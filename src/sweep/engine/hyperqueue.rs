//! A line for HyperQueue: one task for each line of a list of shards.

use super::{Work, quoted};

/// A shell script that submits the shards in `list` to a running HyperQueue server.
///
/// Options as documented for HyperQueue 0.27 (it4innovations.github.io/hyperqueue, "Task arrays", "Job submission").
pub fn script(work: &Work, list: &str) -> String {
    let run = format!(
        "exec {} --quiet sweep run {} --shard \"$HQ_ENTRY\" --threads {}",
        quoted(&work.program.to_string_lossy()),
        quoted(&work.folder.to_string_lossy()),
        work.cores
    );
    let options = [
        format!("--name {}", quoted(&format!("ts-{}", work.name))),
        format!("--each-line {}", quoted(list)),
        format!("--cpus {}", work.cores),
        format!("--time-limit {}s", 60 * work.minutes),
        // A worker that dies takes its tasks along through no fault of theirs.
        "--crash-limit 5".to_string(),
        "--stdout none".to_string(),
        format!("--stderr {}", quoted(&work.folder.join("logs").join("hq-%{TASK_ID}.log").to_string_lossy())),
    ];
    format!(
        "#!/bin/sh\n# Submits the sweep {} to HyperQueue: needs a running server (hq server start) and workers.\n# Afterwards: {} sweep merge {}\nexec hq submit {} \\\n  -- sh -c {}\n",
        work.name,
        quoted(&work.program.to_string_lossy()),
        quoted(&work.folder.to_string_lossy()),
        options.join(" \\\n  "),
        quoted(&run),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_reads_as_expected() {
        insta::assert_snapshot!(script(
            &crate::sweep::engine::example(3),
            "/shared/my sweep/submit/0001.list"
        ));
    }
}
