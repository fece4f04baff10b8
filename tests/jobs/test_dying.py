"""A job outlives its workers: some are killed in the middle of it, one is told to end; its effects happen once."""

from __future__ import annotations

import os
import signal
import subprocess

from qunyu.jobs.models import Heartbeat
from qunyu.jobs.port import enqueue, status, wait
from tests.jobs.deployment import Deployment, until


def beginners(deployment: Deployment) -> list[subprocess.Popen[bytes]]:
    """The workers that began the job, in order."""
    by_pid = {worker.pid: worker for worker in deployment.workers}
    return [by_pid[int(line.split()[1])] for line in deployment.diary]


def test_a_job_outlives_its_workers(deployment: Deployment) -> None:
    deployment.start_worker(stale=4, grace=1)
    deployment.start_worker(stale=4, grace=1)
    job_id = enqueue("chores.brew", cup="sencha")

    until(lambda: deployment.diary)
    killed = beginners(deployment)[0]
    os.kill(killed.pid, signal.SIGKILL)

    until(lambda: len(deployment.diary) == 2)
    ended = beginners(deployment)[1]
    assert ended is not killed
    assert deployment.effects() == ["water sencha"]
    lines = deployment.output.splitlines()
    assert f"job {job_id} goes on: its worker had died" in lines
    assert all(line.endswith("goes on: its worker had died") for line in lines)
    assert Heartbeat.objects.count() == 1
    ended.terminate()
    assert ended.wait(60) == 0
    assert status(job_id).state == "queued"
    assert Heartbeat.objects.count() == 0

    successor = deployment.start_worker(stale=1000)
    until(lambda: len(deployment.diary) == 3)
    os.kill(successor.pid, signal.SIGKILL)
    assert successor.wait(60) == -signal.SIGKILL

    (deployment.data / "sencha").touch()
    deployment.start_worker(stale=1000)  # takes the seat of the dead one, and so its job without waiting
    finished = wait(job_id, 60)
    assert (finished.state, finished.result) == ("succeeded", "sencha")
    assert len(deployment.diary) == 4
    assert deployment.effects() == ["leaves sencha", "water sencha"]
