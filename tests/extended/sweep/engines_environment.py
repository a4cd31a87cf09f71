"""A Python environment with the engines that a sweep can be given to, at the versions that were tried.

It is made once and removed at the end, or, if THUMBSCALE_ENGINES_VENV names a folder, kept there for the next time.
"""

from __future__ import annotations

import atexit
import functools
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

PINS = pathlib.Path(__file__).with_name("engines.txt")


@functools.cache
def programs() -> pathlib.Path:
    """The folder with the environment's programs; installs what is missing."""
    kept = os.environ.get("THUMBSCALE_ENGINES_VENV")
    folder = pathlib.Path(kept).resolve() if kept else _until_the_end()
    if not _is_installed(folder):
        _install(folder)
    return folder / "bin"


def _until_the_end() -> pathlib.Path:
    folder = pathlib.Path(tempfile.mkdtemp(prefix="engines-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def _is_installed(folder: pathlib.Path) -> bool:
    """Whether an installation of the same versions came to its end there."""
    mark = folder / PINS.name
    return mark.is_file() and mark.read_text() == PINS.read_text()


def _install(folder: pathlib.Path) -> None:
    subprocess.run([sys.executable, "-m", "venv", "--clear", folder], check=True)
    # What is compiled is compiled when it is used: most of it is not.
    pip = [str(folder / "bin/pip"), "install", "--quiet", "--disable-pip-version-check", "--no-compile"]
    subprocess.run([*pip, "--requirement", PINS], check=True)
    shutil.copy(PINS, folder)
