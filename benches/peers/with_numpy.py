"""The reduced model in NumPy: whole columns at once, in chunks whose temporaries stay in the cache."""

from dataclasses import fields
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

import measure
from measure import Sums
from population import Column, Model, Population, sample_population, weights

CHUNK = 8192
Indices = NDArray[np.int64]


def logistic(x: Column) -> Column:
    return 1.0 / (1.0 + np.exp(-x))


class Prompts(NamedTuple):
    kind: Indices
    place: tuple[Indices, Indices]
    belief: Column
    visible: Column
    read: Column
    estimate: Column
    charge: Column


class NumpyPeer:
    def __init__(self, model: Model, users: int, seed: int) -> None:
        self.model, self.users = model, users
        self.rng = np.random.Generator(np.random.SFC64([seed, 1]))
        self.population = sample_population(model, users, seed)
        self.weights = weights(model)
        self.kinds = {key: np.array(model["kinds"][key], np.float32) for key in ("stated", "charge", "stakes")}
        self.kind_ends = np.cumsum(model["kinds"]["share"][:-1]).astype(np.float32)
        keys = ("by_charge", "dislike", "diminishing", "habituation")
        self.behaviours = {key: np.array(model["behaviours"][key], np.float32)[:, None] for key in keys}

    def round(self, number: int) -> Sums:
        chunks = (self.chunk(first) for first in range(0, self.users, CHUNK))
        return np.sum([self.converse(chunk) for chunk in chunks], axis=0)

    def beliefs(self) -> tuple[Column, Column]:
        return self.population.stance, self.population.trust

    def chunk(self, first: int) -> Population:
        """Views: writing to them changes the population."""
        columns = (getattr(self.population, field.name) for field in fields(Population))
        return Population(*(column[..., first : first + CHUNK] for column in columns))

    def converse(self, users: Population) -> Sums:
        u = self.rng.random((11, len(users.trust)), np.float32)
        asked = self.ask(users, u)
        levels = self.respond(self.features(asked), u[3:7])
        deference = levels[0] * asked.visible
        y = asked.estimate + deference * (asked.read - asked.estimate)
        value = self.approve(users, asked, levels, y)
        pleased = self.pleased(value)
        surprise = self.model["approval"]["surprise"] * np.abs(value - users.satisfaction)
        rated = u[7] < logistic(users.propensity + surprise)
        up = rated & (u[8] < pleased)
        discovered = u[9] < self.discovery(users, asked, y)
        self.change(users, asked, levels, deference, y, value)
        self.adjust_trust(users, discovered, pleased)
        returned = u[10] < self.pleased(users.satisfaction)
        events = [np.count_nonzero(flags) for flags in (asked.visible, rated, up, returned, discovered)]
        squares = np.einsum("jn,jn->j", levels, levels)
        return np.array([*levels.sum(axis=1), *squares, value.sum(), value @ value, *events], np.float64)

    def ask(self, users: Population, u: Column) -> Prompts:
        world, count = self.model["world"], u.shape[1]
        normal = self.rng.standard_normal((2, count), np.float32)
        kind = np.searchsorted(self.kind_ends, u[0], side="right")
        topic = (u[1] * np.float32(self.model["topics"])).astype(np.int64)
        place = topic, np.arange(count)
        b = users.stance[place]
        visible = u[2] < self.kinds["stated"][kind]
        read = np.where(visible, b + world["stance_noise"] * normal[0], np.float32(0.0))
        return Prompts(kind, place, b, visible, read, world["model_error_sd"] * normal[1], self.kinds["charge"][kind])

    def features(self, asked: Prompts) -> Column:
        phi = np.zeros((9, len(asked.kind)), np.float32)
        phi[0], phi[1], phi[3], phi[4] = 1.0, asked.visible, np.tanh(np.abs(asked.read)), asked.charge
        phi[5 + asked.kind, asked.place[1]] = 1.0
        return phi

    def respond(self, phi: Column, u: Column) -> Column:
        """Inverts the law of each behaviour; neighbouring levels' ratio changes by a constant factor."""
        linear, quadratic = np.split(self.weights @ phi, 2)
        step = 1.0 / (self.model["levels"] - 1)
        ratio, factor = np.exp(step * (linear + step * quadratic)), np.exp(2.0 * step * step * quadratic)
        weight = np.ones_like(ratio)
        cumulative = [weight]
        for _ in range(self.model["levels"] - 1):
            weight = weight * ratio
            ratio = ratio * factor
            cumulative.append(cumulative[-1] + weight)
        threshold = u * cumulative[-1]
        above = sum((threshold >= end).astype(np.float32) for end in cumulative[:-1])
        return step * above

    def approve(self, users: Population, asked: Prompts, levels: Column, y: Column) -> Column:
        approval, it, b, e = self.model["approval"], self.behaviours, asked.belief, users.expertise
        error = e * y * y + (1.0 - e) * (y - b) ** 2
        scale = 1.0 + it["by_charge"] * (asked.charge - 1.0)
        liked = users.taste * (levels - it["habituation"] * users.habit)
        excess = (users.cringe * it["dislike"] + it["diminishing"]) * levels * levels
        value = (scale * (liked - excess)).sum(axis=0) - approval["crowding"] * levels[1] * levels[3]
        return value - approval["accuracy"] * error / (1.0 + b * b)

    def pleased(self, value: Column) -> Column:
        return logistic(self.model["approval"]["sharpness"] * (value - self.model["approval"]["reference"]))

    def discovery(self, users: Population, asked: Prompts, y: Column) -> Column:
        after = self.model["consequences"]
        skill = after["discovery_novice"] + (1.0 - after["discovery_novice"]) * users.expertise
        return after["discovery"] * self.kinds["stakes"][asked.kind] * skill * y * y / (1.0 + y * y)

    def change(
        self, users: Population, asked: Prompts, levels: Column, deference: Column, y: Column, value: Column
    ) -> None:
        after, limit, b = self.model["consequences"], self.model["world"]["stance_limit"], asked.belief
        pull = after["belief_rate"] * users.susceptibility * (y - b)
        belief = b + users.trust * (pull + after["hardening"] * deference * b)
        users.stance[asked.place] = belief.clip(-limit, limit)
        users.satisfaction += after["satisfaction_rate"] * (value - users.satisfaction)
        users.habit += after["habituation_rate"] * (levels - users.habit)

    def adjust_trust(self, users: Population, discovered: Column, pleased: Column) -> None:
        after = self.model["consequences"]
        gained = users.trust + after["trust_gain"] * pleased * (1.0 - users.trust)
        users.trust[:] = np.where(discovered, users.trust * (1.0 - after["trust_loss"]), gained)


if __name__ == "__main__":
    measure.main("NumPy", np.__version__, NumpyPeer)
