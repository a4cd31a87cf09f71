"""The model's numbers and a population drawn from them: what the Python peers start from."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Column = NDArray[np.float32]
Model = dict[str, Any]

MODEL = Path(__file__).with_name("model.json")


@dataclass
class Population:
    """Traits, then state; one column per user, one row per behaviour or topic where there are several."""

    expertise: Column
    cringe: Column
    propensity: Column
    susceptibility: Column
    taste: Column
    stance: Column
    trust: Column
    satisfaction: Column
    habit: Column


def read_model(path: Path = MODEL) -> Model:
    return json.loads(path.read_text())


def weights(model: Model) -> Column:
    """Rows w1 of every behaviour, then w2; columns are features."""
    return np.array(model["weights"]["linear"] + model["weights"]["quadratic"], np.float32)


def sample_population(model: Model, users: int, seed: int) -> Population:
    rng = np.random.default_rng([seed, 0])
    who, after = model["segments"], model["consequences"]
    behaviours, topics = len(model["behaviours"]["name"]), model["topics"]
    segment = rng.choice(len(who["share"]), users, p=who["share"])

    def of_segment(key: str) -> NDArray[np.float64]:
        return np.array(who[key])[segment]

    tastes = of_segment("taste").T + who["taste_sd"] * rng.standard_normal((behaviours, users))
    limit = model["world"]["stance_limit"]
    stances = model["world"]["stance_sd"] * of_segment("stance_scale") * rng.standard_normal((topics, users))
    trust = after["initial_trust"] + after["initial_trust_sd"] * rng.standard_normal(users)
    start = np.array(model["behaviours"]["reference_mean"])
    columns = Population(
        expertise=beta(rng, of_segment("expertise"), who["expertise_sd"]),
        cringe=log_normal(rng, of_segment("cringe"), of_segment("cringe_sd")),
        propensity=who["propensity"] + who["propensity_sd"] * rng.standard_normal(users),
        susceptibility=of_segment("susceptibility"),
        taste=np.array(model["behaviours"]["liking"])[:, None] * tastes,
        stance=stances.clip(-limit, limit),
        trust=trust.clip(0.0, 1.0),
        satisfaction=np.full(users, model["approval"]["reference"]),
        habit=np.repeat(start[:, None], users, axis=1),
    )
    return Population(**{name: np.ascontiguousarray(column, np.float32) for name, column in vars(columns).items()})


def beta(rng: np.random.Generator, mean: NDArray[Any], sd: float) -> NDArray[Any]:
    concentration = mean * (1.0 - mean) / sd**2 - 1.0
    return rng.beta(mean * concentration, (1.0 - mean) * concentration)


def log_normal(rng: np.random.Generator, mean: NDArray[Any], sd: NDArray[Any]) -> NDArray[Any]:
    variance = np.log1p((sd / mean) ** 2)
    return rng.lognormal(np.log(mean) - variance / 2.0, np.sqrt(variance))
