"""Sweeps for tests: made, run and read through the program as its users do, and compared with a plain run."""

from __future__ import annotations

import functools
import json
import os
import pathlib
import signal
import subprocess
import tempfile
import unittest
from typing import Any

import parquet_rows

SWEEP = """
scenario = "baseline"
replicates = 2
[set]
"population.users" = {users}
"run.rounds" = 3
"run.warm_up_rounds" = 1
[design]
kind = "random"
samples = {samples}
[parameters]
"policy.kl_strength" = {{ range = [0.05, 0.5], scale = "log" }}
"memory.write" = {{ range = [0.2, 1.0] }}
[outcomes]
measures = ["sycophancy_index", "approval"]
"""
FINE, FAILED, BAD_INPUT, INTERRUPTED = 0, 1, 3, 130
REPLICATES = 2


def program() -> pathlib.Path:
    """The program under test."""
    path = pathlib.Path(os.environ.get("THUMBSCALE", "target/release/thumbscale")).resolve()
    if not path.is_file():
        raise FileNotFoundError(f"{path}: build it, or set THUMBSCALE to where it is")
    return path


class Sweep:
    """One sweep folder."""

    def __init__(self, folder: pathlib.Path, environment: dict[str, str] | None = None) -> None:
        self.folder = folder
        self.environment = environment

    def call(self, verb: str, *words: object, expect: int | None = FINE) -> subprocess.CompletedProcess[str]:
        """`thumbscale sweep VERB FOLDER WORDS`. Another exit code than expected is an error; None expects nothing."""
        command = self.command(verb, *words)
        done = subprocess.run(command, env=self.environment, capture_output=True, text=True, timeout=3600)
        if expect is not None and done.returncode != expect:
            said = f"exit {done.returncode}, not {expect}\n{done.stdout}{done.stderr}"
            raise AssertionError(f"{' '.join(command)}: {said}")
        return done

    def command(self, verb: str, *words: object) -> list[str]:
        """The words of such a call."""
        return [str(program()), "sweep", verb, str(self.folder), *map(str, words)]

    def plan(self, samples: int, shards: int, users: int = 400) -> Sweep:
        """Plans `samples` points, each run twice."""
        file = self.folder.with_suffix(".toml")
        file.write_text(SWEEP.format(samples=samples, users=users))
        words = ["plan", str(file), "--out", str(self.folder), "--shards", str(shards), "--pilot-seconds", "0"]
        subprocess.run([program(), "sweep", *words], check=True, capture_output=True, env=self.environment)
        return self

    def submit(self, *words: object) -> list[str]:
        """Ids of the jobs that were submitted to Slurm."""
        return self.call("submit", "--on", "slurm", *words).stdout.split()

    def status(self) -> dict[str, Any]:
        """What `status` says, as data."""
        told: dict[str, Any] = json.loads(self.call("status", "--format", "json").stdout)
        return told

    def let_pass(self, seconds: float) -> None:
        """As if nobody had given a sign of life for so long."""
        for sign in (self.folder / "attempts").glob("*.json"):
            then = sign.stat().st_mtime - seconds
            os.utime(sign, (then, then))

    def troubles(self) -> dict[int, str]:
        """State by number of each shard that something is wrong with."""
        return {it["shard"]: it["state"] for it in self.status()["troubles"]}

    def finished(self) -> dict[int, pathlib.Path]:
        """Finished shards."""
        return {int(it.stem): it for it in sorted((self.folder / "shards").glob("*.parquet"))}

    def times(self) -> dict[int, int]:
        """When each finished shard was written."""
        return {shard: it.stat().st_mtime_ns for shard, it in self.finished().items()}

    def strangers(self) -> list[str]:
        """What lies among the finished shards without being one."""
        names = {it.name for it in (self.folder / "shards").iterdir()}
        return sorted(names - {f"{number:05}.parquet" for number in self.finished()})

    def parts_of(self, shard: int) -> list[pathlib.Path]:
        """Files with finished runs of an unfinished shard."""
        return sorted((self.folder / "parts").glob(f"{shard:05}.*.parquet"))

    def results(self) -> dict[str, bytes]:
        """The merged files."""
        return {it.name: it.read_bytes() for it in sorted((self.folder / "results").glob("*.parquet"))}


@functools.cache
def reference(samples: int, users: int = 400) -> dict[str, bytes]:
    """The merged files of the same sweep: one shard, one machine, one thread, nothing goes wrong."""
    with tempfile.TemporaryDirectory() as place:
        # The name is the sweep's, and part of its identity.
        sweep = Sweep(pathlib.Path(place) / "sweep").plan(samples, 1, users)
        sweep.call("run", "--threads", 1)
        sweep.call("merge")
        return sweep.results()


class SweepTest(unittest.TestCase):
    """A test with a folder of its own, and the question that all of them ask at their end."""

    def setUp(self) -> None:
        # Whoever is ended from outside cleans up like one who is interrupted: a lab must not stay behind.
        signal.signal(signal.SIGTERM, signal.default_int_handler)
        self.place = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory(prefix="sweep-")))

    def assert_whole(self, sweep: Sweep, samples: int) -> None:
        """Every run is there once, the bits are those of the reference, and nothing else lies about."""
        runs = samples * REPLICATES
        told = sweep.status()
        self.assertEqual((told["runs"]["total"], told["runs"]["done"], told["runs"]["failed"]), (runs, runs, 0))
        self.assertEqual(told["troubles"], [])
        self.assertEqual(len(sweep.finished()), told["shards"]["total"])
        self.assertEqual(sweep.strangers(), [])
        merged = sweep.results()
        self.assertEqual(sum(map(parquet_rows.rows, merged.values())), runs)
        self.assertEqual(merged, reference(samples))
