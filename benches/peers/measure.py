"""Times the rounds of a Python peer and prints what it found as JSON."""

import argparse
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from population import MODEL, Model, read_model

Sums = NDArray[np.float64]

# What a round adds up, in this order.
SUMS = [f"level_{j}" for j in range(4)] + [f"level_square_{j}" for j in range(4)]
SUMS += ["approval", "approval_square", "visible", "rated", "up", "returned", "discovered"]


class Peer(Protocol):
    """A population and a way to live through a round."""

    def round(self, number: int) -> Sums:
        """Lives through a round; the sums are ready when it returns."""

    def beliefs(self) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Stance errors, a row per topic, and trust."""


def estimate(values: NDArray[np.float32]) -> tuple[float, float]:
    """Mean and its standard error over users."""
    return float(values.mean(dtype=np.float64)), float(values.std(dtype=np.float64) / len(values) ** 0.5)


def outcomes(peer: Peer, sums: Sums, users: int) -> dict[str, tuple[float, float]]:
    """(mean, standard error) by outcome. Users are independent of each other, so their means are binomial or normal."""
    total = dict(zip(SUMS, sums.tolist(), strict=True))

    def share(name: str, of: float) -> tuple[float, float]:
        p = total[name] / of
        return p, (p * (1.0 - p) / of) ** 0.5

    def mean(name: str, squares: str) -> tuple[float, float]:
        m = total[name] / users
        return m, ((total[squares] / users - m * m) / users) ** 0.5

    stance, trust = peer.beliefs()
    found = {f"mean_level_{j}": mean(f"level_{j}", f"level_square_{j}") for j in range(4)}
    found |= {f"{name}_share": share(name, users) for name in ("visible", "rated", "returned", "discovered")}
    found["thumbs_up_share"] = share("up", total["rated"])
    found["mean_approval"] = mean("approval", "approval_square")
    found["mean_abs_stance_error"] = estimate(np.abs(stance).mean(axis=0))
    found["mean_trust"] = estimate(trust)
    return found


def main(tool: str, version: str, start: Callable[[Model, int, int], Peer]) -> None:
    """One round to warm up, then the timed ones; the outcomes are those of the last."""
    parser = argparse.ArgumentParser(description=f"Times rounds of the reduced model in {tool}.")
    parser.add_argument("--model", type=Path, default=MODEL)
    parser.add_argument("--users", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=5, help="timed rounds, after one to warm up")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    peer = start(read_model(given.model), given.users, given.seed)
    peer.round(0)
    seconds = []
    for number in range(1, given.rounds + 1):
        began = time.perf_counter()
        sums = peer.round(number)
        seconds.append(time.perf_counter() - began)
    best, median = min(seconds), float(np.median(seconds))
    report = {
        "tool": tool,
        "version": version,
        "users": given.users,
        "rounds": given.rounds,
        "threads": 1,
        "seconds_best": best,
        "seconds_median": median,
        "interactions_per_second": given.users / best,
        "outcomes": outcomes(peer, sums, given.users),
    }
    print(json.dumps(report))
