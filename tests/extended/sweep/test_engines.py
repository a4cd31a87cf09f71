"""Sweeps on the engines beside Slurm's own arrays: the files that `sweep submit --on ENGINE` writes, run for real.

    THUMBSCALE=target/release/thumbscale python3 -m unittest discover -s tests/extended/sweep -v

In every test the merged files must be, byte for byte, those of one thread on one machine.
"""

from __future__ import annotations

import json
import os
import pathlib
import shlex
import subprocess
import time
import unittest

import packages
import processes
from engine_test import SAMPLES, SHARDS, EngineTest
from processes import Process, wait_until
from slurm_config import Shape
from slurm_lab import PROGRAMS, SlurmLab
from sweeps import BAD_INPUT, FAILED, program

PATIENCE = 120
ATTEMPTS = 3


class Snakemake(EngineTest):
    engine = "snakemake"

    def snakemake(self, file: pathlib.Path, *words: object, expect: int = 0) -> str:
        """Runs Snakemake to its end."""
        return self.run_here("snakemake", "--snakefile", file, "--cores", 2, *words, expect=expect)

    def test_all_shards_and_then_only_the_one_that_was_deleted(self) -> None:
        file = self.planned()
        self.snakemake(file)
        self.assert_whole(self.sweep, SAMPLES)
        before = self.sweep.times()
        self.sweep.finished()[3].unlink()
        for part in (self.sweep.folder / "results").iterdir():
            part.unlink()
        self.snakemake(file)
        self.assert_whole(self.sweep, SAMPLES)
        after = self.sweep.times()
        self.assertEqual({shard for shard in before if before[shard] != after[shard]}, {3})

    def test_it_does_not_notice_a_damaged_shard_and_a_run_does(self) -> None:
        file = self.planned()
        self.sweep.call("run")
        self.sweep.call("merge")
        cut_without_a_trace(self.sweep.finished()[2])
        self.assertIn("Nothing to be done", self.snakemake(file))
        self.assertEqual(self.sweep.troubles(), {2: "damaged"})
        self.sweep.call("run")
        # Now the shard is newer than the results.
        self.assertIn("rule merge", self.snakemake(file))
        self.assert_whole(self.sweep, SAMPLES)

    def test_shards_that_fail_are_a_failure_that_names_them(self) -> None:
        file = self.planned(shards=2)
        self.alter_plan()
        said = self.snakemake(file, "--keep-going", expect=FAILED)
        self.assertEqual(said.count("Error in rule shard"), 2 * ATTEMPTS, said)
        self.assertIn("shards/00002.parquet", said)


def cut_without_a_trace(file: pathlib.Path) -> None:
    """A byte less, and the time of the last change is as it was."""
    before = file.stat()
    os.truncate(file, before.st_size - 1)
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))


class SnakemakeOnSlurm(EngineTest):
    engine = "snakemake"
    shards = 4
    # Nobody keeps accounts in the lab, so the queue is asked; and what is short need not be asked for long.
    options = shlex.split(
        "--executor slurm --jobs 4 --default-resources slurm_account=none slurm_partition=main "
        "--slurm-status-command squeue --slurm-init-seconds-before-status-checks 5 "
        "--seconds-between-status-checks 3 --latency-wait 2"
    )

    def setUp(self) -> None:
        super().setUp()
        try:
            self.lab = self.enterContext(SlurmLab(Shape()))
        except packages.UnavailableError as error:
            self.skipTest(f"SKIPPED: there is no Slurm: {error}")

    def surroundings(self) -> dict[str, str]:
        own = super().surroundings() | {"SLURM_CONF": str(self.lab.conf)}
        return own | {"PATH": f"{self.wrappers()}:{own['PATH']}:/usr/sbin"}

    def wrappers(self) -> pathlib.Path:
        """Slurm's programs, each told which Slurm: in jobs the executor takes away all variables named SLURM_*."""
        folder = self.place / "slurm"
        folder.mkdir(exist_ok=True)
        for name in [*PROGRAMS, "srun", "sacct", "sacctmgr"]:
            wrapper = folder / name
            wrapper.write_text(f'#!/bin/sh\nSLURM_CONF={self.lab.conf} exec /usr/bin/{name} "$@"\n')
            wrapper.chmod(0o755)
        return folder

    def test_each_shard_is_a_job(self) -> None:
        file = self.planned(shards=self.shards)
        self.finish(self.start("snakemake", "--snakefile", file, *self.options), patience=240)
        self.assert_whole(self.sweep, SAMPLES)
        completed = (self.lab.folder / "log/completed.txt").read_text().count("JobState=COMPLETED")
        self.assertEqual(completed, self.shards)


