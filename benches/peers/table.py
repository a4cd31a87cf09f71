"""The comparison as a table in Markdown."""

import os
import platform
from dataclasses import dataclass
from datetime import date
from pathlib import Path

BEGIN, END = "<!-- peers: begin, written by benches/peers/run.py -->", "<!-- peers: end -->"


@dataclass(frozen=True)
class Row:
    tool: str
    version: str = ""
    users: int = 0
    best: float = 0.0
    """Seconds of the fastest round; 0 if the tool was not run."""
    median: float = 0.0
    lines: str = ""

    def rate(self) -> float:
        """Interactions per second."""
        return self.users / self.best


def cells(row: Row, first: Row) -> list[str]:
    if not row.best:
        return [row.tool, "not run", "", "", "", "", row.lines]
    slower = first.rate() / row.rate() if first.best else None
    rates = [f"{row.users / seconds / 1e6:.3g}" for seconds in (row.best, row.median)]
    return [row.tool, row.version, f"{row.users:,}", *rates, f"{slower:.3g}" if slower else "", row.lines]


def table(rows: list[Row]) -> list[str]:
    """The first row is what the others are compared with."""
    heads = ["tool", "version", "users", "best, M/s", "median, M/s", "times slower", "lines of code"]
    lines = [heads, ["---", "---", *["---:"] * 5], *[cells(row, rows[0]) for row in rows]]
    return [f"| {' | '.join(line)} |" for line in lines]


def machine() -> str:
    info = Path("/proc/cpuinfo")
    names = [line for line in info.read_text().splitlines() if line.startswith("model name")] if info.exists() else []
    name = names[0].split(":", 1)[1].strip() if names else platform.processor() or platform.machine()
    return f"{name}, {os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}"


def load() -> str:
    """What else the machine is doing; a comparison wants a quiet one."""
    return f"load average {os.getloadavg()[0]:.1f} at the start" if hasattr(os, "getloadavg") else "load not known"


def section(rows: list[Row], load_before: str, notes: list[str]) -> str:
    where = f"{machine()}; {date.today().isoformat()}; {load_before}."
    return "\n".join([BEGIN, *table(rows), "", where, *notes, END])


def replace(page: str, written: str) -> str:
    """The page with what is between the marks written anew."""
    before, begin, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise SystemExit(f"the page needs the two lines {BEGIN} and {END}")
    return before + written + after
