"""thumbscale sensitivity against SALib: same designs, same numbers.

Usage: salib.py PATH_TO_THUMBSCALE (in an environment with SALib 1.5.2, numpy and pandas)

(a) SALib's own designs of the Ishigami and Sobol' g functions, with their outcomes, through `sensitivity --from`:
    S1, ST and S2 agree with SALib's within 1e-9, and confidence intervals overlap.
(b) A design that thumbscale exports is analysed by SALib, and both agree within 1e-9.
(c) The same for Morris: mu, mu* and sigma.
Every check has a counterpart that must fail: outcomes in another order do not give the same indices.
"""

import json
import pathlib
import subprocess
import sys
import tempfile

import numpy
import pandas
from SALib.analyze import morris as analyze_morris
from SALib.analyze import sobol as analyze_sobol
from SALib.sample import morris as sample_morris
from SALib.sample import sobol as sample_sobol

PROGRAM = pathlib.Path(sys.argv[1]).resolve()
CLOSE = 1e-9


def ishigami(x):
    return numpy.sin(x[:, 0]) + 7 * numpy.sin(x[:, 1]) ** 2 + 0.1 * x[:, 2] ** 4 * numpy.sin(x[:, 0])


def g_function(x):
    a = numpy.array([0, 1, 4.5, 9, 99, 99])
    return numpy.prod((numpy.abs(4 * x - 2) + a) / (1 + a), axis=1)


def problem(names, low, high):
    return {"num_vars": len(names), "names": names, "bounds": [[low, high]] * len(names)}


ISHIGAMI = (problem(["x1", "x2", "x3"], -numpy.pi, numpy.pi), ishigami)
G = (problem([f"x{i}" for i in range(1, 7)], 0, 1), g_function)


def thumbscale(folder, *words):
    done = subprocess.run([PROGRAM, "sensitivity", *words, "--quiet"], cwd=folder, capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"sensitivity {' '.join(words)} failed: {done.stderr}")
    return done.stdout


def analysed(folder, names, x, y, *words):
    """What `sensitivity --from` says of these points."""
    frame = pandas.DataFrame(x, columns=names)
    frame["y"] = y
    frame.to_csv(folder / "results.csv", index=False)
    told = thumbscale(folder, "--from", "results.csv", "--outcome", "y", "--format", "json", "--force", *words)
    return json.loads(told)["outcomes"][0]


def agree(what, ours, theirs):
    worst = numpy.max(numpy.abs(numpy.asarray(ours, dtype=float) - numpy.asarray(theirs, dtype=float)))
    if not worst < CLOSE:
        sys.exit(f"{what}: ours {ours}, SALib's {theirs}, apart by {worst}")
    print(f"{what}: apart by at most {worst:.1e}")


def overlap(what, ours, values, halves):
    for mine, value, half in zip(ours, values, halves):
        if mine["low"] > value + half or mine["high"] < value - half:
            sys.exit(f"{what}: our interval {mine} and SALib's {value} +- {half} do not overlap")


def compare_sobol(name, spec, x, y, second_order, folder):
    theirs = analyze_sobol.analyze(spec, y, calc_second_order=second_order, seed=1)
    ours = analysed(folder, spec["names"], x, y)["sobol"]
    first = [it["first"] for it in ours["parameters"]]
    total = [it["total"] for it in ours["parameters"]]
    agree(f"{name}: S1", [it["value"] for it in first], theirs["S1"])
    agree(f"{name}: ST", [it["value"] for it in total], theirs["ST"])
    overlap(f"{name}: S1", first, theirs["S1"], theirs["S1_conf"])
    overlap(f"{name}: ST", total, theirs["ST"], theirs["ST_conf"])
    if second_order:
        pairs = [theirs["S2"][it["first"], it["second"]] for it in ours["interactions"]]
        agree(f"{name}: S2", [it["index"]["value"] for it in ours["interactions"]], pairs)
    else:
        assert ours["interactions"] == []
    # Negative control: another order of outcomes is another result.
    turned = analysed(folder, spec["names"], x, numpy.roll(y, 1))["sobol"]["parameters"]
    assert abs(turned[0]["first"]["value"] - theirs["S1"][0]) > 1e-3


def compare_morris(name, spec, x, y, folder):
    theirs = analyze_morris.analyze(spec, x, y, num_levels=4, seed=1)
    ours = analysed(folder, spec["names"], x, y, "--method", "morris")["morris"]
    agree(f"{name}: mu", [it["mu"] for it in ours], theirs["mu"])
    agree(f"{name}: mu*", [it["mu_star"]["value"] for it in ours], theirs["mu_star"])
    agree(f"{name}: sigma", [it["sigma"] for it in ours], theirs["sigma"])
    overlap(f"{name}: mu*", [it["mu_star"] for it in ours], theirs["mu_star"], theirs["mu_star_conf"])


def exported(folder, count, *words):
    """A design that thumbscale made, and the same scaled to [0, 1]."""
    keys = ["memory.write", "policy.kl_strength", "policy.learning_rate", "world.stance_renewal"]
    keys += ["memory.opt_out_share", "memory.taste_rate"]
    keys = keys[:count]
    parameters = [word for key in keys for word in ("--parameter", f"{key}=0.25..0.75")]
    thumbscale(folder, "all-three", *parameters, *words, "--export", "design.csv")
    frame = pandas.read_csv(folder / "design.csv")
    assert list(frame.columns) == keys
    return keys, frame.to_numpy(), (frame.to_numpy() - 0.25) / 0.5


def main():
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        for title, (spec, model) in {"Ishigami": ISHIGAMI, "g": G}.items():
            for second_order in [False, True]:
                x = sample_sobol.sample(spec, 256, calc_second_order=second_order, seed=7)
                compare_sobol(f"SALib's design, {title}", spec, x, model(x), second_order, folder)
            x = sample_morris.sample(spec, 40, num_levels=4, seed=7)
            compare_morris(f"SALib's trajectories, {title}", spec, x, model(x), folder)

            low, high = spec["bounds"][0]
            count = spec["num_vars"]
            for second_order in [False, True]:
                words = ["--samples", "256"] + (["--second-order"] if second_order else [])
                keys, x, u = exported(folder, count, *words)
                y = model(low + u * (high - low))
                mine = problem(keys, 0.25, 0.75)
                compare_sobol(f"our design, {title}", mine, x, y, second_order, folder)
            keys, x, u = exported(folder, count, "--method", "morris", "--samples", "40")
            y = model(low + u * (high - low))
            compare_morris(f"our trajectories, {title}", problem(keys, 0.25, 0.75), x, y, folder)


main()
