"""The reduced model in Mesa: every user an agent that steps by itself, in plain Python."""

from math import exp, tanh
from typing import Any

import mesa
import numpy as np

import measure
from measure import SUMS, Sums
from population import Column, Model, sample_population

BEHAVIOURS = range(4)


def logistic(x: float) -> float:
    return 1.0 / (1.0 + exp(-x))


def dot(row: list[float], phi: list[float]) -> float:
    return sum(w * x for w, x in zip(row, phi, strict=True))


def level(levels: int, linear: float, quadratic: float, u: float) -> float:
    """Inverts the law of a behaviour; neighbouring levels' ratio changes by a constant factor."""
    step = 1.0 / (levels - 1)
    ratio, factor = exp(step * (linear + step * quadratic)), exp(2.0 * step * step * quadratic)
    weight = total = 1.0
    ends = [1.0]
    for _ in range(levels - 1):
        weight *= ratio
        ratio *= factor
        total += weight
        ends.append(total)
    threshold = u * total
    return step * sum(threshold >= end for end in ends[:-1])


class User(mesa.Agent):
    """One person who talks to the assistant."""

    model: "Assistant"

    def __init__(self, model: "Assistant", **columns: Any) -> None:
        super().__init__(model)
        self.expertise: float = columns["expertise"]
        self.cringe: float = columns["cringe"]
        self.propensity: float = columns["propensity"]
        self.susceptibility: float = columns["susceptibility"]
        self.trust: float = columns["trust"]
        self.satisfaction: float = columns["satisfaction"]
        self.taste: list[float] = columns["taste"]
        self.stance: list[float] = columns["stance"]
        self.habit: list[float] = columns["habit"]

    def step(self) -> None:
        """One conversation: prompt, response, reaction, what stays behind."""
        numbers, uniform, gauss = self.model.numbers, self.random.random, self.random.gauss
        approval, after, kinds = numbers["approval"], numbers["consequences"], numbers["kinds"]
        kind, topic = self.model.sample_kind(), self.random.randrange(numbers["topics"])
        b, e = self.stance[topic], self.expertise
        visible = uniform() < kinds["stated"][kind]
        read = b + gauss(0.0, numbers["world"]["stance_noise"]) if visible else 0.0
        estimate = gauss(0.0, numbers["world"]["model_error_sd"])
        a = self.model.respond(kind, visible, read)
        deference = a[0] if visible else 0.0
        y = estimate + deference * (read - estimate)
        value = self.approve(a, kinds["charge"][kind], b, y)
        pleased = logistic(approval["sharpness"] * (value - approval["reference"]))
        surprise = abs(value - self.satisfaction)
        rated = uniform() < logistic(self.propensity + approval["surprise"] * surprise)
        up = rated and uniform() < pleased
        skill = kinds["stakes"][kind] * (after["discovery_novice"] + (1.0 - after["discovery_novice"]) * e)
        discovered = uniform() < after["discovery"] * skill * y * y / (1.0 + y * y)
        self.change(topic, a, deference, y, value)
        self.adjust_trust(discovered, pleased)
        returned = uniform() < logistic(approval["sharpness"] * (self.satisfaction - approval["reference"]))
        self.model.count(a, value, (visible, rated, up, returned, discovered))

    def approve(self, a: list[float], charge: float, b: float, y: float) -> float:
        approval, it = self.model.numbers["approval"], self.model.numbers["behaviours"]
        error = self.expertise * y * y + (1.0 - self.expertise) * (y - b) ** 2
        value = -approval["accuracy"] * error / (1.0 + b * b) - approval["crowding"] * a[1] * a[3]
        for j in BEHAVIOURS:
            scale = 1.0 + it["by_charge"][j] * (charge - 1.0)
            liked = self.taste[j] * (a[j] - it["habituation"][j] * self.habit[j])
            value += scale * (liked - (self.cringe * it["dislike"][j] + it["diminishing"][j]) * a[j] * a[j])
        return value

    def change(self, topic: int, a: list[float], deference: float, y: float, value: float) -> None:
        after, limit = self.model.numbers["consequences"], self.model.numbers["world"]["stance_limit"]
        b = self.stance[topic]
        pull = after["belief_rate"] * self.susceptibility * (y - b)
        belief = b + self.trust * (pull + after["hardening"] * deference * b)
        self.stance[topic] = min(max(belief, -limit), limit)
        self.satisfaction += after["satisfaction_rate"] * (value - self.satisfaction)
        for j in BEHAVIOURS:
            self.habit[j] += after["habituation_rate"] * (a[j] - self.habit[j])

    def adjust_trust(self, discovered: bool, pleased: float) -> None:
        after = self.model.numbers["consequences"]
        if discovered:
            self.trust *= 1.0 - after["trust_loss"]
        else:
            self.trust += after["trust_gain"] * pleased * (1.0 - self.trust)


class Assistant(mesa.Model):
    """The policy, its users, and the sums of a round."""

    def __init__(self, numbers: Model, users: int, seed: int) -> None:
        super().__init__(seed=seed)
        self.numbers = numbers
        self.kinds = range(len(numbers["kinds"]["share"]))
        self.sums = [0.0] * len(SUMS)
        columns = vars(sample_population(numbers, users, seed))
        User.create_agents(self, users, **{name: column.T.tolist() for name, column in columns.items()})

    def step(self) -> None:
        self.sums = [0.0] * len(SUMS)
        self.agents.do("step")

    def sample_kind(self) -> int:
        return self.random.choices(self.kinds, self.numbers["kinds"]["share"])[0]

    def respond(self, kind: int, visible: bool, read: float) -> list[float]:
        phi = [1.0, float(visible), 0.0, tanh(abs(read)), self.numbers["kinds"]["charge"][kind], 0.0, 0.0, 0.0, 0.0]
        phi[5 + kind] = 1.0
        weights, levels, uniform = self.numbers["weights"], self.numbers["levels"], self.random.random
        rows = zip(weights["linear"], weights["quadratic"], strict=True)
        return [level(levels, dot(linear, phi), dot(quadratic, phi), uniform()) for linear, quadratic in rows]

    def count(self, a: list[float], value: float, events: tuple[bool, ...]) -> None:
        terms = (*a, *(x * x for x in a), value, value * value, *events)
        self.sums = [total + term for total, term in zip(self.sums, terms, strict=True)]


class MesaPeer:
    def __init__(self, model: Model, users: int, seed: int) -> None:
        self.assistant = Assistant(model, users, seed)

    def round(self, number: int) -> Sums:
        self.assistant.step()
        return np.array(self.assistant.sums)

    def beliefs(self) -> tuple[Column, Column]:
        stance, trust = self.assistant.agents.get("stance"), self.assistant.agents.get("trust")
        return np.array(stance, np.float32).T, np.array(trust, np.float32)


if __name__ == "__main__":
    measure.main("Mesa", mesa.__version__, MesaPeer)
