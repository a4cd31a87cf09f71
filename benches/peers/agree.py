"""Whether implementations of one model agree: means within a number of Monte-Carlo standard errors."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import combinations
from math import hypot, inf, sqrt

Estimate = tuple[float, float]
Outcomes = dict[str, Estimate]

# Two-sided chance of 6e-5 per comparison; ten pairs of tools with twelve outcomes each: 1 false alarm in 130 runs
# with other seeds. The seeds are fixed, so a run that agrees agrees every time.
LARGEST_Z = 4.0


@dataclass(frozen=True)
class Difference:
    outcome: str
    first: str
    second: str
    z: float

    def __str__(self) -> str:
        return f"{self.outcome}: {self.first} and {self.second} differ by {self.z:.1f} standard errors"


def z_score(first: Estimate, second: Estimate) -> float:
    gap, error = abs(first[0] - second[0]), hypot(first[1], second[1])
    if error > 0.0:
        return gap / error
    return 0.0 if gap == 0.0 else inf


def differences(found: dict[str, Outcomes]) -> list[Difference]:
    """Every outcome of every pair of tools, the largest difference first."""
    pairs = combinations(found, 2)
    gaps = [
        Difference(outcome, a, b, z_score(found[a][outcome], found[b][outcome]))
        for a, b in pairs
        for outcome in sorted(found[a].keys() & found[b].keys())
    ]
    return sorted(gaps, key=lambda gap: -gap.z)


def too_large(gaps: Iterable[Difference]) -> list[Difference]:
    """NaN is too large."""
    return [gap for gap in gaps if not gap.z <= LARGEST_Z]


def pooled(runs: list[Outcomes]) -> Outcomes:
    """Means over runs with seeds of their own."""

    def pool(estimates: list[Estimate]) -> Estimate:
        count = len(estimates)
        return sum(m for m, _ in estimates) / count, sqrt(sum(error * error for _, error in estimates)) / count

    return {outcome: pool([tuple(run[outcome]) for run in runs]) for outcome in runs[0]}
