"""Times the reduced model in every tool, side by side on one thread, and requires that all agree on what comes out.

Needs Python 3.11 or newer, the Rust toolchain, and the package registries.
"""

import argparse
import sys
import tempfile
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

import thumbscale
from agree import LARGEST_Z, Outcomes, differences, pooled, too_large
from table import Row, load, replace, section
from tools import MODEL, TOOLS, Tool, ToolError, install, lines_of_code, pin, run

Run = dict[str, Any]
OURS = "thumbscale"
ANCHOR_USERS = 200_000


@dataclass
class Contender:
    """Something that is timed, what a repetition of it is, and what repetitions gave."""

    name: str
    lines: str
    repeat: Callable[[int], Run]
    tool: Tool | None = None
    command: list[str] = field(default_factory=list)
    runs: list[Run] = field(default_factory=list)
    failed: bool = False

    def row(self) -> Row:
        if self.failed or not self.runs:
            return Row(self.name, lines=self.lines)
        best = min(run["seconds_best"] for run in self.runs)
        middle = median(run["seconds_median"] for run in self.runs)
        first = self.runs[0]
        return Row(self.name, first["version"], first["users"], best, middle, self.lines)


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def attempt(contender: Contender, action: Callable[[], Any]) -> None:
    """A tool that fails is told and left out; the others go on."""
    if contender.failed:
        return
    try:
        action()
    except (ToolError, ValueError) as error:
        say(f"error: {contender.name} was not run: {error}")
        contender.failed = True


def ours() -> Contender:
    def repeat(_: int) -> Run:
        return thumbscale.time_rounds(pin()) | {"version": thumbscale.version()}

    return Contender(OURS, f"{len(thumbscale.SETTINGS)} settings", repeat)


def peer(tool: Tool, given: argparse.Namespace) -> Contender:
    users = min(tool.users, given.users or tool.users)
    contender = Contender(tool.name, str(lines_of_code(tool)), lambda _: {}, tool)
    contender.repeat = lambda seed: run(tool, contender.command, users, given.rounds, seed, MODEL)
    return contender


def prepare(contender: Contender, folder: Path) -> None:
    say(f"preparing {contender.name}")
    if contender.tool is None:
        return thumbscale.build()
    contender.command = install(contender.tool, folder)


def take_turns(contenders: list[Contender], repetitions: int) -> None:
    """One repetition of each after the other, so that no tool gets the quiet minute."""
    for seed in range(1, repetitions + 1):
        for contender in (it for it in contenders if not it.failed):
            say(f"repetition {seed} of {repetitions}: {contender.name}")
            attempt(contender, lambda it=contender, seed=seed: it.runs.append(it.repeat(seed)))


def anchor(contenders: list[Contender], folder: Path, rounds: int) -> dict[str, Outcomes]:
    """thumbscale and one of the peers under the reference policy: that what is timed is thumbscale's own model."""
    ready = [it for it in contenders if it.tool and it.runs and not it.failed and it.tool.users >= ANCHOR_USERS]
    if not ready or not any(it.name == OURS and not it.failed for it in contenders):
        return {}
    it, model = ready[0], thumbscale.reference_model(MODEL, folder / "reference.json")
    theirs = pooled([run(it.tool, it.command, ANCHOR_USERS, rounds, 1, model)["outcomes"]])
    return {it.name: theirs, OURS: thumbscale.outcomes(rounds + 1, ANCHOR_USERS, folder / "output", theirs)}


def judge(found: dict[str, Outcomes], what: str) -> str:
    gaps = differences(found)
    wrong = too_large(gaps)
    if wrong:
        raise SystemExit("\n".join(["error: the implementations do not agree", *map(str, wrong)]))
    if not gaps:
        return f"{what}: nothing to compare."
    largest = f"the largest difference {gaps[0].z:.1f} standard errors (allowed: {LARGEST_Z:g})"
    return f"{what}: {len(gaps)} comparisons, {largest}."


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    names = [OURS, *(tool.name for tool in TOOLS)]
    parser.add_argument("--users", type=int, help="at most so many users per tool, a multiple of 8000")
    parser.add_argument("--rounds", type=int, default=5, help="timed rounds of a repetition, after one to warm up")
    parser.add_argument("--repetitions", type=int, default=3)
    parser.add_argument("--only", nargs="+", choices=names, default=names, metavar="TOOL", help=", ".join(names))
    parser.add_argument("--work", type=Path, help="folder for what is installed and built; without it, a temporary one")
    parser.add_argument("--markdown", type=Path, help="page whose table is written anew")
    return parser.parse_args()


def compare(given: argparse.Namespace, folder: Path) -> str:
    everyone = [ours(), *(peer(tool, given) for tool in TOOLS)]
    contenders = [it for it in everyone if it.name in given.only]
    for it in contenders:
        attempt(it, lambda it=it: prepare(it, folder))
    busy = load()
    take_turns(contenders, given.repetitions)
    if all(it.failed for it in contenders):
        raise ToolError("no tool could be run")
    found = {it.name: pooled([r["outcomes"] for r in it.runs]) for it in contenders if it.tool and not it.failed}
    notes = [
        f"Repetitions in turn: {given.repetitions}, each with {given.rounds} timed rounds on one thread.",
        judge(found, "Agreement of the tools"),
        judge(anchor(contenders, folder, given.rounds), "Agreement with thumbscale under the reference policy"),
    ]
    return section([it.row() for it in everyone], busy, notes)


def main() -> None:
    given = arguments()
    if given.work:
        given.work.mkdir(parents=True, exist_ok=True)
    with nullcontext(given.work) if given.work else tempfile.TemporaryDirectory() as folder:
        written = compare(given, Path(folder).resolve())
    print(written)
    if given.markdown:
        given.markdown.write_text(replace(given.markdown.read_text(), written))


if __name__ == "__main__":
    try:
        main()
    except ToolError as error:
        sys.exit(f"error: {error}")
