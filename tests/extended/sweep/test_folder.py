"""The sweep folder without a cluster: damaged files, full disks, workers that die or meet, clocks that are wrong."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import time
import unittest

import packages
from processes import wait_until
from small_disk import SmallDisk
from sweeps import BAD_INPUT, FAILED, FINE, INTERRUPTED, REPLICATES, Sweep, SweepTest

SAMPLES = 48
PATIENCE = 60
LOST_AFTER = 90
ATTEMPTS = 3


class Folder(SweepTest):
    """A test of one sweep on this machine."""

    def setUp(self) -> None:
        super().setUp()
        self.sweep = Sweep(self.place / "sweep")

    def start(self, shard: int, before: tuple[str, ...] = ()) -> subprocess.Popen[bytes]:
        """A worker, in the middle of a shard."""
        command = [*before, *self.sweep.command("run", "--shard", shard, "--threads", 1)]
        worker = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.addCleanup(end, worker)
        wait_until(lambda: self.sweep.status()["shards"]["running"], PATIENCE, "a running shard", every=0.02)
        return worker

    def assert_finished_here(self, samples: int = SAMPLES) -> None:
        """What is missing is run, and all is merged."""
        self.sweep.call("run")
        self.sweep.call("merge")
        self.assert_whole(self.sweep, samples)


def end(worker: subprocess.Popen[bytes]) -> None:
    """Also when the test failed in between."""
    worker.kill()
    worker.wait()


class Damage(Folder):
    def test_a_cut_shard_and_one_with_a_hole_are_found_and_only_they_are_run_again(self) -> None:
        self.sweep.plan(SAMPLES, shards=6).call("run")
        before, files = self.sweep.times(), self.sweep.finished()
        os.truncate(files[2], files[2].stat().st_size - 1)
        files[5].write_bytes(with_hole(files[5].read_bytes()))
        self.assertEqual(self.sweep.troubles(), {2: "damaged", 5: "damaged"})
        self.assertIn("shards 2 and 5", self.sweep.call("merge", expect=FAILED).stderr)
        self.assert_finished_here()
        after = self.sweep.times()
        self.assertEqual({shard for shard in before if before[shard] != after[shard]}, {2, 5})

    def test_a_flipped_bit_is_found_or_changes_nothing(self) -> None:
        self.sweep.plan(12, shards=2).call("run")
        self.sweep.call("merge")
        whole, shard = self.sweep.results(), self.sweep.finished()[1]
        data, found = shard.read_bytes(), 0
        for place in range(len(data) // 80, len(data), len(data) // 40):
            shard.write_bytes(flipped(data, place))
            found += self.sweep.call("merge", expect=None).returncode == FAILED
            self.assertEqual(self.sweep.results(), whole, f"byte {place}")
        self.assertGreater(found, 8)

    def test_an_edited_plan_is_refused(self) -> None:
        self.sweep.plan(SAMPLES, shards=6)
        for name in ("manifest-1.json", "points-1.parquet"):
            file = self.sweep.folder / name
            whole = file.read_bytes()
            file.write_bytes(flipped(whole, len(whole) // 2))
            for verb in (["run"], ["status"], ["merge"], ["retry"], ["submit", "--on", "slurm"]):
                self.assertIn(name, self.sweep.call(*verb, expect=BAD_INPUT).stderr)
            file.write_bytes(whole)
            self.sweep.call("status")


def flipped(data: bytes, place: int) -> bytes:
    """One bit is another."""
    return data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :]


def with_hole(data: bytes) -> bytes:
    """Zeros in the first half, where the rows are: what is left of a block that was never written."""
    return data[:128] + bytes(64) + data[192:]


class Workers(Folder):
    def test_two_of_one_shard_leave_one_whole_file(self) -> None:
        self.sweep.plan(SAMPLES, shards=4)
        both = [self.start(1), self.start(1)]
        self.assertEqual([it.wait(PATIENCE) for it in both], [FINE, FINE])
        self.assertEqual(list(self.sweep.finished()), [1])
        self.assert_finished_here()

    def test_finished_runs_of_one_that_was_asked_to_stop_are_not_run_again(self) -> None:
        # More than a worker can do before it is asked.
        samples = 10 * SAMPLES
        self.sweep.plan(samples, shards=1)
        worker = self.start(1)
        time.sleep(0.7)
        worker.send_signal(signal.SIGTERM)
        self.assertEqual(worker.wait(PATIENCE), INTERRUPTED)
        kept = self.sweep.status()["runs"]["done"]
        self.assertGreater(kept, 0)
        told = re.search(r"^(\d+) runs in", self.sweep.call("run").stderr, re.MULTILINE)
        self.assertEqual(told and int(told[1]), samples * REPLICATES - kept)
        self.assert_finished_here(samples)

    def test_a_shard_that_kills_its_workers_is_left_alone_until_retry(self) -> None:
        self.sweep.plan(SAMPLES, shards=1)
        for _ in range(ATTEMPTS):
            worker = self.start(1)
            worker.kill()
            worker.wait()
            self.sweep.let_pass(LOST_AFTER)
        self.assertEqual(self.sweep.status()["troubles"][0]["attempts"], ATTEMPTS)
        self.assertIn("shard 1 failed too often", self.sweep.call("submit", "--on", "slurm", expect=FAILED).stderr)
        self.sweep.call("retry")
        self.assert_finished_here()


class FullDisk(Folder):
    def test_a_full_disk_is_told_and_room_is_all_it_takes(self) -> None:
        disk = self.enterContext(SmallDisk(self.place / "disk"))
        self.sweep = Sweep(disk.folder / "sweep").plan(SAMPLES, shards=8)
        disk.fill(left=disk.PAGE * 4)
        self.assertIn("No space left", self.sweep.call("run", expect=FAILED).stderr)
        self.assertEqual(self.sweep.status()["shards"]["damaged"], 0)
        self.assertEqual(self.sweep.strangers(), [])
        disk.enlarge()
        self.assert_finished_here()


class Clocks(Folder):
    def test_workers_an_hour_off_are_not_lost(self) -> None:
        packages.require(["faketime"], ["faketime"])
        self.sweep.plan(SAMPLES, shards=2)
        workers = [self.start(1, ("faketime", "-f", "-1h")), self.start(2, ("faketime", "-f", "+1h"))]
        self.assertEqual(self.sweep.status()["shards"]["lost"], 0)
        late = subprocess.run(["faketime", "-f", "+1h", *self.sweep.command("status")], capture_output=True, text=True)
        self.assertIn("running", late.stdout)
        self.assertNotIn("lost", late.stdout)
        self.assertEqual([it.wait(PATIENCE) for it in workers], [FINE, FINE])
        self.assert_finished_here()


if __name__ == "__main__":
    unittest.main()
