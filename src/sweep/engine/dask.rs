//! A Python script for Dask: one task for each shard, each a process of this program.

use super::{Work, python};

/// The script. Dask runs a task again whose worker died.
pub fn script(work: &Work) -> String {
    let shards: Vec<String> = work.shards.iter().map(u32::to_string).collect();
    TEMPLATE
        .replace("@NAME@", &work.name)
        .replace("@PROGRAM@", &python(&work.program.to_string_lossy()))
        .replace("@SWEEP@", &python(&work.folder.to_string_lossy()))
        .replace("@SHARDS@", &format!("[{}]", shards.join(", ")))
        .replace("@CORES@", &work.cores.to_string())
}

const TEMPLATE: &str = r#""""Runs the sweep @NAME@ on Dask: python THIS_FILE [--scheduler ADDRESS | --workers N]

Needs `pip install distributed`. Without --scheduler, workers are started on this machine.
"""

import argparse
import subprocess
import sys

from distributed import Client, LocalCluster, as_completed

PROGRAM = @PROGRAM@
SWEEP = @SWEEP@
SHARDS = @SHARDS@
CORES = @CORES@
RETRIES = 2


def run_shard(shard: int) -> int:
    """Runs one shard. What an attempt before has finished is not done again."""
    command = [PROGRAM, "--quiet", "sweep", "run", SWEEP, "--shard", str(shard), "--threads", str(CORES)]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        raise RuntimeError(f"shard {shard} ended with {done.returncode}: {done.stderr.strip()}")
    return shard


def connect(arguments: argparse.Namespace) -> Client:
    if arguments.scheduler:
        return Client(arguments.scheduler)
    # Workers only wait for their process; nothing but this machine may connect.
    cluster = LocalCluster(
        n_workers=arguments.workers, threads_per_worker=1, host="127.0.0.1", dashboard_address=None
    )
    return Client(cluster)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scheduler", help="address of a running scheduler, such as tcp://host:8786")
    parser.add_argument("--workers", type=int, help="workers on this machine [default: one a core]")
    arguments = parser.parse_args()
    failed = 0
    with connect(arguments) as client:
        futures = client.map(run_shard, SHARDS, retries=RETRIES, pure=False)
        for count, future in enumerate(as_completed(futures), 1):
            failure = future.exception()
            failed += failure is not None
            print(f"{count} of {len(futures)} shards" + (f": {failure}" if failure else ""), flush=True)
    if failed:
        print(f"{failed} shards failed; see: {PROGRAM} sweep status {SWEEP}", file=sys.stderr)
        return 1
    return subprocess.run([PROGRAM, "sweep", "merge", SWEEP]).returncode


if __name__ == "__main__":
    sys.exit(main())
"#;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_blank_is_filled() {
        let text = script(&crate::sweep::engine::example(3));
        assert!(!text.contains('@'), "{text}");
        assert!(text.contains("SHARDS = [1, 2, 3]") && text.contains("SWEEP = \"/shared/my sweep\""));
    }
}
