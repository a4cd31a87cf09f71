"""The lab itself: two of them do not meet, and what ends with a lab is the lab."""

from __future__ import annotations

import subprocess
import unittest

import processes
from slurm_config import Shape
from slurm_lab import SlurmLab

SMALL = Shape(nodes=1)


class Lab(unittest.TestCase):
    def test_it_leaves_nothing_and_ends_nobody_else(self) -> None:
        with SlurmLab(SMALL) as lab:
            bystander = subprocess.Popen(["sleep", "60"], env=lab.environment())
            lab.sbatch("--output=/dev/null", "--wrap=sleep 60")
            processes.wait_until(lab.job_processes, 20, "a job")
            jobs = lab.job_processes()
        self.assertEqual([it for it in jobs if it.alive()], [])
        self.assertFalse(lab.folder.exists())
        self.assertIsNone(bystander.poll())
        bystander.kill()
        bystander.wait()

    def test_two_labs_do_not_meet(self) -> None:
        with SlurmLab(SMALL) as one, SlurmLab(SMALL) as two:
            one.sbatch("--output=/dev/null", "--wrap=sleep 60")
            self.assertEqual([it.state for it in two.squeue()], [])
            one.stop()
            self.assertEqual(two.node_states(), {"node1": "idle"})

    def test_a_killed_node_takes_its_jobs_along(self) -> None:
        with SlurmLab(Shape(nodes=2)) as lab:
            lab.sbatch("--output=/dev/null", "--array=1-2", "--wrap=exec sleep 60")
            processes.wait_until(lambda: len(lab.job_processes()) == 2, 20, "two jobs")
            lab.kill_node(1)
            left = [processes.variables(it)["SLURMD_NODENAME"] for it in lab.job_processes()]
            self.assertEqual(left, ["node2"])


if __name__ == "__main__":
    unittest.main()
