"""A job exists if and only if its transaction commits, and once for its key."""

from __future__ import annotations

import time
from typing import Any

import pytest
from django.db import connection, transaction

from qunyu.jobs.port import cancel, enqueue, list_jobs, retry, status, wait
from qunyu.kernel.errors import DomainError
from tests.jobs.chores import effect
from tests.jobs.deployment import Deployment


class Undone(Exception):
    pass


def test_a_job_is_queued_when_its_transaction_commits(deployment: Deployment) -> None:
    with transaction.atomic():
        effect("order")
        job_id = enqueue("chores.add", left=1, right=2)
    now = status(job_id)
    assert (now.id, now.name, now.state, now.result, now.error) == (job_id, "chores.add", "queued", None, None)
    assert (now.started_at, now.finished_at) == (None, None)
    assert now.queued_at.utcoffset() is not None
    assert deployment.effects() == ["order"]


def test_a_job_is_gone_when_its_transaction_rolls_back(deployment: Deployment) -> None:
    with pytest.raises(Undone), transaction.atomic():
        effect("order")
        job_id = enqueue("chores.add", left=1, right=2)
        assert status(job_id).state == "queued"
        raise Undone
    assert deployment.effects() == []
    assert list_jobs() == []
    with pytest.raises(DomainError) as refused:
        status(job_id)
    assert refused.value.code == "unknown_job"


def test_a_savepoint_takes_its_job_along(deployment: Deployment) -> None:
    with transaction.atomic():
        kept = enqueue("chores.add", left=1, right=2)
        with pytest.raises(Undone), transaction.atomic():
            enqueue("chores.add", left=3, right=4)
            raise Undone
    assert [each.id for each in list_jobs()] == [kept]


def test_the_same_key_is_the_same_job(deployment: Deployment) -> None:
    first = enqueue("chores.add", key="order 7", left=1, right=2)
    again = enqueue("chores.add", key="order 7", left=5, right=5)
    other = enqueue("chores.refuse", key="order 7")
    assert first == again != other
    assert {each.id for each in list_jobs()} == {first, other}


def test_jobs_are_listed_newest_first_by_name_and_state(deployment: Deployment) -> None:
    ids = []
    for each in range(3):
        ids.append(enqueue("chores.add", key=str(each), left=each, right=0))
        # Two of one millisecond have no order.
        time.sleep(0.002)
    refusal = enqueue("chores.refuse")
    cancel(ids[0])
    assert [each.id for each in list_jobs(name="chores.refuse")] == [refusal]
    assert [each.id for each in list_jobs(name="chores.add", states=["queued"])] == [ids[2], ids[1]]
    assert [each.id for each in list_jobs(states=["cancelled"])] == [ids[0]]
    assert [each.id for each in list_jobs(name="chores.add", limit=1, offset=1)] == [ids[1]]


@pytest.mark.parametrize(
    "arguments", [{"left": object()}, {"left": "x" * 3000}, {"left": {1: 2}}, {"left": float("nan")}]
)
def test_arguments_are_small_json(deployment: Deployment, arguments: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"a job.s arguments|JSON"):
        enqueue("chores.add", **arguments)
    assert list_jobs() == []


@pytest.mark.parametrize("key", ["", " ", "k" * 201])
def test_a_key_has_a_sensible_length(deployment: Deployment, key: str) -> None:
    with pytest.raises(ValueError, match="a key has"):
        enqueue("chores.add", key=key)
    assert list_jobs() == []


def test_an_unknown_name_is_refused(deployment: Deployment) -> None:
    with pytest.raises(DomainError) as refused:
        enqueue("chores.sweep")
    assert refused.value.code == "unknown_job"
    assert "chores.sweep" in refused.value.message.zh
    assert list_jobs() == []


def test_waiting_ends_at_its_timeout(deployment: Deployment) -> None:
    job_id = enqueue("chores.add", left=1, right=2)
    with pytest.raises(DomainError) as late:
        wait(job_id, 0.2)
    assert (late.value.code, late.value.data["state"]) == ("job_not_ended", "queued")


def test_nobody_waits_inside_a_transaction(deployment: Deployment) -> None:
    with transaction.atomic(), pytest.raises(RuntimeError, match="transaction"):
        wait(enqueue("chores.add", left=1, right=2), 1)


def test_a_queued_job_can_be_cancelled_and_asked_for_again(deployment: Deployment) -> None:
    job_id = enqueue("chores.add", left=1, right=2)
    assert cancel(job_id).state == "cancelled"
    assert cancel(job_id).state == "cancelled"
    assert retry(job_id).state == "queued"
    with pytest.raises(DomainError) as refused:
        retry(job_id)
    assert (refused.value.code, status(job_id).state) == ("job_not_stopped", "queued")


def test_django_keeps_its_connection_as_it_was(deployment: Deployment) -> None:
    enqueue("chores.add", left=1, right=2)
    list_jobs()
    assert not connection.in_atomic_block
    with transaction.atomic(), connection.cursor() as cursor:
        enqueue("chores.add", left=1, right=2)
        list_jobs()
        if connection.vendor == "postgresql":
            cursor.execute("SHOW statement_timeout")
            assert cursor.fetchone() == ("0",)
        else:
            cursor.execute("SELECT 'abc' REGEXP NULL, 'abc' REGEXP '^a'")
            assert cursor.fetchone() == (None, 1)
