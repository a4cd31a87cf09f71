"""What tests of engines share: a planned sweep, the file that was written for an engine, and how it is run."""

from __future__ import annotations

import os
import pathlib
import signal
import subprocess

import engines_environment
from sweeps import FINE, Sweep, SweepTest

SAMPLES = 20
SHARDS = 10


class EngineTest(SweepTest):
    """A test of one engine, in a folder that is not a plain word for shells, Python and the like."""

    engine = ""

    def setUp(self) -> None:
        super().setUp()
        self.programs = engines_environment.programs()
        folder = self.place / "it's a place"
        folder.mkdir()
        self.sweep = Sweep(folder / "sweep")

    def planned(self, samples: int = SAMPLES, shards: int = SHARDS) -> pathlib.Path:
        """Plans the sweep and returns what was written for the engine."""
        self.sweep.plan(samples, shards)
        return pathlib.Path(self.sweep.call("submit", "--on", self.engine).stdout.strip())

    def alter_plan(self) -> None:
        """Every shard refuses to run from now on."""
        with open(self.sweep.folder / "manifest-1.json", "a") as manifest:
            manifest.write(" ")

    def surroundings(self) -> dict[str, str]:
        """The environment of engines: what they keep for themselves they keep in the folder of the test."""
        path = f"{self.programs}:{os.environ['PATH']}"
        return os.environ | {"PATH": path, "HOME": str(self.place), "XDG_CACHE_HOME": str(self.place / "cache")}

    def start(self, *words: object) -> subprocess.Popen[str]:
        """Starts a program in a session of its own; all of the session is gone after the test."""
        child = subprocess.Popen(
            list(map(str, words)),
            env=self.surroundings(),
            cwd=self.place,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self.addCleanup(end_session, child)
        return child

    def finish(self, child: subprocess.Popen[str], patience: float = 120, expect: int = FINE) -> str:
        """What it said until its end. Another exit code than expected is an error, and so is no end."""
        said, _ = child.communicate(timeout=patience)
        self.assertEqual(child.returncode, expect, said)
        return said

    def run_here(self, *words: object, expect: int = FINE) -> str:
        """Runs a program to its end and returns what it said."""
        return self.finish(self.start(*words), expect=expect)


def end_session(child: subprocess.Popen[str]) -> None:
    """Ends what a program has started, too. There is nothing left of one that ended in order."""
    try:
        os.killpg(child.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass
    child.communicate()
