"""A Slurm of its own on one machine, for tests: controller and nodes on loopback, everything in one folder.

By hand:    python3 slurm_lab.py up DIR      then    . DIR/environment; sinfo
            python3 slurm_lab.py down DIR    ends it and removes DIR

It needs root and, if Slurm is not installed, Debian's apt-get. Every daemon is started with two variables that tell lab
and daemon, and Slurm hands them on to what it starts: so processes are found without pid files, and no others are hit.
"""

from __future__ import annotations

import argparse
import atexit
import os
import pathlib
import shutil
import subprocess
import tempfile
from collections.abc import Iterable
from typing import NamedTuple

import packages
import processes
from processes import Process, wait_until
from slurm_config import Shape, node_name, slurm_conf

PROGRAMS = ["munged", "slurmctld", "slurmd", "sbatch", "squeue", "scontrol", "scancel", "sinfo"]
PACKAGES = ["slurmctld", "slurmd", "slurm-client", "slurm-wlm-basic-plugins", "munge"]
FOLDERS = ["munge", "state", "spool", "log", "pids"]
DAEMON = "SLURM_LAB_DAEMON"
DEFAULT = Shape()


class Job(NamedTuple):
    """A job, or a task of an array, that has not ended."""

    id: str
    name: str
    state: str
    reason: str
    node: str


