"""Processes told apart for certain: a pid alone is given out again, a pid with its time of birth is not."""

from __future__ import annotations

import os
import pathlib
import signal
import time
from collections.abc import Callable, Iterable
from typing import NamedTuple

PROC = pathlib.Path("/proc")


class Stat(NamedTuple):
    """What is read of /proc/PID/stat."""

    state: str
    parent: int
    born: int


class Process(NamedTuple):
    """One process; `born` is in clock ticks since the machine started."""

    pid: int
    born: int

    def alive(self) -> bool:
        """Whether it still runs. A zombie does not: nobody has asked for its exit status yet, that is all."""
        stat = read_stat(self.pid)
        return stat is not None and stat.born == self.born and stat.state not in "ZX"

    def send(self, number: signal.Signals) -> None:
        """Sends a signal, unless it is gone."""
        if self.alive():
            os.kill(self.pid, number)


def read_stat(pid: int) -> Stat | None:
    """None if there is no such process. The name may hold spaces and brackets, so read from its last bracket on."""
    try:
        fields = (PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return None
    return Stat(fields[0], int(fields[1]), int(fields[19]))


def process(pid: int) -> Process | None:
    """The process that has this pid now."""
    stat = read_stat(pid)
    return stat and Process(pid, stat.born)


def everyone() -> list[Process]:
    """All processes that can be seen now."""
    found = (process(int(entry.name)) for entry in PROC.iterdir() if entry.name.isdigit())
    return [it for it in found if it is not None]


def _words(pid: int, file: str) -> list[str]:
    try:
        raw = (PROC / str(pid) / file).read_bytes()
    except OSError:
        return []
    return raw.decode(errors="replace").split("\0")


def arguments(it: Process) -> list[str]:
    """Its command line; empty if it is gone or another user's."""
    return _words(it.pid, "cmdline")[:-1]


def variables(it: Process) -> dict[str, str]:
    """The environment that it was started with; empty if it is gone or another user's."""
    pairs = (word.partition("=") for word in _words(it.pid, "environ"))
    return {name: value for name, _, value in pairs if name}


def parent(it: Process) -> Process | None:
    """The process that started it, or that took it over."""
    stat = read_stat(it.pid)
    return stat and process(stat.parent)


def wait_until(happened: Callable[[], object], timeout: float, what: str, every: float = 0.1) -> None:
    """Waits until something is so. Says what did not happen if it takes too long."""
    end = time.monotonic() + timeout
    while not happened():
        if time.monotonic() > end:
            raise TimeoutError(f"{what}: not within {timeout:g} s")
        time.sleep(every)


def kill(these: Iterable[Process]) -> None:
    """SIGKILL, and waits until they are gone."""
    victims = list(these)
    for it in victims:
        it.send(signal.SIGKILL)
    wait_until(lambda: not any(it.alive() for it in victims), 10, "death of killed processes", every=0.02)


def end(these: Iterable[Process], patience: float = 10) -> None:
    """SIGTERM, and SIGKILL for those that are still there after `patience` seconds."""
    asked = list(these)
    for it in asked:
        it.send(signal.SIGTERM)
    try:
        wait_until(lambda: not any(it.alive() for it in asked), patience, "end of processes", every=0.02)
    except TimeoutError:
        kill(asked)
