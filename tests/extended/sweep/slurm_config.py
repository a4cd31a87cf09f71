"""What a Slurm on one machine must be told: many nodes, one host, no systemd, no cgroups, no database."""

from __future__ import annotations

import dataclasses
import pathlib
import random
import socket


@dataclasses.dataclass(frozen=True)
class Shape:
    """What a test may choose."""

    nodes: int = 4
    cpus: int = 1
    max_array_size: int = 1001
    node_timeout: int = 5
    """Seconds of silence before the controller gives a node up and its jobs to others."""


def is_free(port: int) -> bool:
    """Whether a daemon could listen on this port of the loopback."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def free_ports(count: int) -> list[int]:
    """Ports that nobody listens on, from below those that the kernel gives to clients."""
    ports: list[int] = []
    for port in random.SystemRandom().sample(range(15000, 32000), 2000):
        if is_free(port):
            ports.append(port)
        if len(ports) == count:
            return ports
    raise OSError("no free ports on 127.0.0.1")


def _daemons(folder: pathlib.Path) -> dict[str, object]:
    return {
        "ClusterName": "lab",
        "SlurmUser": "root",
        "SlurmdUser": "root",
        "AuthType": "auth/munge",
        # How long a credential lives is also how long a job that is queued again must wait: 120 s unless told.
        "AuthInfo": f"socket={folder}/munge/socket,cred_expire=5",
        "CommunicationParameters": "NoAddrCache,NoCtldInAddrAny,NoInAddrAny",
        "StateSaveLocation": folder / "state",
        "SlurmdSpoolDir": folder / "spool/%n",
        "SlurmctldPidFile": folder / "pids/slurmctld",
        "SlurmdPidFile": folder / "pids/%n",
        "SlurmctldLogFile": folder / "log/slurmctld.log",
        "SlurmdLogFile": folder / "log/%n.log",
    }


def _without_a_system(folder: pathlib.Path) -> dict[str, object]:
    return {
        "ProctrackType": "proctrack/linuxproc",
        "TaskPlugin": "task/none",
        "MpiDefault": "none",
        "JobAcctGatherType": "jobacct_gather/none",
        "AccountingStorageType": "accounting_storage/none",
        "JobCompType": "jobcomp/filetxt",
        "JobCompLoc": folder / "log/completed.txt",
        # Nodes may claim more processors than there are.
        "SlurmdParameters": "config_overrides",
    }


def _scheduling(shape: Shape) -> dict[str, object]:
    return {
        "SelectType": "select/cons_tres",
        "SelectTypeParameters": "CR_CPU",
        "SchedulerType": "sched/backfill",
        "SchedulerParameters": "sched_interval=2,bf_interval=2,batch_sched_delay=0,sched_min_interval=0",
        "ReturnToService": 2,
        "SlurmctldTimeout": 30,
        "SlurmdTimeout": shape.node_timeout,
        "KillWait": 3,
        "MaxArraySize": shape.max_array_size,
        "JobRequeue": 1,
    }


def node_name(number: int) -> str:
    """Nodes are counted from 1."""
    return f"node{number}"


def _machines(shape: Shape) -> list[str]:
    host = socket.gethostname().partition(".")[0]
    controller, *ports = free_ports(1 + shape.nodes)
    place = f"NodeHostname={host} NodeAddr=127.0.0.1"
    nodes = [
        f"NodeName={node_name(number)} {place} Port={port} CPUs={shape.cpus} RealMemory=2000"
        for number, port in enumerate(ports, 1)
    ]
    partition = f"PartitionName=main Nodes=node[1-{shape.nodes}] Default=YES MaxTime=INFINITE State=UP"
    return [f"SlurmctldHost={host}(127.0.0.1)", f"SlurmctldPort={controller}", *nodes, partition]


def slurm_conf(folder: pathlib.Path, shape: Shape) -> str:
    """The text of slurm.conf for a lab in this folder."""
    settings = {**_daemons(folder), **_without_a_system(folder), **_scheduling(shape)}
    lines = [f"{key}={value}" for key, value in settings.items()]
    return "\n".join([*lines, *_machines(shape)]) + "\n"
