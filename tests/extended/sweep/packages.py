"""Programs that come as Debian packages, installed when they are missing."""

from __future__ import annotations

import os
import pathlib
import shutil
import subprocess

LISTS = pathlib.Path("/var/lib/apt/lists")


class UnavailableError(Exception):
    """The programs are not here and cannot be installed here."""


def search_path() -> str:
    """PATH with the folders of daemons, which ordinary users often lack."""
    return os.environ.get("PATH", os.defpath) + ":/usr/local/sbin:/usr/sbin:/sbin"


def missing(programs: list[str]) -> list[str]:
    """Those of the programs that are not found."""
    return [name for name in programs if shutil.which(name, path=search_path()) is None]


def _apt(*words: str) -> None:
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive", "PATH": search_path()}
    done = subprocess.run(["apt-get", "-qq", "-o", "DPkg::Lock::Timeout=300", *words], env=environment, capture_output=True, text=True)
    if done.returncode != 0:
        raise UnavailableError(f"apt-get {' '.join(words)} failed:\n{done.stdout}{done.stderr}")


def require(programs: list[str], packages: list[str]) -> None:
    """Installs the packages unless all programs are there."""
    absent = missing(programs)
    if not absent:
        return
    if os.geteuid() != 0 or missing(["apt-get"]):
        raise UnavailableError(f"{', '.join(absent)} not found; root on Debian would install {' '.join(packages)}")
    if not any(LISTS.glob("*Packages*")):
        _apt("update")
    _apt("install", "--yes", "--no-install-recommends", *packages)
