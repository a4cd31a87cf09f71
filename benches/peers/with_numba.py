"""The reduced model in Numba: one compiled loop over users, with a counter-based generator of its own."""

import math
from collections import namedtuple
from typing import Any

import numba
import numpy as np
from numba import njit

import measure
from measure import SUMS, Sums
from population import Column, Model, sample_population, weights

Users = namedtuple("Users", "expertise cringe propensity susceptibility taste stance trust satisfaction habit")
Numbers = namedtuple(
    "Numbers",
    "levels topics weights kind_ends stated charge stakes by_charge dislike diminishing habituation "
    "stance_limit stance_noise model_error_sd accuracy reference sharpness surprise crowding belief_rate hardening "
    "trust_gain trust_loss discovery discovery_novice habituation_rate satisfaction_rate",
)
F = np.float32


@njit(inline="always")
def uniforms(key: int, user: int, draw: int) -> tuple[float, float]:
    """Two uniform numbers from the finaliser of SplitMix64 (Steele et al. 2014) on a counter."""
    x = key + np.uint64(0x9E3779B97F4A7C15) * (np.uint64(8) * np.uint64(user) + np.uint64(draw))
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    x = x ^ (x >> np.uint64(31))
    scale = F(1.0 / 16_777_216.0)
    return F(np.int32(x >> np.uint64(40))) * scale, F(np.int32((x >> np.uint64(8)) & np.uint64(0xFFFFFF))) * scale


@njit(inline="always")
def logistic(x: float) -> float:
    return F(1.0) / (F(1.0) + math.exp(-x))


@njit(inline="always")
def level(it: Numbers, linear: float, quadratic: float, u: float) -> float:
    """Inverts the law of a behaviour; neighbouring levels' ratio changes by a constant factor."""
    step = F(1.0) / F(it.levels - 1)
    ratio, factor = math.exp(step * (linear + step * quadratic)), math.exp(F(2.0) * step * step * quadratic)
    weight, total, r = F(1.0), F(1.0), ratio
    for _ in range(it.levels - 1):
        weight *= r
        r *= factor
        total += weight
    threshold, weight, end, r = u * total, F(1.0), F(1.0), ratio
    index = 0
    for _ in range(it.levels - 1):
        index += threshold >= end
        weight *= r
        r *= factor
        end += weight
    return step * F(index)


@njit(inline="always")
def respond(it: Numbers, kind: int, visible: bool, read: float, u: tuple[float, ...], a: Column) -> None:
    """The feature of what is remembered is 0."""
    v, strength, charge = F(visible), math.tanh(abs(read)), it.charge[kind]
    for j in range(4):
        w1, w2 = it.weights[j], it.weights[4 + j]
        linear = w1[0] + w1[1] * v + w1[2] * F(0.0) + w1[3] * strength + w1[4] * charge + w1[5 + kind]
        quadratic = w2[0] + w2[1] * v + w2[2] * F(0.0) + w2[3] * strength + w2[4] * charge + w2[5 + kind]
        a[j] = level(it, linear, quadratic, u[j])


@njit(inline="always")
def approve(it: Numbers, users: Users, n: int, kind: int, a: Column, b: float, y: float) -> float:
    e, c = users.expertise[n], users.cringe[n]
    value = -it.accuracy * (e * y * y + (F(1.0) - e) * (y - b) * (y - b)) / (F(1.0) + b * b)
    for j in range(4):
        scale = F(1.0) + it.by_charge[j] * (it.charge[kind] - F(1.0))
        liked = users.taste[n, j] * (a[j] - it.habituation[j] * users.habit[n, j])
        value += scale * (liked - (c * it.dislike[j] + it.diminishing[j]) * a[j] * a[j])
    return value - it.crowding * a[1] * a[3]


# Helpers take numbers, not `users`: once arrays are written to, handing nine of them on costs nine reference counts.
@njit(inline="always")
def next_belief(it: Numbers, b: float, trust: float, susceptibility: float, deference: float, y: float) -> float:
    pull = it.belief_rate * susceptibility * (y - b)
    belief = b + trust * (pull + it.hardening * deference * b)
    return min(max(belief, -it.stance_limit), it.stance_limit)


@njit(inline="always")
def next_trust(it: Numbers, trust: float, discovered: bool, pleased: float) -> float:
    gained = trust + it.trust_gain * pleased * (F(1.0) - trust)
    return trust * (F(1.0) - it.trust_loss) if discovered else gained