class Dask(EngineTest):
    engine = "dask"
    samples = 48

    def run_on_dask(self, file: pathlib.Path) -> subprocess.Popen[str]:
        """Starts the script."""
        return self.start("python", file, "--workers", 2)

    def test_a_killed_worker_is_replaced_and_its_shard_run_again(self) -> None:
        script = self.run_on_dask(self.planned(self.samples, shards=4))
        shard, victims = self.worker(script)
        processes.kill(victims)
        self.assertNotIn(shard, self.sweep.finished())
        self.assertIn("4 of 4 shards", self.finish(script))
        self.assert_whole(self.sweep, self.samples)

    def worker(self, script: subprocess.Popen[str]) -> tuple[int, list[Process]]:
        """A worker in the middle of a shard, with its process: what is lost with a machine."""
        wait_until(lambda: self.computing() or script.poll(), PATIENCE, "a shard that is computed", every=0.02)
        self.assertIsNone(script.poll(), script.poll() and script.communicate()[0])
        time.sleep(0.3)
        shard, process = self.computing().popitem()
        above = processes.parent(process)
        assert above is not None
        self.assertIn("spawn_main", " ".join(processes.arguments(above)), "not a worker of Dask")
        return shard, [above, process]

    def computing(self) -> dict[int, Process]:
        """The process of each shard that is being computed."""
        words = {it: processes.arguments(it) for it in processes.everyone()}
        ours = {who: it for who, it in words.items() if str(self.sweep.folder) in it and "--shard" in it}
        return {int(it[it.index("--shard") + 1]): who for who, it in ours.items()}

    def test_shards_that_fail_are_a_failure_that_names_them(self) -> None:
        file = self.planned(shards=2)
        self.alter_plan()
        said = self.finish(self.run_on_dask(file), expect=FAILED)
        self.assertIn("2 shards failed", said)
        self.assertIn(f"shard 2 ended with {BAD_INPUT}", said)


class HyperQueue(EngineTest):
    engine = "hyperqueue"
    # https://it4innovations.github.io/hyperqueue/stable/jobs: "Jobs", "Task arrays", "Crashing limit".
    documented = frozenset({"--name", "--each-line", "--cpus", "--time-limit", "--crash-limit", "--stdout", "--stderr"})

    def test_the_command_of_each_line_on_an_embedded_server(self) -> None:
        options, command = self.taken_apart(self.planned())
        self.assertEqual(options.keys(), self.documented)
        server = self.place / "server"
        server.mkdir()
        embedded = pathlib.Path(__file__).with_name("on_hyperqueue.py")
        self.run_here("python", embedded, server, options["--each-line"], *command)
        self.assertEqual(len(self.sweep.finished()), SHARDS)
        self.sweep.call("merge")
        self.assert_whole(self.sweep, SAMPLES)

    def taken_apart(self, script: pathlib.Path) -> tuple[dict[str, str], list[str]]:
        """Options of `hq submit` and the command of its tasks, as a shell hands them to whoever is called `hq`."""
        hq = self.place / "hq"
        hq.write_text("#!/bin/sh\nprintf '%s\\0' \"$@\"\n")
        hq.chmod(0o755)
        path = {"PATH": f"{self.place}:{os.environ['PATH']}"}
        told = subprocess.run(["sh", script], env=path, check=True, capture_output=True, text=True).stdout
        submit, *words = told.split("\0")[:-1]
        self.assertEqual(submit, "submit")
        last = words.index("--")
        return dict(zip(words[:last:2], words[1:last:2])), words[last + 1 :]


VALIDATE = """
import json, kubernetes_validate, sys
kubernetes_validate.validate(json.load(sys.stdin), sys.argv[1], strict=True)
"""


class Kubernetes(EngineTest):
    engine = "kubernetes"
    # The first where all that is asked for is stable, and the last whose schema the package brings.
    versions = ("1.33", "1.37")

    def refusals(self, job: dict[str, object]) -> list[str]:
        """What the API's schema has against a job, in each version; "" is nothing."""
        python = [str(self.programs / "python"), "-c", VALIDATE]

        def ask(version: str) -> str:
            done = subprocess.run([*python, version], input=json.dumps(job), capture_output=True, text=True)
            return done.stderr if done.returncode else ""

        return [ask(it) for it in self.versions]

    def test_the_job_is_one_to_the_api(self) -> None:
        text = self.planned().read_text()
        self.assertEqual(self.refusals(json.loads(text)), ["", ""])
        for said in self.refusals(json.loads(text.replace("backoffLimitPerIndex", "backoffLimitPerindex"))):
            self.assertIn("'backoffLimitPerindex' was unexpected", said)
        for said in self.refusals(json.loads(text.replace("claimName", "claim"))):
            self.assertIn("'claimName' is a required property", said)

    def test_each_index_runs_its_shard(self) -> None:
        job = json.loads(self.planned(shards=3).read_text())
        self.assertEqual(job["spec"]["completions"], 3)
        command = job["spec"]["template"]["spec"]["containers"][0]["command"]
        for index in range(3):
            self.as_pod(command, index)
            self.assertEqual(list(self.sweep.finished()), list(range(1, index + 2)))
        self.sweep.call("merge")
        self.assert_whole(self.sweep, SAMPLES)

    def as_pod(self, command: list[str], index: int) -> None:
        """Runs a container's command as a pod of this index would: with `thumbscale` on the path of its image."""
        image = self.place / "image"
        image.mkdir(exist_ok=True)
        if not (image / "thumbscale").exists():
            (image / "thumbscale").symlink_to(program())
        path = f"{image}:{os.environ['PATH']}"
        subprocess.run(command, env={"PATH": path, "JOB_COMPLETION_INDEX": str(index)}, check=True)


if __name__ == "__main__":
    unittest.main()
