"""The peers: how each is installed, started, and how long its implementation is."""

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
MODEL = HERE / "model.json"


@dataclass(frozen=True)
class Tool:
    name: str
    users: int
    sources: tuple[str, ...]
    """What states the model in this tool; drawing the population, timing and printing are left out."""
    package: str | None = None
    """On PyPI, pinned in requirements.txt; the tool without one is the crate."""


TOOLS = (
    Tool("NumPy", 1_000_000, ("with_numpy.py",), "numpy"),
    Tool("Numba", 1_000_000, ("with_numba.py",), "numba"),
    Tool("JAX", 1_000_000, ("with_jax.py",), "jax"),
    Tool("krABMaga", 1_000_000, ("krabmaga/src/user.rs", "krabmaga/src/world.rs")),
    Tool("Mesa", 20_000, ("with_mesa.py",), "mesa"),
)


class ToolError(Exception):
    """A tool could not be installed or run; the text says why."""


def call(command: list[str], doing: str, env: dict[str, str] | None = None, cwd: Path | None = None) -> str:
    """What the command prints."""
    try:
        return subprocess.run(command, check=True, capture_output=True, text=True, env=env, cwd=cwd).stdout
    except FileNotFoundError as error:
        raise ToolError(f"{doing}: {command[0]} is not there") from error
    except subprocess.CalledProcessError as error:
        raise ToolError(f"{doing}: {error.stderr.strip() or error}") from error


def single_thread() -> dict[str, str]:
    names = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS", "RAYON_NUM_THREADS")
    flags = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"
    return os.environ | dict.fromkeys(names, "1") | {"XLA_FLAGS": flags, "JAX_PLATFORMS": "cpu"}


def pin() -> list[str]:
    """Before a command, keeps it on the last core that this process may use; empty where that is not possible."""
    if not shutil.which("taskset") or not hasattr(os, "sched_getaffinity"):
        return []
    return ["taskset", "--cpu-list", str(max(os.sched_getaffinity(0)))]


def install(tool: Tool, folder: Path) -> list[str]:
    """Makes the tool ready in `folder`; returns the command that runs its implementation."""
    if tool.package is None:
        return [str(build_crate(folder))]
    python = folder / "venv" / ("Scripts" if os.name == "nt" else "bin") / "python"
    if not python.exists():
        call([sys.executable, "-m", "venv", str(folder / "venv")], "making a virtual environment")
    pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    call([*pip, "--constraint", str(HERE / "requirements.txt"), tool.package], f"installing {tool.package}")
    return [str(python), str(HERE / tool.sources[0])]


def build_crate(folder: Path) -> Path:
    """For this processor, as the compiled code of the Python tools is."""
    env = os.environ | {"CARGO_TARGET_DIR": str(folder / "target"), "RUSTFLAGS": "-C target-cpu=native"}
    manifest = HERE / "krabmaga" / "Cargo.toml"
    call(["cargo", "build", "--release", "--locked", f"--manifest-path={manifest}"], "building krABMaga", env)
    return folder / "target" / "release" / "krabmaga-peer"


def run(tool: Tool, command: list[str], users: int, rounds: int, seed: int, model: Path) -> dict[str, Any]:
    options = [f"--users={users}", f"--rounds={rounds}", f"--seed={seed}", f"--model={model}"]
    printed = call([*pin(), *command, *options], f"running {tool.name}", single_thread())
    return json.loads(printed.splitlines()[-1])


def lines_of_code(tool: Tool) -> int:
    """Without blank lines and comments."""
    lines = (line.strip() for source in tool.sources for line in (HERE / source).read_text().splitlines())
    return sum(1 for line in lines if line and not line.startswith(("#", "//")))
