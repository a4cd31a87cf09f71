"""`thumbscale sweep` on a real Slurm, with what happens on clusters: jobs, nodes and the controller die and come back.

    THUMBSCALE=target/release/thumbscale python3 -m unittest discover -s tests/extended/sweep -v

THUMBSCALE_SWEEP_RUNS is the size of the undisturbed sweep, 400 runs unless set; 10000 take some minutes.
"""

from __future__ import annotations

import os
import signal
import time
import unittest

import processes
from processes import Process, wait_until
from slurm_config import Shape
from slurm_lab import SlurmLab
from small_disk import SmallDisk
from sweeps import FAILED, Sweep, SweepTest

RUNS = int(os.environ.get("THUMBSCALE_SWEEP_RUNS", "400"))
SAMPLES = 96
PATIENCE = 120
# Seconds after which a worker puts finished runs on disk, and after which one without a sign of life is lost.
KEEP_EVERY = 30
LOST_AFTER = 90


class OnSlurm(SweepTest):
    """A test with a Slurm of its own."""

    shape = Shape()

    def setUp(self) -> None:
        super().setUp()
        self.lab = self.enterContext(SlurmLab(self.shape))
        self.sweep = Sweep(self.place / "sweep", self.lab.environment())

    def workers(self) -> dict[int, Process]:
        """The process of each shard that is being computed."""
        words = {it: processes.arguments(it) for it in self.lab.job_processes()}
        return {int(it[it.index("--shard") + 1]): who for who, it in words.items() if {"run", "--shard"} <= set(it)}

    def wait_for_workers(self, count: int) -> dict[int, Process]:
        """Waits until so many shards are being computed."""
        found: dict[int, Process] = {}

        def look() -> bool:
            found.update(self.workers())
            return len(found) >= count

        wait_until(look, PATIENCE, f"{count} workers", every=0.05)
        return found

    def wait_for_finished(self, count: int) -> None:
        """Waits until so many shards are finished."""
        wait_until(lambda: len(self.sweep.finished()) >= count, PATIENCE, f"{count} finished shards", every=0.05)

    def assert_finished_by_the_jobs(self) -> None:
        """The last job of all merges; so nothing is left to do when the queue is empty."""
        self.lab.wait_idle(PATIENCE)
        self.assert_whole(self.sweep, SAMPLES)


