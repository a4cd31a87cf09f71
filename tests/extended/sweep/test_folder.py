"""The sweep folder without a cluster: full disks, damaged files, two workers at once, clocks that are wrong."""

from __future__ import annotations

import os
import pathlib
import subprocess
import unittest

import packages
from processes import wait_until
from sweeps import BAD_INPUT, FAILED, FINE, Sweep, SweepTest

SAMPLES = 48
PATIENCE = 60


class Folder(SweepTest):
    def setUp(self) -> None:
        super().setUp()
        self.sweep = Sweep(self.place / "sweep")

    def times(self) -> dict[int, int]:
        """When each finished shard was written."""
        return {shard: it.stat().st_mtime_ns for shard, it in self.sweep.finished().items()}


class Damage(Folder):
    def test_a_cut_and_a_flipped_shard_are_found_and_only_they_are_run_again(self) -> None:
        self.sweep.plan(SAMPLES, shards=6).call("run")
        before = self.times()
        files = self.sweep.finished()
        os.truncate(files[2], files[2].stat().st_size - 1)
        flip(files[5])
        self.assertEqual(self.sweep.troubles(), {2: "damaged", 5: "damaged"})
        self.sweep.call("merge", expect=FAILED)
        self.sweep.call("run")
        after = self.times()
        self.assertEqual({shard for shard in before if before[shard] != after[shard]}, {2, 5})
        self.sweep.call("merge")
        self.assert_whole(self.sweep, SAMPLES)

    def test_an_edited_manifest_is_refused(self) -> None:
        self.sweep.plan(SAMPLES, shards=6)
        manifest = self.sweep.folder / "manifest-1.json"
        text = manifest.read_text()
        manifest.write_text(text.replace("1", "2", 1))
        for verb in ("run", "status", "merge", "retry"):
            self.assertIn("manifest-1.json", self.sweep.call(verb, expect=BAD_INPUT).stderr)
        manifest.write_text(text)
        self.sweep.call("status")


def flip(file: pathlib.Path) -> None:
    """One bit in the middle is another."""
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 1
    file.write_bytes(data)


class TwoAtOnce(Folder):
    def test_two_workers_of_one_shard_leave_one_whole_file(self) -> None:
        self.sweep.plan(SAMPLES, shards=4)
        command = self.sweep.command("run", "--shard", 1, "--threads", 1)
        both = [subprocess.Popen(command, stdout=subprocess.DEVNULL) for _ in range(2)]
        self.assertEqual([it.wait(PATIENCE) for it in both], [FINE, FINE])
        self.assertEqual(list(self.sweep.finished()), [1])
        self.sweep.call("run")
        self.sweep.call("merge")
        self.assert_whole(self.sweep, SAMPLES)


class FullDisk(Folder):
    def setUp(self) -> None:
        super().setUp()
        self.disk = self.place / "disk"
        self.disk.mkdir()
        command = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(self.disk)]
        mounted = subprocess.run(command, capture_output=True, text=True)
        if mounted.returncode != 0:
            self.skipTest(f"SKIPPED, no file system can be mounted here: {mounted.stderr.strip()}")
        self.addCleanup(lambda: subprocess.run(["umount", self.disk], check=True))
        self.sweep = Sweep(self.disk / "sweep")

    def fill(self, left: int) -> None:
        """Leaves so many bytes."""
        space = os.statvfs(self.disk)
        (self.disk / "filler").write_bytes(bytes(space.f_bavail * space.f_frsize - left))

    def test_a_full_disk_is_told_and_room_is_all_it_takes(self) -> None:
        self.sweep.plan(SAMPLES, shards=4)
        self.fill(left=16384)
        told = self.sweep.call("run", expect=FAILED)
        self.assertRegex(told.stderr, "(?i)no space left|disk .*full")
        self.assertEqual(self.sweep.status()["shards"]["damaged"], 0)
        self.assertEqual(self.sweep.strangers(), [])
        subprocess.run(["mount", "-o", "remount,size=16m", self.disk], check=True)
        self.sweep.call("run")
        self.sweep.call("merge")
        self.assert_whole(self.sweep, SAMPLES)


class Clocks(Folder):
    def setUp(self) -> None:
        super().setUp()
        packages.require(["faketime"], ["faketime"])

    def start(self, shard: int, shift: str) -> subprocess.Popen[bytes]:
        """A worker whose clock is off."""
        command = ["faketime", "-f", shift, *self.sweep.command("run", "--shard", shard, "--threads", 1)]
        return subprocess.Popen(command, stdout=subprocess.DEVNULL)

    def test_workers_an_hour_off_are_not_lost(self) -> None:
        self.sweep.plan(SAMPLES, shards=2)
        workers = [self.start(1, "-1h"), self.start(2, "+1h")]
        wait_until(lambda: self.sweep.status()["shards"]["running"] == 2, PATIENCE, "two running shards")
        while any(it.poll() is None for it in workers):
            self.assertEqual(self.sweep.status()["shards"]["lost"], 0)
        self.assertEqual([it.wait() for it in workers], [FINE, FINE])
        self.sweep.call("merge")
        self.assert_whole(self.sweep, SAMPLES)


if __name__ == "__main__":
    unittest.main()
