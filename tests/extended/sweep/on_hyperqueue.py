"""A list of shards on an embedded HyperQueue, as `hq submit --each-line LIST -- COMMAND` gives them to a server.

    on_hyperqueue.py FOLDER LIST COMMAND...      in an environment with hyperqueue; FOLDER is the server's

The package brings no `hq`. Its server and its worker live in this process, and listen while it runs.
"""

from __future__ import annotations

import pathlib
import sys

from hyperqueue import Job, LocalCluster
from hyperqueue.cluster import WorkerConfig


def main(folder: str, lines: str, *command: str) -> None:
    """One task for each line. A task that fails is an error of `wait_for_jobs`."""
    job = Job(max_fails=0)
    for line in pathlib.Path(lines).read_text().splitlines():
        job.program(list(command), env={"HQ_ENTRY": line})
    with LocalCluster(server_dir=folder, worker_config=WorkerConfig(cores=2)) as cluster:
        client = cluster.client()
        client.wait_for_jobs([client.submit(job)])


if __name__ == "__main__":
    main(*sys.argv[1:])
