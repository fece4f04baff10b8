"""An effect under `once` happens once in a job's life, whole or not at all."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from qunyu.jobs.effects import inside
from qunyu.jobs.models import JobRun, StepDone
from qunyu.jobs.port import Cancelled, cancel, enqueue, once, run_now
from qunyu.kernel.errors import DomainError
from tests.jobs.chores import effect
from tests.jobs.deployment import Deployment


def begin(job_id: str, *steps: str) -> list[bool]:
    """Begins the job: each step has its effect if it is the first time."""
    firsts = []
    with inside(job_id):
        for step in steps:
            with once(step) as first:
                if first:
                    effect(f"{job_id} {step}")
            firsts.append(first)
    return firsts


def test_a_step_is_done_once_for_each_job(deployment: Deployment) -> None:
    assert begin("a", "one") == [True]
    assert begin("a", "one", "two") == [False, True]
    assert begin("b", "one") == [True]
    assert deployment.effects() == ["a one", "a two", "b one"]


def test_of_two_begins_at_the_same_time_one_has_the_effect(deployment: Deployment) -> None:
    together = threading.Barrier(4)

    def begin_together() -> list[bool]:
        with deployment.connected():
            together.wait()
            return begin("a", "one", "two")

    with ThreadPoolExecutor(4) as threads:
        begins = [threads.submit(begin_together) for _ in range(4)]
        firsts = [each.result() for each in begins]
    assert [sum(column) for column in zip(*firsts, strict=True)] == [1, 1]
    assert deployment.effects() == ["a one", "a two"]


def test_an_effect_that_fails_leaves_no_guard(deployment: Deployment) -> None:
    with inside("a"), pytest.raises(ZeroDivisionError), once("one"):
        effect("a one")
        raise ZeroDivisionError
    assert (deployment.effects(), StepDone.objects.count()) == ([], 0)
    assert begin("a", "one") == [True]


def test_outside_of_a_job_nothing_is_guarded(deployment: Deployment) -> None:
    assert begin("", "one", "one") == [True, True]
    assert StepDone.objects.count() == 0


def test_a_cancelled_job_has_no_further_effect(deployment: Deployment) -> None:
    job_id = enqueue("chores.add", left=1, right=2)
    cancel(job_id)
    with pytest.raises(Cancelled):
        begin(job_id, "one")
    assert (deployment.effects(), StepDone.objects.count()) == ([], 0)


def test_a_job_can_run_here_and_now(deployment: Deployment) -> None:
    assert run_now("chores.add", left=2, right=3) == {"sum": 5}
    assert isinstance(run_now("chores.write", number=1), int)
    assert deployment.diary == ["begin 1", "end 1"]
    with pytest.raises(DomainError) as refused:
        run_now("chores.refuse")
    assert refused.value.code == "no_tea"
    assert (deployment.effects(), StepDone.objects.count(), JobRun.objects.count()) == (["refuse"], 0, 0)
    with pytest.raises(DomainError, match=r"chores\.sweep"):
        run_now("chores.sweep")
