"""thumbscale's side: its serving kernel as benchmarked, and its rounds as simulated on the same model."""

import csv
import io
import json
import re
import tomllib
from pathlib import Path
from typing import Any

from agree import Estimate, Outcomes
from tools import call

ROOT = Path(__file__).resolve().parents[2]
BENCH = ["cargo", "bench", "--quiet", "--bench", "serve"]
PROGRAM = ["cargo", "run", "--quiet", "--release", "--"]
NAME = "one_conversation_each"
USERS = 1_000_000

# `baseline` as the reduced model: one conversation a round, nobody leaves, nothing is trained.
SETTINGS = [
    "clock.usage=fixed",
    "clock.days_per_round=1",
    "clock.conversations_per_day=1",
    "run.warm_up_rounds=0",
    "policy.learning_rate=0",
    "world.stance_renewal=0",
    "consequences.leaving=0",
    'policy.features=["bias", "visible", "remembered", "stance", "charge", '
    '"kind:factual", "kind:advice", "kind:feedback", "kind:emotional"]',
]

# Our outcome: thumbscale's column and what to multiply it by.
COLUMNS = {
    "mean_level_0": ("mean_deference", 1.0),
    "mean_level_1": ("mean_flattery", 1.0),
    "mean_level_2": ("mean_amplification", 1.0),
    "mean_level_3": ("mean_substance", 1.0),
    "visible_share": ("visible_share", 1.0),
    "rated_share": ("rating_share", 1.0),
    "returned_share": ("return_share", 1.0),
    "discovered_share": ("discoveries_per_million", 1e-6),
    "thumbs_up_share": ("thumbs_up_share", 1.0),
    "mean_approval": ("approval", 1.0),
    "mean_abs_stance_error": ("mean_abs_stance_error", 1.0),
    "mean_trust": ("mean_trust", 1.0),
}

UNITS = {"ns": 1e-9, "µs": 1e-6, "ms": 1e-3, "s": 1.0}


def version() -> str:
    package = tomllib.loads((ROOT / "Cargo.toml").read_text())["package"]
    commit = call(["git", "rev-parse", "--short", "HEAD"], "asking for the commit", cwd=ROOT)
    return f"{package['version']} ({commit.strip()})"


def build() -> None:
    call([*BENCH, "--no-run"], "building the benchmark", cwd=ROOT)
    call([*PROGRAM, "--version"], "building thumbscale", cwd=ROOT)


def seconds(table: str) -> tuple[float, float]:
    """Best and median time in divan's table: the columns are fastest, slowest, median, mean."""
    row = re.search(rf"─ {USERS}\s(.*)", table)
    times = re.findall(r"([\d.]+) (ns|µs|ms|s)\b", row[1]) if row else []
    if len(times) < 3:
        raise ValueError(f"no times of {NAME} with {USERS} users in:\n{table}")
    best, _, median = [float(number) * UNITS[unit] for number, unit in times[:3]]
    return best, median


def time_rounds(pin: list[str]) -> dict[str, Any]:
    best, median = seconds(call([*pin, *BENCH, "--", NAME], f"running {NAME}", cwd=ROOT))
    return {"users": USERS, "seconds_best": best, "seconds_median": median}


def outcomes(rounds: int, users: int, folder: Path, peers: Outcomes) -> Outcomes:
    """Outcomes of the last round, from the whole program. Mean trust has no error there: that of as many users of a
    peer stands in."""
    sets = [f"--set={setting}" for setting in [*SETTINGS, f"population.users={users}"]]
    options = ["--quiet", f"--rounds={rounds}", "--no-contrast", "--force", "--format=csv", f"--out={folder}"]
    printed = call([*PROGRAM, "run", "baseline", *options, *sets], "running baseline", cwd=ROOT)
    last = list(csv.DictReader(io.StringIO(printed)))[-1]

    def estimate(column: str, scale: float) -> Estimate:
        return float(last[column]) * scale, float(last.get(f"{column}_se") or 0.0) * scale

    found = {name: estimate(*column) for name, column in COLUMNS.items()}
    return found | {"mean_trust": (found["mean_trust"][0], peers["mean_trust"][1])}


def reference_model(source: Path, target: Path) -> Path:
    """The model under the reference policy, which is where thumbscale starts: weights on the bias alone."""
    model = json.loads(source.read_text())
    for rows in model["weights"].values():
        for row in rows:
            row[1:] = [0.0] * (len(row) - 1)
    target.write_text(json.dumps(model))
    return target
