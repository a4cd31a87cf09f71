"""`thumbscale sweep` on a real Slurm, with what happens on clusters: jobs, nodes and the controller die and come back.

    THUMBSCALE=target/release/thumbscale python3 -m unittest discover -s tests/extended/sweep -v

THUMBSCALE_SWEEP_RUNS is the size of the undisturbed sweep, 400 runs unless set; 10000 is a good night's test.
"""

from __future__ import annotations

import os

import processes
from processes import Process, wait_until
from slurm_config import Shape
from slurm_lab import SlurmLab
from sweeps import FAILED, Sweep, SweepTest

RUNS = int(os.environ.get("THUMBSCALE_SWEEP_RUNS", "400"))
SAMPLES = 48
PATIENCE = 120


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
        return {int(it[it.index("--shard") + 1].partition("/")[0]): who for who, it in words.items() if _is_worker(it)}

    def wait_for_a_part(self) -> int:
        """Waits until some shard is half done, and names it."""
        half: list[int] = []

        def look() -> list[int]:
            half[:] = [shard for shard in self.workers() if self.sweep.parts_of(shard)]
            return half

        wait_until(look, PATIENCE, "first part of a shard")
        return half[0]

    def wait_for_finished(self, count: int) -> None:
        wait_until(lambda: len(self.sweep.finished()) >= count, PATIENCE, f"{count} finished shards", every=0.05)


def _is_worker(words: list[str]) -> bool:
    return {"sweep", "run", "--shard"} <= set(words)


class Undisturbed(OnSlurm):
    def test_an_array_on_four_nodes_and_its_merge(self) -> None:
        self.sweep.plan(RUNS // 2, shards=16)
        jobs = self.sweep.submit()
        self.assertEqual(len(jobs), 2, "an array and its merge")
        self.lab.wait_idle(PATIENCE + RUNS)
        self.assert_whole(self.sweep, RUNS // 2)
        self.assertEqual(self.sweep.submit(), [], "nothing is missing")


class Jobs(OnSlurm):
    def test_a_killed_worker_is_named_and_its_finished_runs_are_kept(self) -> None:
        self.sweep.plan(SAMPLES, shards=4).submit()
        shard = self.wait_for_a_part()
        processes.kill([self.workers()[shard]])
        self.lab.wait_idle(PATIENCE)
        wait_until(lambda: self.sweep.troubles().get(shard) in ("failed", "lost"), PATIENCE, "word of the killed shard")
        self.assertEqual(sorted(self.sweep.finished()), sorted({1, 2, 3, 4} - {shard}))
        self.assertNotEqual(self.sweep.parts_of(shard), [])
        self.sweep.submit()
        self.lab.wait_idle(PATIENCE)
        self.assert_whole(self.sweep, SAMPLES)

    def test_cancelled_and_requeued_tasks(self) -> None:
        array = self.sweep.plan(SAMPLES, shards=8).submit()[0]
        wait_until(lambda: len(self.workers()) >= 3, PATIENCE, "three workers")
        cancelled, again, *_ = sorted(self.workers())
        self.lab.scancel(f"{array}_{cancelled}")
        self.lab.scontrol("requeue", f"{array}_{again}")
        self.lab.wait_idle(PATIENCE)
        self.assertEqual(sorted(self.sweep.finished()), sorted(set(range(1, 9)) - {cancelled}))
        self.sweep.submit()
        self.lab.wait_idle(PATIENCE)
        self.assert_whole(self.sweep, SAMPLES)

    def test_a_completed_task_that_is_queued_again_does_nothing(self) -> None:
        array = self.sweep.plan(SAMPLES, shards=4).submit()[0]
        self.lab.wait_idle(PATIENCE)
        before = {shard: it.stat().st_mtime_ns for shard, it in self.sweep.finished().items()}
        self.lab.scontrol("requeue", f"{array}_2")
        self.assertNotEqual(self.lab.squeue(), [])
        self.lab.wait_idle(PATIENCE)
        self.assertEqual({shard: it.stat().st_mtime_ns for shard, it in self.sweep.finished().items()}, before)
        self.assert_whole(self.sweep, SAMPLES)


class Nodes(OnSlurm):
    def test_a_node_that_dies_and_one_that_is_taken_down(self) -> None:
        self.sweep.plan(SAMPLES, shards=8).submit()
        self.wait_for_a_part()
        self.lab.kill_node(1)
        self.lab.down(2)
        self.lab.drain(3)
        self.lab.wait_nodes("down*", [1], 60)
        self.lab.start_node(1)
        self.lab.resume(2)
        self.lab.resume(3)
        self.lab.wait_idle(PATIENCE)
        self.assert_whole(self.sweep, SAMPLES)


class Controller(OnSlurm):
    def test_a_restart_between_two_tasks(self) -> None:
        self.sweep.plan(SAMPLES, shards=8).submit()
        self.wait_for_finished(1)
        self.lab.stop_controller(graceful=True)
        self.lab.start_controller()
        self.lab.wait_idle(PATIENCE)
        self.assert_whole(self.sweep, SAMPLES)

    def test_a_killed_controller_forgets_jobs_and_the_folder_does_not(self) -> None:
        self.sweep.plan(SAMPLES, shards=8).submit()
        self.wait_for_finished(1)
        self.lab.stop_controller(graceful=False)
        self.lab.start_controller()
        self.assertEqual(self.sweep.status()["shards"]["damaged"], 0)
        for _ in range(3):
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


class SmallArrays(OnSlurm):
    shape = Shape(max_array_size=11)

    def test_more_shards_than_an_array_may_have(self) -> None:
        self.sweep.plan(SAMPLES, shards=25)
        self.assertEqual(len(self.sweep.submit()), 3 + 1, "three arrays and a merge")
        self.lab.wait_idle(PATIENCE)
        self.assert_whole(self.sweep, SAMPLES)

    def test_a_refused_job_is_a_failure_with_its_reason(self) -> None:
        self.sweep.plan(SAMPLES, shards=25)
        told = self.sweep.call("submit", "--on", "slurm", "--partition", "nowhere", expect=FAILED)
        self.assertIn("invalid partition", told.stderr)
        self.assertEqual(told.stdout, "")
        self.assertEqual(self.lab.squeue(), [])
