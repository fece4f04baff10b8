"""Two workers: results, failures, stopping, and one writer of the lake."""

from __future__ import annotations

from django.db import connection

from qunyu.jobs.port import cancel, enqueue, retry, status, wait
from tests.jobs.chores import NO_TEA
from tests.jobs.deployment import Deployment, until


def test_a_result_comes_back(staffed: Deployment) -> None:
    ended = wait(enqueue("chores.add", left=2, right=3), 60)
    assert (ended.state, ended.result, ended.error) == ("succeeded", {"sum": 5}, None)
    assert ended.started_at is not None and ended.finished_at is not None
    assert ended.queued_at <= ended.started_at <= ended.finished_at
    assert cancel(ended.id) == ended


def test_a_refusal_comes_back_in_both_languages_and_can_be_retried(staffed: Deployment) -> None:
    ended = wait(enqueue("chores.refuse"), 60)
    assert ended.state == "failed"
    assert ended.error is not None
    assert (ended.error.code, ended.error.message, ended.error.data) == ("no_tea", NO_TEA, {"cups": 2})
    (staffed.data / "tea").touch()
    assert retry(ended.id).state == "queued"
    assert wait(ended.id, 60).state == "succeeded"
    assert staffed.effects().count("refuse") == 1


def test_a_crash_comes_back_with_its_reason(staffed: Deployment) -> None:
    ended = wait(enqueue("chores.crash"), 60)
    assert ended.error is not None
    assert (ended.state, ended.error.code) == ("failed", "job_crashed")
    assert ended.error.message.zh == "任务因程序错误中断：ValueError: the cup {broke}"
    until(lambda: "ValueError: the cup {broke}" in staffed.output)


def test_a_job_may_ask_for_another(staffed: Deployment) -> None:
    ordered = wait(enqueue("chores.order", cups=4), 60).result
    assert isinstance(ordered, str)
    assert wait(ordered, 60).result == {"sum": 8}


def test_wrong_arguments_are_a_crash(staffed: Deployment) -> None:
    ended = wait(enqueue("chores.add", left=2), 60)
    assert (ended.state, ended.error and ended.error.code) == ("failed", "job_crashed")


def test_a_running_job_stops_at_its_next_effect(staffed: Deployment) -> None:
    job_id = enqueue("chores.brew", cup="oolong")
    until(lambda: any(line.startswith("oolong ") for line in staffed.diary))
    assert cancel(job_id).state in ("running", "cancelled")
    assert wait(job_id, 60).state == "cancelled"
    (staffed.data / "oolong").touch()
    assert "leaves oolong" not in staffed.effects()
    assert retry(job_id).state == "queued"
    assert wait(job_id, 60).result == "oolong"
    assert [each for each in staffed.effects() if "oolong" in each] == ["leaves oolong", "water oolong"]


def test_the_lake_has_one_writer_over_all_workers(staffed: Deployment) -> None:
    before = len(staffed.diary)
    jobs = [enqueue("chores.write", number=each) for each in range(8)]
    ended = [wait(each, 60) for each in jobs]
    assert [each.state for each in ended] == ["succeeded"] * 8
    lines = staffed.diary[before:]
    numbers = [int(line.split()[1]) for line in lines if line.startswith("begin")]
    assert sorted(numbers) == list(range(8))
    assert lines == [f"{what} {number}" for number in numbers for what in ("begin", "end")]


def test_workers_are_quiet_and_speak_to_nobody(staffed: Deployment) -> None:
    job_id = enqueue("chores.add", left=1, right=1)
    assert wait(job_id, 60).state == "succeeded"
    assert not (staffed.data / "network").exists()
    assert [line for line in staffed.output.splitlines() if "dbos" in line.lower() and "File" not in line] == []
    assert status(job_id).id.startswith("chores.add:")


def test_the_engine_shares_the_file_in_wal(staffed: Deployment) -> None:
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA journal_mode")
            assert cursor.fetchone() == ("wal",)
    assert staffed.workers[0].poll() is None
    assert staffed.workers[1].poll() is None