class Undisturbed(OnSlurm):
    def test_an_array_on_four_nodes_and_its_merge(self) -> None:
        self.sweep.plan(RUNS // 2, shards=max(16, RUNS // 100))
        jobs = self.sweep.submit()
        self.assertEqual(len(jobs), 2, "an array and its merge")
        self.lab.wait_idle(PATIENCE + RUNS)
        self.assert_whole(self.sweep, RUNS // 2)

    def test_what_is_queued_is_not_queued_twice_unless_asked(self) -> None:
        self.sweep.plan(SAMPLES, shards=8)
        self.assertEqual(len(self.sweep.submit()), 2)
        self.assertEqual(self.sweep.submit(), [])
        self.assertEqual(len(self.sweep.submit("--again")), 2)
        self.assert_finished_by_the_jobs()
        self.assertEqual(self.sweep.submit("--again"), [], "nothing is missing")


class Jobs(OnSlurm):
    def test_a_killed_worker_is_named_and_its_finished_runs_are_kept(self) -> None:
        self.sweep.plan(SAMPLES, shards=4).submit()
        shard, worker = self._worker_that_hung()
        processes.kill([worker])
        self.lab.wait_idle(PATIENCE)
        self.assertEqual(sorted(self.sweep.finished()), sorted({1, 2, 3, 4} - {shard}))
        self.sweep.let_pass(LOST_AFTER)
        self.assertEqual(self.sweep.troubles(), {shard: "lost"})
        self.assertGreater(self.sweep.status()["runs"]["done"], SAMPLES * 2 * 3 // 4)
        self.sweep.submit()
        self.assert_finished_by_the_jobs()

    def _worker_that_hung(self) -> tuple[int, Process]:
        """A worker in the middle of its shard, stopped for so long that it puts on disk what it has when it goes on."""
        shard, worker = next(iter(self.wait_for_workers(1).items()))
        attempts = self.sweep.folder / "attempts"
        wait_until(lambda: any(attempts.glob(f"{shard:05}.*.json")), PATIENCE, "first sign of life", every=0.02)
        worker.send(signal.SIGSTOP)
        time.sleep(KEEP_EVERY)
        worker.send(signal.SIGCONT)
        wait_until(lambda: self.sweep.parts_of(shard), PATIENCE, "finished runs on disk", every=0.02)
        return shard, worker

    def test_cancelled_and_requeued_tasks(self) -> None:
        array = self.sweep.plan(SAMPLES, shards=8).submit()[0]
        cancelled, again, *_ = sorted(self.wait_for_workers(3))
        self.lab.scancel(f"{array}_{cancelled}")
        self.lab.scontrol("requeue", f"{array}_{again}")
        self.lab.wait_idle(PATIENCE)
        self.assertEqual(sorted(self.sweep.finished()), sorted(set(range(1, 9)) - {cancelled}))
        self.assertEqual(self.sweep.status()["shards"]["waiting"], 1)
        self.sweep.submit()
        self.assert_finished_by_the_jobs()

    def test_a_completed_task_that_is_queued_again_does_nothing(self) -> None:
        array = self.sweep.plan(SAMPLES, shards=4).submit()[0]
        self.lab.wait_idle(PATIENCE)
        before = self.sweep.times()
        self.lab.scontrol("requeue", f"{array}_2")
        self.assertNotEqual(self.lab.squeue(), [])
        self.lab.wait_idle(PATIENCE)
        self.assertEqual(self.sweep.times(), before)
        self.assert_whole(self.sweep, SAMPLES)


class Nodes(OnSlurm):
    def test_one_dies_and_comes_back_one_is_taken_down_one_is_drained(self) -> None:
        array = self.sweep.plan(SAMPLES, shards=8).submit()[0]
        self.wait_for_workers(4)
        self.lab.kill_node(1)
        self.lab.down(2)
        self.lab.drain(3)
        self.lab.wait_nodes("down*", [1], 60)
        self.lab.start_node(1)
        self.lab.resume(2)
        self.lab.resume(3)
        self.assert_finished_by_the_jobs()
        self.assertIn("Restarts=1", self.lab.scontrol("show", "job", array), "nothing was disturbed")


class Controller(OnSlurm):
    def test_a_restart_between_two_tasks(self) -> None:
        self.sweep.plan(SAMPLES, shards=8).submit()
        self.wait_for_finished(1)
        self.lab.stop_controller(graceful=True)
        self.lab.start_controller()
        self.assert_finished_by_the_jobs()

    def test_a_killed_controller_forgets_jobs_and_the_folder_does_not(self) -> None:
        self.sweep.plan(SAMPLES, shards=8).submit()
        self.wait_for_finished(1)
        self.lab.stop_controller(graceful=False)
        self.lab.start_controller()
        for _ in range(4):
            self._settle()
            if not self.sweep.submit():
                break
        self.sweep.call("merge")
        self.assert_whole(self.sweep, SAMPLES)

    def _settle(self) -> None:
        """Waits for the end of all jobs, or makes one: nodes may be drained now, and jobs never start."""
        try:
            self.lab.wait_idle(45)
        except TimeoutError:
            self.lab.scancel("--user=root")
            for number in self.lab.numbers():
                self.lab.resume(number)
            self.lab.wait_idle(45)
        wait_until(lambda: not self.workers(), PATIENCE, "end of workers that Slurm has forgotten")
        self.sweep.let_pass(LOST_AFTER)


class SmallArrays(OnSlurm):
    shape = Shape(max_array_size=11)

    def test_more_shards_than_an_array_may_have(self) -> None:
        self.sweep.plan(SAMPLES, shards=25)
        self.assertEqual(len(self.sweep.submit()), 3 + 1, "three arrays and a merge")
        self.assert_finished_by_the_jobs()

    def test_a_refused_job_is_a_failure_with_its_reason(self) -> None:
        self.sweep.plan(SAMPLES, shards=25)
        told = self.sweep.call("submit", "--on", "slurm", "--partition", "nowhere", expect=FAILED)
        self.assertIn("invalid partition", told.stderr)
        self.assertEqual(told.stdout, "")
        self.assertEqual(self.lab.squeue(), [])


class FullDisk(OnSlurm):
    def test_jobs_on_a_full_disk_say_so_and_room_is_all_it_takes(self) -> None:
        disk = self.enterContext(SmallDisk(self.place / "disk"))
        self.sweep = Sweep(disk.folder / "sweep", self.lab.environment()).plan(SAMPLES, shards=2)
        array = self.sweep.submit("--option=--hold", "--no-merge")[0]
        # Room for two signs of life and half a shard.
        disk.fill(left=disk.PAGE * 3)
        self.lab.scontrol("release", array)
        self.lab.wait_idle(PATIENCE)
        self.assertEqual([self.sweep.finished(), self.sweep.strangers()], [{}, []])
        self.assertRegex(" ".join(it["reason"] for it in self.sweep.status()["troubles"]), "no space left")
        disk.enlarge()
        # Where there was no room for the reason either, the last sign must grow old first.
        self.sweep.let_pass(LOST_AFTER)
        self.sweep.submit()
        self.assert_finished_by_the_jobs()


if __name__ == "__main__":
    unittest.main()
