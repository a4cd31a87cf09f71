"""The reduced model in JAX: a round is one compiled function, chunk by chunk, with state updated in place."""

from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax.nn import sigmoid

import measure
from measure import Sums
from population import Column, Model, sample_population, weights

CHUNK = 8000
State = dict[str, jax.Array]


def prompts(model: Model, users: State, key: jax.Array) -> dict[str, jax.Array]:
    count = users["trust"].shape[-1]
    for_uniform, for_normal = jax.random.split(key)
    u, normal = jax.random.uniform(for_uniform, (11, count)), jax.random.normal(for_normal, (2, count))
    ends = jnp.cumsum(jnp.array([0.0, *model["kinds"]["share"][:-1]], jnp.float32))
    begun = (u[0] >= ends[:, None]).astype(jnp.float32)
    kind = begun - jnp.concatenate([begun[1:], jnp.zeros((1, count))])
    of_kind = {name: jnp.array(model["kinds"][name]) @ kind for name in ("stated", "charge", "stakes")}
    topic = jnp.floor(u[1] * model["topics"]) == jnp.arange(model["topics"])[:, None]
    b = jnp.where(topic, users["stance"], 0.0).sum(axis=0)
    visible = u[2] < of_kind["stated"]
    read = jnp.where(visible, b + model["world"]["stance_noise"] * normal[0], 0.0)
    estimate = model["world"]["model_error_sd"] * normal[1]
    found = {"u": u, "kind": kind, "topic": topic, "b": b, "visible": visible, "read": read, "estimate": estimate}
    return found | of_kind


def respond(model: Model, asked: dict[str, jax.Array]) -> jax.Array:
    """Inverts the law of each behaviour; neighbouring levels' ratio changes by a constant factor."""
    one = jnp.ones_like(asked["b"])
    first = [one, asked["visible"].astype(jnp.float32), 0.0 * one, jnp.tanh(jnp.abs(asked["read"])), asked["charge"]]
    linear, quadratic = jnp.split(jnp.array(weights(model)) @ jnp.vstack([*first, asked["kind"]]), 2)
    step = 1.0 / (model["levels"] - 1)
    ratio, factor = jnp.exp(step * (linear + step * quadratic)), jnp.exp(2.0 * step * step * quadratic)
    weight = jnp.ones_like(ratio)
    cumulative = [weight]
    for _ in range(model["levels"] - 1):
        weight, ratio = weight * ratio, ratio * factor
        cumulative.append(cumulative[-1] + weight)
    threshold = asked["u"][3:7] * cumulative[-1]
    return step * sum((threshold >= end).astype(jnp.float32) for end in cumulative[:-1])


def approve(model: Model, users: State, asked: dict[str, jax.Array], a: jax.Array, y: jax.Array) -> jax.Array:
    it = {name: jnp.array(values)[:, None] for name, values in model["behaviours"].items() if name != "name"}
    b, e = asked["b"], users["expertise"]
    error = e * y * y + (1.0 - e) * (y - b) ** 2
    scale = 1.0 + it["by_charge"] * (asked["charge"] - 1.0)
    liked = users["taste"] * (a - it["habituation"] * users["habit"])
    excess = (users["cringe"] * it["dislike"] + it["diminishing"]) * a * a
    value = (scale * (liked - excess)).sum(axis=0) - model["approval"]["crowding"] * a[1] * a[3]
    return value - model["approval"]["accuracy"] * error / (1.0 + b * b)


def converse(model: Model, users: State, key: jax.Array) -> tuple[State, jax.Array]:
    it, after, limit = model["approval"], model["consequences"], model["world"]["stance_limit"]
    asked = prompts(model, users, key)
    a = respond(model, asked)
    u, b, trust = asked["u"], asked["b"], users["trust"]
    deference = a[0] * asked["visible"]
    y = asked["estimate"] + deference * (asked["read"] - asked["estimate"])
    value = approve(model, users, asked, a, y)
    pleased = sigmoid(it["sharpness"] * (value - it["reference"]))
    rated = u[7] < sigmoid(users["propensity"] + it["surprise"] * jnp.abs(value - users["satisfaction"]))
    skill = after["discovery_novice"] + (1.0 - after["discovery_novice"]) * users["expertise"]
    discovered = u[9] < after["discovery"] * asked["stakes"] * skill * y * y / (1.0 + y * y)
    satisfaction = users["satisfaction"] + after["satisfaction_rate"] * (value - users["satisfaction"])
    returned = u[10] < sigmoid(it["sharpness"] * (satisfaction - it["reference"]))
    pull = after["belief_rate"] * users["susceptibility"] * (y - b)
    belief = jnp.clip(b + trust * (pull + after["hardening"] * deference * b), -limit, limit)
    gained = trust + after["trust_gain"] * pleased * (1.0 - trust)
    changed = {
        "satisfaction": satisfaction,
        "habit": users["habit"] + after["habituation_rate"] * (a - users["habit"]),
        "stance": jnp.where(asked["topic"], belief, users["stance"]),
        "trust": jnp.where(discovered, trust * (1.0 - after["trust_loss"]), gained),
    }
    events = [asked["visible"], rated, rated & (u[8] < pleased), returned, discovered]
    terms = jnp.vstack([a, a * a, value, value * value, *events])
    return users | changed, terms.sum(axis=1)


def live(model: Model, users: State, key: jax.Array) -> tuple[State, jax.Array]:
    """A round; chunks lie along the first axis. Sums are by chunk, so that single precision holds them."""
    keys = jax.random.split(key, users["trust"].shape[0])
    return jax.lax.map(lambda chunk: converse(model, *chunk), (users, keys))


class JaxPeer:
    def __init__(self, model: Model, users: int, seed: int) -> None:
        chunk = min(CHUNK, users)
        if users % chunk:
            raise SystemExit(f"users must be a multiple of {chunk}")
        columns = vars(sample_population(model, users, seed))
        self.users = {name: jnp.array(in_chunks(column, chunk)) for name, column in columns.items()}
        self.key = jax.random.key(seed)
        self.live: Any = jax.jit(partial(live, model), donate_argnums=0)

    def round(self, number: int) -> Sums:
        self.users, sums = self.live(self.users, jax.random.fold_in(self.key, number))
        return np.asarray(sums, np.float64).sum(axis=0)

    def beliefs(self) -> tuple[Column, Column]:
        stance = np.asarray(self.users["stance"])
        return np.concatenate(list(stance), axis=1), np.asarray(self.users["trust"]).ravel()


def in_chunks(column: Column, chunk: int) -> Column:
    """(rows, users) to (chunks, rows, users of a chunk)."""
    return np.moveaxis(column.reshape(*column.shape[:-1], -1, chunk), -2, 0)


if __name__ == "__main__":
    measure.main("JAX", jax.__version__, JaxPeer)
