"""Who lives, who is dead, and what becomes of the dead's jobs."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db.models.functions import Now

from qunyu.jobs import running, worker, workers
from qunyu.jobs.failures import Failure, restore
from qunyu.jobs.models import Heartbeat, JobRun
from qunyu.jobs.worker import Pace, Worker
from tests.jobs.deployment import Deployment


def silence(executor_id: str, seconds: int) -> None:
    """The worker said nothing for so long."""
    then = Now() - timedelta(seconds=seconds)
    Heartbeat.objects.filter(executor_id=executor_id).update(beat_at=then)


def test_a_seat_is_one_process_own(deployment: Deployment) -> None:
    with workers.seat() as first:
        with workers.seat() as second:
            assert first != second
        with workers.seat() as third:
            assert third == second
    with workers.seat() as again:
        assert again == first


def test_only_the_silent_are_rescued(deployment: Deployment) -> None:
    alive, dead = workers.appear("alive"), workers.appear("dead")
    silence("dead", 60)
    silence("alive", 10)
    assert workers.rescue(30) == []
    assert list(Heartbeat.objects.values_list("executor_id", flat=True)) == ["alive"]
    assert workers.beat("alive", alive)
    assert not workers.beat("dead", dead)


def test_a_replaced_worker_learns_of_it(deployment: Deployment) -> None:
    before = workers.appear("one")
    after = workers.appear("one")
    assert not workers.beat("one", before)
    assert workers.leave("one", before) == []
    assert workers.beat("one", after)
    assert workers.leave("one", after) == []
    assert Heartbeat.objects.count() == 0


def test_a_worker_taken_for_dead_ends_at_once(deployment: Deployment, monkeypatch: pytest.MonkeyPatch) -> None:
    def leave(code: int) -> None:
        raise SystemExit(code)

    monkeypatch.setattr(worker, "leave_process", leave)
    tended = Worker("one", workers.appear("one"), Pace())
    tended.tend()
    silence("one", 60)
    assert workers.rescue(30) == []
    with pytest.raises(SystemExit) as ended:
        tended.tend()
    assert ended.value.code == 70


def test_only_who_was_steady_calls_others_dead(deployment: Deployment, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = [1000.0]
    monkeypatch.setattr(worker, "seconds", lambda: clock[0])
    tended = Worker("one", workers.appear("one"), Pace(stale=30), heard_at=1000, steady_since=1000)
    workers.appear("dead")
    silence("dead", 60)
    for now, others in ((1010, 1), (1020, 1), (1040, 1), (1050, 1), (1060, 1), (1071, 0)):
        clock[0] = now
        tended.tend()
        assert Heartbeat.objects.exclude(executor_id="one").count() == others, now


def test_a_job_is_not_begun_for_ever(deployment: Deployment) -> None:
    JobRun.objects.create(job_id="chores.add:1", attempts=running.MAX_ATTEMPTS - 1)
    arguments: dict[str, object] = {"left": 1, "right": 1}
    assert running.perform("chores.add:1", "chores.add", arguments) == {"sum": 2}
    with pytest.raises(Failure) as failed:
        running.perform("chores.add:1", "chores.add", arguments)
    assert failed.value.code == "job_worn_out"
    assert restore(failed.value).data == {"attempts": 8}


def test_a_job_nobody_declares_any_more_fails(deployment: Deployment) -> None:
    with pytest.raises(Failure) as failed:
        running.perform("chores.sweep:1", "chores.sweep", {})
    assert failed.value.code == "unknown_job"


def test_a_stored_error_of_another_kind_is_a_crash() -> None:
    assert (restore(ValueError("x")).code, restore(ValueError("x")).data) == (
        "job_crashed",
        {"reason": "ValueError: x"},
    )