@njit(inline="always")
def count(sums: Sums, a: Column, value: float, events: tuple[bool, ...]) -> None:
    for j in range(4):
        sums[j] += a[j]
        sums[4 + j] += a[j] * a[j]
    sums[8] += value
    sums[9] += value * value
    sums[10] += events[0]
    sums[11] += events[1]
    sums[12] += events[2]
    sums[13] += events[3]
    sums[14] += events[4]


@njit(inline="always")
def converse(it: Numbers, users: Users, n: int, key: int, a: Column, sums: Sums) -> None:
    u0, u1 = uniforms(key, n, 0)
    u2, u3 = uniforms(key, n, 1)
    u4, u5 = uniforms(key, n, 2)
    u6, u7 = uniforms(key, n, 3)
    u8, u9 = uniforms(key, n, 4)
    u10, u11 = uniforms(key, n, 5)
    u12, _ = uniforms(key, n, 6)
    kind = 0
    for end in it.kind_ends:
        kind += u0 >= end
    topic = int(u1 * F(it.topics))
    visible = u2 < it.stated[kind]
    radius, angle = math.sqrt(F(-2.0) * math.log(F(1.0) - u3)), F(2.0 * math.pi) * u4
    b = users.stance[n, topic]
    read = b + it.stance_noise * radius * math.cos(angle) if visible else F(0.0)
    estimate = it.model_error_sd * radius * math.sin(angle)
    respond(it, kind, visible, read, (u5, u6, u7, u8), a)
    deference = a[0] * F(visible)
    y = estimate + deference * (read - estimate)
    value = approve(it, users, n, kind, a, b, y)
    pleased = logistic(it.sharpness * (value - it.reference))
    rated = u9 < logistic(users.propensity[n] + it.surprise * abs(value - users.satisfaction[n]))
    skill = it.discovery_novice + (F(1.0) - it.discovery_novice) * users.expertise[n]
    discovered = u11 < it.discovery * it.stakes[kind] * skill * y * y / (F(1.0) + y * y)
    trust = users.trust[n]
    belief = next_belief(it, b, trust, users.susceptibility[n], deference, y)
    trust = next_trust(it, trust, discovered, pleased)
    satisfaction = users.satisfaction[n] + it.satisfaction_rate * (value - users.satisfaction[n])
    returned = u12 < logistic(it.sharpness * (satisfaction - it.reference))
    users.satisfaction[n] = satisfaction
    users.stance[n, topic] = belief
    users.trust[n] = trust
    for j in range(4):
        users.habit[n, j] += it.habituation_rate * (a[j] - users.habit[n, j])
    count(sums, a, value, (visible, rated, rated and u10 < pleased, returned, discovered))


@njit(error_model="numpy")
def live(it: Numbers, users: Users, key: int, sums: Sums) -> None:
    levels = np.empty(4, np.float32)
    for n in range(len(users.trust)):
        converse(it, users, n, key, levels, sums)


def numbers(model: Model) -> Numbers:
    """All numbers of the model by name, in single precision."""
    groups = [model[group] for group in ("world", "approval", "consequences", "kinds", "behaviours")]
    known: dict[str, Any] = {"weights": weights(model), "levels": model["levels"], "topics": model["topics"]}
    for name, value in (pair for group in groups for pair in group.items() if pair[0] in Numbers._fields):
        known[name] = np.array(value, np.float32) if isinstance(value, list) else F(value)
    known["kind_ends"] = np.cumsum(model["kinds"]["share"][:-1]).astype(np.float32)
    return Numbers(**known)


class NumbaPeer:
    def __init__(self, model: Model, users: int, seed: int) -> None:
        self.seed, self.numbers = seed, numbers(model)
        columns = vars(sample_population(model, users, seed))
        self.users = Users(**{name: np.ascontiguousarray(column.T) for name, column in columns.items()})

    def round(self, number: int) -> Sums:
        key = int(np.random.SeedSequence([self.seed, 1, number]).generate_state(1, np.uint64)[0])
        sums = np.zeros(len(SUMS))
        live(self.numbers, self.users, np.uint64(key), sums)
        return sums

    def beliefs(self) -> tuple[Column, Column]:
        return self.users.stance.T, self.users.trust


if __name__ == "__main__":
    measure.main("Numba", numba.__version__, NumbaPeer)