class SlurmLab:
    """A lab in one folder; as a context manager it is up inside and gone after."""

    def __init__(self, shape: Shape = DEFAULT, folder: pathlib.Path | None = None) -> None:
        """A lab in a new temporary folder, or in the given one."""
        self.shape = shape
        self.folder = folder.resolve() if folder else pathlib.Path(tempfile.mkdtemp(prefix="slurm-lab-"))
        self.conf = self.folder / "slurm.conf"
        self._children: list[subprocess.Popen[bytes]] = []

    def __enter__(self) -> SlurmLab:
        # Also when the tests are interrupted, which skips what they would do at their end.
        atexit.register(self.stop)
        try:
            self.start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
        atexit.unregister(self.stop)

    # The lab

    def start(self) -> None:
        """Installs what is missing, starts everything, and waits until all nodes are idle."""
        packages.require(PROGRAMS, PACKAGES)
        if self._carriers():
            raise RuntimeError(f"a lab runs in {self.folder} already; `down` ends it")
        self._write()
        self._start_munge()
        self.start_controller()
        for number in self.numbers():
            self.start_node(number)
        self.wait_nodes("idle", self.numbers(), 30)

    def stop(self) -> None:
        """Ends the daemons, then what is left of their jobs, and removes the folder. Nothing if there is no lab."""
        for kind in ("node", "slurmctld", "munged"):
            processes.end(self._daemons(kind), patience=5)
        processes.kill(self._carriers())
        self._reap()
        shutil.rmtree(self.folder, ignore_errors=True)

    def numbers(self) -> range:
        """The numbers of all nodes, from 1."""
        return range(1, self.shape.nodes + 1)

    def environment(self) -> dict[str, str]:
        """The environment in which Slurm's programs speak to this lab and to no other."""
        foreign = ("SLURM", "SBATCH", "SQUEUE", "SCANCEL", "SINFO")
        own = {name: value for name, value in os.environ.items() if not name.startswith(foreign)}
        return own | {"PATH": packages.search_path(), "SLURM_CONF": str(self.conf)}

    def _write(self) -> None:
        shutil.rmtree(self.folder / "state", ignore_errors=True)
        for name in FOLDERS:
            (self.folder / name).mkdir(parents=True, exist_ok=True)
        # Jobs must reach the socket of munge, whoever they belong to.
        self.folder.chmod(0o755)
        self.conf.write_text(slurm_conf(self.folder, self.shape))
        (self.folder / "cgroup.conf").write_text("CgroupAutomount=no\n")
        (self.folder / "environment").write_text(f"export SLURM_CONF='{self.conf}' PATH=\"$PATH:/usr/sbin\"\n")

    def _start_munge(self) -> None:
        key = self.folder / "munge/key"
        key.unlink(missing_ok=True)
        key.touch(mode=0o600)
        key.write_bytes(os.urandom(512))
        places = {"socket": "socket", "key-file": "key", "pid-file": "pid", "log-file": "log", "seed-file": "seed"}
        options = [f"--{option}={self.folder}/munge/{file}" for option, file in places.items()]
        self._start("munged", ["munged", "--foreground", "--force", *options])
        wait_until((self.folder / "munge/socket").exists, 10, "munged", every=0.02)

    # Processes

    def _start(self, daemon: str, command: list[str]) -> None:
        """Starts a daemon in the foreground, in a session of its own: it outlives us, and Ctrl-C is not for it."""
        with open(self.folder / f"log/{daemon}.out", "ab") as log:
            child = subprocess.Popen(
                command,
                env=self.environment() | {DAEMON: daemon},
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self._children.append(child)

    def _reap(self) -> None:
        self._children = [child for child in self._children if child.poll() is None]

    def _carriers(self) -> list[Process]:
        """All processes of this lab. A shell that only speaks to it has neither of the two names."""
        marks = {DAEMON, "SLURMD_NODENAME"}
        known = ((it, processes.variables(it)) for it in processes.everyone())
        return [it for it, names in known if names.get("SLURM_CONF") == str(self.conf) and marks & names.keys()]

    def _daemons(self, kind: str) -> list[Process]:
        """Daemons whose name starts so, without the stewards of single jobs."""
        named = [it for it in self._carriers() if processes.variables(it).get(DAEMON, "").startswith(kind)]
        return [it for it in named if not _is_steward(it)]

    def _processes_on(self, number: int) -> list[Process]:
        """A node's daemon, the stewards of its jobs, and the jobs."""
        marks = [(it, processes.variables(it)) for it in self._carriers()]
        name = node_name(number)
        return [it for it, names in marks if names.get(DAEMON, names.get("SLURMD_NODENAME")) == name]

    def job_processes(self) -> list[Process]:
        """What runs in jobs now: batch scripts, and what they started."""
        return [it for it in self._carriers() if DAEMON not in processes.variables(it)]

    # Nodes

    def start_node(self, number: int) -> None:
        """Starts the daemon of a node; it reports to the controller by itself."""
        name = node_name(number)
        self._start(name, ["slurmd", "-D", "-N", name, "-f", str(self.conf)])

    def kill_node(self, number: int) -> None:
        """What a power cut does to a node: its daemon, stewards and jobs are gone at once."""
        while victims := self._processes_on(number):
            processes.kill(victims)
        self._reap()

    def drain(self, number: int) -> None:
        """Running jobs may end, new ones go elsewhere."""
        self._update_node(number, "drain")

    def down(self, number: int) -> None:
        """Running jobs are ended and queued again."""
        self._update_node(number, "down")

    def resume(self, number: int) -> None:
        """Back into service. Nothing for a node that came back by itself, for which Slurm would refuse it."""
        if not self._is(number, "idle", "mixed", "allocated"):
            self.slurm("scontrol", "update", f"nodename={node_name(number)}", "state=resume", check=False)

    def _update_node(self, number: int, state: str) -> None:
        self.scontrol("update", f"nodename={node_name(number)}", f"state={state}", "reason=test")

    def node_states(self) -> dict[str, str]:
        """State by name of node, such as `idle`, `allocated`, `down`; `*` after it: does not answer."""
        lines = self.slurm("sinfo", "--noheader", "--Node", "--format=%N %T", check=False).splitlines()
        return dict(line.split() for line in lines)

    def _is(self, number: int, *states: str) -> bool:
        return self.node_states().get(node_name(number)) in states

    def wait_nodes(self, state: str, numbers: Iterable[int], timeout: float) -> None:
        """Waits until these nodes are in this state."""
        wait_until(lambda: all(self._is(it, state) for it in numbers), timeout, f"nodes {state}")

    # The controller

    def start_controller(self) -> None:
        """Starts the controller, which reads what it saved, and waits until it answers."""
        self._start("slurmctld", ["slurmctld", "-D", "-f", str(self.conf)])
        wait_until(lambda: "UP" in self.slurm("scontrol", "ping", check=False), 30, "answer of slurmctld")

    def stop_controller(self, graceful: bool) -> None:
        """Asked politely it saves its state; killed, it forgets the last seconds."""
        stop = processes.end if graceful else processes.kill
        stop(self._daemons("slurmctld"))
        self._reap()

    # Slurm's own programs

    def slurm(self, *words: str | os.PathLike[str], check: bool = True) -> str:
        """Runs one of Slurm's programs and returns what it printed."""
        own = self.environment()
        done = subprocess.run(words, env=own, cwd=self.folder, capture_output=True, text=True, timeout=60)
        if check and done.returncode != 0:
            raise RuntimeError(f"{' '.join(map(str, words))}: exit {done.returncode}: {done.stderr.strip()}")
        return done.stdout.strip()

    def sbatch(self, *words: str) -> str:
        """Submits a job and returns its id."""
        return self.slurm("sbatch", "--parsable", *words).partition(";")[0]

    def scontrol(self, *words: str) -> str:
        """`scontrol` with these words."""
        return self.slurm("scontrol", *words)

    def scancel(self, *words: str) -> None:
        """`scancel` with these words."""
        self.slurm("scancel", *words)

    def squeue(self) -> list[Job]:
        """Jobs and tasks that have not ended, one for each task."""
        told = self.slurm("squeue", "--noheader", "--array", "--format=%i|%j|%T|%r|%N")
        return [Job(*line.split("|")) for line in told.splitlines()]

    def wait_idle(self, timeout: float) -> None:
        """Waits until no job is queued or runs."""
        wait_until(lambda: not self.squeue(), timeout, "end of all jobs", every=0.3)


def _is_steward(it: Process) -> bool:
    return processes.arguments(it)[:1] != [] and processes.arguments(it)[0].startswith("slurmstepd")


def main() -> None:
    """`up DIR` and `down DIR`."""
    parser = argparse.ArgumentParser(description="A Slurm of its own on this machine.")
    parser.add_argument("action", choices=["up", "down"])
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--nodes", type=int, default=Shape.nodes)
    parser.add_argument("--max-array-size", type=int, default=Shape.max_array_size)
    told = parser.parse_args()
    lab = SlurmLab(Shape(nodes=told.nodes, max_array_size=told.max_array_size), told.folder)
    if told.action == "down":
        return lab.stop()
    lab.start()
    print(lab.slurm("sinfo"), f"\n. {lab.folder}/environment", sep="\n")


if __name__ == "__main__":
    main()
