"""A file system of a megabyte, to be full."""

from __future__ import annotations

import mmap
import os
import pathlib
import subprocess
import unittest


class SmallDisk:
    """Mounted inside the context. Skips the test loudly where nothing can be mounted."""

    PAGE = mmap.PAGESIZE
    """What the smallest file takes."""

    def __init__(self, folder: pathlib.Path) -> None:
        self.folder = folder

    def __enter__(self) -> SmallDisk:
        self.folder.mkdir()
        command = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(self.folder)]
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode != 0:
            raise unittest.SkipTest(f"SKIPPED: a full disk needs `mount`, which says: {done.stderr.strip()}")
        return self

    def __exit__(self, *_: object) -> None:
        subprocess.run(["umount", self.folder], check=True)

    def fill(self, left: int) -> None:
        """Leaves so many bytes free."""
        space = os.statvfs(self.folder)
        (self.folder / "filler").write_bytes(bytes(space.f_bavail * space.f_frsize - left))

    def enlarge(self) -> None:
        """Makes room."""
        subprocess.run(["mount", "-o", "remount,size=16m", self.folder], check=True)
